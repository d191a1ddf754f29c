"use client";

import type { ReactNode } from "react";
import type { Origin } from "@/candles/origin";
import type { StreamHealth } from "@/feed/status";
import { AlertsMenu } from "@/alerts/alerts-menu";
import { useTexts } from "@/i18n/texts";
import { Mark } from "@/ui/icons";
import { Navigation } from "./navigation";
import { Preferences } from "./preferences";
import { SourceBanner } from "./source-banner";
import { StatusBar } from "./status-bar";
import { PlatformTrouble } from "./trouble";

interface Props {
  readonly health: Pick<StreamHealth, "status" | "age">;
  readonly origin: Origin | null;
  /** Stands in the head of the page, beside its mark. */
  readonly head: ReactNode;
  /** What is the matter, where something is; without it, what is with the connection and the prices. */
  readonly trouble?: ReactNode;
  /** Where the keyboard may go at once: the id of an element, and what it is called. */
  readonly skip?: { readonly to: string; readonly text: string };
  readonly children: ReactNode;
}

/** What stands around every page: the ways to the others, choices, where the data is from, and what it is worth. */
export function PageFrame({ health, origin, head, trouble, skip, children }: Props): ReactNode {
  const texts = useTexts();
  return (
    <>
      <a
        href={`#${skip?.to ?? "main"}`}
        className="absolute left-2 z-30 -translate-y-full rounded-control bg-accent px-3 py-1 text-panel focus:translate-y-1"
      >
        {skip?.text ?? texts.skipToContent}
      </a>
      <div className="flex min-h-dvh flex-col gap-px lg:h-dvh">
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 bg-panel px-3 py-2">
          <span className="flex items-center gap-2 font-semibold">
            <Mark />
            <span className="max-2xl:sr-only">Candlestack</span>
          </span>
          {head}
          <div className="ml-auto flex flex-wrap items-center gap-x-3 gap-y-1">
            <div className="max-lg:hidden">
              <Navigation />
            </div>
            <AlertsMenu />
            <Preferences />
          </div>
          <div className="w-full lg:hidden">
            <Navigation />
          </div>
        </header>
        <SourceBanner origin={origin} />
        {trouble ?? <PlatformTrouble health={health} />}
        {children}
        <StatusBar health={health} origin={origin} />
      </div>
    </>
  );
}
