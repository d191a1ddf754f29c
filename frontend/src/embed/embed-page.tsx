"use client";

import { useEffect, useState, type ReactNode } from "react";
import type { Interval } from "@/candles/interval";
import { candleAt } from "@/candles/merge";
import type { Part } from "@/feed/market";
import { MarketProvider, useMarket, useMarketFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { formatAmount } from "@/numbers/decimal";
import { pairAddress } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { StreamBadge } from "@/shell/stream-badge";
import type { Theme } from "@/theme/choice";
import { useTheme } from "@/theme/theme";
import { CandleChart } from "@/trade/candle-chart";
import { CandleLegend } from "@/trade/candle-legend";
import { usePairDecimals } from "@/trade/decimals";
import { useOrigin } from "@/trade/source";
import { useStreamHealth } from "@/trade/stream-health";
import { UnknownPair } from "@/trade/unknown-pair";

const PARTS: readonly Part[] = ["candles"];
const NO_STUDIES = [] as const;

interface Props {
  readonly symbol: string;
  readonly interval: Interval;
  /** As the page around it is; null where that is not said. */
  readonly theme: Theme | null;
}

/** A live chart for another page's frame: it says whose data it shows, and what that is worth. */
export function EmbedPage({ symbol, interval, theme }: Props): ReactNode {
  const { show } = useTheme();
  useEffect(() => {
    if (theme !== null) show(theme);
  }, [theme, show]);
  return (
    <MarketProvider symbol={symbol} interval={interval} parts={PARTS}>
      <div className="flex h-dvh flex-col bg-panel text-text">
        <UnknownPair>
          <Shown interval={interval} />
        </UnknownPair>
      </div>
    </MarketProvider>
  );
}

function Shown({ interval }: { interval: Interval }): ReactNode {
  const texts = useTexts();
  const { symbol } = useMarketFeed();
  const candles = useMarket("series");
  const decimals = usePairDecimals();
  const { status, age } = useStreamHealth("klineStream");
  const origin = useOrigin();
  const [hovered, setHovered] = useState<number | null>(null);
  const last = candles.at(-1);
  const legend = (hovered === null ? undefined : candleAt(candles, hovered)) ?? last;
  const unreal = origin === "simulator" || origin === "replay";
  return (
    <>
      <header className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-1">
        <h1 className="text-body font-semibold">{pairName(symbol)}</h1>
        <span className="text-muted">{interval}</span>
        {last !== undefined && (
          <span className="font-medium" data-testid="last-price">
            {formatAmount(last.close, decimals.price)}
          </span>
        )}
        {unreal && (
          <span
            data-testid="source-banner"
            className="rounded-control bg-notice-ground px-1.5 text-micro text-notice"
          >
            {texts.source[origin === "simulator" ? "simulatorBanner" : "replayBanner"]}
          </span>
        )}
        <span className="ml-auto text-micro">
          <StreamBadge status={status} age={age} wordy />
        </span>
        <a
          href={pairAddress(symbol, interval)}
          target="_blank"
          rel="noopener"
          className="text-micro text-accent underline underline-offset-2"
        >
          {texts.embed.open}
        </a>
      </header>
      <main className="flex min-h-0 flex-1 flex-col">
        <CandleChart candles={candles} studies={NO_STUDIES} onHover={setHovered}>
          {legend !== undefined && (
            <CandleLegend candle={legend} decimals={decimals} studies={NO_STUDIES} index={0} />
          )}
        </CandleChart>
      </main>
    </>
  );
}
