"use client";

import { useMemo, useState, type ReactNode } from "react";
import { ladderOf, spreadOf, STEPS, stepOf, type Market } from "@/book/ladder";
import { trustIn } from "@/book/trust";
import type { Book } from "@/contract/socket";
import { useMarket, useMarketFeed, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { formatScaled, formatSmall } from "@/numbers/decimal";
import { currencies } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { Panel } from "@/shell/panel";
import { BookSide } from "./book-side";
import { useStreamHealth } from "./stream-health";
import { TrustBadge } from "./trust-badge";

type Ticks = (typeof STEPS)[number];

/** The order book of the pair in one market, and whether it may be believed. */
export function BookPanel({ className }: { className?: string }): ReactNode {
  const texts = useTexts().book;
  const book = useMarket("book");
  const decimals = useMarket("bookDecimals");
  const health = useStreamHealth("bookStream");
  const [ticks, setTicks] = useState<Ticks>(1);
  const followed = health.status === "live" || health.status === "stale";
  const trust = book === null ? null : trustIn(book, health.age, followed);
  // A connection over which nothing comes is not called live beside a book that says so.
  const silent = health.status === "live" && (trust === "stale" || trust === "starved");
  return (
    <Panel
      title={texts.title}
      health={silent ? { ...health, status: "stale" } : health}
      aside={decimals !== null && <Grouping ticks={ticks} decimals={decimals.price} choose={setTicks} />}
      {...(className !== undefined && { className })}
    >
      <div className="flex min-h-7 shrink-0 items-center justify-between gap-2 px-3 pt-1.5 text-micro">
        {trust !== null && <TrustBadge trust={trust} age={health.age} />}
        <MarketSwitch />
      </div>
      {book === null || decimals === null || trust === null ? (
        <p className="px-3 py-6 text-center text-muted">
          {health.status === "live" ? texts.empty : texts.loading}
        </p>
      ) : (
        <>
          <Levels
            book={book}
            step={stepOf(ticks, decimals.price)}
            spreadDecimals={decimals.price}
            quantityDecimals={decimals.quantity}
            believed={trust === "synced"}
          />
          <p className="flex shrink-0 justify-between gap-3 border-t border-line px-3 py-1 text-micro text-muted">
            <span title={texts.sequenceHint} data-testid="book-sequence">
              {texts.sequence} <span className="text-text">{book.last_update_id}</span>
            </span>
            <span title={texts.checksumHint} data-testid="book-checksum">
              {texts.checksum}{" "}
              <span className="text-text">{book.checksum.toString(16).padStart(8, "0")}</span>
            </span>
          </p>
        </>
      )}
    </Panel>
  );
}

interface LevelsProps {
  readonly book: Book;
  readonly step: { readonly units: bigint; readonly decimals: number };
  readonly spreadDecimals: number;
  readonly quantityDecimals: number;
  /** Whether the levels hold now; else they are those that last did. */
  readonly believed: boolean;
}

function Levels({ book, step, spreadDecimals, quantityDecimals, believed }: LevelsProps): ReactNode {
  const texts = useTexts().book;
  const { base, quote } = currencies(book.symbol);
  const { units, decimals } = step;
  const { bids, asks, deepest } = useMemo(() => ladderOf(book, units), [book, units]);
  const spread = useMemo(() => spreadOf(book), [book]);
  return (
    <div className={classNames("flex min-h-0 flex-1 flex-col", !believed && "grayscale")}>
      <p
        aria-hidden="true"
        className="grid shrink-0 grid-cols-[1fr_1fr_1fr] px-3 py-1 text-right text-micro text-muted"
      >
        <span className="text-left">
          {texts.price} {quote !== "" && `(${quote})`}
        </span>
        <span>
          {texts.quantity} {base !== "" && `(${base})`}
        </span>
        <span>{texts.total}</span>
      </p>
      <BookSide
        side="asks"
        rungs={asks}
        deepest={deepest}
        priceDecimals={decimals}
        quantityDecimals={quantityDecimals}
      />
      <p
        data-testid="spread"
        className="flex shrink-0 items-baseline justify-between border-y border-line px-3 py-0.5 text-micro text-muted"
      >
        <span>{texts.spread}</span>
        {spread !== null && (
          <span>
            <span className="mr-2 text-text">{formatScaled(spread.width, spreadDecimals)}</span>
            {formatSmall(spread.percent, 2)}%
          </span>
        )}
      </p>
      <BookSide
        side="bids"
        rungs={bids}
        deepest={deepest}
        priceDecimals={decimals}
        quantityDecimals={quantityDecimals}
      />
    </div>
  );
}

/** Spot or futures, where the pair has both. */
function MarketSwitch(): ReactNode {
  const texts = useTexts().book;
  const feed = useMarketFeed();
  const shown = useMarket("bookMarket");
  const { answer: symbols } = useSymbols();
  const markets: readonly Market[] =
    symbols?.symbols.find(({ symbol }) => symbol === feed.symbol)?.markets ?? [];
  if (markets.length < 2) return null;
  return (
    <div
      role="group"
      aria-label={texts.market}
      className="ml-auto flex rounded-control bg-raised p-0.5 whitespace-nowrap"
    >
      {markets.map((market) => (
        <button
          key={market}
          type="button"
          aria-pressed={market === shown}
          title={texts.marketHint[market]}
          className={classNames(
            "rounded-control px-1.5",
            market === shown ? "bg-panel font-semibold text-text" : "text-muted hover:text-text",
          )}
          onClick={() => {
            feed.chooseBook(market);
          }}
        >
          {texts.markets[market]}
        </button>
      ))}
    </div>
  );
}

interface GroupingProps {
  readonly ticks: Ticks;
  /** Of the pair's prices. */
  readonly decimals: number;
  readonly choose: (ticks: Ticks) => void;
}

/** By which step of price levels are put together. */
function Grouping({ ticks, decimals, choose }: GroupingProps): ReactNode {
  const texts = useTexts().book;
  return (
    <select
      aria-label={texts.group}
      title={texts.group}
      className="rounded-control bg-raised px-1 py-0.5 text-micro hover:bg-line"
      value={ticks}
      onChange={({ target }) => {
        choose(STEPS[target.selectedIndex] ?? 1);
      }}
    >
      {STEPS.map((each) => {
        const step = stepOf(each, decimals);
        return (
          <option key={each} value={each}>
            {formatScaled(step.units, step.decimals)}
          </option>
        );
      })}
    </select>
  );
}
