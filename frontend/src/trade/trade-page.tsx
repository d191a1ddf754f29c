"use client";

import type { ReactNode } from "react";
import { MarketProvider } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { PageFrame } from "@/shell/page-frame";
import { BookPanel } from "./book-panel";
import { ChartPanel } from "./chart-panel";
import { useChosenInterval } from "./chosen-interval";
import { PairSwitch } from "./pair-switch";
import { PriceSummary } from "./price-summary";
import { RankingPanel } from "./ranking-panel";
import { useOrigin } from "./source";
import { usePageHealth } from "./stream-health";
import { TradesPanel } from "./trades-panel";
import { TroubleStrip } from "./trouble-strip";
import { UnknownPair } from "./unknown-pair";

/** The trade page of one pair: as high as the window where there is room, else as long as it needs. */
export function TradePage({ symbol }: { symbol: string }): ReactNode {
  const interval = useChosenInterval();
  return (
    <MarketProvider symbol={symbol} interval={interval}>
      <Shown />
    </MarketProvider>
  );
}

function Shown(): ReactNode {
  const texts = useTexts();
  return (
    <PageFrame
      health={usePageHealth()}
      origin={useOrigin()}
      skip={{ to: "chart", text: texts.skipToChart }}
      head={
        <>
          <PairSwitch />
          <div className="min-w-0 max-lg:order-last max-lg:w-full">
            <PriceSummary />
          </div>
        </>
      }
      trouble={<TroubleStrip />}
    >
      <UnknownPair>
        <main className="grid min-h-0 flex-1 gap-px max-lg:grid-rows-[minmax(22rem,58vh)_26rem_24rem_20rem] lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-3 xl:grid-cols-[minmax(0,1fr)_18rem_21rem] xl:grid-rows-[minmax(0,3fr)_minmax(0,2fr)]">
          <ChartPanel className="lg:row-span-3 xl:row-span-2" />
          <BookPanel className="xl:row-span-2" />
          <TradesPanel />
          <RankingPanel />
        </main>
      </UnknownPair>
    </PageFrame>
  );
}
