"use client";

import type { ReactNode } from "react";
import type { Origin } from "@/candles/origin";
import { useFeed } from "@/feed/react";
import type { StreamHealth } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { useNow } from "@/ui/clock";
import { useZone } from "@/ui/zone";
import { StreamBadge } from "./stream-badge";

interface Props {
  readonly health: Pick<StreamHealth, "status" | "age">;
  readonly origin: Origin | null;
}

/** The foot of a page: what all of it may claim, where the data comes from, and the time. */
export function StatusBar({ health: { status, age }, origin }: Props): ReactNode {
  const texts = useTexts();
  const { address } = useFeed();
  return (
    <footer
      aria-label={texts.status.page}
      className="flex flex-wrap items-center gap-x-5 gap-y-0.5 bg-panel px-3 py-1 text-micro text-muted"
    >
      <StreamBadge status={status} age={age} wordy />
      <Field name={texts.status.source}>
        <span className="text-text">{texts.source[origin ?? "unknown"]}</span>
      </Field>
      <Field name={texts.status.api}>
        <span className="text-text">{address.replace(/^https?:\/\//, "")}</span>
      </Field>
      <Clock />
    </footer>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <span className="whitespace-nowrap">
      {name} {children}
    </span>
  );
}

/** The time by the clock that every time on the page is written by; a click changes that clock. */
function Clock(): ReactNode {
  const texts = useTexts().zone;
  const { zone, choose, time, name } = useZone();
  const now = useNow();
  const hint = zone === "utc" ? texts.toLocal : texts.toUtc;
  return (
    <button
      type="button"
      title={hint}
      data-testid="clock"
      className="ml-auto rounded-control px-1 text-text hover:bg-raised"
      onClick={() => {
        choose(zone === "utc" ? "local" : "utc");
      }}
    >
      <span className="sr-only">{hint}: </span>
      <time suppressHydrationWarning>{now === null ? "" : `${time(now)} ${name(now)}`}</time>
    </button>
  );
}
