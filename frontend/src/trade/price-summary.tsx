"use client";

import { useEffect, useMemo, type ReactNode } from "react";
import { dayStatistics } from "@/candles/statistics";
import { useMarket, useMarketFeed } from "@/feed/react";
import { isCurrent } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { formatAmount, formatCompact, formatScaled, scaled, signed } from "@/numbers/decimal";
import { formatSpan } from "@/numbers/time";
import { currencies, pairName } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { usePairDecimals } from "./decimals";
import { useStreamHealth } from "./stream-health";

/** The last price, and what the day brought. */
export function PriceSummary(): ReactNode {
  const texts = useTexts().price;
  const { symbol } = useMarketFeed();
  const candles = useMarket("candles");
  const decimals = usePairDecimals();
  const { status } = useStreamHealth("klineStream");
  const day = useMemo(() => dayStatistics(candles), [candles]);
  const last = candles.at(-1)?.close;
  const price = last === undefined ? null : formatAmount(last, decimals.price);
  usePriceInTitle(symbol, price);
  if (status === "refused") return null;
  if (day === null || price === null || last === undefined) {
    return <p className="h-7 w-40 animate-pulse rounded-control bg-raised" aria-hidden="true" />;
  }
  const open = candles.at(-1)?.open ?? last;
  // A price that may have moved on is not shown as one that is.
  const direction = !isCurrent(status)
    ? "text-muted"
    : scaled(last) >= scaled(open)
      ? "text-up"
      : "text-down";
  const span = formatSpan(day.covered);
  const { base, quote } = currencies(symbol);
  const change = signed(day.change, formatScaled(day.change, decimals.price));
  const percent = signed(day.changePercent, formatScaled(day.changePercent, 2));
  const tone = day.change === 0n ? "text-text" : day.change > 0n ? "text-up" : "text-down";
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-6 gap-y-1">
      <p
        data-testid="last-price"
        aria-label={texts.last}
        className={classNames("text-price font-medium", direction)}
      >
        {price}
      </p>
      <dl className="gap-x-6 gap-y-1 max-sm:grid max-sm:w-full max-sm:grid-cols-3 max-sm:gap-x-3 sm:flex sm:flex-wrap">
        <Figure name={texts.change(span)} tone={tone}>
          {change} <span className="pl-1">{percent}%</span>
        </Figure>
        <Figure name={texts.high(span)}>{formatScaled(day.high, decimals.price)}</Figure>
        <Figure name={texts.low(span)}>{formatScaled(day.low, decimals.price)}</Figure>
        <Figure name={texts.volume(span, base)}>{formatCompact(day.volume)}</Figure>
        {quote !== "" && <Figure name={texts.volume(span, quote)}>{formatCompact(day.quoteVolume)}</Figure>}
      </dl>
    </div>
  );
}

function Figure({ name, tone, children }: { name: string; tone?: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt className="text-micro whitespace-nowrap text-muted">{name}</dt>
      <dd className={classNames("text-small", tone ?? "text-text")}>{children}</dd>
    </div>
  );
}

/** Keep the price in the tab's title, where it is seen from other tabs. */
function usePriceInTitle(symbol: string, price: string | null): void {
  useEffect(() => {
    document.title = [price, pairName(symbol), "Candlestack"].filter(Boolean).join(" · ");
  }, [symbol, price]);
}
