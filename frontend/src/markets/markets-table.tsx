"use client";

import Link from "next/link";
import { memo, type CSSProperties, type ReactNode } from "react";
import { useDay, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { formatCompact, formatScaled } from "@/numbers/decimal";
import { pairAddress } from "@/pairs/match";
import { currencies, pairName } from "@/pairs/name";
import { QuoteBadge } from "@/shell/quote-badge";
import { classNames } from "@/ui/class-names";
import { Star } from "@/ui/icons";
import { Aligned } from "@/ui/aligned";
import { Change } from "./change";
import { Price } from "./price";
import { sparkOf, type MarketRow, type SortKey, type Sorting } from "./row";
import { toggleWatched, useWatchList } from "./watch-list";

const SPARK = { width: 150, height: 24 } as const;

interface Props {
  readonly rows: readonly MarketRow[];
  readonly sorting: Sorting;
  readonly sort: (sorting: Sorting) => void;
}

/** The pairs in a table whose columns put them in order. */
export function MarketsTable({ rows, sorting, sort }: Props): ReactNode {
  const texts = useTexts().markets;
  const watched = useWatchList();
  const { answer: symbols } = useSymbols();
  if (rows.length === 0) return null;
  const column = { sorting, sort };
  return (
    <div className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label={texts.table}>
      <table
        // All pairs share the height that a large screen has for them; a few that were searched for do not grow.
        className="w-full border-separate border-spacing-0 [--row-height:2.25rem] lg:[--row-height:clamp(2.25rem,calc((100dvh-11.5rem)/var(--pairs)),3rem)]"
        style={{ "--pairs": symbols?.symbols.length ?? rows.length } as CSSProperties}
        data-testid="markets"
      >
        <thead className="text-micro text-muted">
          <tr>
            <Plain className="w-8">
              <span className="sr-only">{texts.watched}</span>
            </Plain>
            <Column {...column} by="symbol" text={texts.pair} first />
            <Plain className="text-right">{texts.price}</Plain>
            <Column {...column} by="change" text={texts.change} />
            <Plain className="w-[26%] pl-6 text-left max-sm:hidden">{texts.day}</Plain>
            <Column {...column} by="high" text={texts.high} className="max-xl:hidden" />
            <Column {...column} by="low" text={texts.low} className="max-xl:hidden" />
            <Column {...column} by="volume" text={texts.volume} className="max-sm:pr-3" />
            <Column {...column} by="marketCap" text={texts.marketCap} className="max-sm:hidden" />
            {/* As wide as its usual words need, so that one of them moves no column. */}
            <Plain className="w-26 pr-3 text-right max-md:hidden">{texts.data}</Plain>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.symbol} row={row} watched={watched.includes(row.symbol)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Plain({ className, children }: { className: string; children: ReactNode }): ReactNode {
  return (
    <th
      scope="col"
      className={classNames("sticky top-0 z-[1] bg-panel py-1 font-normal whitespace-nowrap", className)}
    >
      {children}
    </th>
  );
}

interface ColumnProps {
  readonly by: SortKey;
  readonly text: string;
  readonly sorting: Sorting;
  readonly sort: (sorting: Sorting) => void;
  readonly first?: boolean;
  readonly className?: string;
}

/** The head of a column: a press puts the rows in its order, another one turns that round. */
function Column({ by, text, sorting, sort, first = false, className }: ColumnProps): ReactNode {
  const shown = sorting.by === by;
  const { descending } = sorting;
  return (
    <th
      scope="col"
      aria-sort={!shown ? "none" : descending ? "descending" : "ascending"}
      className={classNames(
        "sticky top-0 z-[1] bg-panel py-1 font-normal whitespace-nowrap",
        first ? "text-left" : "text-right",
        className,
      )}
    >
      <button
        type="button"
        className={classNames(
          "-mx-0.5 rounded-control px-0.5 hover:text-text",
          shown && "font-semibold text-text",
        )}
        onClick={() => {
          sort({ by, descending: shown ? !descending : !first });
        }}
      >
        {text}
        {shown && (
          <span aria-hidden="true" className="pl-0.5">
            {descending ? "↓" : "↑"}
          </span>
        )}
      </button>
    </th>
  );
}

const Row = memo(function Row({ row, watched }: { row: MarketRow; watched: boolean }): ReactNode {
  const texts = useTexts().markets;
  const { symbol, change, high, low, volume, marketCap } = row;
  const { base, quote } = currencies(symbol);
  const { answer: symbols } = useSymbols();
  const decimals = symbols?.symbols.find((info) => info.symbol === symbol)?.price_decimals ?? 2;
  const cell = "border-t border-grid text-right text-small";
  return (
    <tr className="group h-(--row-height) hover:bg-raised" data-testid={`row-${symbol}`}>
      <td className={classNames(cell, "pl-2 text-center")}>
        <button
          type="button"
          aria-pressed={watched}
          aria-label={texts.watch(pairName(symbol))}
          className={classNames(
            "grid size-6 place-items-center rounded-control hover:bg-line [&>svg]:size-3.5",
            watched ? "text-accent" : "text-muted",
          )}
          onClick={() => {
            toggleWatched(symbol);
          }}
        >
          <Star filled={watched} />
        </button>
      </td>
      <th scope="row" className={classNames(cell, "pl-0.5 !text-left font-normal whitespace-nowrap")}>
        <Link
          href={pairAddress(symbol)}
          prefetch={false}
          className="text-body font-semibold group-hover:underline"
        >
          {base}
          <span className="text-micro font-normal text-muted">{quote !== "" && `/${quote}`}</span>
        </Link>
      </th>
      <td className={classNames(cell, "text-body font-medium")}>
        <Price symbol={symbol} />
      </td>
      <td className={cell}>
        <Change change={change} />
      </td>
      <td className={classNames(cell, "pl-6 max-sm:hidden")}>
        <Spark symbol={symbol} rose={change !== null && change >= 0n} />
      </td>
      <td className={classNames(cell, "max-xl:hidden")}>
        <Extreme price={high} decimals={decimals} />
      </td>
      <td className={classNames(cell, "max-xl:hidden")}>
        <Extreme price={low} decimals={decimals} />
      </td>
      <td className={classNames(cell, "max-sm:pr-3")}>{volume === null ? "–" : formatCompact(volume)}</td>
      <td className={classNames(cell, "text-muted max-sm:hidden")}>
        {marketCap === null ? <span title={texts.marketCapUnknown}>–</span> : formatCompact(marketCap)}
      </td>
      <td className={classNames(cell, "pr-3 text-micro max-md:hidden")}>
        <QuoteBadge symbol={symbol} />
      </td>
    </tr>
  );
});

/** The highest or the lowest price of a day, an integer of 10^-8. */
function Extreme({ price, decimals }: { price: bigint | null; decimals: number }): ReactNode {
  if (price === null) return "–";
  return <Aligned decimals={decimals}>{formatScaled(price, decimals)}</Aligned>;
}

/** The prices of a pair's day, by the hour. */
function Spark({ symbol, rose }: { symbol: string; rose: boolean }): ReactNode {
  const { answer } = useDay(symbol);
  const { width, height } = SPARK;
  const closes = answer?.candles.map(({ close }) => Number(close)) ?? [];
  return (
    <svg
      viewBox={`-1 -1 ${width + 2} ${height + 2}`}
      preserveAspectRatio="none"
      fill="none"
      strokeWidth="1.25"
      className={classNames(
        "h-[calc(var(--row-height)-0.75rem)] w-full min-w-24",
        rose ? "stroke-up" : "stroke-down",
      )}
      aria-hidden="true"
    >
      <path d={sparkOf(closes, width, height)} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
