import { CloseCode } from "@/contract/socket";
import { ageOf, type StreamState } from "./stream";

/**
 * What a stream is worth to who looks at it:
 *
 * - `connecting`: nothing has come yet;
 * - `live`: it comes as it happens;
 * - `stale`: the connection holds, and what it brought last is old;
 * - `away`: the API answers, and says that its own source does not;
 * - `reconnecting`: the API does not answer; it is tried again;
 * - `refused`: the API does not know the pair.
 */
export type StreamStatus = "connecting" | "live" | "stale" | "away" | "reconnecting" | "refused";

/** Beyond this age, ms, a price is called stale: the forming candle is sent every two seconds while a pair trades. */
export const QUOTE_STALE_MS = 10_000;

/** Beyond this age, ms, the price of one pair among others is called stale: a quiet pair may not trade for a while. */
export const QUIET_QUOTE_STALE_MS = 60_000;

/** Beyond this age, ms, of its newest minute a ranking is not taken for that of the day up to now. */
export const RANKING_STALE_MS = 10 * 60_000;

/** What a stream is worth now. */
export interface StreamHealth {
  readonly status: StreamStatus;
  /** Age of the newest record, ms; null before there is any. */
  readonly age: number | null;
  readonly stream: StreamState;
}

/** Judge a stream at `now` (epoch ms); its data is stale when it is older than `staleAfter` ms. */
export function statusOf(stream: StreamState, now: number, staleAfter: number): StreamStatus {
  const { link, feed, freshness } = stream;
  switch (link.phase) {
    case "waiting":
      return link.code === CloseCode.UNKNOWN_SYMBOL ? "refused" : "reconnecting";
    case "idle":
    case "connecting":
      return link.phase === "connecting" && link.attempt > 0 ? "reconnecting" : "connecting";
    case "open": {
      if (feed === null) return "connecting";
      if (feed.state === "away") return "away";
      return freshness !== null && ageOf(freshness, now) > staleAfter ? "stale" : "live";
    }
  }
}

const FROM_WORST: readonly StreamStatus[] = [
  "refused",
  "reconnecting",
  "away",
  "stale",
  "connecting",
  "live",
];

/** Return the worst of some streams' statuses: what the page as a whole may claim. */
export function worst(statuses: readonly StreamStatus[]): StreamStatus {
  return FROM_WORST.find((status) => statuses.includes(status)) ?? "connecting";
}
