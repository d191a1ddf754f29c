import type { BookDecimals, Market as BookMarket } from "@/book/ladder";
import type { Book } from "@/contract/socket";
import { decimalsOf } from "@/numbers/decimal";
import type { BookMessage, Channels } from "./channels";
import { Lookers } from "./lookers";
import { NO_BOOK, type MarketState } from "./market-state";
import type { Published } from "./published";
import type { Stream } from "./stream";

/** The book of one pair in the market that is chosen. */
export class BookFeed {
  readonly lookers: Lookers;
  #stream: Stream<BookMessage>;

  constructor(
    private readonly symbol: string,
    private readonly channels: Channels,
    private readonly state: Published<MarketState>,
  ) {
    this.#stream = this.#streamOf(state.draft.bookMarket);
    this.lookers = new Lookers(
      () => {
        this.#stream.start();
      },
      () => {
        this.#stream.stop();
      },
    );
  }

  /** Show the book of another market; what is known of the former one is forgotten. */
  choose(market: BookMarket): void {
    if (market === this.state.draft.bookMarket) return;
    this.#stream.stop();
    this.state.change({ bookMarket: market, ...NO_BOOK });
    this.#stream = this.#streamOf(market);
    if (this.lookers.any) this.#stream.start();
  }

  #streamOf(market: BookMarket): Stream<BookMessage> {
    // Of a stream that another has replaced nothing is heard any more, not even that it has stopped.
    const shown = (): boolean => this.#stream === stream;
    const stream = this.channels.book(this.symbol, market, {
      onData: (message) => {
        if (shown()) this.#take(message);
      },
      onState: (bookStream) => {
        if (shown()) this.state.change({ bookStream });
      },
    });
    return stream;
  }

  #take({ data: book }: BookMessage): void {
    const { bookDecimals } = this.state.draft;
    if (book !== null) this.state.change({ book, bookDecimals: widened(bookDecimals, book) });
  }
}

/** Return the decimals that a book is written with, if they are more than those seen before; else these. */
function widened(seen: BookDecimals | null, { bids, asks }: Book): BookDecimals {
  let { price, quantity } = seen ?? { price: 0, quantity: 0 };
  for (const levels of [bids, asks]) {
    for (const level of levels) {
      price = Math.max(price, decimalsOf(level[0]));
      quantity = Math.max(quantity, decimalsOf(level[1]));
    }
  }
  return seen?.price === price && seen.quantity === quantity ? seen : { price, quantity };
}
