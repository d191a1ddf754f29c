import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RankedPair } from "@/api/client";
import { candle } from "@/candles/candle.fixture";
import { scaled } from "@/numbers/decimal";
import {
  filtered,
  rankedBySymbol,
  readSorting,
  rowOf,
  SORT_KEYS,
  sorted,
  sparkOf,
  USUAL_SORTING,
  writeSorting,
  type MarketRow,
} from "./row";

const RANKED: RankedPair = {
  rank: 1,
  symbol: "SOLUSDT",
  price: "187",
  change_percent: "-7.125",
  volume: "3",
  quote_volume: "500.5",
  market_cap: null,
};
const HOURS = [1, 2].map((hour) =>
  candle(hour * 60, { interval: "1h", trades: 1, open: "100", high: "120", close: "110", quote_volume: "7" }),
);

function row(symbol: string, given: Partial<MarketRow> = {}): MarketRow {
  return { symbol, change: null, high: null, low: null, volume: null, marketCap: null, ...given };
}

describe("the day of a pair", () => {
  it("is as it was ranked, and else by its hours", () => {
    const ranked = rankedBySymbol([null, { rows: [RANKED] } as never]).get("SOLUSDT");
    expect(rowOf("SOLUSDT", ranked, HOURS)).toMatchObject({
      change: -712500000n,
      volume: scaled("500.5"),
      high: scaled("120"),
      marketCap: null,
    });
    expect(rowOf("SOLUSDT", undefined, HOURS)).toMatchObject({ change: scaled("10"), volume: scaled("14") });
    expect(rowOf("SOLUSDT", undefined, [])).toEqual(row("SOLUSDT"));
  });

  it("is drawn from its lowest to its highest price", () => {
    expect(sparkOf([1, 3, 2], 100, 20)).toBe("M0.0 20.0L50.0 0.0L100.0 10.0");
    expect(sparkOf([2, 2], 100, 20)).toBe("M0.0 20.0L100.0 20.0");
    expect(sparkOf([1], 100, 20)).toBe("");
  });
});

describe("the rows of the markets", () => {
  const rows = [row("A", { change: 1n }), row("B"), row("C", { change: 3n }), row("D", { change: -2n })];

  it("are in order either way, the unknown last", () => {
    const order = (descending: boolean) =>
      sorted(rows, { by: "change", descending })
        .map(({ symbol }) => symbol)
        .join("");
    expect(order(true)).toBe("CADB");
    expect(order(false)).toBe("DACB");
  });

  it("are none more and none less for being put in order", () => {
    const some = fc.array(fc.record({ change: fc.option(fc.bigInt(), { nil: null }) }));
    fc.assert(
      fc.property(some, fc.constantFrom(...SORT_KEYS), fc.boolean(), (given, by, descending) => {
        const all = given.map((one, index) => row(String(index), one));
        expect(new Set(sorted(all, { by, descending }))).toEqual(new Set(all));
      }),
    );
  });

  it("are those that are searched for, of the list that is chosen", () => {
    const pairs = [row("BTCUSDT"), row("ETHBTC"), row("ETHUSDT")];
    const found = (search: string, list: readonly string[] | null) =>
      filtered(pairs, search, list).map(({ symbol }) => symbol);
    expect(found("btc", null)).toEqual(["BTCUSDT", "ETHBTC"]);
    expect(found("", ["ETHUSDT"])).toEqual(["ETHUSDT"]);
    expect(found("btc", ["ETHUSDT"])).toEqual([]);
  });

  it("have their order in the address", () => {
    expect(readSorting("change.asc")).toEqual({ by: "change", descending: false });
    expect(readSorting(null)).toEqual(USUAL_SORTING);
    expect(readSorting("frog.asc")).toEqual(USUAL_SORTING);
    expect(writeSorting(USUAL_SORTING)).toBeNull();
    expect(writeSorting({ by: "symbol", descending: false })).toBe("symbol.asc");
  });
});
