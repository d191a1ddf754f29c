import type { Candle } from "@/contract/socket";
import { percentChange } from "@/numbers/decimal";
import { indexFrom } from "./merge";
import { unitsOf } from "./units";

const DAY_MS = 86_400_000;

/** What a pair did in up to a day; prices and amounts are integers of 10^-8. */
export interface DayStatistics {
  /** Open time of the first candle that is counted, epoch ms. */
  readonly from: number;
  /** How much time the candles cover, up to a day, in ms. */
  readonly covered: number;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly change: bigint;
  /** In percent. */
  readonly changePercent: bigint;
  /** In base currency. */
  readonly volume: bigint;
  /** In quote currency. */
  readonly quoteVolume: bigint;
}

/**
 * Return what the day up to the newest candle brought, or null without candles. As where candles are rolled
 * up, prices come from the candles with trades; if none has any, from all.
 */
export function dayStatistics(series: readonly Candle[]): DayStatistics | null {
  const newest = series.at(-1);
  if (newest === undefined) return null;
  const end = newest.close_time + 1;
  const day = series.slice(indexFrom(series, end - DAY_MS));
  const traded = day.filter((candle) => candle.trades > 0);
  const priced = (traded.length > 0 ? traded : day).map(unitsOf);
  const first = priced[0];
  const last = priced.at(-1);
  const from = day[0]?.open_time;
  if (first === undefined || last === undefined || from === undefined) return null;
  return {
    from,
    covered: end - from,
    high: priced.reduce((high, candle) => (candle.high > high ? candle.high : high), first.high),
    low: priced.reduce((low, candle) => (candle.low < low ? candle.low : low), first.low),
    close: last.close,
    change: last.close - first.open,
    changePercent: percentChange(first.open, last.close),
    volume: day.reduce((sum, candle) => sum + unitsOf(candle).volume, 0n),
    quoteVolume: day.reduce((sum, candle) => sum + unitsOf(candle).quoteVolume, 0n),
  };
}
