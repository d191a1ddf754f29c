import type { Candle } from "@/contract/socket";
import { percentChange, scaled } from "@/numbers/decimal";
import { indexFrom } from "./merge";

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

interface ScaledCandle {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
  readonly quoteVolume: bigint;
}

// A candle never changes, and all but one of a day are the same a second later.
const scaledCandles = new WeakMap<Candle, ScaledCandle>();

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
  const priced = (traded.length > 0 ? traded : day).map(inUnits);
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
    volume: day.reduce((sum, candle) => sum + inUnits(candle).volume, 0n),
    quoteVolume: day.reduce((sum, candle) => sum + inUnits(candle).quoteVolume, 0n),
  };
}

function inUnits(candle: Candle): ScaledCandle {
  let known = scaledCandles.get(candle);
  if (known === undefined) {
    known = {
      open: scaled(candle.open),
      high: scaled(candle.high),
      low: scaled(candle.low),
      close: scaled(candle.close),
      volume: scaled(candle.volume),
      quoteVolume: scaled(candle.quote_volume),
    };
    scaledCandles.set(candle, known);
  }
  return known;
}
