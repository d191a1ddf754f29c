import { mergeTrades } from "@/trades/tape";
import type { Channels, TradesMessage } from "./channels";
import { Lookers } from "./lookers";
import type { MarketState } from "./market-state";
import type { Published } from "./published";
import type { Stream } from "./stream";

const TRADES_KEPT = 200;

/** The trades of one pair as they happen. */
export class TapeFeed {
  readonly lookers: Lookers;
  readonly #stream: Stream<TradesMessage>;

  constructor(
    symbol: string,
    channels: Channels,
    private readonly state: Published<MarketState>,
  ) {
    this.#stream = channels.trades(symbol, {
      onData: (message) => {
        this.#take(message);
      },
      onState: (tradesStream) => {
        state.change({ tradesStream });
      },
    });
    this.lookers = new Lookers(
      () => {
        this.#stream.start();
      },
      () => {
        this.#stream.stop();
      },
    );
  }

  #take(message: TradesMessage): void {
    const { trades, droppedTrades } = this.state.draft;
    const snapshot = message.type === "snapshot";
    this.state.change({
      // A tape with a hole in it would be believed: a snapshot replaces what is known.
      trades: mergeTrades(snapshot ? [] : trades, message.data, TRADES_KEPT),
      droppedTrades: droppedTrades + (snapshot ? 0 : message.dropped),
    });
  }
}
