"use client";

import type { ReactNode } from "react";
import type { OhlcCandle } from "@/api/client";
import { useTexts } from "@/i18n/texts";
import { formatAmount, formatScaled, percentChange, scaled, signed } from "@/numbers/decimal";
import type { Study } from "@/indicators/compute";
import { classNames } from "@/ui/class-names";
import { useZone } from "@/ui/zone";
import type { PairDecimals } from "./decimals";

/** The figures of the candle under the pointer, or of the newest, and whether it may be believed as it is. */
export function CandleLegend({
  candle,
  decimals,
  studies,
  index,
}: {
  candle: OhlcCandle;
  decimals: PairDecimals;
  studies: readonly Study[];
  /** Of the candle in its series. */
  index: number;
}): ReactNode {
  const texts = useTexts().chart;
  const { minute: written } = useZone();
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
      <span>{written(candle.open_time)}</span>
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
      {studies.length > 0 && (
        <div className="flex basis-full flex-wrap gap-x-3" data-testid="legend-indicators">
          {studies.map((study) => (
            <StudyValues key={study.indicator.kind} study={study} index={index} decimals={decimals.price} />
          ))}
        </div>
      )}
    </div>
  );
}

/** What an indicator is at a candle, in the order in which it is usually read. */
function StudyValues({
  study: { indicator, lines },
  index,
  decimals,
}: {
  study: Study;
  index: number;
  decimals: number;
}): ReactNode {
  const texts = useTexts().indicators;
  const { kind, period } = indicator;
  const values = lines.map(({ part, values: line }) => [part, line[index] ?? null] as const);
  // MACD is a difference of prices, and RSI runs from 0 to 100.
  const digits = kind === "rsi" ? 2 : decimals;
  const writtenValue = (value: number | null): string =>
    value === null
      ? "–"
      : value
          .toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
          .replace("-", "−");
  return (
    <span style={{ color: `var(--color-study-${kind})` }}>
      {texts.short[kind]}
      {period > 0 && ` ${period}`} <span>{values.map(([, value]) => writtenValue(value)).join(" / ")}</span>
    </span>
  );
}
