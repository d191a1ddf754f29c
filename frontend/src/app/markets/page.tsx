import type { Metadata } from "next";
import type { ReactNode } from "react";
import { MarketsPage } from "@/markets/markets-page";

export const metadata: Metadata = { title: "Markets" };

/** Every pair beside the others. */
export default function Markets(): ReactNode {
  return <MarketsPage />;
}
