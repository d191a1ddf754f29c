import { CloseCode } from "@/contract/socket";
import { ageOf, type StreamState } from "./stream";

/**
 * What a stream is worth to who looks at it:
 *
 * - `connecting`: nothing has come yet;
 * - `live`: it comes as it happens;
 * - `quiet`: it would come, and there is nothing to tell: nobody trades the pair;
 * - `stale`: the connection holds, and what it brought last is old;
 * - `away`: the API answers, and says that its own source does not;
 * - `reconnecting`: the API does not answer; it is tried again;
 * - `refused`: the API does not know the pair.
 */
export type StreamStatus = "connecting" | "live" | "quiet" | "stale" | "away" | "reconnecting" | "refused";

const MINUTE_MS = 60_000;

/** Beyond this age, ms, a price is not live: the forming candle is sent every two seconds while a pair trades. */
export const QUIET_AFTER_MS = 10_000;

/** Beyond this age, ms, a candle is missing: each minute is closed by one, whether or not anybody traded in it. */
export const CANDLE_OVERDUE_MS = MINUTE_MS + QUIET_AFTER_MS;

/** Beyond this age, ms, trades are not live: a minute without one happens to a smaller pair. */
export const TRADES_QUIET_AFTER_MS = MINUTE_MS;

/** Beyond this age, ms, a ranking is not taken for that of the day up to now. */
const RANKING_STALE_MS = 10 * MINUTE_MS;

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

/** Return how old a ranking is at `now`, ms: since the end of its newest minute, which began at `time` (epoch ms). */
export function rankingAge(time: number, now: number): number {
  return Math.max(now - time - MINUTE_MS, 0);
}

/** Tell whether a ranking of that age, ms, is no more of the day up to now. */
export function isRankingStale(age: number): boolean {
  return age > RANKING_STALE_MS;
}

const FROM_WORST: readonly StreamStatus[] = [
  "refused",
  "reconnecting",
  "away",
  "stale",
  "connecting",
  "quiet",
  "live",
];

/** Return the worst of some streams' statuses: what the page as a whole may claim. */
export function worst(statuses: readonly StreamStatus[]): StreamStatus {
  return FROM_WORST.find((status) => statuses.includes(status)) ?? "connecting";
}

/** Return the worst of the statuses of several pairs: one that the API does not know says nothing of the others. */
export function worstOfPairs(statuses: readonly StreamStatus[]): StreamStatus {
  const known = statuses.filter((status) => status !== "refused");
  return worst(known.length > 0 ? known : statuses);
}

/** Whether what a stream has brought last is how things stand. */
export function isCurrent(status: StreamStatus): boolean {
  return status === "live" || status === "quiet";
}
