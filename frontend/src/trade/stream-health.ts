"use client";

import { useMarket, useMarketFeed, useWord } from "@/feed/react";
import { quietOr } from "@/feed/quiet";
import { QUIET_AFTER_MS, statusOf, TRADES_QUIET_AFTER_MS, worst, type StreamHealth } from "@/feed/status";
import { ageOf } from "@/feed/stream";
import { useNow } from "@/ui/clock";

/** The streams of a pair, the age in ms beyond which each is not live, and what it is called by the API. */
const STREAMS = {
  klineStream: { staleAfter: QUIET_AFTER_MS, kind: "kline_1m" },
  tradesStream: { staleAfter: TRADES_QUIET_AFTER_MS, kind: "trade" },
  // A minute without a change happens to a smaller pair; whether its book may be believed is judged by itself.
  bookStream: { staleAfter: 60_000, kind: null },
} as const;

export type StreamName = keyof typeof STREAMS;

/** Judge a stream of the pair that is shown, anew each second. */
export function useStreamHealth(name: StreamName): StreamHealth {
  const stream = useMarket(name);
  const { symbol } = useMarketFeed();
  const now = useNow();
  const { staleAfter, kind } = STREAMS[name];
  const { freshness } = stream;
  const age = now === null || freshness === null ? null : ageOf(freshness, now);
  const word = useWord(kind === null ? null : age, staleAfter);
  if (now === null) return { status: "connecting", age, stream };
  const judged = { status: statusOf(stream, now, staleAfter), age };
  return { ...(kind === null ? judged : quietOr(judged, { kind, symbol, word, now })), stream };
}

/** Judge the page as a whole: by its worst stream, whose age it has; while all are live, by the newest record. */
export function usePageHealth(): Omit<StreamHealth, "stream"> {
  const streams = [
    useStreamHealth("klineStream"),
    useStreamHealth("tradesStream"),
    useStreamHealth("bookStream"),
  ];
  const status = worst(streams.map((each) => each.status));
  const told = streams.filter((each) => each.status === status);
  const ages = told.map(({ age }) => age).filter((age) => age !== null);
  return { status, age: ages.length > 0 ? Math.min(...ages) : null };
}
