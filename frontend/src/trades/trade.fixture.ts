import type { Trade } from "@/contract/socket";

/** A trade of 1 at 100, but for what is given. */
export function trade(id: number, given: Partial<Trade> = {}): Trade {
  return {
    symbol: "BTCUSDT",
    trade_id: id,
    price: "100",
    quantity: "1",
    quote_quantity: "100",
    time: id * 1000,
    buyer_is_maker: false,
    source: "simulator",
    ...given,
  };
}
