import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ChartsPage } from "@/charts/charts-page";

export const metadata: Metadata = { title: "Charts" };

/** Several charts at once. */
export default function Charts(): ReactNode {
  return <ChartsPage />;
}
