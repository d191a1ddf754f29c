import type { Candle } from "@/contract/socket";
import { supersedes } from "./version";

/**
 * Put accounts of candles into a series that ascends by open time, one candle a window, the better account
 * each (`supersedes`). Beyond `limit` the oldest go. Returns `series` itself where nothing changes, so that
 * a look at the reference tells whether to paint.
 *
 * `accounts` may come in any order, and hold older candles that were filled or restated.
 */
export function mergeCandles<Kind extends Candle>(
  series: readonly Kind[],
  accounts: readonly Kind[],
  limit: number,
): readonly Kind[] {
  const better = new Map<number, Kind>();
  for (const account of accounts) {
    const known = better.get(account.open_time) ?? candleAt(series, account.open_time);
    if (known === undefined || supersedes(account, known)) better.set(account.open_time, account);
  }
  if (better.size === 0) return series;
  const oldest = Math.min(...better.keys());
  const kept = indexFrom(series, oldest);
  // Nearly always the newest candle alone changes, and the part to sort is a candle long.
  const changed = new Map(series.slice(kept).map((candle) => [candle.open_time, candle]));
  for (const [openTime, candle] of better) changed.set(openTime, candle);
  const tail = [...changed.values()].sort((one, other) => one.open_time - other.open_time);
  const merged = [...series.slice(0, kept), ...tail].slice(-limit);
  return sameCandles(merged, series) ? series : merged;
}

/** Return the candle that opens at a time (epoch ms), if the series has it. */
export function candleAt<Kind extends Candle>(series: readonly Kind[], openTime: number): Kind | undefined {
  const candle = series[indexFrom(series, openTime)];
  return candle?.open_time === openTime ? candle : undefined;
}

/** Return the index of the first candle that opens at a time (epoch ms) or later; the length if none does. */
export function indexFrom(series: readonly Candle[], openTime: number): number {
  let low = 0;
  let high = series.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candle = series[middle];
    if (candle !== undefined && candle.open_time < openTime) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sameCandles(one: readonly Candle[], other: readonly Candle[]): boolean {
  return one.length === other.length && one.every((candle, index) => candle === other[index]);
}
