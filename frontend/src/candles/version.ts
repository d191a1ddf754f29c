import type { Candle } from "@/contract/socket";

/** What the rule looks at. */
export type Versioned = Pick<Candle, "open_time" | "closed" | "version">;

/**
 * Tell whether `next` replaces `known`, two accounts of the same symbol, interval and window.
 *
 * The closed one beats the forming one; then the higher version wins. An equal version changes nothing, so
 * that a candle delivered twice is painted once. The same rule decides in MongoDB and Redis.
 */
export function supersedes(next: Versioned, known: Versioned): boolean {
  if (next.closed !== known.closed) return next.closed;
  return next.version > known.version;
}
