import { describe, expect, it } from "vitest";
import type { Completeness } from "@/api/client";
import { accountsOf, hoursUntil, isOf, stateOf } from "./calendar";

type Account = Completeness["streams"][number];

function account(given: Partial<Account> = {}): Account {
  return {
    market: "spot",
    stream: "trade",
    symbol: "BTCUSDT",
    minutes_known: 60,
    minutes_unknown: 0,
    expected: 100,
    received: 100,
    filled: 0,
    missing: 0,
    ...given,
  };
}

describe("the calendar of completeness", () => {
  it("is of the day up to the hour that goes on", () => {
    const hours = hoursUntil(Date.UTC(2026, 10, 21, 20, 59, 59));
    expect(hours).toHaveLength(24);
    expect([hours[0], hours.at(-1)]).toEqual([Date.UTC(2026, 10, 20, 21), Date.UTC(2026, 10, 21, 20)]);
  });

  it("says the worst of an hour first", () => {
    expect(stateOf(account(), false)).toBe("whole");
    expect(stateOf(account({ filled: 3 }), false)).toBe("filled");
    expect(stateOf(account({ filled: 3, minutes_unknown: 1 }), false)).toBe("unknown");
    expect(stateOf(account({ missing: 1, minutes_unknown: 1 }), false)).toBe("missing");
  });

  it("does not miss minutes that are still to come", () => {
    expect(stateOf(account({ minutes_known: 5, minutes_unknown: 55 }), true)).toBe("whole");
    expect(stateOf(account({ minutes_known: 0, minutes_unknown: 60 }), true)).toBe("unknown");
  });

  it("never mixes the streams of two markets", () => {
    expect(isOf("depth", { stream: "depth", market: "usdm" })).toBe(false);
    expect(isOf("depth usdm", { stream: "depth", market: "usdm" })).toBe(true);
    const streams = [account(), account({ stream: "depth" }), account({ stream: "depth", market: "usdm" })];
    const answer = { streams } as unknown as Completeness;
    expect([...accountsOf(answer, "depth").values()]).toEqual([streams[1]]);
  });
});
