import { describe, expect, it } from "vitest";
import { scaled } from "@/numbers/decimal";
import { candle, MINUTE_MS } from "./candle.fixture";
import { dayStatistics } from "./statistics";

const traded = { trades: 1 };

describe("what a day brought", () => {
  it("is nothing without candles", () => {
    expect(dayStatistics([])).toBeNull();
  });

  it("adds up exactly, also where floats would not", () => {
    const day = dayStatistics([
      candle(0, { ...traded, open: "0.1", high: "0.4", low: "0.1", close: "0.2", volume: "0.1" }),
      candle(1, {
        ...traded,
        open: "0.2",
        high: "0.3",
        low: "0.05",
        close: "0.3",
        volume: "0.2",
        quote_volume: "7",
      }),
    ]);
    expect(day).toEqual({
      from: 0,
      covered: 2 * MINUTE_MS,
      high: scaled("0.4"),
      low: scaled("0.05"),
      close: scaled("0.3"),
      change: scaled("0.2"),
      changePercent: scaled("200"),
      volume: scaled("0.3"),
      quoteVolume: scaled("7"),
    });
  });

  it("takes no price from minutes without trades, while any minute has one", () => {
    const quiet = candle(0, { open: "500", high: "500", low: "500", close: "500" });
    const day = dayStatistics([quiet, candle(1, { ...traded, high: "110", close: "105" })]);
    expect(day?.high).toBe(scaled("110"));
    expect(day?.change).toBe(scaled("5"));
    expect(dayStatistics([quiet])?.high).toBe(scaled("500"));
  });

  it("looks back a day from the end of the newest candle, and no further", () => {
    const series = [candle(0, { ...traded, high: "900" }), candle(1, traded), candle(1440, traded)];
    const day = dayStatistics(series);
    expect(day?.high).toBe(scaled("100"));
    expect(day?.covered).toBe(1440 * MINUTE_MS);
  });
});
