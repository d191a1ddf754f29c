import type { ApiClient, Ohlc } from "@/api/client";
import type { Interval } from "@/candles/interval";
import { candleAt, indexFrom, mergeCandles } from "@/candles/merge";
import { originOf } from "@/candles/origin";
import type { Candle } from "@/contract/socket";
import type { Channels, KlineMessage } from "./channels";
import { LongerCandles } from "./longer";
import { Lookers } from "./lookers";
import type { MarketState } from "./market-state";
import { OlderCandles } from "./older";
import type { Published } from "./published";
import { Retried } from "./retried";
import type { Stream } from "./stream";
import type { Surroundings } from "./surroundings";

/** Candles asked for at once: a day and the forming one, and a little room. */
const HISTORY = 1500;
const CANDLES_KEPT = 10_000;
const MINUTE_MS = 60_000;

/**
 * The candles of one pair: 1m ones by REST from before, then as they happen; those of the interval that is
 * chosen; and older ones as far as somebody scrolls back.
 */
export class CandleFeed {
  readonly lookers: Lookers;
  readonly #history: Retried<Ohlc>;
  readonly #kline: Stream<KlineMessage>;
  readonly #older: OlderCandles;
  /** The candles of the chosen interval, unless it is 1m. */
  #longer: LongerCandles | null = null;
  #historyFrom: number | null = null;
  /** Open time of the first 1m candle that exists, where that is known. */
  #firstEver: number | null = null;

  constructor(
    private readonly symbol: string,
    private readonly api: ApiClient,
    channels: Channels,
    private readonly surroundings: Surroundings,
    private readonly state: Published<MarketState>,
  ) {
    this.#history = new Retried(surroundings, (signal) => this.#askHistory(signal), {
      onResult: ({ candles }) => {
        this.#takeHistory(candles);
      },
      onLoading: (history) => {
        state.change(this.#longer === null ? { history, seriesHistory: history } : { history });
      },
    });
    this.#older = new OlderCandles(surroundings, CANDLES_KEPT, {
      ask: (endTime, limit, signal) =>
        api.ohlc({ symbol, interval: state.draft.interval, endTime, limit }, signal),
      onCandles: (candles) => {
        if (this.#longer === null) this.#takeMinutes(state.draft.candles, candles);
        else this.#longer.takeOlder(candles);
      },
      onState: (older) => {
        state.change({ older });
      },
    });
    this.#kline = channels.kline(symbol, {
      onData: (message) => {
        this.#takeKline(message);
      },
      onState: (klineStream) => {
        state.change({ klineStream });
      },
    });
    this.lookers = new Lookers(
      () => {
        this.#start();
      },
      () => {
        this.#stop();
      },
    );
  }

  /** Ask at once for what is still owed. */
  retryNow(): void {
    this.#history.retryNow();
    this.#longer?.retryNow();
    this.#older.retryNow();
  }

  /** Show candles of another interval; those of the former one are forgotten, but for 1m. */
  chooseInterval(interval: Interval): void {
    if (interval === this.state.draft.interval) return;
    this.#longer?.stop();
    this.#older.forget();
    const { candles, history } = this.state.draft;
    if (interval === "1m") {
      this.#longer = null;
      this.state.change({ interval, series: candles, seriesHistory: history });
      return;
    }
    this.state.change({ interval, series: [], seriesHistory: { phase: "loading" } });
    // Of an interval that another has replaced nothing is heard any more: it has been stopped.
    this.#longer = new LongerCandles(this.symbol, interval, this.api, this.surroundings, {
      onSeries: (series) => {
        this.state.change({ series });
      },
      onLoading: (seriesHistory) => {
        this.state.change({ seriesHistory });
      },
    });
    this.#longer.takeMinutes(candles, candles, this.#isFirst(candles[0]));
    if (this.lookers.any) this.#longer.start();
  }

  /** Load candles from before those that are shown. */
  loadOlder(): void {
    const { series, seriesHistory } = this.state.draft;
    if (seriesHistory.phase === "ready") this.#older.load(series);
  }

  #start(): void {
    this.#loadHistory(this.state.draft.candles.at(-1));
    this.#longer?.start();
    this.#kline.start();
  }

  #stop(): void {
    this.#history.stop();
    this.#longer?.stop();
    this.#older.forget();
    this.#kline.stop();
    this.#takeMinutes(this.state.draft.candles.slice(-HISTORY), []);
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
    if (this.#historyFrom === null && candles.length < HISTORY) this.#firstEver = first?.open_time ?? null;
    this.#takeMinutes(kept, candles);
  }

  #isFirst(candle: Candle | undefined): boolean {
    return candle?.open_time === this.#firstEver;
  }

  /** Put 1m candles among those that are kept, and show them in the interval that is chosen. */
  #takeMinutes(kept: readonly Candle[], changed: readonly Candle[]): void {
    const candles = mergeCandles(kept, changed, CANDLES_KEPT);
    this.state.change(this.#longer === null ? { candles, series: candles } : { candles });
    this.#longer?.takeMinutes(candles, changed, this.#isFirst(candles[0]));
  }

  #takeKline(message: KlineMessage): void {
    const { candles: known, history } = this.state.draft;
    const last = known.at(-1);
    const candles = message.type === "snapshot" ? message.data : [message.data];
    const first = candles[0];
    // A platform that was started anew on another source: its minutes are other minutes.
    if (last !== undefined && first !== undefined && originOf(first) !== originOf(last)) {
      this.#beginWith(message);
      return;
    }
    this.#takeMinutes(known, candles);
    const hole = last !== undefined && first !== undefined && first.open_time > last.open_time + MINUTE_MS;
    // A history that is still owed reaches back further than the hole.
    if (hole && history.phase === "ready") {
      this.#loadHistory(last);
      this.#longer?.start();
    }
  }

  /** Forget what is known, and begin with what has come. */
  #beginWith(message: KlineMessage): void {
    this.#firstEver = null;
    this.#longer?.begin();
    this.#older.forget();
    this.#takeMinutes([], message.type === "snapshot" ? message.data : []);
    if (message.type === "update") this.#kline.beginAnew();
    this.#loadHistory(undefined);
  }
}
