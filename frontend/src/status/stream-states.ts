import type { Status, StreamStatus } from "@/api/client";

/** The streams of a status by symbol, market and kind: for each what its newest record shows. */
export type StreamStates = ReadonlyMap<string, StreamStatus>;

type Named = Pick<StreamStatus, "symbol" | "market" | "stream">;

/** Put the streams of a status in order; none where it is not known. */
export function streamStates(status: Status | null): StreamStates {
  return new Map(status?.streams.map((each) => [nameOf(each), each]) ?? []);
}

/** Return the state of a stream; null where nothing is known of it. */
export function stateOfStream(states: StreamStates, stream: Named): StreamStatus | null {
  return states.get(nameOf(stream)) ?? null;
}

function nameOf({ symbol, market, stream }: Named): string {
  return `${symbol} ${market} ${stream}`;
}
