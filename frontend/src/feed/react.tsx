"use client";

import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from "react";
import type { RankingList, Readiness, Symbols } from "@/api/client";
import type { Interval } from "@/candles/interval";
import { feedFrom, type Feed } from "./feed";
import type { Market, MarketState } from "./market";
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

/** Give everything inside the feed of a pair in candles of an interval, and keep it running while it is shown. */
export function MarketProvider({
  symbol,
  interval,
  children,
}: {
  symbol: string;
  interval: Interval;
  children: ReactNode;
}): ReactNode {
  const market = useFeed().market(symbol);
  useEffect(() => {
    market.chooseInterval(interval);
  }, [market, interval]);
  useEffect(() => market.look(), [market]);
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

function useRefreshed<Result>(refreshed: Refreshed<Result>): RefreshedState<Result> {
  useEffect(() => refreshed.look(), [refreshed]);
  const { subscribe, get } = refreshed.state;
  return useSyncExternalStore(subscribe, get, get);
}
