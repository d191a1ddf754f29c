"use client";

import type { ReactNode } from "react";
import type { Trust } from "@/book/trust";
import { useTexts } from "@/i18n/texts";
import { formatAge } from "@/numbers/time";
import { classNames } from "@/ui/class-names";
import { Check, Hourglass, Refresh, Warning } from "@/ui/icons";

const TONES: Readonly<Record<Trust, string>> = {
  synced: "text-live",
  resyncing: "text-notice",
  stale: "text-trouble",
  starved: "text-trouble",
};

const SHAPES: Readonly<Record<Trust, () => ReactNode>> = {
  synced: Check,
  resyncing: Refresh,
  stale: Hourglass,
  starved: Warning,
};

/** Whether a book may be believed: a shape, a word, and the age of its newest diff. */
export function TrustBadge({ trust, age }: { trust: Trust; age: number | null }): ReactNode {
  const texts = useTexts();
  const Shape = SHAPES[trust];
  return (
    <span
      data-testid="trust"
      data-state={trust}
      title={texts.book.trustHint[trust]}
      className={classNames(
        "inline-flex items-center gap-1 align-middle whitespace-nowrap font-medium [&>svg]:size-3.5",
        TONES[trust],
      )}
    >
      <Shape />
      {texts.book.trust[trust]}
      {age !== null && (
        <span className="ml-1 min-w-9 font-normal text-muted" title={texts.status.age}>
          {formatAge(age)}
        </span>
      )}
    </span>
  );
}
