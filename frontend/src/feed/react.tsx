"use client";

import { QueryClientProvider, useQueries, useQuery } from "@tanstack/react-query";
import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { Completeness, JobRuns, Ohlc, OrderBook, Status, Symbols } from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import type { Interval } from "@/candles/interval";
import type { RankingList, Readiness } from "@/contract/socket";
import { useNow } from "@/ui/clock";
import { allAnswered, answeredOf, type Answered } from "./answered";
import { feedFrom, type Feed } from "./feed";
import type { Market, Part } from "./market";
import type { MarketState } from "./market-state";
import type { Question } from "./questions";
import { NO_QUOTE, type Quote } from "./quotes";
import { QUIET_QUOTE_STALE_MS, QUOTE_STALE_MS, statusOf, worst, type StreamHealth } from "./status";
import { ageOf } from "./stream";
import type { Told, ToldState } from "./told";

const FeedContext = createContext<Feed | null>(null);
const MarketContext = createContext<Market | null>(null);

/** Give everything inside this tab's feed from the API at an address. */
export function FeedProvider({ address, children }: { address: string; children: ReactNode }): ReactNode {
  const feed = feedFrom(address);
  return (
    <FeedContext value={feed}>
      <QueryClientProvider client={feed.queries}>{children}</QueryClientProvider>
    </FeedContext>
  );
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
export function useSymbols(): Answered<Symbols> {
  return useAnswer(useFeed().questions.symbols);
}

/** Which of its own parts the API reaches, kept fresh while this is shown. */
export function useReadiness(): ToldState<Readiness> {
  return useTold(useFeed().readiness);
}

/** What gained or lost most in a day, kept fresh while this is shown. */
export function useRanking(side: "gainers" | "losers"): ToldState<RankingList> {
  return useTold(useFeed()[side]);
}

/** The whole book of a pair in a market, kept fresh while this is shown. */
export function useDepth(symbol: string, market: BookMarket): Answered<OrderBook> {
  return useAnswer(useFeed().questions.depth(symbol, market));
}

/** How fresh each stream is, and whether it may be believed, kept fresh while this is shown. */
export function useStatus(): Answered<Status> {
  return useAnswer(useFeed().questions.status);
}

/** How each batch job stands, and the newest runs of all, kept fresh while this is shown. */
export function useJobs(): Answered<JobRuns> {
  return useAnswer(useFeed().questions.jobs);
}

/** The hours of a pair's last day, kept fresh while this is shown. */
export function useDay(symbol: string): Answered<Ohlc> {
  return useAnswer(useFeed().questions.day(symbol));
}

/** The hours of the last day of some pairs, in their order, kept fresh while this is shown. */
export function useDays(symbols: readonly string[]): readonly Answered<Ohlc>[] {
  const { questions } = useFeed();
  return useAnswers(useMemo(() => symbols.map((symbol) => questions.day(symbol)), [questions, symbols]));
}

/** What the ledger knows of some hours (epoch ms), in their order, kept fresh while this is shown. */
export function useCompleteness(hours: readonly number[]): readonly Answered<Completeness>[] {
  const { questions } = useFeed();
  return useAnswers(useMemo(() => hours.map((hour) => questions.completeness(hour)), [questions, hours]));
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

function useTold<State extends Readiness | RankingList>(told: Told<State>): ToldState<State> {
  useEffect(() => told.look(), [told]);
  const { subscribe, get } = told.state;
  return useSyncExternalStore(subscribe, get, get);
}

function useAnswer<Result>(question: Question<Result>): Answered<Result> {
  return answeredOf(useQuery(question));
}

function useAnswers<Result>(questions: readonly Question<Result>[]): readonly Answered<Result>[] {
  return useQueries({ queries: questions, combine: allAnswered<Result> });
}
