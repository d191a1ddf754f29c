"use client";

import type { ReactNode } from "react";
import { useFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { utcTime } from "@/numbers/time";
import { useNow } from "@/ui/clock";
import { useOrigin } from "./source";
import { StreamBadge } from "./stream-badge";
import { usePageHealth } from "./stream-health";

/** The foot of the page: what all of it may claim, where the data comes from, and the time. */
export function StatusBar(): ReactNode {
  const texts = useTexts();
  const { address } = useFeed();
  const origin = useOrigin();
  const { status, age } = usePageHealth();
  const now = useNow();
  return (
    <footer
      aria-label={texts.status.page}
      className="flex flex-wrap items-center gap-x-5 gap-y-0.5 bg-panel px-3 py-1 text-micro text-muted"
    >
      <StreamBadge status={status} age={age} />
      <Field name={texts.status.source}>
        <span className="text-text">{texts.source[origin ?? "unknown"]}</span>
      </Field>
      <Field name={texts.status.api}>
        <span className="text-text">{address.replace(/^https?:\/\//, "")}</span>
      </Field>
      <time className="ml-auto text-text" suppressHydrationWarning>
        {now === null ? "" : `${utcTime(now)} UTC`}
      </time>
    </footer>
  );
}

function Field({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <span className="inline-flex items-center gap-1.5">
      {name} {children}
    </span>
  );
}
