import type { Book } from "@/contract/socket";

/** A book of two levels a side around 100, but for what is given. */
export function book(updateId: number, given: Partial<Book> = {}): Book {
  return {
    market: "spot",
    symbol: "BTCUSDT",
    bids: [
      ["99.9", "1"],
      ["99.8", "2"],
    ],
    asks: [
      ["100.1", "3"],
      ["100.2", "4"],
    ],
    last_update_id: updateId,
    state: "synced",
    checksum: 1234,
    event_time: updateId * 1000,
    source: "simulator",
    ...given,
  };
}
