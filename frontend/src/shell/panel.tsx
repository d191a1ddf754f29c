"use client";

import { useId, type ReactNode } from "react";
import { classNames } from "@/ui/class-names";
import { StreamBadge } from "./stream-badge";
import type { StreamHealth } from "@/feed/status";

interface Props {
  readonly title: string;
  /** Whether the title is for screen readers alone, since what stands beside it says as much. */
  readonly quietTitle?: boolean;
  /** Of the stream that it shows; a part that is asked for now and then has none. */
  readonly health?: Pick<StreamHealth, "status" | "age">;
  readonly className?: string;
  /** Beside the title. */
  readonly aside?: ReactNode;
  /** At the other end of the head, before the badge. */
  readonly tools?: ReactNode;
  /** None where its head says all. */
  readonly children?: ReactNode;
}

/** A part of the page that says of itself whether its data may be believed. */
export function Panel({
  title,
  quietTitle = false,
  health,
  className,
  aside,
  tools,
  children,
}: Props): ReactNode {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames("flex min-h-0 min-w-0 flex-col bg-panel", className)}>
      <header className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-0.5">
        <h2
          id={id}
          className={classNames("text-small font-semibold whitespace-nowrap", quietTitle && "sr-only")}
        >
          {title}
        </h2>
        {aside}
        <div className="ml-auto flex items-center gap-2 text-micro">
          {tools}
          {health !== undefined && <StreamBadge status={health.status} age={health.age} />}
        </div>
      </header>
      {children}
    </section>
  );
}
