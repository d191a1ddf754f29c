"use client";

import type { ReactNode } from "react";
import type { Origin } from "@/candles/origin";
import { useTexts } from "@/i18n/texts";

/** Names data that is not of a real market as it trades now. */
export function SourceBanner({ origin }: { origin: Origin | null }): ReactNode {
  const texts = useTexts().source;
  if (origin !== "simulator" && origin !== "replay") return null;
  const [name, hint] =
    origin === "simulator"
      ? [texts.simulatorBanner, texts.simulatorHint]
      : [texts.replayBanner, texts.replayHint];
  return (
    <p data-testid="source-banner" className="bg-notice-ground px-3 py-1 text-small text-notice">
      <strong className="font-semibold">{name}.</strong> {hint}
    </p>
  );
}
