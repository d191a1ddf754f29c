import type { Message, Subscribe } from "@/contract/socket";

/** What may be subscribed to on the socket of all channels. */
export type Wanted = Subscribe["subscriptions"][number];

/** Return what names a subscription, and every message of it: two that are named alike are one. */
export function keyOf(one: Wanted | Message): string {
  switch (one.channel) {
    case "kline":
      return `kline ${one.symbol} ${one.interval ?? "1m"}`;
    case "trades":
      return `trades ${one.symbol}`;
    case "orderbook":
      return `orderbook ${one.symbol} ${one.market ?? "spot"} ${one.depth ?? 20} ${one.every_ms ?? 100}`;
    case "ranking":
      return `ranking ${one.ranking} ${one.limit ?? 10}`;
    case "status":
      return "status";
  }
}
