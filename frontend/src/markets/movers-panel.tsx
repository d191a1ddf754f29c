"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { Asking } from "@/feed/answered";
import type { StreamHealth } from "@/feed/status";
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
  /** Whether nothing of the pairs' days is still on its way. */
  readonly whole: boolean;
  readonly health: Pick<StreamHealth, "status" | "age">;
  /** How it stands with the list of the pairs. */
  readonly loading: Asking;
}

/** The pairs whose day brought most, or cost most. */
export function MoversPanel({ side, rows, whole, health, loading }: Props): ReactNode {
  const texts = useTexts().markets;
  const gained = side === "gainers";
  const moved = rows.filter(({ change }) => change !== null && (gained ? change > 0n : change < 0n));
  const shown = sorted(moved, { by: "change", descending: gained }).slice(0, SHOWN);
  const known = whole && rows.length > 0;
  // The longest bar is that of the pair that moved most.
  const most = shown[0]?.change ?? 1n;
  return (
    <Panel title={texts[side]} health={health}>
      <ol
        className="flex min-h-0 flex-1 flex-col overflow-y-auto py-1"
        data-testid={side}
        tabIndex={0}
        aria-label={texts[side]}
      >
        {shown.map(({ symbol, change }) => (
          <li
            key={symbol}
            // They share the height that there is.
            className="relative grid max-h-12 min-h-7 flex-1 grid-cols-[1fr_6rem_5rem] items-center px-3 text-right text-small hover:bg-raised"
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
