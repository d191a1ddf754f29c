"use client";

import type { ReactNode } from "react";
import { useFeed, useReadiness } from "@/feed/react";
import type { StreamHealth } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import type { Texts } from "@/i18n/en";
import { formatAge } from "@/numbers/time";
import { lostSentence, storesAway, Trouble } from "@/shell/trouble";
import { useStreamHealth } from "./stream-health";

/** What is the matter with the data of the pair. */
export function TroubleStrip(): ReactNode {
  const texts = useTexts().trouble;
  const { address } = useFeed();
  const kline = useStreamHealth("klineStream");
  const trades = useStreamHealth("tradesStream");
  const readiness = useReadiness();
  // What the API said last says nothing while it does not answer.
  const stores = readiness.loading.phase === "failed" ? null : readiness.answer;
  const lost = [kline, trades].find(({ status }) => status === "reconnecting");
  return (
    <Trouble
      message={sentence(texts, address, kline, trades) ?? storesAway(texts, stores)}
      retryAt={lost === undefined ? null : retryAtOf(lost)}
    />
  );
}

function sentence(
  texts: Texts["trouble"],
  address: string,
  kline: StreamHealth,
  trades: StreamHealth,
): string | null {
  const statuses = [kline.status, trades.status];
  if (statuses.includes("reconnecting")) {
    const reason = [kline, trades].map(reasonGiven).find((given) => given !== "");
    const shown = kline.age !== null || trades.age !== null;
    return [lostSentence(texts, address, reason ?? ""), shown && texts.shown].filter(Boolean).join(" ");
  }
  if (statuses.includes("away")) return texts.away;
  // Trades may be rare; the forming candle is not.
  if (kline.status === "stale" && kline.age !== null) return texts.stale(formatAge(kline.age));
  return null;
}

function reasonGiven({ stream: { link } }: StreamHealth): string {
  return link.phase === "waiting" ? link.reason : "";
}

/** When a lost connection is tried again, epoch ms; 0 where it is being tried. */
function retryAtOf({ stream: { link } }: StreamHealth): number {
  return link.phase === "waiting" ? link.retryAt : 0;
}
