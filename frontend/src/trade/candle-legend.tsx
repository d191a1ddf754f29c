"use client";

import type { ReactNode } from "react";
import type { OhlcCandle } from "@/api/client";
import { useTexts } from "@/i18n/texts";
import { formatAmount, formatScaled, percentChange, scaled, signed } from "@/numbers/decimal";
import { utcMinute } from "@/numbers/time";
import { classNames } from "@/ui/class-names";
import type { PairDecimals } from "./decimals";

/** The figures of the candle under the pointer, or of the newest, and whether it may be believed as it is. */
export function CandleLegend({
  candle,
  decimals,
}: {
  candle: OhlcCandle;
  decimals: PairDecimals;
}): ReactNode {
  const texts = useTexts().chart;
  const open = scaled(candle.open);
  const close = scaled(candle.close);
  const change = percentChange(open, close);
  const minute = candle.interval === "1m";
  // A longer candle is never called backfilled; that some of its minutes are, its source tells.
  const backfilled =
    candle.completeness === "backfilled" || (!minute && candle.source.startsWith("backfill:"));
  const { children, expected_children: expected } = candle;
  const tone = close >= open ? "text-up" : "text-down";
  const prices = [
    [texts.open, candle.open],
    [texts.high, candle.high],
    [texts.low, candle.low],
    [texts.close, candle.close],
  ] as const;
  return (
    <div
      data-testid="legend"
      className="pointer-events-none absolute top-1.5 left-3 z-[2] flex max-w-[calc(100%-6rem)] flex-wrap items-baseline gap-x-3 text-micro text-muted"
    >
      <span>{utcMinute(candle.open_time)}</span>
      {!candle.closed && <span className="text-accent">{texts.forming}</span>}
      {backfilled && (
        <span className="text-notice" title={minute ? texts.backfilledHint : texts.partlyBackfilledHint}>
          {texts.backfilled}
        </span>
      )}
      {candle.completeness === "partial" && (
        <span className="text-trouble" title={minute ? texts.partialHint : texts.minutesMissingHint}>
          {texts.partial}
          {children !== undefined && expected !== undefined && ` ${children}/${expected}`}
        </span>
      )}
      {prices.map(([name, price]) => (
        <span key={name}>
          {name} <span className={tone}>{formatAmount(price, decimals.price)}</span>
        </span>
      ))}
      <span className={classNames("min-w-12", tone)}>{signed(change, formatScaled(change, 2))}%</span>
      <span>
        {texts.volume} <span className="text-text">{formatAmount(candle.volume, decimals.quantity)}</span>
      </span>
    </div>
  );
}
