"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";
import { classNames } from "@/ui/class-names";

const PAGES = [
  { name: "trade", address: "/trade/BTCUSDT", under: "/trade" },
  { name: "markets", address: "/markets", under: "/markets" },
  { name: "charts", address: "/charts", under: "/charts" },
  { name: "status", address: "/status", under: "/status" },
] as const;

/** The ways to the other pages. */
export function Navigation(): ReactNode {
  const texts = useTexts().pages;
  const here = usePathname();
  return (
    <nav aria-label={texts.label} className="flex max-lg:justify-between">
      {PAGES.map(({ name, address, under }) => {
        const shown = here.startsWith(under);
        return (
          <Link
            key={name}
            href={address}
            prefetch={false}
            aria-current={shown ? "page" : undefined}
            className={classNames(
              "rounded-control px-2.5 py-1 text-small font-medium whitespace-nowrap",
              shown ? "bg-raised text-text" : "text-muted hover:text-text",
            )}
          >
            {texts[name]}
          </Link>
        );
      })}
    </nav>
  );
}
