"use client";

import type { ReactNode } from "react";
import { MarketProvider } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { Mark } from "@/ui/icons";
import { BookPanel } from "./book-panel";
import { ChartPanel } from "./chart-panel";
import { useChosenInterval } from "./chosen-interval";
import { PairSwitch } from "./pair-switch";
import { Preferences } from "./preferences";
import { PriceSummary } from "./price-summary";
import { RankingPanel } from "./ranking-panel";
import { SourceBanner } from "./source-banner";
import { StatusBar } from "./status-bar";
import { TradesPanel } from "./trades-panel";
import { TroubleStrip } from "./trouble-strip";
import { UnknownPair } from "./unknown-pair";

/** The trade page of one pair: as high as the window where there is room, else as long as it needs. */
export function TradePage({ symbol }: { symbol: string }): ReactNode {
  const texts = useTexts();
  const interval = useChosenInterval();
  return (
    <MarketProvider symbol={symbol} interval={interval}>
      <a
        href="#chart"
        className="absolute left-2 z-10 -translate-y-full rounded-control bg-accent px-3 py-1 text-panel focus:translate-y-1"
      >
        {texts.skipToChart}
      </a>
      <div className="flex min-h-dvh flex-col gap-px lg:h-dvh">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 bg-panel px-3 py-2">
          <span className="flex items-center gap-2 font-semibold">
            <Mark />
            <span className="max-sm:sr-only">Candlestack</span>
          </span>
          <PairSwitch />
          <div className="min-w-0 max-lg:order-last max-lg:w-full">
            <PriceSummary />
          </div>
          <div className="ml-auto">
            <Preferences />
          </div>
        </header>
        <SourceBanner />
        <TroubleStrip />
        <UnknownPair>
          <main className="grid min-h-0 flex-1 gap-px max-lg:grid-rows-[minmax(22rem,52vh)_26rem_24rem_20rem] lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-3 xl:grid-cols-[minmax(0,1fr)_18rem_21rem] xl:grid-rows-[minmax(0,3fr)_minmax(0,2fr)]">
            <ChartPanel className="lg:row-span-3 xl:row-span-2" />
            <BookPanel className="xl:row-span-2" />
            <TradesPanel />
            <RankingPanel />
          </main>
        </UnknownPair>
        <StatusBar />
      </div>
    </MarketProvider>
  );
}
