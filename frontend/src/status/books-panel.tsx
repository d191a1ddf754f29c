"use client";

import { useMemo, type ReactNode } from "react";
import type { StreamStatus, SymbolInfo } from "@/api/client";
import { useStatus } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { TrustBadge } from "@/trade/trust-badge";
import { stateOfStream, streamStates } from "./stream-states";
import { Cell, Head, Table } from "./table";

/** Which books may be believed. */
export function BooksPanel({ symbols }: { symbols: readonly SymbolInfo[] }): ReactNode {
  const texts = useTexts().statusPage;
  const { answer, loading } = useStatus();
  const states = useMemo(() => streamStates(answer), [answer]);
  const failed = loading.phase === "failed";
  return (
    <Panel title={texts.books}>
      <Table label={texts.books} testId="books">
        <thead>
          <tr>
            <Head first>{texts.pair}</Head>
            <Head>{texts.spot}</Head>
            <Head>{texts.futures}</Head>
          </tr>
        </thead>
        <tbody>
          {symbols.map(({ symbol, markets }) => (
            <tr key={symbol} className="h-6 hover:bg-raised lg:h-5">
              <Cell first>
                <span className="font-semibold">{pairName(symbol)}</span>
              </Cell>
              {(["spot", "usdm"] as const).map((market) => (
                <Cell key={market}>
                  {markets.includes(market) ? (
                    <Trust
                      book={stateOfStream(states, { symbol, market, stream: "depth" })}
                      failed={failed}
                    />
                  ) : (
                    <span className="text-muted" title={texts.noMarket}>
                      –
                    </span>
                  )}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Trust({ book, failed }: { book: StreamStatus | null; failed: boolean }): ReactNode {
  const texts = useTexts().statusPage;
  // What was said last says nothing while nobody answers.
  if (failed) return <span className="text-trouble">{texts.bookAway}</span>;
  const trust = book?.state ?? null;
  return trust === null ? (
    <span className="text-muted">…</span>
  ) : (
    <TrustBadge trust={trust} age={book?.age ?? null} />
  );
}
