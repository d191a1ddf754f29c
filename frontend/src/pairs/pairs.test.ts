import { describe, expect, it } from "vitest";
import { intervalFrom } from "@/candles/interval";
import { inOrder, matching, pairAddress } from "./match";
import { currencies, pairName } from "./name";

describe("a pair", () => {
  it("is named by its two currencies", () => {
    expect(pairName("BTCUSDT")).toBe("BTC/USDT");
    expect(pairName("XRPETH")).toBe("XRP/ETH");
    expect(currencies("ADABTC")).toEqual({ base: "ADA", quote: "BTC" });
  });

  it("keeps its symbol where its quote currency is not known", () => {
    expect(pairName("ABCXYZ")).toBe("ABCXYZ");
    expect(pairName("USDT")).toBe("USDT");
  });

  it("is found as people type it, what begins with the search first", () => {
    const symbols = ["AVAXUSDT", "BTCUSDT", "WBTCUSDT", "ETHUSDT"];
    expect(matching(symbols, "btc")).toEqual(["BTCUSDT", "WBTCUSDT"]);
    expect(matching(symbols, "eth/us")).toEqual(["ETHUSDT"]);
    expect(matching(symbols, "t")).toEqual(["BTCUSDT", "WBTCUSDT", "ETHUSDT"]);
    expect(matching(symbols, "usdt")).toEqual(symbols);
    expect(matching(symbols, " ")).toEqual(symbols);
    expect(matching(symbols, "doge")).toEqual([]);
  });

  it("is shown in candles of an interval by its address", () => {
    expect(pairAddress("BTCUSDT")).toBe("/trade/BTCUSDT");
    expect(pairAddress("BTCUSDT", "1m")).toBe("/trade/BTCUSDT");
    expect(pairAddress("BTCUSDT", "4h")).toBe("/trade/BTCUSDT?interval=4h");
    expect(["4h", "2h", "", null].map(intervalFrom)).toEqual(["4h", "1m", "1m", "1m"]);
  });

  it("stands among the others by its name", () => {
    expect(inOrder(["BTCUSDT", "BCHUSDT", "BTCEUR"])).toEqual(["BCHUSDT", "BTCEUR", "BTCUSDT"]);
  });
});
