import { describe, expect, it } from "vitest";
import { depthOf, outlineOf, totalAt } from "./depth";

const BOOK: Parameters<typeof depthOf>[0] = {
  bids: [
    ["99", "1"],
    ["98", "2"],
    ["90", "5"],
  ],
  asks: [
    ["101", "1.5"],
    ["102", "0.5"],
  ],
};

describe("the depth of a book", () => {
  it("cumulates each side, as far as both are known", () => {
    const depth = depthOf(BOOK);
    expect(depth).toMatchObject({ middle: 100, from: 98, to: 102, deepest: 3 });
    expect(depth?.bids).toEqual([
      { price: 99, total: 1 },
      { price: 98, total: 3 },
    ]);
    expect(depth?.asks.at(-1)).toEqual({ price: 102, total: 2 });
  });

  it("is none where a side is empty", () => {
    expect(depthOf({ bids: [], asks: BOOK.asks })).toBeNull();
  });

  it("tells what stands between the best price and another", () => {
    const depth = depthOf(BOOK);
    expect(depth && [98, 98.5, 99.5, 101, 101.9, 102].map((price) => totalAt(depth, price))).toEqual([
      3, 1, 0, 1.5, 1.5, 2,
    ]);
  });

  it("is drawn in steps from the middle out", () => {
    const depth = depthOf(BOOK);
    expect(depth && outlineOf(depth.asks, depth, 400, 300)).toBe(
      "M300.0 300H300.0V150.0H400.0V100.0H400V300Z",
    );
    expect(depth && outlineOf([], depth, 400, 300)).toBe("");
  });
});
