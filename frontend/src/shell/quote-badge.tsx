"use client";

import type { ReactNode } from "react";
import { useQuote } from "@/feed/react";
import { QUIET_QUOTE_STALE_MS, statusOf } from "@/feed/status";
import { ageOf } from "@/feed/stream";
import { useNow } from "@/ui/clock";
import { StreamBadge } from "./stream-badge";

/** How the price of a pair stands. */
export function QuoteBadge({ symbol }: { symbol: string }): ReactNode {
  const { stream } = useQuote(symbol);
  const now = useNow();
  if (now === null) return null;
  const { freshness } = stream;
  const status = statusOf(stream, now, QUIET_QUOTE_STALE_MS);
  return <StreamBadge status={status} age={freshness === null ? null : ageOf(freshness, now)} />;
}
