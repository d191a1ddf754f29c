"use client";

import type { ReactNode } from "react";
import { useQuote, useSymbols } from "@/feed/react";
import { decimalsOf, formatAmount } from "@/numbers/decimal";
import { classNames } from "@/ui/class-names";
import { Aligned } from "@/ui/aligned";

/** What a pair costs now, with its tick's decimals; coloured by where it went last. */
export function Price({ symbol }: { symbol: string }): ReactNode {
  const { candle, direction, stream } = useQuote(symbol);
  const { answer: symbols } = useSymbols();
  if (candle === null) return <span className="text-muted">–</span>;
  const known = symbols?.symbols.find((info) => info.symbol === symbol)?.price_decimals ?? 0;
  const live = stream.link.phase === "open" && stream.feed?.state !== "away";
  const decimals = Math.max(known, decimalsOf(candle.close));
  return (
    <span
      data-testid={`price-${symbol}`}
      // A price that may have moved on is not shown as one that is.
      className={classNames(
        !live ? "text-muted" : direction === 1 ? "text-up" : direction === -1 ? "text-down" : "text-text",
      )}
    >
      <Aligned decimals={decimals}>{formatAmount(candle.close, decimals)}</Aligned>
    </span>
  );
}
