import type { Metadata } from "next";
import type { ReactNode } from "react";
import { intervalFrom } from "@/candles/interval";
import { EmbedPage } from "@/embed/embed-page";
import { symbolIn } from "@/pairs/address";
import { pairName } from "@/pairs/name";
import { chosenTheme } from "@/theme/choice";

interface Props {
  readonly params: Promise<{ symbol: string }>;
  readonly searchParams: Promise<{ interval?: string; theme?: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: pairName(decodeURIComponent((await params).symbol)), robots: "noindex" };
}

/** A live chart of one pair, for another page's frame: `/embed/BTCUSDT?interval=5m&theme=light`. */
export default async function Embed({ params, searchParams }: Props): Promise<ReactNode> {
  const { symbol } = symbolIn((await params).symbol);
  const { interval, theme } = await searchParams;
  return <EmbedPage symbol={symbol} interval={intervalFrom(interval ?? null)} theme={chosenTheme(theme)} />;
}
