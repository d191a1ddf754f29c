import type { ApiClient, Ohlc } from "@/api/client";
import type { BookDecimals, Market as BookMarket } from "@/book/ladder";
import { candleAt, indexFrom, mergeCandles } from "@/candles/merge";
import { originOf } from "@/candles/origin";
import type {
  Book,
  Candle,
  KlineSnapshot,
  KlineUpdate,
  OrderBookSnapshot,
  OrderBookUpdate,
  Trade,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";
import { decimalsOf } from "@/numbers/decimal";
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
  /** The market whose book is shown. */
  readonly bookMarket: BookMarket;
  /** Null until one has come. */
  readonly book: Book | null;
  /** The most that this book has been written with; null before the first. */
  readonly bookDecimals: BookDecimals | null;
  /** The candles from before the page was opened. */
  readonly history: Loading;
  readonly klineStream: StreamState;
  readonly tradesStream: StreamState;
  readonly bookStream: StreamState;
}

/** Candles asked for at once: a day and the forming one, and a little room. */
const HISTORY = 1500;
const CANDLES_KEPT = 10_000;
const TRADES_KEPT = 200;
const MINUTE_MS = 60_000;
const NO_BOOK = { book: null, bookDecimals: null, bookStream: INITIAL_STREAM };

type KlineMessage = KlineSnapshot | KlineUpdate;
type TradesMessage = TradesSnapshot | TradesUpdate;
type BookMessage = OrderBookSnapshot | OrderBookUpdate;

/**
 * The feed of one pair: history by REST, then a socket each for candles, trades and the book of one market. It
 * runs while somebody looks at it; what it knows is kept in between.
 */
export class Market {
  readonly state: Published<MarketState>;
  readonly #history: Retried<Ohlc>;
  readonly #kline: Stream<KlineMessage>;
  readonly #trades: Stream<TradesMessage>;
  #book: Stream<BookMessage>;
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
      bookMarket: "spot",
      ...NO_BOOK,
      history: { phase: "loading" },
      klineStream: INITIAL_STREAM,
      tradesStream: INITIAL_STREAM,
    });
    this.#book = this.#bookOf("spot");
    this.#history = new Retried(surroundings, (signal) => this.#askHistory(signal), {
      onResult: ({ candles }) => {
        this.#takeHistory(candles);
      },
      onLoading: (history) => {
        this.state.change({ history });
      },
    });
    this.#kline = new Stream(api.socketAddress("/ws/kline", { symbol }), "kline", surroundings, {
      onData: (message) => {
        this.#takeKline(message);
      },
      onState: (klineStream) => {
        this.state.change({ klineStream });
      },
    });
    this.#trades = new Stream(api.socketAddress("/ws/trades", { symbol }), "trades", surroundings, {
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
      this.#book.start();
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
      this.#book.stop();
      this.state.change({ candles: this.state.draft.candles.slice(-HISTORY) });
    };
  }

  /** Try everything that waits for its next try, at once. */
  retryNow(): void {
    this.#history.retryNow();
    this.#kline.retryNow();
    this.#trades.retryNow();
    this.#book.retryNow();
  }

  /** Show the book of another market; what is known of the former one is forgotten. */
  chooseBook(market: BookMarket): void {
    if (market === this.state.draft.bookMarket) return;
    this.#book.stop();
    this.state.change({ bookMarket: market, ...NO_BOOK });
    this.#book = this.#bookOf(market);
    if (this.#lookers > 0) this.#book.start();
  }

  #bookOf(market: BookMarket): Stream<BookMessage> {
    const url = this.api.socketAddress("/ws/orderbook", { symbol: this.symbol, market });
    // Of a stream that another has replaced nothing is heard any more, not even that it has stopped.
    const shown = (): boolean => this.#book === stream;
    const stream = new Stream<BookMessage>(url, "orderbook", this.surroundings, {
      onData: (message) => {
        if (shown()) this.#takeBook(message);
      },
      onState: (bookStream) => {
        if (shown()) this.state.change({ bookStream });
      },
    });
    return stream;
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

  #takeBook({ type, data: book }: BookMessage): void {
    const { bookDecimals } = this.state.draft;
    if (book !== null) this.state.change({ book, bookDecimals: widened(bookDecimals, book) });
    if (type === "snapshot") this.retryNow();
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

/** Return the decimals that a book is written with, if they are more than those seen before; else these. */
function widened(seen: BookDecimals | null, { bids, asks }: Book): BookDecimals {
  let { price, quantity } = seen ?? { price: 0, quantity: 0 };
  for (const levels of [bids, asks]) {
    for (const level of levels) {
      price = Math.max(price, decimalsOf(level[0]));
      quantity = Math.max(quantity, decimalsOf(level[1]));
    }
  }
  return seen?.price === price && seen.quantity === quantity ? seen : { price, quantity };
}
