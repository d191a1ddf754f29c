"use client";

import type { ReactNode } from "react";
import type { Readiness } from "@/contract/socket";
import { useFeed, useReadiness } from "@/feed/react";
import type { StreamHealth } from "@/feed/status";
import type { StreamState } from "@/feed/stream";
import { useTexts } from "@/i18n/texts";
import type { Texts } from "@/i18n/en";
import { formatAge } from "@/numbers/time";
import { useNow } from "@/ui/clock";
import { Warning } from "@/ui/icons";
import { useStreamHealth } from "./stream-health";

/** Says in words what is the matter with the data, and offers the way out; nothing while all is well. */
export function TroubleStrip(): ReactNode {
  const texts = useTexts().trouble;
  const feed = useFeed();
  const kline = useStreamHealth("klineStream");
  const trades = useStreamHealth("tradesStream");
  const now = useNow() ?? 0;
  const readiness = useReadiness();
  // What the API said last says nothing while it does not answer.
  const stores = readiness.loading.phase === "failed" ? null : readiness.answer;
  const message = sentence(texts, feed.address, kline, trades) ?? storesAway(texts, stores);
  const lost = [kline, trades].find(({ status }) => status === "reconnecting");
  return (
    <div role="status" data-testid="trouble">
      {message !== null && (
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 bg-trouble-ground px-3 py-1 text-small text-trouble">
          <Warning />
          <span>{message}</span>
          {lost !== undefined && (
            <>
              {/* Counted every second: a screen reader need not hear it. */}
              <span aria-hidden="true">{nextTry(texts, lost.stream, now)}</span>
              <button
                type="button"
                className="rounded-control border border-current px-2 font-medium hover:bg-trouble hover:text-trouble-ground"
                onClick={() => {
                  feed.retryNow();
                }}
              >
                {texts.retryNow}
              </button>
            </>
          )}
        </div>
      )}
    </div>
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
    const what = reason === undefined ? texts.unreachable(address) : texts.ended(reason);
    return [what, shown && texts.shown].filter(Boolean).join(" ");
  }
  if (statuses.includes("away")) return texts.away;
  // Trades may be rare; the forming candle is not.
  if (kline.status === "stale" && kline.age !== null) return texts.stale(formatAge(kline.age));
  return null;
}

/** Say which stores the API does not reach; what is live goes on without them. */
function storesAway(texts: Texts["trouble"], readiness: Readiness | null): string | null {
  const { redis, mongodb } = readiness?.components ?? {};
  const away = [
    redis?.state === "away" && texts.realtimeStoreAway,
    mongodb?.state === "away" && texts.candleStoreAway,
  ];
  return away.filter(Boolean).join(" ") || null;
}

function reasonGiven({ stream: { link } }: StreamHealth): string {
  return link.phase === "waiting" ? link.reason : "";
}

function nextTry(texts: Texts["trouble"], { link }: StreamState, now: number): string {
  const seconds = link.phase === "waiting" ? Math.ceil((link.retryAt - now) / 1000) : 0;
  return seconds > 0 ? texts.retryIn(seconds) : texts.retrying;
}
