import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { symbolIn } from "@/pairs/address";
import { pairName } from "@/pairs/name";
import { TradePage } from "@/trade/trade-page";

interface Props {
  readonly params: Promise<{ symbol: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: pairName(decodeURIComponent((await params).symbol)) };
}

/** The trade page of one pair. */
export default async function Trade({ params }: Props): Promise<ReactNode> {
  const { symbol, written } = symbolIn((await params).symbol);
  if (symbol !== written) redirect(`/trade/${encodeURIComponent(symbol)}`);
  return <TradePage symbol={symbol} />;
}
