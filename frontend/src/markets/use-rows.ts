"use client";

import { useMemo } from "react";
import type { OhlcCandle, RankedPair } from "@/api/client";
import { useDays, useRanking, useSymbols } from "@/feed/react";
import type { Asking } from "@/feed/answered";
import { isRankingStale, rankingAge } from "@/feed/status";
import { rankedBySymbol, rowOf, type MarketRow } from "./row";

const NO_HOURS: readonly OhlcCandle[] = [];

/** All that the markets page shows of the pairs' days. */
export interface Markets {
  readonly rows: readonly MarketRow[];
  /** Whether nothing of the pairs' days is still on its way. */
  readonly whole: boolean;
  /** The ranked pairs by symbol; empty where the figures are by the hour. */
  readonly ranked: ReadonlyMap<string, RankedPair>;
  /** Open time of the newest minute that was ranked, epoch ms; null where the figures are by the hour. */
  readonly rankedAt: number | null;
  readonly supplyTime: number | null;
  /** How it stands with the list of the pairs. */
  readonly loading: Asking;
}

/** The day of every known pair, kept fresh while this is shown. `now` is epoch ms, or null while not known. */
export function useMarkets(now: number | null): Markets {
  const { answer: symbols, loading } = useSymbols();
  const { answer: gainers } = useRanking("gainers");
  const { answer: losers } = useRanking("losers");
  const names = useMemo(() => symbols?.symbols.map(({ symbol }) => symbol) ?? [], [symbols]);
  const days = useDays(names);
  const time = gainers?.time ?? null;
  const fresh = time !== null && now !== null && !isRankingStale(rankingAge(time, now));
  const ranked = useMemo(
    () => (fresh ? rankedBySymbol([gainers, losers]) : new Map<string, RankedPair>()),
    [fresh, gainers, losers],
  );
  const rows = useMemo(
    () =>
      names.map((symbol, index) =>
        rowOf(symbol, ranked.get(symbol), days[index]?.answer?.candles ?? NO_HOURS),
      ),
    [names, ranked, days],
  );
  const whole = names.every((symbol, index) => ranked.has(symbol) || (days[index]?.answer ?? null) !== null);
  return {
    rows,
    whole,
    ranked,
    rankedAt: fresh ? time : null,
    supplyTime: gainers?.supply_time ?? null,
    loading,
  };
}
