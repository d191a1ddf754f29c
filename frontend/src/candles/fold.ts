import type { OhlcCandle } from "@/api/client";
import type { Candle } from "@/contract/socket";
import { canonical } from "@/numbers/decimal";
import { indexFrom } from "./merge";
import { INTERVAL_MS, windowOf, type Interval } from "./interval";
import { unitsOf, type CandleUnits } from "./units";

const MINUTE_MS = INTERVAL_MS["1m"];
const BACKFILL = "backfill:";

/**
 * Make the candle of one window out of its 1m candles (ascending, at least one), by the platform's own rule:
 * prices come from those with trades, or, where none has any, from all; sums are exact. `newest` is the open
 * time of the newest minute there is: a candle is partial where one up to that is missing, or is itself
 * partial, and closed when its last minute has begun and none of its minutes forms any more.
 *
 * The contract's examples (`fold.examples.json`) hold it to what the API answers.
 */
export function fold(children: readonly Candle[], interval: Interval, newest: number): OhlcCandle {
  const traded = children.filter(({ trades }) => trades > 0);
  const priced = traded.length > 0 ? traded : children;
  const [first] = priced;
  const last = priced.at(-1);
  const lastChild = children.at(-1);
  if (first === undefined || last === undefined || lastChild === undefined) {
    throw new Error("a candle needs at least one minute");
  }
  const openTime = windowOf(interval, lastChild.open_time);
  const minutes = INTERVAL_MS[interval] / MINUTE_MS;
  const expected = Math.min(minutes, Math.floor((newest - openTime) / MINUTE_MS) + 1);
  const whole =
    children.length === expected && children.every(({ completeness }) => completeness !== "partial");
  const source = lastChild.source.replace(BACKFILL, "");
  const higher = (one: Candle, other: Candle): Candle =>
    unitsOf(other).high > unitsOf(one).high ? other : one;
  const lower = (one: Candle, other: Candle): Candle => (unitsOf(other).low < unitsOf(one).low ? other : one);
  return {
    symbol: first.symbol,
    interval,
    open_time: openTime,
    close_time: openTime + INTERVAL_MS[interval] - 1,
    open: first.open,
    high: priced.reduce(higher).high,
    low: priced.reduce(lower).low,
    close: last.close,
    volume: sumOf(children, ({ volume }) => volume),
    quote_volume: sumOf(children, ({ quoteVolume }) => quoteVolume),
    trades: children.reduce((sum, { trades }) => sum + trades, 0),
    taker_buy_volume: sumOf(children, ({ takerBuyVolume }) => takerBuyVolume),
    taker_buy_quote_volume: sumOf(children, ({ takerBuyQuoteVolume }) => takerBuyQuoteVolume),
    closed: expected === minutes && children.every(({ closed }) => closed),
    version: children.reduce((highest, { version }) => Math.max(highest, version), 0),
    source: children.some((child) => child.source.startsWith(BACKFILL)) ? BACKFILL + source : source,
    completeness: whole ? "complete" : "partial",
    ...(!whole && { children: children.length, expected_children: expected }),
  };
}

/**
 * Return the candles of the windows that open at these times (epoch ms), made of a series of 1m candles; none of a
 * window of which the series may lack the beginning. `fromTheFirst`: nothing older than the series exists.
 */
export function foldWindows(
  minutes: readonly Candle[],
  interval: Interval,
  windows: Iterable<number>,
  fromTheFirst: boolean,
): OhlcCandle[] {
  const oldest = minutes[0];
  const newest = minutes.at(-1);
  if (oldest === undefined || newest === undefined) return [];
  const folded: OhlcCandle[] = [];
  for (const window of windows) {
    if (oldest.open_time > window && !fromTheFirst) continue;
    const children = minutes.slice(
      indexFrom(minutes, window),
      indexFrom(minutes, window + INTERVAL_MS[interval]),
    );
    if (children.length > 0) folded.push(fold(children, interval, newest.open_time));
  }
  return folded;
}

/**
 * Put candles folded here among those known. The closed one wins, then the higher version; of equal ones the
 * fold, unless it lacks minutes that the known one has. Returns `series` itself where nothing changes.
 */
export function putFolds(
  series: readonly OhlcCandle[],
  folds: readonly OhlcCandle[],
  limit: number,
): readonly OhlcCandle[] {
  const put = new Map<number, OhlcCandle>();
  for (const folded of folds) {
    const index = indexFrom(series, folded.open_time);
    const known = series[index];
    if (known?.open_time !== folded.open_time || replaces(folded, known)) put.set(folded.open_time, folded);
  }
  if (put.size === 0) return series;
  const kept = indexFrom(series, Math.min(...put.keys()));
  const tail = new Map(series.slice(kept).map((candle) => [candle.open_time, candle]));
  for (const [openTime, candle] of put) tail.set(openTime, candle);
  const ascending = [...tail.values()].sort((one, other) => one.open_time - other.open_time);
  return [...series.slice(0, kept), ...ascending].slice(-limit);
}

function replaces(folded: OhlcCandle, known: OhlcCandle): boolean {
  if (folded.closed !== known.closed) return folded.closed;
  if (folded.version !== known.version) return folded.version > known.version;
  return minutesIn(folded) >= minutesIn(known) && !same(folded, known);
}

function minutesIn({ interval, completeness, children }: OhlcCandle): number {
  return completeness === "partial" ? (children ?? 0) : INTERVAL_MS[interval] / MINUTE_MS;
}

function same(one: OhlcCandle, other: OhlcCandle): boolean {
  const keys = Object.keys(one) as (keyof OhlcCandle)[];
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

function sumOf(children: readonly Candle[], amount: (units: CandleUnits) => bigint): string {
  return canonical(children.reduce((sum, child) => sum + amount(unitsOf(child)), 0n));
}
