import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { pairName } from "@/pairs/name";
import { TradePage } from "@/trade/trade-page";

interface Props {
  readonly params: Promise<{ symbol: string }>;
}

/** What the platform takes for a symbol; whether there is such a pair, the API knows. */
const SYMBOL = /^[\p{L}\p{N}]{2,40}$/u;

async function symbolOf({ params }: Props): Promise<string> {
  const { symbol } = await params;
  return decodeURIComponent(symbol);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: pairName(await symbolOf(props)) };
}

/** The trade page of one pair. */
export default async function Trade(props: Props): Promise<ReactNode> {
  const symbol = await symbolOf(props);
  if (!SYMBOL.test(symbol)) notFound();
  if (symbol !== symbol.toUpperCase()) redirect(`/trade/${encodeURIComponent(symbol.toUpperCase())}`);
  return <TradePage symbol={symbol} />;
}
