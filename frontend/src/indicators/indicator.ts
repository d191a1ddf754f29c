/** What may be drawn with the candles, in the order in which it is offered. */
export const KINDS = ["ma", "ema", "bb", "vwap", "rsi", "macd"] as const;

export type Kind = (typeof KINDS)[number];

/** One indicator; `period` is a number of candles, and 0 where the kind has none to choose. */
export interface Indicator {
  readonly kind: Kind;
  readonly period: number;
}

/** The usual period of each kind; 0 where there is none to choose. */
export const USUAL_PERIOD: Readonly<Record<Kind, number>> = {
  ma: 20,
  ema: 50,
  bb: 20,
  vwap: 0,
  rsi: 14,
  macd: 0,
};

/** The three periods of MACD: the short and the long average, and the signal's. */
export const MACD_PERIODS = { short: 12, long: 26, signal: 9 } as const;

/** Standard deviations from Bollinger's middle to each band. */
export const BOLLINGER_DEVIATIONS = 2;

const LONGEST_PERIOD = 500;
const MOST = 6;

/** The kinds that have a scale, and so a pane, of their own. */
export function hasPane({ kind }: Indicator): boolean {
  return kind === "rsi" || kind === "macd";
}

/** Write indicators for an address, as `ma20,ema50,vwap`. */
export function writeIndicators(indicators: readonly Indicator[]): string {
  return indicators.map(({ kind, period }) => (period === 0 ? kind : `${kind}${period}`)).join(",");
}

/** Read what `writeIndicators` wrote; what cannot be read is left out, a kind without a period has its usual one. */
export function readIndicators(text: string): readonly Indicator[] {
  const read: Indicator[] = [];
  for (const part of text.toLowerCase().split(",")) {
    const [, name, digits = ""] = /^([a-z]+)(\d{0,3})$/.exec(part.trim()) ?? [];
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined || read.some((known) => known.kind === kind) || read.length === MOST) continue;
    read.push({ kind, period: periodOf(kind, Number(digits)) });
  }
  return read;
}

/** Return a period as this kind may have it; the usual one where it may not. */
export function periodOf(kind: Kind, period: number): number {
  const usual = USUAL_PERIOD[kind];
  const possible = usual !== 0 && Number.isInteger(period) && period >= 2 && period <= LONGEST_PERIOD;
  return possible ? period : usual;
}
