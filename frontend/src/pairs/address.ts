import { notFound } from "next/navigation";

/** What the platform takes for a symbol; whether there is such a pair, the API knows. */
const SYMBOL = /^[\p{L}\p{N}]{2,40}$/u;

/** Read the symbol in a page's address, in capitals as the platform writes it; another page where it is none. */
export function symbolIn(part: string): { readonly symbol: string; readonly written: string } {
  const written = decodeURIComponent(part);
  if (!SYMBOL.test(written)) notFound();
  return { symbol: written.toUpperCase(), written };
}
