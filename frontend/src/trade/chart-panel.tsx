"use client";

import { useState, type ReactNode } from "react";
import { indexFrom } from "@/candles/merge";
import type { PriceChart } from "@/chart/price-chart";
import { useMarket } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { useStudies } from "@/indicators/use-studies";
import { Panel } from "@/shell/panel";
import { Segments } from "@/ui/segments";
import { CandleChart } from "./candle-chart";
import { CandleLegend } from "./candle-legend";
import { useChosenIndicators } from "./chosen-indicators";
import { CHART_VIEWS, rememberView, useChosenView } from "./chosen-view";
import { CloseCountdown } from "./close-countdown";
import { usePairDecimals } from "./decimals";
import { DepthChart } from "./depth-chart";
import { ExportMenu } from "./export-menu";
import { IndicatorMenu } from "./indicator-menu";
import { IntervalSwitch } from "./interval-switch";
import { useStreamHealth } from "./stream-health";

/** The pair over time, with its indicators; or how much stands in its book now. */
export function ChartPanel({ className }: { className?: string }): ReactNode {
  const texts = useTexts().chart;
  const view = useChosenView();
  const candles = useMarket("series");
  const decimals = usePairDecimals();
  const health = useStreamHealth(view === "depth" ? "bookStream" : "klineStream");
  const studies = useStudies(useChosenIndicators(), candles);
  const [chart, setChart] = useState<PriceChart | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const pointed = hovered === null ? -1 : indexFrom(candles, hovered);
  const index = candles[pointed]?.open_time === hovered ? pointed : candles.length - 1;
  const legend = candles[index];
  return (
    <Panel
      title={texts.title}
      quietTitle
      health={health}
      aside={
        <>
          <Segments
            label={texts.view}
            options={CHART_VIEWS.map((value) => ({ value, text: texts.views[value] }))}
            chosen={view}
            choose={rememberView}
          />
          {view === "candles" && (
            <>
              <IntervalSwitch />
              <CloseCountdown />
            </>
          )}
        </>
      }
      tools={
        view === "candles" && (
          <>
            <IndicatorMenu />
            <ExportMenu chart={chart} />
          </>
        )
      }
      {...(className !== undefined && { className })}
    >
      {view === "depth" ? (
        <DepthChart />
      ) : (
        <CandleChart id="chart" onChart={setChart} candles={candles} studies={studies} onHover={setHovered}>
          {legend !== undefined && (
            <CandleLegend candle={legend} decimals={decimals} studies={studies} index={index} />
          )}
        </CandleChart>
      )}
    </Panel>
  );
}
