"use client";

import type { ReactNode } from "react";
import type { Readiness } from "@/contract/socket";
import { useFeed, useReadiness } from "@/feed/react";
import type { StreamHealth } from "@/feed/status";
import type { Texts } from "@/i18n/en";
import { useTexts } from "@/i18n/texts";
import { formatAge } from "@/numbers/time";
import { useNow } from "@/ui/clock";
import { Warning } from "@/ui/icons";

interface Props {
  /** What is the matter; null while nothing is. */
  readonly message: string | null;
  /** When the API is tried again, epoch ms; null where its connection holds. */
  readonly retryAt: number | null;
}

/** Says in words what is the matter with the data, and offers the way out; nothing while all is well. */
export function Trouble({ message, retryAt }: Props): ReactNode {
  const texts = useTexts().trouble;
  const feed = useFeed();
  const now = useNow() ?? 0;
  const seconds = Math.ceil(((retryAt ?? 0) - now) / 1000);
  return (
    <div role="status" data-testid="trouble">
      {message !== null && (
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 bg-trouble-ground px-3 py-1 text-small text-trouble">
          <Warning />
          <span>{message}</span>
          {retryAt !== null && (
            <>
              {/* Counted every second: a screen reader need not hear it. */}
              <span aria-hidden="true">{seconds > 0 ? texts.retryIn(seconds) : texts.retrying}</span>
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

/** What is the matter with the connection, with what stands behind the API, or with prices that do not come. */
export function PlatformTrouble({
  health: { status, age },
}: {
  health: Pick<StreamHealth, "status" | "age">;
}): ReactNode {
  const texts = useTexts().trouble;
  const { address } = useFeed();
  const { answer, loading } = useReadiness();
  if (loading.phase === "failed") {
    const { cause } = loading.failure;
    const what = lostSentence(texts, address, typeof cause === "string" ? cause : "");
    return <Trouble message={age === null ? what : `${what} ${texts.shown}`} retryAt={loading.retryAt} />;
  }
  return (
    <Trouble
      message={platformSentence(texts, answer, { status, age })}
      // Prices that do not come although the API answers are being asked for.
      retryAt={status === "reconnecting" ? 0 : null}
    />
  );
}

/** Say what is the matter where the API answers: with its source, with the prices, or with its stores. */
export function platformSentence(
  texts: Texts["trouble"],
  readiness: Readiness | null,
  { status, age }: Pick<StreamHealth, "status" | "age">,
): string | null {
  if (readiness?.components.kafka.state === "away" || status === "away") return texts.away;
  if (status === "reconnecting") return texts.reconnecting;
  if (status === "stale" && age !== null) return texts.stale(formatAge(age));
  return storesAway(texts, readiness);
}

/** Say that the API does not answer, or with which reason it has ended the connection. */
export function lostSentence(texts: Texts["trouble"], address: string, reason: string): string {
  return reason === "" ? texts.unreachable(address) : texts.ended(reason);
}

/** Say which stores the API does not reach; what is live goes on without them. */
export function storesAway(texts: Texts["trouble"], readiness: Readiness | null): string | null {
  const { redis, mongodb } = readiness?.components ?? {};
  const away = [
    redis?.state === "away" && texts.realtimeStoreAway,
    mongodb?.state === "away" && texts.candleStoreAway,
  ];
  return away.filter(Boolean).join(" ") || null;
}
