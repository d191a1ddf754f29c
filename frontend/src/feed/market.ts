import type { ApiClient } from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import type { Interval } from "@/candles/interval";
import { BookFeed } from "./book-feed";
import { CandleFeed } from "./candle-feed";
import type { Channels } from "./channels";
import { initialState, type MarketState } from "./market-state";
import { Published } from "./published";
import type { Surroundings } from "./surroundings";
import { TapeFeed } from "./tape-feed";

/** What may be looked at of a pair, each over a stream of its own. */
export type Part = "candles" | "trades" | "book";

const ALL: readonly Part[] = ["candles", "trades", "book"];

/**
 * The feed of one pair: candles, trades and the book of one market. Each part runs while somebody looks at it;
 * what it knows is kept in between.
 */
export class Market {
  readonly state: Published<MarketState>;
  readonly #candles: CandleFeed;
  readonly #tape: TapeFeed;
  readonly #book: BookFeed;

  constructor(
    readonly symbol: string,
    api: ApiClient,
    channels: Channels,
    surroundings: Surroundings,
  ) {
    this.state = new Published<MarketState>(surroundings, initialState(symbol));
    this.#candles = new CandleFeed(symbol, api, channels, surroundings, this.state);
    this.#tape = new TapeFeed(symbol, channels, this.state);
    this.#book = new BookFeed(symbol, channels, this.state);
  }

  /** Look at some parts of the pair: they are subscribed to from the first look until the last one has ended. */
  look(parts: readonly Part[] = ALL): () => void {
    const feeds = { candles: this.#candles, trades: this.#tape, book: this.#book };
    const stops = parts.map((part) => feeds[part].lookers.look());
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Whether somebody looks at any part of it. */
  get looked(): boolean {
    return [this.#candles, this.#tape, this.#book].some(({ lookers }) => lookers.any);
  }

  /** Ask at once for what is still owed. */
  retryNow(): void {
    this.#candles.retryNow();
  }

  /** Show candles of another interval. */
  chooseInterval(interval: Interval): void {
    this.#candles.chooseInterval(interval);
  }

  /** Load candles from before those that are shown. */
  loadOlder(): void {
    this.#candles.loadOlder();
  }

  /** Show the book of another market. */
  chooseBook(market: BookMarket): void {
    this.#book.choose(market);
  }
}
