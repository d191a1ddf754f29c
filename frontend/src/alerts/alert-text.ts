import type { Texts } from "@/i18n/en";
import { decimalsOf, formatAmount } from "@/numbers/decimal";
import type { Alert } from "./alert";

/** Say what an alert waits for, or, once it has gone off, why it has. */
export function alertText(texts: Texts, { condition, fired }: Alert): string {
  if (fired !== null && fired.reason !== "price") return texts.alerts.reasons[fired.reason];
  if (condition.kind === "quality") return texts.alerts.quality;
  const price = formatAmount(condition.price, decimalsOf(condition.price));
  return texts.alerts[condition.kind](price);
}
