"use client";

import { useSearchParams } from "next/navigation";
import { intervalFrom, type Interval } from "@/candles/interval";

const PARAMETER = "interval";

/** The interval that the page's address names; 1m where it names none. */
export function useChosenInterval(): Interval {
  return intervalFrom(useSearchParams().get(PARAMETER));
}

/** Return the interval that the page's address names now, which may not be painted yet. */
export function intervalInAddress(): Interval {
  return intervalFrom(new URL(window.location.href).searchParams.get(PARAMETER));
}

/** Name an interval in the page's address, where it outlives a reload and can be handed on. */
export function rememberInterval(interval: Interval): void {
  const address = new URL(window.location.href);
  if (interval === "1m") address.searchParams.delete(PARAMETER);
  else address.searchParams.set(PARAMETER, interval);
  window.history.replaceState(null, "", address);
}
