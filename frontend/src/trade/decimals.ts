"use client";

import { useMemo } from "react";
import { useMarket, useMarketFeed, useSymbols } from "@/feed/react";
import { decimalsOf } from "@/numbers/decimal";

/** With how many decimals a pair's prices and base amounts are written. */
export interface PairDecimals {
  readonly price: number;
  readonly quantity: number;
}

/** Enough candles to have seen nearly any price of a pair with its last digit. */
const LOOKED_AT = 200;
const BEFORE_ANY: PairDecimals = { price: 2, quantity: 4 };

/**
 * Return the decimals of the pair that is shown: what the API has seen, or the page itself where that is more.
 */
export function usePairDecimals(): PairDecimals {
  const { symbol } = useMarketFeed();
  const { answer: symbols } = useSymbols();
  const candles = useMarket("candles");
  const info = symbols?.symbols.find((known) => known.symbol === symbol);
  const seen = useMemo(() => {
    const newest = candles.slice(-LOOKED_AT);
    return {
      price: Math.max(0, ...newest.flatMap(({ high, low, close }) => [high, low, close].map(decimalsOf))),
      quantity: Math.max(0, ...newest.map(({ volume }) => decimalsOf(volume))),
    };
  }, [candles]);
  const known = candles.length > 0 || typeof info?.price_decimals === "number";
  const price = known ? Math.max(info?.price_decimals ?? 0, seen.price) : BEFORE_ANY.price;
  const quantity = known ? Math.max(info?.quantity_decimals ?? 0, seen.quantity) : BEFORE_ANY.quantity;
  return useMemo(() => ({ price, quantity }), [price, quantity]);
}
