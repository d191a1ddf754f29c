"use client";

import type { ReactNode } from "react";
import type { StreamStatus } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { formatAge } from "@/numbers/time";
import { classNames } from "@/ui/class-names";

const TONES: Readonly<Record<StreamStatus, string>> = {
  connecting: "text-muted",
  live: "text-live",
  stale: "text-trouble",
  away: "text-trouble",
  reconnecting: "text-trouble",
  refused: "text-trouble",
};

/** How a stream stands: a dot, a word, and how old its newest record is. */
export function StreamBadge({ status, age }: { status: StreamStatus; age: number | null }): ReactNode {
  const texts = useTexts();
  return (
    <span
      className={classNames("inline-flex items-center gap-1.5 align-middle whitespace-nowrap", TONES[status])}
    >
      <span
        aria-hidden="true"
        className={classNames("size-1.5 rounded-full bg-current", status !== "live" && "animate-pulse")}
      />
      {texts.status[status]}
      {age !== null && (
        <span className="min-w-9 text-right text-muted" title={texts.status.age}>
          {formatAge(age)}
        </span>
      )}
    </span>
  );
}
