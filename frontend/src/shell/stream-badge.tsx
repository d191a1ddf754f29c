"use client";

import type { ReactNode } from "react";
import { isCurrent, type StreamStatus } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { formatAge } from "@/numbers/time";
import { classNames } from "@/ui/class-names";

const TONES: Readonly<Record<StreamStatus, string>> = {
  connecting: "text-muted",
  live: "text-live",
  quiet: "text-muted",
  stale: "text-trouble",
  away: "text-trouble",
  reconnecting: "text-trouble",
  refused: "text-trouble",
};

interface Props {
  readonly status: StreamStatus;
  /** In ms; null where nothing has come. */
  readonly age: number | null;
  /** Whether there is room to say what is meant by a word. */
  readonly wordy?: boolean;
}

/** How a stream stands: a dot, a word, and how old its newest record is. */
export function StreamBadge({ status, age, wordy = false }: Props): ReactNode {
  const texts = useTexts().status;
  const quiet = status === "quiet" && age !== null ? texts.quietFor(formatAge(age)) : null;
  const spelled = wordy ? quiet : null;
  return (
    <span
      className={classNames("inline-flex items-center gap-1.5 align-middle whitespace-nowrap", TONES[status])}
    >
      <span
        aria-hidden="true"
        className={classNames("size-1.5 rounded-full bg-current", !isCurrent(status) && "animate-pulse")}
      />
      {spelled ?? texts[status]}
      {age !== null && spelled === null && (
        <span className="min-w-9 text-right text-muted" title={quiet ?? texts.age}>
          {formatAge(age)}
        </span>
      )}
    </span>
  );
}
