"use client";

import Link from "next/link";
import { useMemo, type ReactNode } from "react";
import { useFeed, useQuote, useStatus } from "@/feed/react";
import type { StreamHealth } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { pairAddress } from "@/pairs/match";
import { pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { QuoteBadge } from "@/shell/quote-badge";
import { useNow } from "@/ui/clock";
import { stateOfStream, streamStates } from "./stream-states";
import { Cell, Head, Table } from "./table";

interface Props {
  readonly symbols: readonly string[];
  readonly health: Pick<StreamHealth, "status" | "age">;
}

/** How old the prices of each pair are when they are painted here. */
export function StreamsPanel({ symbols, health }: Props): ReactNode {
  const texts = useTexts().statusPage;
  const { answer, loading } = useStatus();
  const known = loading.phase === "failed" ? null : answer;
  const states = useMemo(() => streamStates(known), [known]);
  const lagOf = (symbol: string): number | null =>
    stateOfStream(states, { symbol, market: "spot", stream: "trade" })?.lag ?? null;
  return (
    <Panel title={texts.streams} health={health}>
      <Table label={texts.streams} testId="streams">
        <thead>
          <tr>
            <Head first>{texts.pair}</Head>
            <Head hint={texts.lagHint}>{`${texts.lag} ms`}</Head>
            <Head hint={texts.latencyHint(1000)}>{`${texts.p50} ms`}</Head>
            <Head hint={texts.latencyHint(1000)}>{`${texts.p99} ms`}</Head>
            <Head spare>{texts.samples}</Head>
            <Head spare hint={texts.resynchronisedHint}>
              {texts.resynchronised}
            </Head>
            <Head>{texts.price}</Head>
          </tr>
        </thead>
        <tbody>
          {symbols.map((symbol) => (
            <Row key={symbol} symbol={symbol} lag={lagOf(symbol)} />
          ))}
        </tbody>
      </Table>
      <p className="border-t border-line px-3 py-1 text-micro text-muted">{texts.latencyHint(1000)}</p>
    </Panel>
  );
}

function Row({ symbol, lag }: { symbol: string; lag: number | null }): ReactNode {
  const quote = useQuote(symbol);
  const times = useFeed().quotes.paintTimes(symbol);
  // Anew each second, as the ages are.
  useNow();
  const shown = (share: number): string => {
    const time = times?.quantile(share) ?? null;
    return time === null ? "–" : time.toFixed(0);
  };
  return (
    <tr className="h-6 hover:bg-raised lg:h-5">
      <Cell first>
        <Link href={pairAddress(symbol)} prefetch={false} className="font-semibold hover:underline">
          {pairName(symbol)}
        </Link>
      </Cell>
      <Cell>{lag ?? "–"}</Cell>
      <Cell>{shown(0.5)}</Cell>
      <Cell>{shown(0.99)}</Cell>
      <Cell spare>{times?.count ?? 0}</Cell>
      <Cell spare>{quote.stream.resynchronised}</Cell>
      <Cell>
        <QuoteBadge symbol={symbol} />
      </Cell>
    </tr>
  );
}
