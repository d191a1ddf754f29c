"use client";

import { useMemo, useState, type ReactNode } from "react";
import { depthOf, outlineOf, totalAt, type Depth } from "@/book/depth";
import { useDepth, useMarket, useMarketFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { currencies } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { usePairDecimals, type PairDecimals } from "./decimals";

const WIDTH = 1000;
const HEIGHT = 400;
/** Heights at which a total is written, as shares of the deepest. */
const GRID = [0.25, 0.5, 0.75, 1] as const;
/** How far an arrow key goes, as shares of the width. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -0.02, ArrowRight: 0.02 };

/** How much stands in the book up to each price. */
export function DepthChart(): ReactNode {
  const texts = useTexts().depth;
  const { symbol } = useMarketFeed();
  const market = useMarket("bookMarket");
  const { answer: book, loading } = useDepth(symbol, market);
  const decimals = usePairDecimals();
  const depth = useMemo(() => (book === null ? null : depthOf(book)), [book]);
  if (book === null || depth === null) {
    const failed = loading.phase === "failed";
    return (
      <p role="status" className="grid flex-1 place-items-center text-muted">
        {failed ? texts.failed : book === null ? texts.loading : texts.empty}
      </p>
    );
  }
  const late = loading.phase === "failed";
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {(book.state !== "synced" || late) && (
        <p role="status" className="bg-trouble-ground px-3 py-1 text-micro text-trouble">
          {late ? texts.failed : texts.doubted}
        </p>
      )}
      <Drawn
        depth={depth}
        decimals={decimals}
        base={currencies(symbol).base}
        believed={book.state === "synced" && !late}
      />
    </div>
  );
}

interface DrawnProps {
  readonly depth: Depth;
  readonly decimals: PairDecimals;
  readonly base: string;
  readonly believed: boolean;
}

function Drawn({ depth, decimals, base, believed }: DrawnProps): ReactNode {
  const texts = useTexts().depth;
  const [pointed, setPointed] = useState<number | null>(null);
  const { bids, asks, from, to, middle, deepest } = depth;
  const written = (value: number, digits: number): string =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const price = pointed === null ? null : from + pointed * (to - from);
  const totals = [bids, asks].map((side) => written(side.at(-1)?.total ?? 0, 2));
  return (
    <figure
      className="relative min-h-0 flex-1"
      aria-label={texts.described(written(middle, decimals.price), totals[0] ?? "", totals[1] ?? "", base)}
      data-testid="depth"
      tabIndex={0}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (step === undefined) return;
        event.preventDefault();
        setPointed(Math.min(Math.max((pointed ?? 0.5) + step, 0), 1));
      }}
      onBlur={() => {
        setPointed(null);
      }}
    >
      <div
        className="absolute inset-x-0 top-8 bottom-7"
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect();
          setPointed((clientX - left) / width);
        }}
        onPointerLeave={() => {
          setPointed(null);
        }}
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          // What is written stays legible.
          className={classNames("absolute inset-0 size-full", !believed && "opacity-75 grayscale")}
          aria-hidden="true"
        >
          {GRID.map((share) => (
            <path
              key={share}
              d={`M0 ${HEIGHT * (1 - share)}H${WIDTH}`}
              className="stroke-grid"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <path
            d={outlineOf(bids, depth, WIDTH, HEIGHT)}
            className="fill-up/20 stroke-up"
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={outlineOf(asks, depth, WIDTH, HEIGHT)}
            className="fill-down/20 stroke-down"
            vectorEffect="non-scaling-stroke"
          />
          {pointed !== null && (
            <path
              d={`M${pointed * WIDTH} 0V${HEIGHT}`}
              className="stroke-muted"
              strokeDasharray="3 3"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
        {GRID.map((share) => (
          <span
            key={share}
            className="absolute right-2 text-micro text-muted"
            style={{ top: `calc(${(1 - share) * 100}% + 1px)` }}
          >
            {written(deepest * share, 2)}
          </span>
        ))}
      </div>
      <p
        // Heard where it was asked for; the middle moves with every trade.
        role={pointed === null ? undefined : "status"}
        className="absolute top-1.5 left-3 text-micro text-muted"
        data-testid="depth-legend"
      >
        {price === null ? (
          <>
            {texts.middle} <span className="text-text">{written(middle, decimals.price)}</span>
          </>
        ) : (
          <>
            {price < middle ? texts.bidsTo : texts.asksTo}{" "}
            <span className="text-text">{written(price, decimals.price)}</span>:{" "}
            <span className={price < middle ? "text-up" : "text-down"}>
              {written(totalAt(depth, price), decimals.quantity)}
            </span>{" "}
            {base}
          </>
        )}
      </p>
      <p className="absolute inset-x-3 bottom-1.5 flex justify-between text-micro text-muted">
        <span>{written(from, decimals.price)}</span>
        <span className="text-text">{written(middle, decimals.price)}</span>
        <span>{written(to, decimals.price)}</span>
      </p>
    </figure>
  );
}
