import type { Candle } from "@/contract/socket";
import { scaled } from "@/numbers/decimal";

/** The figures of a candle as integers of 10^-8. */
export interface CandleUnits {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
  readonly quoteVolume: bigint;
  readonly takerBuyVolume: bigint;
  readonly takerBuyQuoteVolume: bigint;
}

// A candle never changes, and all but one of a day are the same a second later.
const known = new WeakMap<Candle, CandleUnits>();

/** Return the figures of a candle for computing. */
export function unitsOf(candle: Candle): CandleUnits {
  let units = known.get(candle);
  if (units === undefined) {
    units = {
      open: scaled(candle.open),
      high: scaled(candle.high),
      low: scaled(candle.low),
      close: scaled(candle.close),
      volume: scaled(candle.volume),
      quoteVolume: scaled(candle.quote_volume),
      takerBuyVolume: scaled(candle.taker_buy_volume),
      takerBuyQuoteVolume: scaled(candle.taker_buy_quote_volume),
    };
    known.set(candle, units);
  }
  return units;
}
