"use client";

import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";

export default function Failed({ reset }: { reset: () => void }): ReactNode {
  const texts = useTexts().failed;
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-2 bg-panel p-6 text-center">
      <h1 className="text-title font-semibold">{texts.title}</h1>
      <p className="text-muted">{texts.text}</p>
      <button
        type="button"
        className="rounded-control bg-raised px-3 py-1 font-medium hover:bg-line"
        onClick={reset}
      >
        {texts.again}
      </button>
    </main>
  );
}
