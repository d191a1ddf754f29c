"use client";

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { candleAt } from "@/candles/merge";
import { readColours } from "@/chart/colours";
import { PriceChart } from "@/chart/price-chart";
import { useMarket, useMarketFeed } from "@/feed/react";
import { useLanguage, useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { useTheme } from "@/theme/theme";
import { CandleLegend } from "./candle-legend";
import { usePairDecimals } from "./decimals";
import { CloseCountdown } from "./close-countdown";
import { IntervalSwitch } from "./interval-switch";
import { Panel } from "./panel";
import { useStreamHealth } from "./stream-health";

const SCROLL_CANDLES = 10;
const ZOOM_FACTOR = 1.25;

/** The candles of the pair, live. */
export function ChartPanel({ className }: { className?: string }): ReactNode {
  const texts = useTexts().chart;
  const { language } = useLanguage();
  const { theme } = useTheme();
  const market = useMarketFeed();
  const interval = useMarket("interval");
  const candles = useMarket("series");
  const history = useMarket("seriesHistory");
  const older = useMarket("older");
  const decimals = usePairDecimals();
  const health = useStreamHealth("klineStream");
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [scrolledBack, setScrolledBack] = useState(false);

  useEffect(() => {
    if (container.current === null) return;
    const created = new PriceChart(container.current, readColours(container.current), {
      onHover: setHovered,
      onScrolledBack: setScrolledBack,
      onOldest: () => {
        market.loadOlder();
      },
    });
    chart.current = created;
    return () => {
      chart.current = null;
      created.destroy();
    };
  }, [market]);
  useEffect(() => {
    if (container.current !== null) chart.current?.setColours(readColours(container.current));
  }, [theme]);
  useEffect(() => {
    chart.current?.setFormat(decimals.price, language);
  }, [decimals.price, language]);
  useEffect(() => {
    chart.current?.paint(candles);
  }, [candles]);

  const legend = (hovered === null ? undefined : candleAt(candles, hovered)) ?? candles.at(-1);
  return (
    <Panel
      title={texts.title}
      health={health}
      aside={
        <>
          <IntervalSwitch />
          <CloseCountdown />
        </>
      }
      {...(className !== undefined && { className })}
    >
      <figure
        id="chart"
        aria-label={texts.described(pairName(market.symbol), texts.intervals[interval])}
        tabIndex={0}
        className="relative min-h-0 flex-1"
        onKeyDown={(event) => {
          onChartKey(event, chart.current);
        }}
      >
        <div ref={container} className="absolute inset-0" data-testid="chart" />
        {legend !== undefined && <CandleLegend candle={legend} decimals={decimals} />}
        {candles.length === 0 && (
          <p className="pointer-events-none absolute inset-0 z-[2] grid place-items-center text-muted">
            {history.phase === "ready" ? texts.empty : texts.loading}
          </p>
        )}
        {history.phase === "failed" && candles.length > 0 && (
          <p
            role="status"
            data-testid="history-owed"
            // What the API says of it is for who looks into it, and as long as an error of a driver.
            title={history.failure.message}
            className="absolute top-9 left-3 z-[2] text-micro text-trouble"
          >
            {texts.historyFailed}
          </p>
        )}
        {typeof older === "object" && older.phase === "loading" && (
          <p role="status" className="absolute bottom-10 left-3 z-[2] text-micro text-muted">
            {texts.loading}
          </p>
        )}
        {scrolledBack && (
          <button
            type="button"
            className="absolute right-20 bottom-10 z-[3] rounded-control border border-line bg-raised px-2.5 py-1 text-small hover:bg-line"
            onClick={() => chart.current?.toNewest()}
          >
            {texts.toNewest} →
          </button>
        )}
      </figure>
    </Panel>
  );
}

function onChartKey(event: KeyboardEvent, chart: PriceChart | null): void {
  if (chart === null || event.ctrlKey || event.metaKey || event.altKey) return;
  switch (event.key) {
    case "ArrowLeft":
      chart.scrollBy(-SCROLL_CANDLES);
      break;
    case "ArrowRight":
      chart.scrollBy(SCROLL_CANDLES);
      break;
    case "+":
      chart.zoom(1 / ZOOM_FACTOR);
      break;
    case "-":
      chart.zoom(ZOOM_FACTOR);
      break;
    case "End":
      chart.toNewest();
      break;
    default:
      return;
  }
  event.preventDefault();
}
