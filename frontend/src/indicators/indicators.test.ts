import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { studyOf } from "./compute";
import { KINDS, periodOf, readIndicators, writeIndicators, type Indicator, type Kind } from "./indicator";

const closing = (...closes: readonly number[]) =>
  closes.map((close, minute) => candle(minute, { close: String(close), volume: "1" }));

function values(kind: Kind, period: number, candles: ReturnType<typeof closing>, part = "line") {
  const line = studyOf({ kind, period }, candles).lines.find((each) => each.part === part);
  return line?.values.map((value) => (value === null ? null : Number(value.toFixed(6))));
}

describe("indicators in an address", () => {
  it("are read as they were written", () => {
    const indicator = fc
      .tuple(fc.constantFrom(...KINDS), fc.integer({ min: 2, max: 500 }))
      .map(([kind, period]): Indicator => ({ kind, period: periodOf(kind, period) }));
    const sets = fc.uniqueArray(indicator, { selector: ({ kind }) => kind, maxLength: KINDS.length });
    fc.assert(
      fc.property(sets, (indicators) => {
        expect(readIndicators(writeIndicators(indicators))).toEqual(indicators);
      }),
    );
  });

  it("are left out where they cannot be read, and never crash", () => {
    expect(readIndicators("ma,ema9999,rsi1,frog12,vwap7,ma30")).toEqual([
      { kind: "ma", period: 20 },
      { kind: "rsi", period: 14 },
      { kind: "vwap", period: 0 },
    ]);
    fc.assert(fc.property(fc.string(), (text) => readIndicators(text).length <= KINDS.length));
  });
});

describe("an indicator", () => {
  it("has a value for each candle, once enough have been seen", () => {
    expect(values("ma", 3, closing(1, 2, 3, 4))).toEqual([null, null, 2, 3]);
    expect(values("ema", 3, closing(1, 2, 3, 4))).toEqual([null, null, 2.25, 3.125]);
    expect(values("bb", 2, closing(1, 3), "upper")).toEqual([null, 4]);
    expect(values("bb", 2, closing(1, 3), "lower")).toEqual([null, 0]);
    expect(values("rsi", 2, closing(1, 2, 3, 4))).toEqual([null, null, 100, 100]);
  });

  it("is as long as the series and finite, whatever the prices", () => {
    const prices = fc.array(fc.double({ min: 1e-8, max: 1e7, noNaN: true }), { maxLength: 120 });
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), prices, (kind, closes) => {
        const candles = closing(...closes);
        for (const { values: line } of studyOf({ kind, period: periodOf(kind, 5) }, candles).lines) {
          expect(line).toHaveLength(candles.length);
          expect(line.every((value) => value === null || Number.isFinite(value))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("of MACD is the difference of two averages, its signal, and what lies between them", () => {
    const candles = closing(...Array.from({ length: 40 }, (_, index) => 100 + index));
    const [line, signal, histogram] = ["line", "signal", "histogram"].map(
      (part) => values("macd", 0, candles, part)?.at(-1) ?? NaN,
    );
    expect(line).toBeGreaterThan(0);
    expect(histogram).toBeCloseTo((line ?? NaN) - (signal ?? NaN), 5);
  });

  it("weighed by volume begins anew with each UTC day, and skips what did not trade", () => {
    const flat = (minute: number, price: string, volume: string) =>
      candle(minute, { high: price, low: price, close: price, volume });
    const day = [flat(0, "10", "1"), flat(1, "20", "3"), flat(2, "99", "0"), flat(1440, "50", "2")];
    expect(values("vwap", 0, day)).toEqual([10, 17.5, 17.5, 50]);
  });
});
