"use client";

import { rememberInAddress, useInAddress } from "@/ui/address";

export type ChartView = "candles" | "depth";
export const CHART_VIEWS: readonly ChartView[] = ["candles", "depth"];

const PARAMETER = "view";

/** What the page's address says is drawn; candles where it says nothing. */
export function useChosenView(): ChartView {
  return useInAddress(PARAMETER) === "depth" ? "depth" : "candles";
}

/** Name in the page's address what is drawn. */
export function rememberView(view: ChartView): void {
  rememberInAddress(PARAMETER, view === "candles" ? null : view);
}
