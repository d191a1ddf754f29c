import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { relativeSize, typicalTrade } from "./size";
import { trade } from "./trade.fixture";

describe("how large a trade looks", () => {
  it("is measured by what is usual for the pair, and hardly moves with it", () => {
    expect(typicalTrade([candle(1, { trades: 10, quote_volume: "1000" })])).toBe(128);
    expect(typicalTrade([candle(1, { trades: 10, quote_volume: "1200" })])).toBe(128);
  });

  it("is nothing while nothing is known to be usual", () => {
    expect(typicalTrade([])).toBe(0);
    expect(typicalTrade([candle(1), candle(2, { closed: false, trades: 5, quote_volume: "5" })])).toBe(0);
    expect(relativeSize(trade(1), 0)).toBe(0);
  });

  it("grows with the root of its amount, up to the whole bar", () => {
    expect(relativeSize(trade(1, { quote_quantity: "32" }), 4)).toBe(0.5);
    expect(relativeSize(trade(1, { quote_quantity: "128" }), 4)).toBe(1);
    expect(relativeSize(trade(1, { quote_quantity: "9999" }), 4)).toBe(1);
  });
});
