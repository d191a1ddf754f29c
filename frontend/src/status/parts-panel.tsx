"use client";

import type { ReactNode } from "react";
import { useReadiness } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { Panel } from "@/shell/panel";
import { classNames } from "@/ui/class-names";
import { Check, Warning } from "@/ui/icons";

const PARTS = ["kafka", "redis", "mongodb"] as const;

/** Which parts of the platform the API reaches. */
export function PartsPanel({ className }: { className: string }): ReactNode {
  const texts = useTexts().statusPage;
  const { answer, loading } = useReadiness();
  const components = loading.phase === "failed" ? null : (answer?.components ?? null);
  return (
    <Panel
      title={texts.parts}
      className={className}
      aside={
        components === null ? (
          <p role="status" className="text-muted">
            {loading.phase === "failed" ? texts.apiAway : texts.loading}
          </p>
        ) : (
          <dl className="flex flex-wrap gap-x-8 gap-y-1" data-testid="parts">
            {PARTS.map((part) => {
              const { state, reason } = components[part];
              return (
                <div key={part} className="flex items-center gap-2">
                  <dt className="font-medium">{texts.part[part]}</dt>
                  <dd
                    title={reason ?? undefined}
                    className={classNames(
                      "flex items-center gap-1 [&>svg]:size-3.5",
                      state === "up" ? "text-live" : "text-trouble",
                    )}
                  >
                    {state === "up" ? <Check /> : <Warning />}
                    {texts[state]}
                  </dd>
                </div>
              );
            })}
          </dl>
        )
      }
    />
  );
}
