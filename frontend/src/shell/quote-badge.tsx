"use client";

import type { ReactNode } from "react";
import { useQuoteHealth } from "@/feed/react";
import { StreamBadge } from "./stream-badge";

/** How the price of a pair stands. */
export function QuoteBadge({ symbol }: { symbol: string }): ReactNode {
  const health = useQuoteHealth(symbol);
  return health && <StreamBadge {...health} />;
}
