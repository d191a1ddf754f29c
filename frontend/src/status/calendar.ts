import type { Completeness } from "@/api/client";

type Account = Completeness["streams"][number];
export type Hole = Completeness["holes"][number];

/** What may be looked at in the calendar. */
export const STREAM_KINDS = ["kline_1m", "trade", "depth", "depth usdm"] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

/**
 * How whole a stream was in an hour: `whole`; `filled`: all is there, some of it came later; `missing`: something
 * is not; `unknown`: of some minute nothing is known; null while the hour has not been asked for.
 */
export type CellState = "whole" | "filled" | "missing" | "unknown";

const HOUR_MS = 3_600_000;
const HOURS = 24;

/** Return the hours (epoch ms) of the day up to the one that holds `now`, oldest first. */
export function hoursUntil(now: number): readonly number[] {
  const newest = now - (now % HOUR_MS);
  return Array.from({ length: HOURS }, (_, index) => newest - (HOURS - 1 - index) * HOUR_MS);
}

/** Tell whether an account or a hole is of a stream of this kind. */
export function isOf(kind: StreamKind, { stream, market }: Pick<Account, "stream" | "market">): boolean {
  return kind === "depth usdm" ? market === "usdm" : market === "spot" && stream === kind;
}

/** Judge the account of one stream over an hour; of one that still goes on, minutes to come are not missed. */
export function stateOf(account: Account, forming: boolean): CellState {
  if (account.missing > 0) return "missing";
  if (account.minutes_known === 0 || (!forming && account.minutes_unknown > 0)) return "unknown";
  return account.filled > 0 ? "filled" : "whole";
}

/** Return the accounts of a kind of stream by symbol. */
export function accountsOf(answer: Completeness, kind: StreamKind): ReadonlyMap<string, Account> {
  return new Map(answer.streams.filter((one) => isOf(kind, one)).map((one) => [one.symbol, one]));
}
