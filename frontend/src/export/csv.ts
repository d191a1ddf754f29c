import type { OhlcCandle } from "@/api/client";

/** The columns of exported candles, by the platform's names for them; times are epoch ms, amounts exact. */
const COLUMNS = [
  "symbol",
  "interval",
  "open_time",
  "close_time",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quote_volume",
  "trades",
  "taker_buy_volume",
  "taker_buy_quote_volume",
  "closed",
  "completeness",
  "source",
] as const satisfies readonly (keyof OhlcCandle)[];

/** Write candles as CSV (RFC 4180), with a line of column names. */
export function candlesAsCsv(candles: readonly OhlcCandle[]): string {
  const lines = candles.map((candle) => COLUMNS.map((column) => field(String(candle[column]))).join(","));
  return [COLUMNS.join(","), ...lines, ""].join("\r\n");
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
