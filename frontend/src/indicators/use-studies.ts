"use client";

import { useEffect, useMemo, useState } from "react";
import type { OhlcCandle } from "@/api/client";
import type { Study, studyOf } from "./compute";
import type { Indicator } from "./indicator";

const NONE: readonly Study[] = [];

/** The indicators over a series; the code that computes them is loaded with the first one. */
export function useStudies(
  indicators: readonly Indicator[],
  candles: readonly OhlcCandle[],
): readonly Study[] {
  const [compute, setCompute] = useState<{ studyOf: typeof studyOf } | null>(null);
  const wanted = indicators.length > 0;
  useEffect(() => {
    if (!wanted) return;
    let forgotten = false;
    void import("./compute").then((loaded) => {
      if (!forgotten) setCompute(loaded);
    });
    return () => {
      forgotten = true;
    };
  }, [wanted]);
  return useMemo(
    () =>
      compute === null || indicators.length === 0
        ? NONE
        : indicators.map((indicator) => compute.studyOf(indicator, candles)),
    [compute, indicators, candles],
  );
}
