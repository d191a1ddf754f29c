"use client";

import { useMemo } from "react";
import { readIndicators, writeIndicators, type Indicator } from "@/indicators/indicator";
import { rememberInAddress, useInAddress } from "@/ui/address";
import { keep, useKept } from "@/ui/kept";

const PARAMETER = "ind";
const KEY = "indicators";

/** The indicators that the page's address names; where it names none, those chosen last in this browser. */
export function useChosenIndicators(): readonly Indicator[] {
  const named = useInAddress(PARAMETER);
  const kept = useKept(KEY);
  return useMemo(() => readIndicators(named ?? kept ?? ""), [named, kept]);
}

/** Name indicators in the page's address, and keep them for the next page. */
export function rememberIndicators(indicators: readonly Indicator[]): void {
  const written = writeIndicators(indicators);
  keep(KEY, written === "" ? null : written);
  rememberInAddress(PARAMETER, written === "" ? null : written);
}
