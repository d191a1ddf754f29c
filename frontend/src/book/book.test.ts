import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatScaled, scaled } from "@/numbers/decimal";
import { book } from "./book.fixture";
import { ladderOf, spreadOf, STEPS, stepOf } from "./ladder";
import { BELIEVED_MS, trustIn } from "./trust";

const TICK = scaled("0.01");

/** Levels of a side by their distance from 100 in ticks, and their quantities. */
const sides = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 10 ** 9 })), {
    selector: ([distance]) => distance,
    maxLength: 20,
  })
  .map((levels) => levels.sort(([one], [other]) => one - other));

function levelsAt(side: (readonly [number, number])[], sign: 1 | -1): [string, string][] {
  return side.map(([distance, units]) => [
    formatScaled((10_000n + BigInt(sign * distance)) * TICK, 2),
    formatScaled(BigInt(units), 8),
  ]);
}

describe("the ladder of a book", () => {
  it("loses no quantity, whatever is put together, and shows nothing better than it is", () => {
    fc.assert(
      fc.property(sides, sides, fc.constantFrom(...STEPS), (below, above, ticks) => {
        const [bids, asks] = [levelsAt(below, -1), levelsAt(above, 1)];
        const { units } = stepOf(ticks, 2);
        const ladder = ladderOf({ bids, asks }, units);
        for (const [levels, rungs, worse] of [
          [bids, ladder.bids, -1n],
          [asks, ladder.asks, 1n],
        ] as const) {
          const quantity = levels.reduce((sum, [, amount]) => sum + scaled(amount), 0n);
          expect(rungs.reduce((sum, rung) => sum + rung.quantity, 0n)).toBe(quantity);
          expect(rungs.at(-1)?.total ?? 0n).toBe(quantity);
          expect(ladder.deepest >= quantity).toBe(true);
          for (const [index, { price }] of rungs.entries()) {
            expect(price % units).toBe(0n);
            const before = rungs[index - 1];
            if (before !== undefined) expect((price - before.price) * worse > 0n).toBe(true);
          }
          const [best] = levels;
          if (best !== undefined) {
            const away = ((rungs[0]?.price ?? 0n) - scaled(best[0])) * worse;
            expect(away >= 0n && away < units).toBe(true);
          }
        }
      }),
    );
  });

  it("adds up what lies before a level", () => {
    const { bids, asks, deepest } = ladderOf(book(1), TICK);
    expect(bids.map(({ total }) => total)).toEqual([scaled("1"), scaled("3")]);
    expect(asks.map(({ total }) => total)).toEqual([scaled("3"), scaled("7")]);
    expect(deepest).toBe(scaled("7"));
  });

  it("says of a last group that it may go on, unless its own last price is known", () => {
    const { bids, asks } = ladderOf(
      {
        bids: [
          ["99.9", "1"],
          ["99.05", "2"],
        ],
        asks: [
          ["100.1", "3"],
          ["101", "4"],
        ],
      },
      100n * TICK,
    );
    expect(bids).toEqual([{ price: scaled("99"), quantity: scaled("3"), total: scaled("3"), open: true }]);
    expect(asks).toEqual([{ price: scaled("101"), quantity: scaled("7"), total: scaled("7"), open: false }]);
  });

  it("has steps that are multiples of the tick", () => {
    expect(stepOf(1, 2)).toEqual({ units: scaled("0.01"), decimals: 2 });
    expect(stepOf(1000, 2)).toEqual({ units: scaled("10"), decimals: 0 });
    expect(stepOf(10, 8)).toEqual({ units: 10n, decimals: 7 });
  });
});

describe("the spread", () => {
  it("lies between the best prices", () => {
    expect(spreadOf(book(1))).toEqual({ width: scaled("0.2"), percent: 20_020_020n });
  });

  it("is none where a side is empty", () => {
    expect(spreadOf(book(1, { asks: [] }))).toBeNull();
    expect(spreadOf(book(1, { bids: [] }))).toBeNull();
  });
});

describe("the trust in a book", () => {
  it("is what its builder says", () => {
    for (const state of ["synced", "resyncing", "stale", "starved"] as const) {
      expect(trustIn(book(1, { state }), 0, true)).toBe(state);
    }
    expect(trustIn(book(1, { state: "starved" }), BELIEVED_MS + 1, false)).toBe("starved");
  });

  it("is lost where the builder itself has fallen silent", () => {
    expect(trustIn(book(1), BELIEVED_MS, true)).toBe("synced");
    expect(trustIn(book(1), BELIEVED_MS + 1, true)).toBe("stale");
    expect(trustIn(book(1), null, true)).toBe("synced");
  });

  it("is lost at once where nobody follows it any more, and not turned into another fault", () => {
    expect(trustIn(book(1), 0, false)).toBe("stale");
    expect(trustIn(book(1, { state: "resyncing" }), 0, false)).toBe("resyncing");
  });
});
