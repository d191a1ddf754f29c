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
import { quietOr, type Word } from "./quiet";
import { CANDLE_OVERDUE_MS, QUIET_AFTER_MS, statusOf, worstOfPairs, type StreamHealth } from "./status";
import { ageOf, type StreamState } from "./stream";
import type { Told, ToldState } from "./told";

/** So long before a stream could be called stale the API is asked about it, ms. */
const WORD_AHEAD_MS = 3000;
/** Often enough to be believed from one answer to the next. */
const WORD_PACE = { refetchInterval: 4000, staleTime: 4000 } as const;

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

/** What the API says of all its streams, kept fresh while one of that age may have to be judged by it; in ms. */
export function useWord(age: number | null, staleAfter: number): Word | null {
  const { status } = useFeed().questions;
  const enabled = age !== null && age > staleAfter - WORD_AHEAD_MS;
  const { data, dataUpdatedAt } = useQuery({ ...status, ...WORD_PACE, enabled });
  return data === undefined ? null : { streams: data.streams, at: dataUpdatedAt };
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

/** What the price of a pair is worth, judged each second; null before the page knows the time. */
export function useQuoteHealth(symbol: string): Omit<StreamHealth, "stream"> | null {
  const { stream } = useQuote(symbol);
  const now = useNow();
  const age = now === null || stream.freshness === null ? null : ageOf(stream.freshness, now);
  const word = useWord(age, QUIET_AFTER_MS);
  if (now === null) return null;
  const status = statusOf(stream, now, QUIET_AFTER_MS);
  return quietOr({ status, age }, { kind: "kline_1m", symbol, word, now });
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
  const streams = symbols.map((symbol) => ({ symbol, stream: (shown[symbol] ?? NO_QUOTE).stream }));
  const newest = now === null ? null : newestOf(streams, now);
  const word = useWord(newest?.age ?? null, QUIET_AFTER_MS);
  if (now === null || symbols.length === 0) {
    // Without an answer no pair is known either.
    return { status: loading.phase === "failed" ? "reconnecting" : "connecting", age: null };
  }
  const status = worstOfPairs(streams.map(({ stream }) => statusOf(stream, now, CANDLE_OVERDUE_MS)));
  if (newest === null || status !== "live" || newest.age <= QUIET_AFTER_MS) {
    return { status, age: newest?.age ?? null };
  }
  const { symbol, age } = newest;
  return quietOr({ status: "stale", age }, { kind: "kline_1m", symbol, word, now });
}

/** Return which of some pairs was heard of last, and how old that is at `now`; null where none was. */
function newestOf(
  streams: readonly { symbol: string; stream: StreamState }[],
  now: number,
): { symbol: string; age: number } | null {
  const heard = streams.flatMap(({ symbol, stream: { freshness } }) =>
    freshness === null ? [] : [{ symbol, age: ageOf(freshness, now) }],
  );
  return heard.reduce<(typeof heard)[number] | null>(
    (newest, each) => (newest === null || each.age < newest.age ? each : newest),
    null,
  );
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
