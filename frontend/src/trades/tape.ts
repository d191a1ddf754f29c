import type { Trade } from "@/contract/socket";

/**
 * Put trades into a tape, newest first by trade id, each once; beyond `limit` the oldest go. Returns `tape`
 * itself where nothing changes. `trades` may come in any order, and hold older ones that were filled late.
 */
export function mergeTrades(
  tape: readonly Trade[],
  trades: readonly Trade[],
  limit: number,
): readonly Trade[] {
  const ids = new Set(tape.map((trade) => trade.trade_id));
  const fresh = trades.filter((trade) => {
    if (ids.has(trade.trade_id)) return false;
    ids.add(trade.trade_id);
    return true;
  });
  if (fresh.length === 0) return tape;
  fresh.sort((one, other) => other.trade_id - one.trade_id);
  const newest = tape[0];
  const oldestFresh = fresh.at(-1);
  if (newest === undefined || (oldestFresh !== undefined && oldestFresh.trade_id > newest.trade_id)) {
    return [...fresh, ...tape].slice(0, limit);
  }
  const merged = [...fresh, ...tape].sort((one, other) => other.trade_id - one.trade_id).slice(0, limit);
  const unmoved = merged.length === tape.length && merged.every((trade, index) => trade === tape[index]);
  return unmoved ? tape : merged;
}
