import { describe, expect, it } from "vitest";
import type { StreamStatus } from "@/api/client";
import { stateOfStream, streamStates } from "./stream-states";

function stream(given: Partial<StreamStatus>): StreamStatus {
  return {
    market: "spot",
    stream: "trade",
    symbol: "BTCUSDT",
    source: "simulator",
    simulated: true,
    time: 1000,
    age: 20,
    lag: 5,
    state: null,
    ...given,
  };
}

describe("the states of the streams", () => {
  it("are found by pair, market and kind, and are unknown while nobody has told them", () => {
    const streams = [
      stream({ lag: 3 }),
      stream({ stream: "depth", state: "synced" }),
      stream({ stream: "depth", market: "usdm", state: "stale" }),
    ];
    const states = streamStates({ streams } as never);
    const book = { symbol: "BTCUSDT", stream: "depth" } as const;
    expect(stateOfStream(states, { ...book, market: "spot" })?.state).toBe("synced");
    expect(stateOfStream(states, { ...book, market: "usdm" })?.state).toBe("stale");
    expect(stateOfStream(states, { symbol: "ETHUSDT", market: "spot", stream: "trade" })).toBeNull();
    expect(stateOfStream(streamStates(null), { ...book, market: "spot" })).toBeNull();
  });
});
