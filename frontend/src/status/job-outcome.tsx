"use client";

import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";
import { classNames } from "@/ui/class-names";
import { Check, Close, Hourglass, Refresh, Warning } from "@/ui/icons";
import type { Standing } from "./job-standing";

const LOOKS: Readonly<
  Record<Exclude<Standing["outcome"], "never">, { className: string; Shape: () => ReactNode }>
> = {
  running: { className: "text-notice", Shape: Refresh },
  succeeded: { className: "text-live", Shape: Check },
  failed: { className: "text-trouble", Shape: Warning },
  killed: { className: "text-trouble", Shape: Close },
};

/** How a run ended: a shape and a word, and whether the next one should have begun. */
export function JobOutcome({ outcome, late }: Standing): ReactNode {
  const texts = useTexts().jobs;
  if (outcome === "never") return <span className="text-muted">{texts.never}</span>;
  const { className, Shape } = LOOKS[outcome];
  const placed = "inline-flex items-center gap-1 align-middle font-medium [&>svg]:size-3.5";
  return (
    <span data-state={outcome} className="inline-flex gap-2 align-middle">
      <span className={classNames(placed, className)}>
        <Shape />
        {texts.outcomes[outcome]}
      </span>
      {late && (
        <span title={texts.lateHint} className={classNames(placed, "text-trouble")}>
          <Hourglass />
          {texts.late}
        </span>
      )}
    </span>
  );
}
