import type { Book, Candle, Trade } from "@/contract/socket";

/** Where data comes from, at the bottom. */
export type Origin = "binance" | "simulator" | "replay";

const ORIGINS: readonly string[] = ["binance", "simulator", "replay"] satisfies Origin[];

/** Return where a record comes from; for what REST filled (`backfill:…`), where it was filled from. */
export function originOf(record: Pick<Book | Candle | Trade, "source">): Origin | null {
  const origin = record.source.replace(/^backfill:/, "");
  return ORIGINS.includes(origin) ? (origin as Origin) : null;
}
