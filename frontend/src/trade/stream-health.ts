"use client";

import { useMarket } from "@/feed/react";
import { QUOTE_STALE_MS, statusOf, worst, type StreamHealth } from "@/feed/status";
import { ageOf } from "@/feed/stream";
import { useNow } from "@/ui/clock";

/** The streams of a pair, and the age in ms beyond which each is called stale. */
const STREAMS = {
  klineStream: QUOTE_STALE_MS,
  // A minute without a trade happens to a smaller pair.
  tradesStream: 60_000,
  // So does one without a change of its book; whether that may be believed is judged by itself.
  bookStream: 60_000,
} as const;

export type StreamName = keyof typeof STREAMS;

/** Judge a stream of the pair that is shown, anew each second. */
export function useStreamHealth(name: StreamName): StreamHealth {
  const stream = useMarket(name);
  const now = useNow();
  if (now === null) return { status: "connecting", age: null, stream };
  const { freshness } = stream;
  return {
    status: statusOf(stream, now, STREAMS[name]),
    age: freshness === null ? null : ageOf(freshness, now),
    stream,
  };
}

/** Judge the page as a whole: by its worst stream, and by its newest record. */
export function usePageHealth(): Omit<StreamHealth, "stream"> {
  const streams = [
    useStreamHealth("klineStream"),
    useStreamHealth("tradesStream"),
    useStreamHealth("bookStream"),
  ];
  const ages = streams.map(({ age }) => age).filter((age) => age !== null);
  return {
    status: worst(streams.map(({ status }) => status)),
    age: ages.length > 0 ? Math.min(...ages) : null,
  };
}
