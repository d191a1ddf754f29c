import type { OhlcCandle } from "@/api/client";
import type { BookDecimals, Market as BookMarket } from "@/book/ladder";
import type { Interval } from "@/candles/interval";
import type { Book, Candle, Trade } from "@/contract/socket";
import type { Older } from "./older";
import type { Loading } from "./retried";
import { INITIAL_STREAM, type StreamState } from "./stream";

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

export const NO_BOOK = { book: null, bookDecimals: null, bookStream: INITIAL_STREAM };

/** What is known of a pair before anything has come. */
export function initialState(symbol: string): MarketState {
  return {
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
  };
}
