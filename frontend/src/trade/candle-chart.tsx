"use client";

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { OhlcCandle } from "@/api/client";
import { readColours } from "@/chart/colours";
import { PriceChart } from "@/chart/price-chart";
import { useMarket, useMarketFeed } from "@/feed/react";
import { useLanguage, useTexts } from "@/i18n/texts";
import type { Study } from "@/indicators/compute";
import { pairName } from "@/pairs/name";
import { useTheme } from "@/theme/theme";
import { useZone } from "@/ui/zone";
import { usePairDecimals } from "./decimals";

const SCROLL_CANDLES = 10;
const ZOOM_FACTOR = 1.25;

interface Props {
  /** Where links of the page may lead to it. */
  readonly id?: string;
  /** Told the chart itself once it is there, and null when it is no more. */
  readonly onChart?: (chart: PriceChart | null) => void;
  readonly candles: readonly OhlcCandle[];
  readonly studies: readonly Study[];
  /** Told the open time (epoch ms) of the candle under the pointer; null where there is none. */
  readonly onHover: (openTime: number | null) => void;
  /** Lies over the candles. */
  readonly children?: ReactNode;
}

/** The candles of the pair on their canvas, live, with keys to move them. */
export function CandleChart({ id, onChart, candles, studies, onHover, children }: Props): ReactNode {
  const texts = useTexts().chart;
  const { language } = useLanguage();
  const { theme } = useTheme();
  const { zone } = useZone();
  const market = useMarketFeed();
  const interval = useMarket("interval");
  const history = useMarket("seriesHistory");
  const older = useMarket("older");
  const decimals = usePairDecimals();
  const chart = useRef<PriceChart>(null);
  const container = useRef<HTMLDivElement>(null);
  const [scrolledBack, setScrolledBack] = useState(false);

  useEffect(() => {
    if (container.current === null) return;
    const created = new PriceChart(container.current, readColours(container.current), {
      onHover,
      onScrolledBack: setScrolledBack,
      onOldest: () => {
        market.loadOlder();
      },
    });
    chart.current = created;
    onChart?.(created);
    return () => {
      chart.current = null;
      onChart?.(null);
      created.destroy();
    };
  }, [market, onChart, onHover]);
  useEffect(() => {
    if (container.current !== null) chart.current?.setColours(readColours(container.current));
  }, [theme]);
  useEffect(() => {
    chart.current?.setFormat(decimals.price, language, zone);
  }, [decimals.price, language, zone, market]);
  useEffect(() => {
    chart.current?.paint(candles, studies);
  }, [candles, studies]);

  return (
    <figure
      id={id}
      aria-label={texts.described(pairName(market.symbol), texts.intervals[interval])}
      tabIndex={0}
      className="relative min-h-0 flex-1"
      onKeyDown={(event) => {
        onChartKey(event, chart.current);
      }}
    >
      <div ref={container} className="absolute inset-0" data-testid="chart" />
      {children}
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
          className="absolute top-14 left-3 z-[2] text-micro text-trouble"
        >
          {texts.historyFailed}
        </p>
      )}
      {typeof older === "object" && older.phase === "loading" && (
        <p role="status" className="absolute top-14 left-3 z-[2] text-micro text-muted">
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
