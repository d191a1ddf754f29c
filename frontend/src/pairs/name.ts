/** Currencies that pairs are quoted in, a longer one before its own ending. */
const QUOTES = [
  "FDUSD",
  "USDT",
  "USDC",
  "TUSD",
  "BUSD",
  "BTC",
  "ETH",
  "BNB",
  "TRY",
  "EUR",
  "BRL",
  "JPY",
] as const;

/**
 * Return the base and the quote currency of a symbol, as `BTC` and `USDT` of `BTCUSDT`. Symbols do not say
 * where the one ends: the quote is the first of the known currencies that the symbol ends with, or empty.
 */
export function currencies(symbol: string): { base: string; quote: string } {
  const quote = QUOTES.find((known) => symbol.endsWith(known) && symbol.length > known.length) ?? "";
  return { base: symbol.slice(0, symbol.length - quote.length), quote };
}

/** Return a symbol as people write it, as `BTC/USDT`. */
export function pairName(symbol: string): string {
  const { base, quote } = currencies(symbol);
  return quote === "" ? base : `${base}/${quote}`;
}
