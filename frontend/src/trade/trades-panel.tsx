"use client";

import { memo, useMemo, type ReactNode } from "react";
import type { Trade } from "@/contract/socket";
import { isCurrent } from "@/feed/status";
import { useMarket, useMarketFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { formatAmount } from "@/numbers/decimal";
import { currencies } from "@/pairs/name";
import { relativeSize, typicalTrade } from "@/trades/size";
import { Panel } from "@/shell/panel";
import { classNames } from "@/ui/class-names";
import { useNow } from "@/ui/clock";
import { useZone } from "@/ui/zone";
import { usePairDecimals, type PairDecimals } from "./decimals";
import { useStreamHealth } from "./stream-health";

/** Candles that tell what is usual. */
const USUAL_CANDLES = 120;

/** The trades as they happen, newest first. */
export function TradesPanel({ className }: { className?: string }): ReactNode {
  const texts = useTexts().trades;
  const { symbol } = useMarketFeed();
  const trades = useMarket("trades");
  const dropped = useMarket("droppedTrades");
  const decimals = usePairDecimals();
  const candles = useMarket("candles");
  const typical = useMemo(() => typicalTrade(candles.slice(-USUAL_CANDLES)), [candles]);
  const health = useStreamHealth("tradesStream");
  const { base, quote } = currencies(symbol);
  const { time, name } = useZone();
  const now = useNow();
  return (
    <Panel title={texts.title} health={health} {...(className !== undefined && { className })}>
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} role="region" aria-label={texts.title}>
        <table className="w-full table-fixed border-separate border-spacing-0" data-testid="trades">
          <thead className="text-micro text-muted">
            <tr>
              <Head className="w-[34%] pl-3 text-right" name={texts.price} unit={quote} />
              <td className="sticky top-0 bg-panel" />
              <Head className="w-[28%] text-right" name={texts.quantity} unit={base} />
              <Head
                className="w-[25%] pr-3 text-right"
                name={texts.time}
                unit={now === null ? "" : name(now)}
              />
            </tr>
          </thead>
          <tbody className="text-small">
            {trades.map((trade) => (
              <TradeRow
                key={trade.trade_id}
                trade={trade}
                decimals={decimals}
                size={relativeSize(trade, typical)}
                time={time(trade.time)}
                side={trade.buyer_is_maker ? texts.sell : texts.buy}
              />
            ))}
          </tbody>
        </table>
        {trades.length === 0 && (
          <p className="px-3 py-6 text-center text-muted">
            {isCurrent(health.status) ? texts.empty : texts.loading}
          </p>
        )}
      </div>
      {dropped > 0 && (
        <p role="status" className="border-t border-line px-3 py-1 text-micro text-trouble">
          {texts.dropped(dropped)}
        </p>
      )}
    </Panel>
  );
}

function Head({ className, name, unit }: { className: string; name: string; unit: string }): ReactNode {
  return (
    <th scope="col" className={classNames("sticky top-0 bg-panel py-1 font-normal", className)}>
      {name} {unit !== "" && <span className="whitespace-nowrap">({unit})</span>}
    </th>
  );
}

interface RowProps {
  readonly trade: Trade;
  readonly decimals: PairDecimals;
  /** From 0 to 1. */
  readonly size: number;
  readonly side: string;
  /** When it was, as it is written. */
  readonly time: string;
}

/** A trade never changes, so its row is rendered once. */
const TradeRow = memo(function TradeRow({ trade, decimals, size, side, time }: RowProps): ReactNode {
  const sold = trade.buyer_is_maker;
  return (
    <tr className="h-5.5 hover:bg-raised">
      <td className={classNames("pl-3 text-right", sold ? "text-down" : "text-up")}>
        {/* The direction is told by shape too, not by colour alone. */}
        <span role="img" aria-label={side} className="float-left text-[8px]">
          {sold ? "▼" : "▲"}
        </span>
        {formatAmount(trade.price, decimals.price)}
      </td>
      <td className="pl-3">
        <span
          aria-hidden="true"
          className={classNames("ml-auto block h-1.5 opacity-60", sold ? "bg-down" : "bg-up")}
          style={{ width: `${(size * 100).toFixed(0)}%` }}
        />
      </td>
      <td className="text-right">{formatAmount(trade.quantity, decimals.quantity)}</td>
      <td className="pr-3 text-right text-muted">{time}</td>
    </tr>
  );
});
