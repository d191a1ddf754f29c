"use client";

import Link from "next/link";
import { useState, type ReactNode } from "react";
import { INTERVALS } from "@/candles/interval";
import { candleAt } from "@/candles/merge";
import type { Part } from "@/feed/market";
import { MarketProvider, useMarket, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { Change } from "@/markets/change";
import { formatAmount, percentChange, scaled } from "@/numbers/decimal";
import { inOrder, pairAddress } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { CandleChart } from "@/trade/candle-chart";
import { CandleLegend } from "@/trade/candle-legend";
import { usePairDecimals } from "@/trade/decimals";
import { useStreamHealth } from "@/trade/stream-health";
import { Close } from "@/ui/icons";
import type { Cell } from "./layout";

const PARTS: readonly Part[] = ["candles"];
const FIELD = "rounded-control bg-raised px-1 py-0.5 text-small font-semibold hover:bg-line";

interface Props {
  readonly cell: Cell;
  readonly change: (cell: Cell) => void;
  readonly remove: () => void;
}

/** One chart of the grid, with its own pair and interval. */
export function ChartCell({ cell, change, remove }: Props): ReactNode {
  return (
    <MarketProvider
      symbol={cell.symbol}
      interval={cell.interval}
      parts={PARTS}
      view={`chart in ${cell.interval}`}
    >
      <Shown cell={cell} change={change} remove={remove} />
    </MarketProvider>
  );
}

function Shown({ cell, change, remove }: Props): ReactNode {
  const texts = useTexts();
  const { answer: symbols } = useSymbols();
  const candles = useMarket("series");
  const decimals = usePairDecimals();
  const health = useStreamHealth("klineStream");
  const [hovered, setHovered] = useState<number | null>(null);
  const known = symbols?.symbols.map(({ symbol }) => symbol) ?? [];
  const name = pairName(cell.symbol);
  const newest = candles.at(-1);
  const legend = hovered === null ? undefined : candleAt(candles, hovered);
  return (
    <Panel
      title={name}
      quietTitle
      health={health}
      aside={
        <>
          <select
            aria-label={texts.charts.pair}
            className={FIELD}
            value={cell.symbol}
            onChange={({ target }) => {
              change({ ...cell, symbol: target.value });
            }}
          >
            {inOrder([...new Set([...known, cell.symbol])]).map((symbol) => (
              <option key={symbol} value={symbol}>
                {pairName(symbol)}
              </option>
            ))}
          </select>
          <select
            aria-label={texts.chart.interval}
            className={FIELD}
            value={cell.interval}
            onChange={({ target }) => {
              change({ ...cell, interval: INTERVALS[target.selectedIndex] ?? "1m" });
            }}
          >
            {INTERVALS.map((interval) => (
              <option key={interval} value={interval}>
                {interval}
              </option>
            ))}
          </select>
          {newest !== undefined && (
            <span className="flex items-baseline gap-2 text-small whitespace-nowrap">
              <span className="font-medium">{formatAmount(newest.close, decimals.price)}</span>
              <Change change={percentChange(scaled(newest.open), scaled(newest.close))} />
            </span>
          )}
        </>
      }
      tools={
        <>
          <Link
            href={pairAddress(cell.symbol, cell.interval)}
            prefetch={false}
            title={texts.charts.full}
            aria-label={`${texts.charts.full}: ${name}`}
            className="rounded-control px-1 text-muted hover:bg-raised hover:text-text"
          >
            ↗
          </Link>
          <button
            type="button"
            aria-label={texts.charts.remove(name)}
            className="rounded-control p-0.5 text-muted hover:bg-raised hover:text-text [&>svg]:size-3.5"
            onClick={remove}
          >
            <Close />
          </button>
        </>
      }
    >
      <CandleChart candles={candles} studies={NO_STUDIES} onHover={setHovered}>
        {legend !== undefined && (
          <CandleLegend candle={legend} decimals={decimals} studies={NO_STUDIES} index={0} />
        )}
      </CandleChart>
    </Panel>
  );
}

const NO_STUDIES = [] as const;
