import type {
  Book,
  Candle,
  KlineSnapshot,
  KlineUpdate,
  OrderBookSnapshot,
  OrderBookUpdate,
  Status,
  Trade,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";

const EPOCH = "crypto_kline_1m/0";

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

export function bookSnapshot(data: Book | null, place: Place = {}): OrderBookSnapshot {
  const market = data?.market ?? "spot";
  return { ...envelope(place), channel: "orderbook", type: "snapshot", market, data };
}

export function bookUpdate(data: Book, place: Place = {}, conflated = 0): OrderBookUpdate {
  return {
    ...envelope(place),
    channel: "orderbook",
    type: "update",
    market: data.market,
    conflated,
    data,
  };
}

export function status(state: Status["data"]["state"], reason: string | null = null): Status {
  return { channel: "status", type: "update", symbol: "BTCUSDT", send_time: 1000, data: { state, reason } };
}
