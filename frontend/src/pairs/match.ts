import type { Interval } from "@/candles/interval";
import { currencies, pairName } from "./name";

/**
 * Return the symbols that a search finds, those that begin with it first, each part in the order given. What
 * is typed may be written as people do: `btc/usdt`, `btc usdt`, `BTC`. It is looked for from anywhere in the base
 * currency and from the beginning of the quote: a letter of `USDT` alone finds no pair.
 */
export function matching(symbols: readonly string[], search: string): readonly string[] {
  const wanted = search.replace(/[\s/_-]/g, "").toUpperCase();
  if (wanted === "") return symbols;
  const found = symbols.filter((symbol) => {
    const place = symbol.indexOf(wanted);
    return place >= 0 && place <= currencies(symbol).base.length;
  });
  const begins = (symbol: string): boolean => symbol.startsWith(wanted);
  return [...found.filter(begins), ...found.filter((symbol) => !begins(symbol))];
}

/** Return where a pair is shown, in candles of an interval. */
export function pairAddress(symbol: string, interval: Interval = "1m"): `/trade/${string}` {
  const page = `/trade/${encodeURIComponent(symbol)}` as const;
  return interval === "1m" ? page : `${page}?interval=${interval}`;
}

/** Put symbols in the order in which people look for them: that of their names. */
export function inOrder(symbols: readonly string[]): readonly string[] {
  return [...symbols].sort((one, other) => (pairName(one) < pairName(other) ? -1 : 1));
}
