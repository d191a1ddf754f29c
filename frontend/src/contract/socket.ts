// Generated from the API's contract by `npm run generate`. Do not edit.

/**
 * Every message of the sockets of one channel, one JSON object in one text frame. The server alone speaks: a message from the client ends the connection. /ws/kline?symbol=: The newest 1m candles of a pair, then every change. /ws/trades?symbol=: The newest trades of a pair, then all that follow. /ws/orderbook?symbol=&market=: The best 20 levels a side of a pair's book in a market, with its trust state.
 */
export type SocketMessage =
  KlineSnapshot | KlineUpdate | TradesSnapshot | TradesUpdate | OrderBookSnapshot | OrderBookUpdate | Status;

/**
 * The newest 1m candles of a pair, ascending by open time, the forming one last.
 *
 * The first message of `/ws/kline`, sent again where what was sent before no longer holds.
 */
export interface KlineSnapshot {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "kline";
  type: "snapshot";
  interval: "1m";
  data: Candle[];
}
/**
 * A candle over `[open_time, open_time + interval)`.
 *
 * `volume` and `taker_buy_volume` are base amounts, `quote_volume` and `taker_buy_quote_volume` quote ones.
 * `version` orders two accounts of one candle: the event time of a stream's, the server's time of a REST
 * answer's, in ms.
 */
export interface Candle {
  symbol: string;
  interval: "1d" | "1h" | "1m" | "4h" | "5m";
  open_time: number;
  close_time: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
  quote_volume: string;
  trades: number;
  taker_buy_volume: string;
  taker_buy_quote_volume: string;
  closed: boolean;
  version: number;
  source: string;
  completeness: "backfilled" | "complete" | "partial";
}
/**
 * One 1m candle: the forming one, one that closed, or an older one that was filled or restated.
 *
 * A client that does not keep up is sent only the newest state of the forming candle; closed candles are
 * never left out.
 */
export interface KlineUpdate {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "kline";
  type: "update";
  interval: "1m";
  data: Candle;
}
/**
 * The newest trades of a pair, ascending by trade id: the first message of `/ws/trades`.
 */
export interface TradesSnapshot {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "trades";
  type: "snapshot";
  data: Trade[];
}
/**
 * One trade; `quantity` in base, `quote_quantity` in quote currency.
 */
export interface Trade {
  symbol: string;
  trade_id: number;
  price: string;
  quantity: string;
  quote_quantity: string;
  time: number;
  buyer_is_maker: boolean;
  source: string;
}
/**
 * The next trades of a pair, ascending by trade id, but for those that were filled late.
 *
 * `dropped` counts the trades between `prev` and this message that this client was too slow for.
 */
export interface TradesUpdate {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "trades";
  type: "update";
  dropped: number;
  data: Trade[];
}
/**
 * The book of a pair in a market, best levels first; null before one was read.
 *
 * The first message of `/ws/orderbook`. Its levels hold only while its `state` is `synced`.
 */
export interface OrderBookSnapshot {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "orderbook";
  type: "snapshot";
  market: "spot" | "usdm";
  data: Book | null;
}
/**
 * The state of an order book, best levels first.
 *
 * `last_update_id` is the id of the last diff in it, `event_time` that diff's; both are 0 before the first.
 * `checksum` is the CRC32 of the best 10 levels a side (`books.checksum` of the ingest package).
 */
export interface Book {
  market: "spot" | "usdm";
  symbol: string;
  bids: [string, string][];
  asks: [string, string][];
  last_update_id: number;
  state: "resyncing" | "stale" | "starved" | "synced";
  checksum: number;
  event_time: number;
  source: string;
}
/**
 * The book as it is now, as a whole: it replaces the one before.
 *
 * `conflated` counts the books between `prev` and this one that this client was too slow for; a book never
 * waits behind another.
 */
export interface OrderBookUpdate {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "orderbook";
  type: "update";
  market: "spot" | "usdm";
  conflated: number;
  data: Book;
}
/**
 * What has become of the feed behind this socket: after the snapshot where it is away, and at every change.
 */
export interface Status {
  channel: "status";
  type: "update";
  symbol: string;
  send_time: number;
  data: FeedState;
}
/**
 * `live`: updates come as they happen. `away`: Kafka does not answer, and nothing comes until it does.
 */
export interface FeedState {
  state: "away" | "live";
  reason: string | null;
}

/** Why the server ends a connection. */
export const CloseCode = {
  /** the server stops or restarts; connect again */
  RESTARTING: 1012,
  /** the server has as many clients as it may have; connect again later */
  BUSY: 1013,
  /** the query is wrong, or the client sent a message on a socket that takes none */
  BAD_REQUEST: 4400,
  /** the pair is not known, or not in that market */
  UNKNOWN_SYMBOL: 4404,
  /** the client did not keep up and would have missed closed candles */
  TOO_SLOW: 4408,
  /** the client asked for more subscriptions than it may hold */
  TOO_MANY: 4429,
  /** the parts that know the pairs are away; connect again later */
  UNAVAILABLE: 4503,
} as const;
