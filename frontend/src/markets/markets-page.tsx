"use client";

import { useEffect, useMemo, type ReactNode } from "react";
import type { Origin } from "@/candles/origin";
import { useQuotesHealth, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { PageFrame } from "@/shell/page-frame";
import { useNow } from "@/ui/clock";
import { alignedTo } from "@/ui/aligned";
import { MarketsPanel } from "./markets-panel";
import { MoversPanel } from "./movers-panel";
import { useMarkets } from "./use-rows";

/** Every pair beside the others: what it costs, and what its day brought. */
export function MarketsPage(): ReactNode {
  const texts = useTexts().markets;
  const { answer: symbols } = useSymbols();
  const names = useMemo(() => symbols?.symbols.map(({ symbol }) => symbol) ?? [], [symbols]);
  const most = useMemo(
    () => Math.max(0, ...(symbols?.symbols.map(({ price_decimals }) => price_decimals ?? 0) ?? [])),
    [symbols],
  );
  const health = useQuotesHealth(names);
  const markets = useMarkets(useNow());
  const origin: Origin | null = symbols?.source ?? null;
  useEffect(() => {
    document.title = `${texts.title} · Candlestack`;
  }, [texts]);
  return (
    <PageFrame
      health={health}
      origin={origin}
      head={<h1 className="text-title font-semibold">{texts.title}</h1>}
    >
      <main
        id="main"
        style={alignedTo(most)}
        className="grid min-h-0 flex-1 gap-px lg:grid-cols-[minmax(0,1fr)_20rem] lg:grid-rows-2 xl:grid-cols-[minmax(0,1fr)_22rem]"
      >
        <MarketsPanel markets={markets} health={health} className="max-lg:order-last lg:row-span-2" />
        <MoversPanel side="gainers" health={health} {...markets} />
        <MoversPanel side="losers" health={health} {...markets} />
      </main>
    </PageFrame>
  );
}
