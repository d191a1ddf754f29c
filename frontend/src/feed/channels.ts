import type { ApiClient } from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import type {
  KlineSnapshot,
  KlineUpdate,
  OrderBookSnapshot,
  OrderBookUpdate,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";
import { Stream, type StreamEvents } from "./stream";
import type { Surroundings } from "./surroundings";

export type KlineMessage = KlineSnapshot | KlineUpdate;
export type TradesMessage = TradesSnapshot | TradesUpdate;
export type BookMessage = OrderBookSnapshot | OrderBookUpdate;

/** Where streams of what happens now come from: here, and nowhere else, it is decided over which sockets. */
export class Channels {
  constructor(
    private readonly api: ApiClient,
    private readonly surroundings: Surroundings,
  ) {}

  /** The 1m candles of a pair. */
  kline(symbol: string, events: StreamEvents<KlineMessage>): Stream<KlineMessage> {
    return new Stream(this.api.socketAddress("/ws/kline", { symbol }), "kline", this.surroundings, events);
  }

  /** The trades of a pair. */
  trades(symbol: string, events: StreamEvents<TradesMessage>): Stream<TradesMessage> {
    return new Stream(this.api.socketAddress("/ws/trades", { symbol }), "trades", this.surroundings, events);
  }

  /** The book of a pair in a market. */
  book(symbol: string, market: BookMarket, events: StreamEvents<BookMessage>): Stream<BookMessage> {
    const address = this.api.socketAddress("/ws/orderbook", { symbol, market });
    return new Stream(address, "orderbook", this.surroundings, events);
  }
}
