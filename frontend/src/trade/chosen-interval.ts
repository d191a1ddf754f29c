"use client";

import { useSearchParams } from "next/navigation";
import { intervalFrom, type Interval } from "@/candles/interval";
import { rememberInAddress } from "@/ui/address";

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
  rememberInAddress(PARAMETER, interval === "1m" ? null : interval);
}
