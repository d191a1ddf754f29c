"use client";

import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { Completeness, JobRuns, Ohlc, OrderBook, Status, Symbols } from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import type { Interval } from "@/candles/interval";
import type { RankingList, Readiness } from "@/contract/socket";
import { useNow } from "@/ui/clock";
import { feedFrom, type Feed } from "./feed";
import type { Market, Part } from "./market";
import type { MarketState } from "./market-state";
import { NO_QUOTE, type Quote } from "./quotes";
import { Together } from "./together";
import { QUIET_QUOTE_STALE_MS, QUOTE_STALE_MS, statusOf, worst, type StreamHealth } from "./status";
import { ageOf } from "./stream";
import type { Refreshed, RefreshedState } from "./refreshed";

const FeedContext = createContext<Feed | null>(null);
const MarketContext = createContext<Market | null>(null);

/** Give everything inside this tab's feed from the API at an address. */
export function FeedProvider({ address, children }: { address: string; children: ReactNode }): ReactNode {
  return <FeedContext value={feedFrom(address)}>{children}</FeedContext>;
}

/** This tab's feed. */
export function useFeed(): Feed {
  const feed = use(FeedContext);
  if (feed === null) throw new Error("there is no FeedProvider around this");
  return feed;
}

interface MarketProps {
  readonly symbol: string;
  readonly interval: Interval;
  /** What is shown of the pair; all of it where nothing is said. */
  readonly parts?: readonly Part[];
  /** Names one of several ways in which the page shows the pair at once. */
  readonly view?: string;
  readonly children: ReactNode;
}

/** Give everything inside the feed of a pair in candles of an interval, and keep it running while it is shown. */
export function MarketProvider({ symbol, interval, parts, view, children }: MarketProps): ReactNode {
  const market = useFeed().market(symbol, view);
  useEffect(() => {
    market.chooseInterval(interval);
  }, [market, interval]);
  useEffect(() => market.look(parts), [market, parts]);
  return <MarketContext value={market}>{children}</MarketContext>;
}

/** The feed of the pair that is shown. */
export function useMarketFeed(): Market {
  const market = use(MarketContext);
  if (market === null) throw new Error("there is no MarketProvider around this");
  return market;
}

/** One field of the pair's state; nothing is rendered again before that field changes. */
export function useMarket<Field extends keyof MarketState>(field: Field): MarketState[Field] {
  const { state } = useMarketFeed();
  const read = (): MarketState[Field] => state.get()[field];
  return useSyncExternalStore(state.subscribe, read, read);
}

/** The known pairs, kept fresh while this is shown. */
export function useSymbols(): RefreshedState<Symbols> {
  return useRefreshed(useFeed().symbols);
}

/** Which of its own parts the API reaches, kept fresh while this is shown. */
export function useReadiness(): RefreshedState<Readiness> {
  return useRefreshed(useFeed().readiness);
}

/** What gained or lost most in a day, kept fresh while this is shown. */
export function useRanking(side: "gainers" | "losers"): RefreshedState<RankingList> {
  return useRefreshed(useFeed()[side]);
}

/** The whole book of a pair in a market, kept fresh while this is shown. */
export function useDepth(symbol: string, market: BookMarket): RefreshedState<OrderBook> {
  return useRefreshed(useFeed().depth(symbol, market));
}

/** How fresh each stream is, and whether it may be believed, kept fresh while this is shown. */
export function useStatus(): RefreshedState<Status> {
  return useRefreshed(useFeed().status);
}

/** How each batch job stands, and the newest runs of all, kept fresh while this is shown. */
export function useJobs(): RefreshedState<JobRuns> {
  return useRefreshed(useFeed().jobs);
}

/** The hours of a pair's last day, kept fresh while this is shown. */
export function useDay(symbol: string): RefreshedState<Ohlc> {
  return useRefreshed(useFeed().day(symbol));
}

/** The hours of the last day of some pairs, in their order, kept fresh while this is shown. */
export function useDays(symbols: readonly string[]): readonly RefreshedState<Ohlc>[] {
  const feed = useFeed();
  return useTogether(useMemo(() => symbols.map((symbol) => feed.day(symbol)), [feed, symbols]));
}

/** What the ledger knows of some hours (epoch ms), in their order, kept fresh while this is shown. */
export function useCompleteness(hours: readonly number[]): readonly RefreshedState<Completeness>[] {
  const feed = useFeed();
  return useTogether(useMemo(() => hours.map((hour) => feed.completeness(hour)), [feed, hours]));
}

/** What a pair costs now, kept fresh while this is shown. */
export function useQuote(symbol: string): Quote {
  const { quotes } = useFeed();
  useEffect(() => quotes.look(symbol), [quotes, symbol]);
  const read = (): Quote => quotes.state.get()[symbol] ?? NO_QUOTE;
  return useSyncExternalStore(quotes.state.subscribe, read, read);
}

/** What the prices of some pairs are worth together: as the worst of them, as old as the newest, and stale as that is. */
export function useQuotesHealth(symbols: readonly string[]): Omit<StreamHealth, "stream"> {
  const { quotes } = useFeed();
  const { loading } = useReadiness();
  const now = useNow();
  useEffect(() => {
    const stops = symbols.map((symbol) => quotes.look(symbol));
    return () => {
      for (const stop of stops) stop();
    };
  }, [quotes, symbols]);
  // Judged each second, not with each price.
  const shown = quotes.state.get();
  if (now === null || symbols.length === 0) {
    // Without an answer no pair is known either.
    return { status: loading.phase === "failed" ? "reconnecting" : "connecting", age: null };
  }
  const streams = symbols.map((symbol) => (shown[symbol] ?? NO_QUOTE).stream);
  const ages = streams.flatMap(({ freshness }) => (freshness === null ? [] : [ageOf(freshness, now)]));
  const age = ages.length > 0 ? Math.min(...ages) : null;
  const status = worst(streams.map((stream) => statusOf(stream, now, QUIET_QUOTE_STALE_MS)));
  return { status: status === "live" && age !== null && age > QUOTE_STALE_MS ? "stale" : status, age };
}

function useRefreshed<Result>(refreshed: Pick<Refreshed<Result>, "look" | "state">): RefreshedState<Result> {
  useEffect(() => refreshed.look(), [refreshed]);
  const { subscribe, get } = refreshed.state;
  return useSyncExternalStore(subscribe, get, get);
}

function useTogether<Result>(parts: readonly Refreshed<Result>[]): readonly RefreshedState<Result>[] {
  const together = useMemo(() => new Together(parts), [parts]);
  useEffect(() => together.look(), [together]);
  return useSyncExternalStore(together.subscribe, together.get, together.get);
}
