import type { Candle, Trade } from "@/contract/socket";

/** So many times the typical trade fill the whole bar. */
const FULL_AT = 32;

/**
 * Return what a trade of this pair typically amounts to, in quote currency: the mean of some closed candles,
 * to the nearest power of two, so that it stays the same while little changes. 0 where nothing traded.
 */
export function typicalTrade(candles: readonly Candle[]): number {
  const closed = candles.filter((candle) => candle.closed);
  const trades = closed.reduce((sum, candle) => sum + candle.trades, 0);
  const amount = closed.reduce((sum, candle) => sum + Number(candle.quote_volume), 0);
  return trades === 0 || amount === 0 ? 0 : 2 ** Math.round(Math.log2(amount / trades));
}

/** Return how much of its bar a trade fills, from 0 to 1; by the root, as its area would grow. */
export function relativeSize(trade: Trade, typical: number): number {
  return typical === 0 ? 0 : Math.min(1, Math.sqrt(Number(trade.quote_quantity) / (typical * FULL_AT)));
}
