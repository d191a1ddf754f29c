import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { candlesAsCsv } from "./csv";

describe("candles as CSV", () => {
  it("have their exact digits, and a line each below the names of the columns", () => {
    const candles = [
      candle(1, { open: "0.00000001" }),
      candle(2, { closed: false, completeness: "partial" }),
    ];
    const [names, first, second, end] = candlesAsCsv(candles).split("\r\n");
    expect(names).toMatch(/^symbol,interval,open_time,close_time,open,high,low,close,volume,/);
    expect(first).toBe("BTCUSDT,1m,60000,119999,0.00000001,100,100,100,0,0,0,0,0,true,complete,simulator");
    expect(second).toContain(",false,partial,");
    expect(end).toBe("");
  });

  it("quote what would break a line", () => {
    expect(candlesAsCsv([candle(1, { source: 'a "b",c' })])).toContain(',"a ""b"",c"\r\n');
  });
});
