"use client";

import { useEffect, useMemo, type ReactNode } from "react";
import { useQuotesHealth, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { inOrder } from "@/pairs/match";
import { PageFrame } from "@/shell/page-frame";
import { BooksPanel } from "./books-panel";
import { CompletenessPanel } from "./completeness-panel";
import { JobsPanel } from "./jobs-panel";
import { PartsPanel } from "./parts-panel";
import { StreamsPanel } from "./streams-panel";

/** How fresh and how whole the data is, and which parts of the platform are there. */
export function StatusPage(): ReactNode {
  const texts = useTexts().statusPage;
  const { answer } = useSymbols();
  const names = useMemo(() => inOrder(answer?.symbols.map(({ symbol }) => symbol) ?? []), [answer]);
  const health = useQuotesHealth(names);
  useEffect(() => {
    document.title = `${texts.title} · Candlestack`;
  }, [texts]);
  return (
    <PageFrame
      health={health}
      origin={answer?.source ?? null}
      head={<h1 className="text-title font-semibold">{texts.title}</h1>}
    >
      <main
        id="main"
        className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] gap-px lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] lg:grid-rows-[auto_minmax(0,1fr)]"
      >
        <PartsPanel className="lg:col-span-2" />
        <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] gap-px lg:grid-rows-2">
          <StreamsPanel symbols={names} health={health} />
          <BooksPanel symbols={answer?.symbols ?? []} />
        </div>
        <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] gap-px lg:grid-rows-[minmax(26rem,1fr)_auto] lg:overflow-y-auto">
          <CompletenessPanel symbols={names} />
          <JobsPanel className="lg:max-h-[18rem]" />
        </div>
      </main>
    </PageFrame>
  );
}
