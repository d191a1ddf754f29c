import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeTrades } from "./tape";
import { trade } from "./trade.fixture";

const batches = fc.array(
  fc.array(
    fc.nat(30).map((id) => trade(id)),
    { maxLength: 10 },
  ),
  { maxLength: 6 },
);

describe("the tape of trades", () => {
  it("holds the newest trades, each once, newest first, however they come", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 12 }), (all, limit) => {
        const tape = all.reduce<ReturnType<typeof mergeTrades>>(
          (known, batch) => mergeTrades(known, batch, limit),
          [],
        );
        const ids = [...new Set(all.flat().map((one) => one.trade_id))].sort((one, other) => other - one);
        expect(tape.map((one) => one.trade_id)).toEqual(ids.slice(0, limit));
      }),
    );
  });

  it("is the very same object when nothing is new to it", () => {
    const tape = mergeTrades([], [trade(5), trade(6)], 2);
    expect(mergeTrades(tape, [trade(6)], 2)).toBe(tape);
    expect(mergeTrades(tape, [trade(1)], 2)).toBe(tape);
  });
});
