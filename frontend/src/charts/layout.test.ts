import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INTERVALS } from "@/candles/interval";
import { MOST_CELLS, readCells, readColumns, writeCells } from "./layout";

describe("the grid of charts in an address", () => {
  it("is read as it was written", () => {
    const cell = fc.record({
      symbol: fc.stringMatching(/^[A-Z0-9]{2,12}$/),
      interval: fc.constantFrom(...INTERVALS),
    });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: MOST_CELLS }), (cells) => {
        expect(readCells(writeCells(cells))).toEqual(cells);
      }),
    );
  });

  it("is never more than there is room for, and never breaks", () => {
    expect(readCells(Array(20).fill("btcusdt.5M").join(","))).toHaveLength(MOST_CELLS);
    expect(readCells("btcusdt.5M,<script>,,ETHUSDT.7y")).toEqual([
      { symbol: "BTCUSDT", interval: "5m" },
      { symbol: "ETHUSDT", interval: "1m" },
    ]);
    expect(["1", "3", "9", null].map(readColumns)).toEqual(["1", "3", "2", "2"]);
  });
});
