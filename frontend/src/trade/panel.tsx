"use client";

import { useId, type ReactNode } from "react";
import { classNames } from "@/ui/class-names";
import { StreamBadge } from "./stream-badge";
import type { StreamHealth } from "./stream-health";

interface Props {
  readonly title: string;
  /** Of the stream that it shows; a part that is asked for now and then has none. */
  readonly health?: StreamHealth;
  readonly className?: string;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the page that says of itself whether its data may be believed. */
export function Panel({ title, health, className, aside, children }: Props): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames("flex min-h-0 min-w-0 flex-col bg-panel", className)}>
      <header className="flex h-8 shrink-0 items-center gap-3 border-b border-line px-3">
        <h2 id={id} className="text-small font-semibold whitespace-nowrap">
          {title}
        </h2>
        {aside}
        {health !== undefined && (
          <div className="ml-auto text-micro">
            <StreamBadge status={health.status} age={health.age} />
          </div>
        )}
      </header>
      {children}
    </section>
  );
}
