"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useMarketFeed, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { inOrder, pairAddress } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { useStreamHealth } from "./stream-health";

/** Shows what is inside, unless the API does not know the pair: then the pairs that it knows. */
export function UnknownPair({ children }: { children: ReactNode }): ReactNode {
  const texts = useTexts().pair;
  const { symbol } = useMarketFeed();
  const { answer: symbols } = useSymbols();
  const { status } = useStreamHealth("klineStream");
  if (status !== "refused") return children;
  return (
    <main className="flex flex-1 flex-col items-center justify-center gap-3 bg-panel p-6 text-center">
      <h2 className="text-title font-semibold">{texts.unknown(symbol)}</h2>
      <p className="text-muted">{texts.unknownHint}</p>
      <ul className="flex max-w-xl flex-wrap justify-center gap-2">
        {inOrder(symbols?.symbols.map((known) => known.symbol) ?? []).map((known) => (
          <li key={known}>
            <Link
              href={pairAddress(known)}
              prefetch={false}
              className="block rounded-control bg-raised px-2.5 py-1 font-medium hover:bg-line"
            >
              {pairName(known)}
            </Link>
          </li>
        ))}
      </ul>
    </main>
  );
}
