import type { OhlcCandle } from "@/api/client";

export type Interval = OhlcCandle["interval"];

/** From the shortest to the longest. */
export const INTERVALS: readonly Interval[] = ["1m", "5m", "1h", "4h", "1d"];

const MINUTE_MS = 60_000;

/** The length of each interval in ms. */
export const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  "1m": MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "1h": 60 * MINUTE_MS,
  "4h": 240 * MINUTE_MS,
  "1d": 1440 * MINUTE_MS,
};

/** Return the start of the window that holds a time (epoch ms): every interval divides the UTC day. */
export function windowOf(interval: Interval, time: number): number {
  return time - (time % INTERVAL_MS[interval]);
}

/** Read an interval, as of an address; what is none is 1m. */
export function intervalFrom(text: string | null): Interval {
  return INTERVALS.find((interval) => interval === text) ?? "1m";
}
