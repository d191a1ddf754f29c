import type { ApiClient, Ohlc } from "@/api/client";
import { candleAt, indexFrom, mergeCandles } from "@/candles/merge";
import { originOf } from "@/candles/origin";
import type {
  Candle,
  KlineSnapshot,
  KlineUpdate,
  Trade,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";
import { mergeTrades } from "@/trades/tape";
import { Published } from "./published";
import { Retried, type Loading } from "./retried";
import { INITIAL_STREAM, Stream, type StreamState } from "./stream";
import type { Surroundings } from "./surroundings";

/** All that the page knows of one pair. */
export interface MarketState {
  readonly symbol: string;
  /** 1m candles, ascending, at most `CANDLES_KEPT`. */
  readonly candles: readonly Candle[];
  /** The newest first, at most `TRADES_KEPT`. */
  readonly trades: readonly Trade[];
  /** Trades that the API left out because this page was too slow for them. */
  readonly droppedTrades: number;
  /** The candles from before the page was opened. */
  readonly history: Loading;
  readonly klineStream: StreamState;
  readonly tradesStream: StreamState;
}

/** Candles asked for at once: a day and the forming one, and a little room. */
const HISTORY = 1500;
const CANDLES_KEPT = 10_000;
const TRADES_KEPT = 200;
const MINUTE_MS = 60_000;

type KlineMessage = KlineSnapshot | KlineUpdate;
type TradesMessage = TradesSnapshot | TradesUpdate;

/**
 * The feed of one pair: history by REST, then one socket for candles and one for trades. It runs while
 * somebody looks at it; what it knows is kept in between.
 */
export class Market {
  readonly state: Published<MarketState>;
  readonly #history: Retried<Ohlc>;
  readonly #kline: Stream<KlineMessage>;
  readonly #trades: Stream<TradesMessage>;
  #historyFrom: number | null = null;
  #lookers = 0;

  constructor(
    readonly symbol: string,
    private readonly api: ApiClient,
    private readonly surroundings: Surroundings,
  ) {
    this.state = new Published<MarketState>(surroundings, {
      symbol,
      candles: [],
      trades: [],
      droppedTrades: 0,
      history: { phase: "loading" },
      klineStream: INITIAL_STREAM,
      tradesStream: INITIAL_STREAM,
    });
    this.#history = new Retried(surroundings, (signal) => this.#askHistory(signal), {
      onResult: ({ candles }) => {
        this.#takeHistory(candles);
      },
      onLoading: (history) => {
        this.state.change({ history });
      },
    });
    this.#kline = new Stream(api.socketAddress("/ws/kline", symbol), "kline", surroundings, {
      onData: (message) => {
        this.#takeKline(message);
      },
      onState: (klineStream) => {
        this.state.change({ klineStream });
      },
    });
    this.#trades = new Stream(api.socketAddress("/ws/trades", symbol), "trades", surroundings, {
      onData: (message) => {
        this.#takeTrades(message);
      },
      onState: (tradesStream) => {
        this.state.change({ tradesStream });
      },
    });
  }

  /** Look at the pair: the sockets are open from the first look until the last one has ended. */
  look(): () => void {
    this.#lookers += 1;
    if (this.#lookers === 1) {
      this.#loadHistory(this.state.draft.candles.at(-1));
      this.#kline.start();
      this.#trades.start();
    }
    let looking = true;
    return () => {
      if (!looking) return;
      looking = false;
      this.#lookers -= 1;
      if (this.#lookers > 0) return;
      this.#history.stop();
      this.#kline.stop();
      this.#trades.stop();
      this.state.change({ candles: this.state.draft.candles.slice(-HISTORY) });
    };
  }

  /** Try everything that waits for its next try, at once. */
  retryNow(): void {
    this.#history.retryNow();
    this.#kline.retryNow();
    this.#trades.retryNow();
  }

  /** Load what came after `last`, or as much as one answer holds. */
  #loadHistory(last: Candle | undefined): void {
    this.#historyFrom = last?.open_time ?? null;
    this.#history.start();
  }

  #askHistory(signal: AbortSignal): Promise<Ohlc> {
    const missed =
      this.#historyFrom === null
        ? HISTORY
        : Math.ceil((this.surroundings.now() - this.#historyFrom) / MINUTE_MS) + 2;
    const limit = Math.min(HISTORY, Math.max(2, missed));
    return this.api.ohlc({ symbol: this.symbol, interval: "1m", limit }, signal);
  }

  #takeHistory(candles: readonly Candle[]): void {
    const known = this.state.draft.candles;
    const first = candles[0];
    const reaches = first === undefined || candleAt(known, first.open_time - MINUTE_MS) !== undefined;
    // After more than a day away, what was known before would stand beyond a hole that nobody fills.
    const kept = candles.length < HISTORY || reaches ? known : known.slice(indexFrom(known, first.open_time));
    this.state.change({ candles: mergeCandles(kept, candles, CANDLES_KEPT) });
  }

  #takeKline(message: KlineMessage): void {
    if (message.type === "update") {
      this.state.change({ candles: mergeCandles(this.state.draft.candles, [message.data], CANDLES_KEPT) });
      return;
    }
    const { candles: known, history } = this.state.draft;
    const last = known.at(-1);
    const first = message.data[0];
    // A platform that was started anew on another source: its minutes are other minutes.
    const foreign = last !== undefined && first !== undefined && originOf(first) !== originOf(last);
    const hole = last !== undefined && first !== undefined && first.open_time > last.open_time + MINUTE_MS;
    this.state.change({ candles: mergeCandles(foreign ? [] : known, message.data, CANDLES_KEPT) });
    if (foreign) this.#loadHistory(undefined);
    // A history that is still owed reaches back further than the hole.
    else if (hole && history.phase === "ready") this.#loadHistory(last);
    this.retryNow();
  }

  #takeTrades(message: TradesMessage): void {
    const { trades, droppedTrades } = this.state.draft;
    const snapshot = message.type === "snapshot";
    this.state.change({
      // A tape with a hole in it would be believed: a snapshot replaces what is known.
      trades: mergeTrades(snapshot ? [] : trades, message.data, TRADES_KEPT),
      droppedTrades: droppedTrades + (snapshot ? 0 : message.dropped),
    });
    if (snapshot) this.retryNow();
  }
}
