import type { ApiClient, Ohlc, OhlcCandle } from "@/api/client";
import type { BookDecimals, Market as BookMarket } from "@/book/ladder";
import type { Interval } from "@/candles/interval";
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
import { LongerCandles } from "./longer";
import { OlderCandles, type Older } from "./older";
import { Published } from "./published";
import { Retried, type Loading } from "./retried";
import { INITIAL_STREAM, Stream, type StreamState } from "./stream";
import type { Surroundings } from "./surroundings";

/** All that the page knows of one pair. */
export interface MarketState {
  readonly symbol: string;
  /** 1m candles, ascending, at most `CANDLES_KEPT`. */
  readonly candles: readonly Candle[];
  /** The interval of the candles that are shown. */
  readonly interval: Interval;
  /** The candles of that interval, ascending, the forming one last; for 1m they are `candles` itself. */
  readonly series: readonly OhlcCandle[];
  /** The part of `series` from before the page was opened. */
  readonly seriesHistory: Loading;
  /** What comes before `series`, as far as somebody has scrolled back. */
  readonly older: Older;
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
  readonly #older: OlderCandles;
  /** The candles of the chosen interval, unless it is 1m. */
  #longer: LongerCandles | null = null;
  #historyFrom: number | null = null;
  /** Open time of the first 1m candle that exists, where that is known. */
  #firstEver: number | null = null;
  #lookers = 0;

  constructor(
    readonly symbol: string,
    private readonly api: ApiClient,
    private readonly surroundings: Surroundings,
  ) {
    this.state = new Published<MarketState>(surroundings, {
      symbol,
      candles: [],
      interval: "1m",
      series: [],
      seriesHistory: { phase: "loading" },
      older: "idle",
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
        this.state.change(this.#longer === null ? { history, seriesHistory: history } : { history });
      },
    });
    this.#older = new OlderCandles(surroundings, CANDLES_KEPT, {
      ask: (endTime, limit, signal) =>
        api.ohlc({ symbol, interval: this.state.draft.interval, endTime, limit }, signal),
      onCandles: (candles) => {
        if (this.#longer === null) this.#takeMinutes(this.state.draft.candles, candles);
        else this.#longer.takeOlder(candles);
      },
      onState: (older) => {
        this.state.change({ older });
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
      this.#longer?.start();
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
      this.#longer?.stop();
      this.#older.forget();
      this.#kline.stop();
      this.#trades.stop();
      this.#book.stop();
      this.#takeMinutes(this.state.draft.candles.slice(-HISTORY), []);
    };
  }

  /** Try everything that waits for its next try, at once. */
  retryNow(): void {
    this.#history.retryNow();
    this.#longer?.retryNow();
    this.#older.retryNow();
    this.#kline.retryNow();
    this.#trades.retryNow();
    this.#book.retryNow();
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
    if (this.#lookers > 0) this.#longer.start();
  }

  /** Load candles from before those that are shown. */
  loadOlder(): void {
    const { series, seriesHistory } = this.state.draft;
    if (seriesHistory.phase === "ready") this.#older.load(series);
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
    if (message.type === "update") {
      this.#takeMinutes(this.state.draft.candles, [message.data]);
      return;
    }
    const { candles: known, history } = this.state.draft;
    const last = known.at(-1);
    const first = message.data[0];
    // A platform that was started anew on another source: its minutes are other minutes.
    const foreign = last !== undefined && first !== undefined && originOf(first) !== originOf(last);
    const hole = last !== undefined && first !== undefined && first.open_time > last.open_time + MINUTE_MS;
    if (foreign) {
      this.#firstEver = null;
      this.#longer?.begin();
      this.#older.forget();
    }
    this.#takeMinutes(foreign ? [] : known, message.data);
    if (foreign) this.#loadHistory(undefined);
    // A history that is still owed reaches back further than the hole.
    else if (hole && history.phase === "ready") {
      this.#loadHistory(last);
      this.#longer?.start();
    }
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
