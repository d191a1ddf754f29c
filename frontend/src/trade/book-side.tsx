"use client";

import { memo, type ReactNode } from "react";
import type { Rung } from "@/book/ladder";
import { useTexts } from "@/i18n/texts";
import { formatScaled } from "@/numbers/decimal";
import { classNames } from "@/ui/class-names";

interface SideProps {
  readonly side: "bids" | "asks";
  readonly rungs: readonly Rung[];
  /** The quantity of a full bar, an integer of 10^-8. */
  readonly deepest: bigint;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
}

/**
 * One side of a book, its best price next to the other side. As many rows are shown as there is room for: what
 * does not fit wraps into a column that lies outside, so that no row is cut.
 */
export function BookSide({ side, rungs, deepest, priceDecimals, quantityDecimals }: SideProps): ReactNode {
  const texts = useTexts().book;
  return (
    <ol
      aria-label={texts[side]}
      data-testid={side}
      className={classNames(
        "flex min-h-0 flex-1 flex-wrap content-start overflow-hidden text-small",
        side === "asks" ? "flex-col-reverse" : "flex-col",
      )}
    >
      {rungs.map(({ price, quantity, total, open }) => (
        <BookRow
          key={price.toString()}
          side={side}
          price={formatScaled(price, priceDecimals)}
          quantity={formatScaled(quantity, quantityDecimals)}
          total={formatScaled(total, quantityDecimals)}
          share={deepest === 0n ? 0 : Number((total * 100n) / deepest)}
          openHint={open ? texts.openHint : null}
        />
      ))}
    </ol>
  );
}

interface RowProps {
  readonly side: "bids" | "asks";
  readonly price: string;
  readonly quantity: string;
  readonly total: string;
  /** Of the full bar, in percent. */
  readonly share: number;
  /** Why the quantity may be more than is shown; null where it is not. */
  readonly openHint: string | null;
}

/** Told by texts alone, so that a row whose figures are the same is not rendered again. */
const BookRow = memo(function BookRow({
  side,
  price,
  quantity,
  total,
  share,
  openHint,
}: RowProps): ReactNode {
  const bids = side === "bids";
  return (
    <li className="relative grid h-5 w-full shrink-0 grid-cols-[1fr_1fr_1fr] items-center px-3 text-right hover:bg-raised">
      <span
        aria-hidden="true"
        className={classNames("absolute inset-y-px right-0 opacity-15", bids ? "bg-up" : "bg-down")}
        style={{ width: `${share}%` }}
      />
      <span className={classNames("text-left", bids ? "text-up" : "text-down")}>{price}</span>
      <span {...(openHint !== null && { title: openHint })}>
        {openHint !== null && "≥ "}
        {quantity}
      </span>
      <span className="text-muted">{total}</span>
    </li>
  );
});
