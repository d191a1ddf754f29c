import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candle } from "./candle.fixture";
import { candleAt, mergeCandles } from "./merge";

const accounts = fc.array(
  fc
    .record({ minute: fc.nat(8), closed: fc.boolean(), version: fc.nat(5) })
    .map(({ minute, closed, version }) => candle(minute, { closed, version })),
  { maxLength: 20 },
);
const LIMIT = 1000;

describe("a series of candles", () => {
  it("ascends and holds each window once, in whatever order the accounts come", () => {
    fc.assert(
      fc.property(accounts, accounts, (first, second) => {
        const series = mergeCandles(mergeCandles([], first, LIMIT), second, LIMIT);
        const times = series.map((one) => one.open_time);
        expect(times).toEqual([...new Set(times)].sort((one, other) => one - other));
        const backwards = mergeCandles(mergeCandles([], second, LIMIT), first, LIMIT);
        expect(backwards).toEqual(series);
      }),
    );
  });

  it("is the very same object when it is told what it knows", () => {
    fc.assert(
      fc.property(accounts, (some) => {
        const series = mergeCandles([], some, LIMIT);
        expect(mergeCandles(series, some, LIMIT)).toBe(series);
        expect(mergeCandles(series, [], LIMIT)).toBe(series);
      }),
    );
  });

  it("keeps what is before a change, by reference", () => {
    const series = mergeCandles([], [candle(1), candle(2), candle(3, { closed: false })], LIMIT);
    const next = mergeCandles(series, [candle(3, { closed: false, version: 2, close: "101" })], LIMIT);
    expect(next.slice(0, 2).every((one, index) => one === series[index])).toBe(true);
    expect(next.at(-1)?.close).toBe("101");
  });

  it("takes up an older candle that was filled late", () => {
    const series = mergeCandles([], [candle(1), candle(4)], LIMIT);
    const filled = mergeCandles(series, [candle(2, { completeness: "backfilled" })], LIMIT);
    expect(filled.map((one) => one.open_time / 60_000)).toEqual([1, 2, 4]);
    expect(candleAt(filled, 120_000)?.completeness).toBe("backfilled");
    expect(candleAt(filled, 180_000)).toBeUndefined();
  });

  it("forgets the oldest beyond its limit, and is not moved by what is older still", () => {
    const series = mergeCandles([], [candle(1), candle(2), candle(3)], 2);
    expect(series.map((one) => one.open_time / 60_000)).toEqual([2, 3]);
    expect(mergeCandles(series, [candle(0)], 2)).toBe(series);
  });
});
