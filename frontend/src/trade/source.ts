"use client";

import { originOf, type Origin } from "@/candles/origin";
import { useMarket, useSymbols } from "@/feed/react";

/** Where the data that is shown comes from: as its newest record says, else as the API says; null until known. */
export function useOrigin(): Origin | null {
  const candle = useMarket("candles").at(-1);
  const { answer: symbols } = useSymbols();
  return (candle && originOf(candle)) ?? symbols?.source ?? null;
}
