"use client";

import { useMarket } from "@/feed/react";
import { statusOf, worst, type StreamStatus } from "@/feed/status";
import { ageOf, type StreamState } from "@/feed/stream";
import { useNow } from "@/ui/clock";

/** The streams of a pair, and the age in ms beyond which each is called stale. */
const STREAMS = {
  // The forming candle is sent at least every two seconds while a pair trades.
  klineStream: 10_000,
  // A minute without a trade happens to a smaller pair.
  tradesStream: 60_000,
  // So does one without a change of its book; whether that may be believed is judged by itself.
  bookStream: 60_000,
} as const;

export type StreamName = keyof typeof STREAMS;

/** What a stream is worth now. */
export interface StreamHealth {
  readonly status: StreamStatus;
  /** Age of the newest record, ms; null before there is any. */
  readonly age: number | null;
  readonly stream: StreamState;
}

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
