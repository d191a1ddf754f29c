import type { Metadata } from "next";
import type { ReactNode } from "react";
import { StatusPage } from "@/status/status-page";

export const metadata: Metadata = { title: "Status" };

/** How fresh and how whole the data is. */
export default function Status(): ReactNode {
  return <StatusPage />;
}
