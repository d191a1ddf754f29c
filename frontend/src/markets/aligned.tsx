"use client";

import type { ReactNode } from "react";
import { useSymbols } from "@/feed/react";

interface Props {
  /** Of the price inside. */
  readonly decimals: number;
  readonly children: ReactNode;
}

/** A price in a column of several pairs, set in as far as it lacks decimals: the points stand below each other. */
export function Aligned({ decimals, children }: Props): ReactNode {
  const { answer } = useSymbols();
  const most = Math.max(0, ...(answer?.symbols.map(({ price_decimals }) => price_decimals ?? 0) ?? []));
  return <span style={{ paddingRight: `${Math.max(most - decimals, 0)}ch` }}>{children}</span>;
}
