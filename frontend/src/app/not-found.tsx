"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";

export default function NotFound(): ReactNode {
  const texts = useTexts().notFound;
  return (
    <main className="grid min-h-dvh place-content-center gap-2 bg-panel p-6 text-center">
      <h1 className="text-title font-semibold">{texts.title}</h1>
      <p className="text-muted">{texts.text}</p>
      <p>
        <Link href="/" className="text-accent underline underline-offset-2">
          {texts.back}
        </Link>
      </p>
    </main>
  );
}
