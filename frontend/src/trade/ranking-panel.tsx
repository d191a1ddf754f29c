"use client";

import Link from "next/link";
import { useState, type ReactNode } from "react";
import type { RankedPair, RankingList } from "@/api/client";
import { useMarketFeed, useMarket, useRanking, useSymbols } from "@/feed/react";
import { isRankingStale, rankingAge } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { decimalsOf, formatAmount, formatCompact, formatScaled, scaled, signed } from "@/numbers/decimal";
import { pairAddress } from "@/pairs/match";
import { currencies, pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { StreamBadge } from "@/shell/stream-badge";
import { Aligned, alignedTo } from "@/ui/aligned";
import { classNames } from "@/ui/class-names";
import { useNow } from "@/ui/clock";
import { useZone } from "@/ui/zone";

type Side = "gainers" | "losers";
const SIDES: readonly Side[] = ["gainers", "losers"];

/** The time of a ranking is that of the beginning of its newest minute. */
const MINUTE_MS = 60_000;

/** Which pairs gained or lost most in a day, and up to which minute; a click shows the pair. */
export function RankingPanel({ className }: { className?: string }): ReactNode {
  const texts = useTexts().ranking;
  const [side, setSide] = useState<Side>("gainers");
  const { answer, loading } = useRanking(side);
  const failed = loading.phase === "failed";
  const rows = answer?.rows ?? [];
  return (
    <Panel
      title={texts.title}
      aside={
        <div role="group" aria-label={texts.title} className="flex rounded-control bg-raised p-0.5">
          {SIDES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === side}
              className={classNames(
                "rounded-[3px] px-1.5 text-micro font-medium whitespace-nowrap",
                each === side ? "bg-panel text-text shadow-xs" : "text-muted hover:text-text",
              )}
              onClick={() => {
                setSide(each);
              }}
            >
              {texts[each]}
            </button>
          ))}
        </div>
      }
      tools={<Worth answer={answer} failed={failed} />}
      {...(className !== undefined && { className })}
    >
      <div className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label={texts.title}>
        {rows.length > 0 && <Rows rows={rows} />}
        {rows.length === 0 && (
          <p role="status" className="px-3 py-6 text-center text-muted">
            {failed ? texts.away : answer !== null ? texts.empty : texts.loading}
          </p>
        )}
      </div>
      {answer !== null && <Footing answer={answer} failed={failed} />}
    </Panel>
  );
}

interface RankedProps {
  readonly answer: RankingList;
  readonly failed: boolean;
}

/** Whether the ranking is still of the day up to now; one of a replay is of a day of the past. */
function Worth({ answer, failed }: { answer: RankingList | null; failed: boolean }): ReactNode {
  const now = useNow();
  const time = answer?.time ?? null;
  if (now === null || (time === null && !failed)) return null;
  const replayed = answer?.source?.endsWith("replay") === true;
  const age = time === null || replayed ? null : rankingAge(time, now);
  const old = age !== null && isRankingStale(age);
  return <StreamBadge status={failed ? "reconnecting" : old ? "stale" : "live"} age={age} />;
}

function Rows({ rows }: { rows: readonly RankedPair[] }): ReactNode {
  const texts = useTexts().ranking;
  const { symbol: shown } = useMarketFeed();
  const { answer: symbols } = useSymbols();
  const decimals = rows.map(({ symbol, price }) => {
    const listed = symbols?.symbols.find((each) => each.symbol === symbol)?.price_decimals ?? 0;
    return Math.max(listed, decimalsOf(price));
  });
  return (
    <table
      className="w-full border-separate border-spacing-0"
      style={alignedTo(Math.max(...decimals))}
      data-testid="ranking"
    >
      <thead className="text-micro text-muted">
        <tr>
          <Head className="pl-3 text-left">{texts.pair}</Head>
          <Head className="text-right">{texts.price}</Head>
          <Head className="text-right">{texts.change}</Head>
          <Head className="text-right" hint={texts.volumeHint}>
            {texts.volume}
          </Head>
          <Head className="pr-3 text-right" hint={texts.marketCapHint}>
            {texts.marketCap}
          </Head>
        </tr>
      </thead>
      <tbody className="text-small">
        {rows.map((row, index) => (
          <Row
            key={row.symbol}
            row={row}
            decimals={decimals[index] ?? decimalsOf(row.price)}
            shown={row.symbol === shown}
          />
        ))}
      </tbody>
    </table>
  );
}

function Head({
  className,
  hint,
  children,
}: {
  className: string;
  hint?: string;
  children: ReactNode;
}): ReactNode {
  return (
    <th scope="col" title={hint} className={classNames("sticky top-0 bg-panel py-1 font-normal", className)}>
      {children}
    </th>
  );
}

interface RowProps {
  readonly row: RankedPair;
  /** Of its price. */
  readonly decimals: number;
  readonly shown: boolean;
}

function Row({ row, decimals, shown }: RowProps): ReactNode {
  const texts = useTexts().ranking;
  const interval = useMarket("interval");
  const { base, quote } = currencies(row.symbol);
  const fell = row.change_percent.startsWith("-");
  const change = scaled(row.change_percent.replace("-", "")) * (fell ? -1n : 1n);
  const tone = change === 0n ? "text-text" : fell ? "text-down" : "text-up";
  return (
    <tr className={classNames("relative h-6 hover:bg-raised", shown && "bg-raised")}>
      <th scope="row" className="pl-3 text-left font-normal">
        {/* The whole row is the link's. */}
        <Link
          href={pairAddress(row.symbol, interval)}
          aria-current={shown ? "page" : undefined}
          aria-label={pairName(row.symbol)}
          className="font-semibold after:absolute after:inset-0"
          prefetch={false}
        >
          {base}
        </Link>
        <span className="text-micro text-muted">{quote !== "" && `/${quote}`}</span>
      </th>
      <td className="text-right">
        <Aligned decimals={decimals}>{formatAmount(row.price, decimals)}</Aligned>
      </td>
      <td className={classNames("pl-1.5 text-right whitespace-nowrap", tone)}>
        {/* The direction is told by shape too, not by colour alone. */}
        <span aria-hidden="true" className="text-[8px] leading-none">
          {change === 0n ? "" : fell ? "▼ " : "▲ "}
        </span>
        {signed(change, formatScaled(change, 2))}%
      </td>
      <td className="pl-1.5 text-right text-muted">{formatCompact(scaled(row.quote_volume), 1)}</td>
      <td className="pr-3 pl-1.5 text-right text-muted">
        {row.market_cap === null ? (
          <span title={texts.marketCapUnknown}>–</span>
        ) : (
          formatCompact(scaled(row.market_cap), 1)
        )}
      </td>
    </tr>
  );
}

function Footing({ answer, failed }: RankedProps): ReactNode {
  const texts = useTexts().ranking;
  const { minute, name } = useZone();
  const { time, supply_time: supply } = answer;
  if (time === null) return null;
  return (
    <p
      data-testid="ranking-time"
      className={classNames(
        "flex shrink-0 flex-wrap justify-between gap-x-3 border-t border-line px-3 py-1 text-micro",
        failed ? "text-trouble" : "text-muted",
      )}
    >
      <span title={texts.timeHint}>{texts.time(`${minute(time + MINUTE_MS)} ${name(time)}`)}</span>
      {supply !== null && <span>{texts.supply(minute(supply).slice(0, 10))}</span>}
    </p>
  );
}
