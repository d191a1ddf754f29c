// Generated from the API's contract by `npm run generate`. Do not edit.

/**
 * Every message of /ws: requests have an `op`, all others a `channel` and a `type`.
 */
export type SessionMessage = Request | Answer | Message;
/**
 * What a client sends.
 */
export type Request = Subscribe | Unsubscribe | ListSubscriptions | Ping;
/**
 * What the server answers.
 */
export type Answer = Subscriptions | Pong | Refusal | Heartbeat;
/**
 * What the channels tell.
 */
export type Message =
  | KlineSnapshot
  | KlineUpdate
  | LongerKlineSnapshot
  | LongerKlineUpdate
  | TradesSnapshot
  | TradesUpdate
  | BookViewSnapshot
  | BookViewUpdate
  | RankingSnapshot
  | StatusSnapshot;

/**
 * Begin to send what is asked for: all of it, or, where any of it cannot be served, nothing.
 *
 * What is subscribed to already goes on as it is.
 */
export interface Subscribe {
  op: "subscribe";
  id?: number | string | null;
  /**
   * @minItems 1
   */
  subscriptions: [
    KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription,
    ...(
      KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription
    )[]
  ];
}
/**
 * The newest 60 candles of a pair, then every change: of the forming one, and of those that close.
 */
export interface KlineSubscription {
  channel: "kline";
  since?: Position;
  symbol: string;
  interval?: "1d" | "1h" | "1m" | "4h" | "5m";
}
/**
 * Up to where a client has heard: the `epoch` and the `seq` of the last message of its subscription.
 */
export interface Position {
  epoch: string;
  seq: number;
}
/**
 * The trades of a pair: the newest 100, then all that follow.
 */
export interface TradesSubscription {
  channel: "trades";
  since?: Position;
  symbol: string;
}
/**
 * The best `depth` levels a side of a pair's book in a market, at most once in `every_ms`.
 */
export interface BookSubscription {
  channel: "orderbook";
  since?: Position;
  symbol: string;
  market?: "spot" | "usdm";
  depth?: 1 | 5 | 10 | 20;
  every_ms?: 100 | 250 | 500 | 1000 | 5000;
}
/**
 * The first `limit` pairs of a ranking.
 */
export interface RankingSubscription {
  channel: "ranking";
  ranking: "top_gainers" | "top_losers";
  limit?: 5 | 10 | 20 | 50 | 100;
}
/**
 * Whether the topics and the stores answer: while `kafka` is away, no channel is told anything new.
 */
export interface StatusSubscription {
  channel: "status";
}
/**
 * Send no more of it; what is not subscribed to is passed over.
 */
export interface Unsubscribe {
  op: "unsubscribe";
  id?: number | string | null;
  /**
   * @minItems 1
   */
  subscriptions: [
    KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription,
    ...(
      KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription
    )[]
  ];
}
/**
 * Say what is subscribed to.
 */
export interface ListSubscriptions {
  op: "list";
  id?: number | string | null;
}
/**
 * Answer.
 */
export interface Ping {
  op: "ping";
  id?: number | string | null;
}
/**
 * The answer to `subscribe`, `unsubscribe` and `list`: all that is subscribed to now.
 *
 * Nothing of what was just subscribed to comes before it.
 */
export interface Subscriptions {
  channel: "control";
  type: "subscriptions";
  id: number | string | null;
  subscriptions: (
    KlineSubscription | TradesSubscription | BookSubscription | RankingSubscription | StatusSubscription
  )[];
}
/**
 * The answer to `ping`.
 */
export interface Pong {
  channel: "control";
  type: "pong";
  id: number | string | null;
  send_time: number;
}
/**
 * The answer to a request that was not carried out, not even in part: the connection goes on as it was.
 *
 * `code` is one of the close codes, as far as they name what is wrong with a request.
 */
export interface Refusal {
  channel: "control";
  type: "error";
  id: number | string | null;
  code: 4400 | 4404 | 4429 | 4503;
  reason: string;
}
/**
 * The connection lives, and whether the channels are told what happens; every few seconds.
 */
export interface Heartbeat {
  channel: "control";
  type: "heartbeat";
  send_time: number;
  feed: FeedState;
}
/**
 * `live`: updates come as they happen. `away`: Kafka does not answer, and nothing comes until it does.
 */
export interface FeedState {
  state: "away" | "live";
  reason: string | null;
}
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
 * The newest candles of a longer interval, ascending by open time, the forming one last.
 */
export interface LongerKlineSnapshot {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "kline";
  type: "snapshot";
  interval: "1d" | "1h" | "4h" | "5m";
  data: OhlcCandle[];
}
/**
 * A candle of any interval. One longer than 1m is made of the 1m candles of its window.
 *
 * Where such a one is `partial`, `children` is the number of 1m candles that it is made of, and
 * `expected_children` the number that there should be: of a forming one, up to the newest minute.
 */
export interface OhlcCandle {
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
  children?: number;
  expected_children?: number;
}
/**
 * One candle of a longer interval: the forming one, or one that closed or was completed since.
 *
 * Its `seq` is that of the 1m candle that it follows from; two candles may follow from one.
 */
export interface LongerKlineUpdate {
  symbol: string;
  epoch: string | null;
  seq: number | null;
  prev: number | null;
  exchange_time: number | null;
  arrival_time: number | null;
  send_time: number;
  channel: "kline";
  type: "update";
  interval: "1d" | "1h" | "4h" | "5m";
  data: OhlcCandle;
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
 * The best levels of a book; null before one was read. Its levels hold only while its `state` is `synced`.
 *
 * Its `checksum` is of the best 10 levels a side, whatever the depth.
 */
export interface BookViewSnapshot {
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
  depth: 1 | 5 | 10 | 20;
  every_ms: 100 | 250 | 500 | 1000 | 5000;
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
 * The best levels as they are now: they replace those before.
 *
 * At most one in `every_ms`, but for a change of trust, which is told at once. `conflated` counts the updates
 * that this client was too slow for.
 */
export interface BookViewUpdate {
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
  depth: 1 | 5 | 10 | 20;
  every_ms: 100 | 250 | 500 | 1000 | 5000;
  conflated: number;
  data: Book;
}
/**
 * The first pairs of a ranking: at first, and whenever it was made anew.
 */
export interface RankingSnapshot {
  send_time: number;
  channel: "ranking";
  type: "snapshot";
  ranking: "top_gainers" | "top_losers";
  limit: 5 | 10 | 20 | 50 | 100;
  data: RankingList;
}
/**
 * The first pairs of a ranking, ascending by rank.
 *
 * It is of the 1,440 minutes up to the newest closed one, which opened at `time` (ms). `supply_time` is of
 * when the circulating supplies are that the market caps rest on; a market cap is null where the supply is
 * not known. While nothing has been ranked yet there are no rows, `time` is null and `reason` says so.
 */
export interface RankingList {
  ranking: "top_gainers" | "top_losers";
  time: number | null;
  source: string | null;
  supply_time: number | null;
  rows: RankedPair[];
  reason: string | null;
}
/**
 * A pair in a ranking: its last price, and what its day brought.
 *
 * `rank` counts from 1. `change_percent` is the change of the price over the day in percent, `volume` a base
 * amount, `quote_volume` a quote one. `market_cap` is the price times the circulating supply, in quote
 * currency; null where the supply is not known.
 */
export interface RankedPair {
  rank: number;
  symbol: string;
  price: string;
  change_percent: string;
  volume: string;
  quote_volume: string;
  market_cap: string | null;
}
/**
 * What can be served, and where its data comes from: at first, and at every change.
 */
export interface StatusSnapshot {
  send_time: number;
  channel: "status";
  type: "snapshot";
  data: Readiness;
}
/**
 * Whether anything can be served, and from what.
 *
 * `ready`: all of it; `degraded`: what the parts that are up hold; `not ready`: nothing. `reasons` names
 * the parts that are away, and why.
 */
export interface Readiness {
  status: "degraded" | "not ready" | "ready";
  source: ("binance" | "replay" | "simulator") | null;
  simulated: boolean | null;
  components: Components;
  reasons: {
    [k: string]: string | undefined;
  };
}
/**
 * The parts: the topics (what happens now), the realtime store and the candle store.
 */
export interface Components {
  kafka: ComponentState;
  redis: ComponentState;
  mongodb: ComponentState;
}
/**
 * One part that the API reads from; the reason says why it is away.
 */
export interface ComponentState {
  state: "away" | "up";
  reason: string | null;
}

/** Why the server ends a connection. */
export const CloseCode = {
  /** the server stops or restarts; connect again */
  RESTARTING: 1012,
  /** the server has as many clients as it may have; connect again later */
  BUSY: 1013,
  /** the request or query is wrong, or the client sent a message on a socket that takes none */
  BAD_REQUEST: 4400,
  /** the pair is not known, or not in that market */
  UNKNOWN_SYMBOL: 4404,
  /** the client did not keep up and would have missed closed candles */
  TOO_SLOW: 4408,
  /** the client asked for more subscriptions than it may hold */
  TOO_MANY: 4429,
  /** what was asked for needs parts that are away, or not read yet; ask again a moment later */
  UNAVAILABLE: 4503,
} as const;
