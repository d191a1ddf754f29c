"use client";

import type { ReactNode } from "react";
import type { SymbolInfo } from "@/api/client";
import type { Market } from "@/book/ladder";
import { useBookState } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { Panel } from "@/shell/panel";
import { TrustBadge } from "@/trade/trust-badge";
import { Cell, Head, Table } from "./table";

/** Which books may be believed. */
export function BooksPanel({ symbols }: { symbols: readonly SymbolInfo[] }): ReactNode {
  const texts = useTexts().statusPage;
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
            <tr key={symbol} className="h-6 hover:bg-raised">
              <Cell first>
                <span className="font-semibold">{pairName(symbol)}</span>
              </Cell>
              {(["spot", "usdm"] as const).map((market) => (
                <Cell key={market}>
                  {markets.includes(market) ? (
                    <Trust symbol={symbol} market={market} />
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

function Trust({ symbol, market }: { symbol: string; market: Market }): ReactNode {
  const texts = useTexts().statusPage;
  const { answer, loading } = useBookState(symbol, market);
  // What was said last says nothing while nobody answers.
  if (loading.phase === "failed") return <span className="text-trouble">{texts.bookAway}</span>;
  return answer === null ? (
    <span className="text-muted">…</span>
  ) : (
    <TrustBadge trust={answer.state} age={answer.age} />
  );
}
