"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { Asking } from "@/feed/answered";
import { useTexts } from "@/i18n/texts";
import { pairAddress } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { Change } from "./change";
import { Price } from "./price";
import { sorted, type MarketRow } from "./row";

const SHOWN = 8;

interface Props {
  readonly side: "gainers" | "losers";
  readonly rows: readonly MarketRow[];
  /** How it stands with the list of the pairs. */
  readonly loading: Asking;
}

/** The pairs whose day brought most, or cost most. */
export function MoversPanel({ side, rows, loading }: Props): ReactNode {
  const texts = useTexts().markets;
  const gained = side === "gainers";
  const moved = rows.filter(({ change }) => change !== null && (gained ? change > 0n : change < 0n));
  const shown = sorted(moved, { by: "change", descending: gained }).slice(0, SHOWN);
  const known = rows.some(({ change }) => change !== null);
  // The longest bar is that of the pair that moved most.
  const most = shown[0]?.change ?? 1n;
  return (
    <Panel title={texts[side]}>
      <ol
        className="min-h-0 flex-1 overflow-y-auto py-1"
        data-testid={side}
        tabIndex={0}
        aria-label={texts[side]}
      >
        {shown.map(({ symbol, change }) => (
          <li
            key={symbol}
            className="relative grid h-7 grid-cols-[1fr_6rem_5rem] items-center px-3 text-right text-small hover:bg-raised"
          >
            <span
              aria-hidden="true"
              className={`absolute inset-y-1 left-0 opacity-10 ${gained ? "bg-up" : "bg-down"}`}
              style={{ width: `${Number(((change ?? 0n) * 100n) / (most === 0n ? 1n : most))}%` }}
            />
            <Link
              href={pairAddress(symbol)}
              prefetch={false}
              className="text-left font-semibold after:absolute after:inset-0"
            >
              {pairName(symbol)}
            </Link>
            <Price symbol={symbol} />
            <Change change={change} />
          </li>
        ))}
        {shown.length === 0 && (
          <li className="px-3 py-4 text-center text-muted">
            {known
              ? gained
                ? texts.noGainers
                : texts.noLosers
              : loading.phase === "failed"
                ? texts.away
                : texts.loading}
          </li>
        )}
      </ol>
    </Panel>
  );
}
