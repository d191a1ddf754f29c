import type { Quote } from "@/feed/quotes";
import { CANDLE_OVERDUE_MS, statusOf } from "@/feed/status";
import { scaled } from "@/numbers/decimal";

/** What an alert waits for: a price, or that the data of a pair can no longer be relied upon. */
export type Condition =
  { readonly kind: "above" | "below"; readonly price: string } | { readonly kind: "quality" };

/** An alert, and how it went; times are epoch ms. */
export interface Alert {
  readonly id: string;
  readonly symbol: string;
  readonly condition: Condition;
  /** What happened before it was made is no affair of its. */
  readonly madeAt: number;
  readonly fired: { readonly at: number; readonly reason: Reason } | null;
}

/** Why an alert went off. */
export type Reason = "price" | "stale" | "away" | "reconnecting" | "partial";

const MOST = 50;
/** A price as it may be written: no sign, at most 8 decimals. */
const PRICE = /^(0|[1-9]\d{0,11})(\.\d{1,8})?$/;

/** Thousands set apart as the page writes them, where no comma can be meant for the point. */
const GROUPED = /^\d{1,3}((,\d{3})+\.|(,\d{3}){2,}$)/;

/** Return why an alert goes off at `now` (epoch ms), or null while it does not. */
export function verdict({ condition, madeAt }: Alert, quote: Quote, now: number): Reason | null {
  if (condition.kind === "quality") {
    const status = statusOf(quote.stream, now, CANDLE_OVERDUE_MS);
    if (status === "stale" || status === "away" || status === "reconnecting") return status;
    return quote.partialAt !== null && quote.partialAt >= madeAt ? "partial" : null;
  }
  if (quote.candle === null) return null;
  const [price, limit] = [scaled(quote.candle.close), scaled(condition.price)];
  const reached = condition.kind === "above" ? price >= limit : price <= limit;
  return reached ? "price" : null;
}

/** Return the alerts as they are once those that `quotes` set off have fired; the same object where none has. */
export function judged(
  alerts: readonly Alert[],
  quotes: Readonly<Record<string, Quote>>,
  now: number,
): readonly Alert[] {
  const after = alerts.map((alert) => {
    const quote = quotes[alert.symbol];
    const reason = alert.fired !== null || quote === undefined ? null : verdict(alert, quote, now);
    return reason === null ? alert : { ...alert, fired: { at: now, reason } };
  });
  return after.every((alert, index) => alert === alerts[index]) ? alerts : after;
}

/** Read a price that somebody has typed, as the platform writes it; null where it is none, or might be another. */
export function readPrice(typed: string): string | null {
  const written = typed.replace(/\s/g, "");
  // Elsewhere a comma stands before the decimals: it is not passed over where it could.
  if (written.includes(",") && !GROUPED.test(written)) return null;
  const text = written.replaceAll(",", "");
  if (!PRICE.test(text) || scaled(text) === 0n) return null;
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** Read the alerts that this browser keeps; what cannot be read is left out. */
export function readAlerts(text: string | null): readonly Alert[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isAlert).slice(0, MOST) : [];
}

function isAlert(value: unknown): value is Alert {
  if (!isRecord(value) || !isRecord(value.condition)) return false;
  const { id, symbol, madeAt, fired, condition } = value;
  const { kind, price } = condition;
  const known = kind === "quality" || ((kind === "above" || kind === "below") && isPrice(price));
  const judgedRightly = fired === null || (isRecord(fired) && typeof fired.at === "number");
  return (
    known &&
    judgedRightly &&
    typeof id === "string" &&
    typeof symbol === "string" &&
    typeof madeAt === "number"
  );
}

function isPrice(value: unknown): boolean {
  return typeof value === "string" && PRICE.test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
