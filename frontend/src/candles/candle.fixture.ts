import type { Candle } from "@/contract/socket";

export const MINUTE_MS = 60_000;

/** A closed candle of one minute that never traded, at the given minute of the epoch, but for what is given. */
export function candle(minute: number, given: Partial<Candle> = {}): Candle {
  return {
    symbol: "BTCUSDT",
    interval: "1m",
    open_time: minute * MINUTE_MS,
    close_time: (minute + 1) * MINUTE_MS - 1,
    open: "100",
    high: "100",
    low: "100",
    close: "100",
    volume: "0",
    quote_volume: "0",
    trades: 0,
    taker_buy_volume: "0",
    taker_buy_quote_volume: "0",
    closed: true,
    version: 1,
    source: "simulator",
    completeness: "complete",
    ...given,
  };
}
