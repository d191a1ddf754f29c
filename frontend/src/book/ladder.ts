import type { Book } from "@/contract/socket";
import { scaled, UNITS_PER_ONE } from "@/numbers/decimal";

export type Market = Book["market"];
type Levels = Book["bids"];

/** Some levels of one side together; amounts are integers of 10^-8, in base currency. */
export interface Rung {
  /** The price of bids is rounded down to a step, that of asks up: nothing is shown better than it is. */
  readonly price: bigint;
  readonly quantity: bigint;
  /** The quantity from the best price to here, this one included. */
  readonly total: bigint;
  /** Whether further levels may belong to it, beyond the last that is known. */
  readonly open: boolean;
}

/** A book as it is shown: each side from its best price on. */
export interface Ladder {
  readonly bids: readonly Rung[];
  readonly asks: readonly Rung[];
  /** The larger of the two sides' totals: a full bar. */
  readonly deepest: bigint;
}

/** Put the levels of a book together by a step of price, an integer of 10^-8 and at least 1. */
export function ladderOf({ bids, asks }: Pick<Book, "bids" | "asks">, step: bigint): Ladder {
  const sides = {
    bids: rungsOf(bids, (price) => price - (price % step)),
    asks: rungsOf(asks, (price) => price + ((step - (price % step)) % step)),
  };
  const totals = [sides.bids, sides.asks].map((rungs) => rungs.at(-1)?.total ?? 0n);
  return { ...sides, deepest: totals.reduce((one, other) => (one > other ? one : other)) };
}

function rungsOf(levels: Levels, rounded: (price: bigint) => bigint): Rung[] {
  const rungs: Rung[] = [];
  let total = 0n;
  let last: bigint | null = null;
  for (const [text, amount] of levels) {
    last = scaled(text);
    const price = rounded(last);
    const quantity = scaled(amount);
    total += quantity;
    const rung = rungs.at(-1);
    if (rung?.price === price) {
      rungs[rungs.length - 1] = { price, quantity: rung.quantity + quantity, total, open: false };
    } else {
      rungs.push({ price, quantity, total, open: false });
    }
  }
  const end = rungs.at(-1);
  // A last group that does not end with its last level goes on where nothing is told any more.
  if (end !== undefined && end.price !== last) rungs[rungs.length - 1] = { ...end, open: true };
  return rungs;
}

/** What lies between the best bid and the best ask, as an integer of 10^-8, and in percent of the bid. */
export interface Spread {
  readonly width: bigint;
  readonly percent: bigint;
}

/** Return the spread of a book; null where a side is empty. */
export function spreadOf({ bids, asks }: Pick<Book, "bids" | "asks">): Spread | null {
  const [bid, ask] = [bids[0], asks[0]].map((level) => (level === undefined ? null : scaled(level[0])));
  if (bid === undefined || bid === null || ask === undefined || ask === null || bid === 0n) return null;
  return { width: ask - bid, percent: ((ask - bid) * 100n * UNITS_PER_ONE) / bid };
}

/** With how many decimals a book's prices and quantities are written. */
export interface BookDecimals {
  readonly price: number;
  readonly quantity: number;
}

/** How many ticks make a step, each a choice of the reader's. */
export const STEPS = [1, 10, 100, 1000] as const;

/** Return a step of some ticks as an integer of 10^-8, and the decimals that its multiples are written with. */
export function stepOf(
  ticks: (typeof STEPS)[number],
  priceDecimals: number,
): { units: bigint; decimals: number } {
  const tick = UNITS_PER_ONE / 10n ** BigInt(priceDecimals);
  return { units: tick * BigInt(ticks), decimals: Math.max(0, priceDecimals - Math.log10(ticks)) };
}
