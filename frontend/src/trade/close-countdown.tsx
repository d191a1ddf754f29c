"use client";

import type { ReactNode } from "react";
import { useMarket } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { formatCountdown } from "@/numbers/time";
import { useNow } from "@/ui/clock";

/** The time until the forming candle closes; nothing where it is not of now, as in a recording. */
export function CloseCountdown(): ReactNode {
  const texts = useTexts().chart;
  const newest = useMarket("series").at(-1);
  const now = useNow();
  if (now === null || newest === undefined) return null;
  const left = newest.close_time + 1 - now;
  if (newest.closed || now < newest.open_time || left <= 0) return null;
  return (
    // Counted every second: a screen reader need not hear it.
    <span aria-hidden="true" title={texts.closesIn} data-testid="countdown" className="text-micro text-muted">
      {formatCountdown(left)}
    </span>
  );
}
