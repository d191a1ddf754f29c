import type { CandlestickData, HistogramData, UTCTimestamp, WhitespaceData } from "lightweight-charts";
import { INTERVAL_MS } from "@/candles/interval";
import type { Candle } from "@/contract/socket";

/** A hole beyond this is drawn as if it were so long: the chart is for looking at candles. */
const LONGEST_HOLE = 1500;

type Bar = CandlestickData<UTCTimestamp>;
type Column = HistogramData<UTCTimestamp>;
type Empty = WhitespaceData<UTCTimestamp>;

/** What the chart draws for a candle, or for a window without one. */
export interface Point {
  readonly bar: Bar | Empty;
  readonly volume: Column | Empty;
  /** Stands under a candle that did not come whole by the live stream. */
  readonly ribbon: Column | Empty;
}

/** Colours of the columns of volume, of the inside of a candle that is not whole, and of the ribbon. */
export interface PointColours {
  readonly up: string;
  readonly down: string;
  readonly hollow: string;
  readonly backfilled: string;
  readonly partial: string;
}

/** Return an epoch time in ms as the chart counts it, in s. */
export function chartTime(time: number): UTCTimestamp {
  return (time / 1000) as UTCTimestamp;
}

/** Return what is drawn for one candle, a partial one hollow. Here, and only here, prices become floats. */
export function pointOf(candle: Candle, colours: PointColours): Point {
  const time = chartTime(candle.open_time);
  const open = Number(candle.open);
  const close = Number(candle.close);
  return {
    bar: {
      time,
      open,
      high: Number(candle.high),
      low: Number(candle.low),
      close,
      ...(candle.completeness === "partial" && { color: colours.hollow }),
    },
    volume: { time, value: Number(candle.volume), color: close >= open ? colours.up : colours.down },
    ribbon:
      candle.completeness === "complete" ? { time } : { time, value: 1, color: colours[candle.completeness] },
  };
}

/** Return what is drawn for a series of one interval; windows that are missing in it stay empty, not closed up. */
export function pointsOf(candles: readonly Candle[], colours: PointColours): Point[] {
  const points: Point[] = [];
  let expected: number | null = null;
  for (const candle of candles) {
    const step = INTERVAL_MS[candle.interval];
    const missing = expected === null ? 0 : Math.min((candle.open_time - expected) / step, LONGEST_HOLE);
    for (let window = missing; window > 0; window -= 1) {
      const time = chartTime(candle.open_time - window * step);
      points.push({ bar: { time }, volume: { time }, ribbon: { time } });
    }
    points.push(pointOf(candle, colours));
    expected = candle.open_time + step;
  }
  return points;
}

/**
 * Return the newest candles of `current` that turn what was painted into it, each drawn over or after the
 * newest one painted; null where that is not enough and all has to be painted anew.
 */
export function newerThan(painted: readonly Candle[], current: readonly Candle[]): readonly Candle[] | null {
  const last = painted.length - 1;
  if (last < 0 || current.length < painted.length || current[0] !== painted[0]) return null;
  // What was merged keeps the objects that did not change, and a change in the middle is rare: look from the end.
  for (let index = last - 1; index > 0; index -= 1) if (painted[index] !== current[index]) return null;
  const newer = current.slice(last);
  const joined = newer.every(
    ({ open_time, interval }, index) =>
      open_time === (painted[last]?.open_time ?? 0) + index * INTERVAL_MS[interval],
  );
  return joined ? newer : null;
}
