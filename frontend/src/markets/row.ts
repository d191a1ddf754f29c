import type { OhlcCandle, RankedPair, RankingList } from "@/api/client";
import { dayStatistics } from "@/candles/statistics";
import { scaled } from "@/numbers/decimal";
import { matching } from "@/pairs/match";

/** What the day of a pair brought; amounts are integers of 10^-8, null where they are not known. */
export interface MarketRow {
  readonly symbol: string;
  /** In percent. */
  readonly change: bigint | null;
  readonly high: bigint | null;
  readonly low: bigint | null;
  /** In quote currency. */
  readonly volume: bigint | null;
  /** In quote currency. */
  readonly marketCap: bigint | null;
}

/** What rows may be put in order by. */
export const SORT_KEYS = ["symbol", "change", "high", "low", "volume", "marketCap"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Sorting {
  readonly by: SortKey;
  readonly descending: boolean;
}

export const USUAL_SORTING: Sorting = { by: "volume", descending: true };

/** Read a percentage as the platform writes it: a canonical decimal with a sign where it is negative. */
export function readPercent(text: string): bigint {
  return text.startsWith("-") ? -scaled(text.slice(1)) : scaled(text);
}

/** Return the ranked pairs of some rankings by symbol. */
export function rankedBySymbol(rankings: readonly (RankingList | null)[]): ReadonlyMap<string, RankedPair> {
  const rows = rankings.flatMap((ranking) => ranking?.rows ?? []);
  return new Map(rows.map((row) => [row.symbol, row]));
}

/**
 * Return what a pair's day brought: as it was ranked, to the minute; where it was not, by the hours of its day,
 * the forming one included.
 */
export function rowOf(
  symbol: string,
  ranked: RankedPair | undefined,
  hours: readonly OhlcCandle[],
): MarketRow {
  const day = dayStatistics(hours.slice(-24));
  return {
    symbol,
    change: ranked === undefined ? (day?.changePercent ?? null) : readPercent(ranked.change_percent),
    high: day?.high ?? null,
    low: day?.low ?? null,
    volume: ranked === undefined ? (day?.quoteVolume ?? null) : scaled(ranked.quote_volume),
    marketCap: typeof ranked?.market_cap === "string" ? scaled(ranked.market_cap) : null,
  };
}

/** Put rows in order; what is not known comes last, whichever way, and equals stay as they were. */
export function sorted(rows: readonly MarketRow[], { by, descending }: Sorting): readonly MarketRow[] {
  return [...rows].sort((one, other) => {
    const [first, second] = [one[by], other[by]];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    if (first === second) return 0;
    return first < second === descending ? 1 : -1;
  });
}

/** Return the rows that a search finds among those of a list; null stands for all pairs. */
export function filtered(
  rows: readonly MarketRow[],
  search: string,
  list: readonly string[] | null,
): readonly MarketRow[] {
  const found = new Set(
    matching(
      rows.map(({ symbol }) => symbol),
      search,
    ),
  );
  return rows.filter(({ symbol }) => found.has(symbol) && (list === null || list.includes(symbol)));
}

/** Read an order from an address, as `change.desc`; the usual one where it names none. */
export function readSorting(text: string | null): Sorting {
  const [key, direction] = (text ?? "").split(".");
  const by = SORT_KEYS.find((known) => known === key);
  return by === undefined ? USUAL_SORTING : { by, descending: direction !== "asc" };
}

/** Write an order for an address; null where it is the usual one. */
export function writeSorting({ by, descending }: Sorting): string | null {
  const usual = by === USUAL_SORTING.by && descending === USUAL_SORTING.descending;
  return usual ? null : `${by}.${descending ? "desc" : "asc"}`;
}

/** Return the line of a day's prices in a box of `width` by `height`, as the path of an SVG. */
export function sparkOf(prices: readonly number[], width: number, height: number): string {
  if (prices.length < 2) return "";
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const span = high - low || 1;
  const points = prices.map((price, index) => {
    const x = (index / (prices.length - 1)) * width;
    const y = height - ((price - low) / span) * height;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join("L")}`;
}
