import type {
  Book,
  BookViewSnapshot,
  BookViewUpdate,
  Candle,
  ComponentState,
  FeedState,
  Heartbeat,
  KlineSnapshot,
  KlineUpdate,
  RankingList,
  RankingSnapshot,
  StatusSnapshot,
  Trade,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";

const EPOCH = "crypto_kline_1m/0";
const PACE = { depth: 20, every_ms: 100 } as const;

/** Where a message stands: its epoch, up to which record it reaches, and after which it comes. */
export interface Place {
  readonly epoch?: string | null;
  readonly seq?: number | null;
  readonly prev?: number | null;
  readonly exchange_time?: number | null;
  readonly arrival_time?: number | null;
  readonly send_time?: number;
}

function envelope(place: Place) {
  const { epoch = EPOCH, seq = 10, prev = null, exchange_time = 1000, send_time = 1000 } = place;
  const { arrival_time = exchange_time } = place;
  return { symbol: "BTCUSDT", epoch, seq, prev, exchange_time, arrival_time, send_time };
}

export function klineSnapshot(data: Candle[], place: Place = {}): KlineSnapshot {
  return { ...envelope(place), channel: "kline", type: "snapshot", interval: "1m", data };
}

export function klineUpdate(data: Candle, place: Place = {}): KlineUpdate {
  return { ...envelope(place), channel: "kline", type: "update", interval: "1m", data };
}

export function tradesSnapshot(data: Trade[], place: Place = {}): TradesSnapshot {
  return { ...envelope(place), channel: "trades", type: "snapshot", data };
}

export function tradesUpdate(data: Trade[], place: Place = {}, dropped = 0): TradesUpdate {
  return { ...envelope(place), channel: "trades", type: "update", dropped, data };
}

export function bookSnapshot(data: Book | null, place: Place = {}): BookViewSnapshot {
  const market = data?.market ?? "spot";
  return { ...envelope(place), channel: "orderbook", type: "snapshot", market, ...PACE, data };
}

export function bookUpdate(data: Book, place: Place = {}, conflated = 0): BookViewUpdate {
  return {
    ...envelope(place),
    channel: "orderbook",
    type: "update",
    market: data.market,
    ...PACE,
    conflated,
    data,
  };
}

/** An empty ranking of a time. */
export function gainers(time: number): RankingSnapshot {
  const ranking = "top_gainers";
  const data: RankingList = { ranking, time, source: null, supply_time: null, rows: [], reason: null };
  return { channel: "ranking", type: "snapshot", ranking, limit: 100, send_time: 1000, data };
}

/** Says that the API is there, and that its own source is, unless that is away for a reason. */
export function heartbeat(away: string | null = null): Heartbeat {
  const feed: FeedState = { state: away === null ? "live" : "away", reason: away };
  return { channel: "control", type: "heartbeat", send_time: 1000, feed };
}

/** What the API says of its parts: all are there, but for Kafka where that is away for a reason. */
export function status(away: string | null = null): StatusSnapshot {
  const up: ComponentState = { state: "up", reason: null };
  const kafka: ComponentState = away === null ? up : { state: "away", reason: away };
  return {
    channel: "status",
    type: "snapshot",
    send_time: 1000,
    data: {
      status: away === null ? "ready" : "degraded",
      source: "simulator",
      simulated: true,
      components: { kafka, redis: up, mongodb: up },
      reasons: {},
    },
  };
}
