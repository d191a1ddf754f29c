/**
 * Canonical decimals, as the platform writes prices and amounts: `65000.1`, `0.5`, `0`, at most 8 decimals.
 *
 * They are computed with as integers of 10^-8 and shown digit by digit; a float exists only inside the chart.
 */

const DECIMALS = 8;
/** One, as an integer of 10^-8. */
export const UNITS_PER_ONE = 10n ** BigInt(DECIMALS);

/** Return a canonical decimal as an integer of 10^-8. */
export function scaled(amount: string): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** Return a non-negative integer of 10^-8 as a canonical decimal. */
export function canonical(units: bigint): string {
  const digits = units.toString().padStart(DECIMALS + 1, "0");
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, "");
  const whole = digits.slice(0, -DECIMALS);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Return how many decimals a canonical decimal is written with. */
export function decimalsOf(amount: string): number {
  const point = amount.indexOf(".");
  return point < 0 ? 0 : amount.length - point - 1;
}

/**
 * Write a canonical decimal for people: thousands grouped, and padded to `decimals`, so that a column of them
 * is aligned at the point. No digit is ever cut off.
 */
export function formatAmount(amount: string, decimals: number): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const padded = fraction.padEnd(decimals, "0");
  return padded === "" ? grouped(whole) : `${grouped(whole)}.${padded}`;
}

/** Write a count, a whole number that is not negative, for people: thousands grouped. */
export function formatCount(count: number): string {
  return grouped(String(count));
}

/** Write an integer of 10^-8 for people, rounded half up to `decimals`. */
export function formatScaled(units: bigint, decimals: number): string {
  const step = 10n ** BigInt(DECIMALS - decimals);
  const steps = (magnitude(units) + step / 2n) / step;
  const digits = steps.toString().padStart(decimals + 1, "0");
  const whole = grouped(digits.slice(0, digits.length - decimals));
  const sign = units < 0n && steps > 0n ? "−" : "";
  return sign + (decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`);
}

const COMPACT = [
  { suffix: "T", units: UNITS_PER_ONE * 1_000_000_000_000n },
  { suffix: "B", units: UNITS_PER_ONE * 1_000_000_000n },
  { suffix: "M", units: UNITS_PER_ONE * 1_000_000n },
  { suffix: "K", units: UNITS_PER_ONE * 1_000n },
] as const;

/** Write an integer of 10^-8 in at most about five digits, as `1.24M`; in four with a decimal less. */
export function formatCompact(units: bigint, decimals: 1 | 2 = 2): string {
  for (const { suffix, units: size } of COMPACT) {
    if (magnitude(units) >= size) return formatScaled((units * UNITS_PER_ONE) / size, decimals) + suffix;
  }
  return formatScaled(units, decimals);
}

/** Write a small non-negative integer of 10^-8 with at least `decimals`, and with two figures that tell something. */
export function formatSmall(units: bigint, decimals: number): string {
  const leading = DECIMALS - units.toString().length;
  const needed = units === 0n ? decimals : Math.min(DECIMALS, Math.max(decimals, leading + 2));
  return formatScaled(units, needed);
}

/** Write a number with its sign: `+` for what is not negative. */
export function signed(units: bigint, text: string): string {
  return units > 0n ? `+${text}` : text;
}

/** Return by how many percent `to` is above `from`, as an integer of 10^-8; 0 where `from` is 0. */
export function percentChange(from: bigint, to: bigint): bigint {
  return from === 0n ? 0n : ((to - from) * 100n * UNITS_PER_ONE) / from;
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}
