import { candleAt } from "@/candles/merge";
import { supersedes } from "@/candles/version";
import type { Candle } from "@/contract/socket";
import { scaled } from "@/numbers/decimal";
import type { Channels, KlineMessage } from "./channels";
import { Lookers } from "./lookers";
import type { PaintTimes } from "./paint-times";
import { Published } from "./published";
import { INITIAL_STREAM, type Stream, type StreamState } from "./stream";
import type { Surroundings } from "./surroundings";

/** What a pair costs now. */
export interface Quote {
  /** The newest 1m candle; its close is the price. Null before the first. */
  readonly candle: Candle | null;
  /** Where the price went when it last changed: 1 up, -1 down, 0 not yet known. */
  readonly direction: 1 | -1 | 0;
  /** Open time of the newest closed candle that lacks trades, epoch ms; null where none was seen. */
  readonly partialAt: number | null;
  readonly stream: StreamState;
}

export const NO_QUOTE: Quote = { candle: null, direction: 0, partialAt: null, stream: INITIAL_STREAM };

/** The prices of any pairs, each heard of while somebody looks at it. */
export class Quotes {
  /** By symbol. */
  readonly state: Published<Readonly<Record<string, Quote>>>;
  readonly #watched = new Map<string, { stream: Stream<KlineMessage>; lookers: Lookers }>();

  constructor(
    private readonly channels: Channels,
    surroundings: Surroundings,
  ) {
    this.state = new Published<Readonly<Record<string, Quote>>>(surroundings, {});
  }

  /** Look at the price of a pair until the returned function is called. */
  look(symbol: string): () => void {
    let watched = this.#watched.get(symbol);
    if (watched === undefined) {
      const stream = this.channels.kline(symbol, {
        onData: (message) => {
          this.#take(symbol, message);
        },
        onState: (state) => {
          this.#change(symbol, { stream: state });
        },
      });
      const lookers = new Lookers(
        () => {
          stream.start();
        },
        () => {
          stream.stop();
        },
      );
      watched = { stream, lookers };
      this.#watched.set(symbol, watched);
    }
    return watched.lookers.look();
  }

  /** How long the messages about a pair's price took to the paint; null where nobody has looked yet. */
  paintTimes(symbol: string): PaintTimes | null {
    return this.#watched.get(symbol)?.stream.paintTimes ?? null;
  }

  #take(symbol: string, message: KlineMessage): void {
    const known = this.state.draft[symbol] ?? NO_QUOTE;
    const candles = message.type === "snapshot" ? message.data : [message.data];
    const newest = candles.at(-1);
    if (newest === undefined) return;
    // What was filled late is no price of now.
    const late = known.candle !== null && newest.open_time < known.candle.open_time;
    const same = known.candle === null ? undefined : candleAt([known.candle], newest.open_time);
    const candle = late || (same !== undefined && !supersedes(newest, same)) ? known.candle : newest;
    const partial = candles.findLast(({ closed, completeness }) => closed && completeness === "partial");
    this.#change(symbol, {
      candle,
      direction: directionOf(known, candle),
      partialAt: partial === undefined ? known.partialAt : Math.max(partial.open_time, known.partialAt ?? 0),
    });
  }

  #change(symbol: string, change: Partial<Quote>): void {
    this.state.change({ [symbol]: { ...(this.state.draft[symbol] ?? NO_QUOTE), ...change } });
  }
}

function directionOf(known: Quote, candle: Candle | null): Quote["direction"] {
  if (known.candle === null || candle === null) return 0;
  const [before, now] = [scaled(known.candle.close), scaled(candle.close)];
  return now === before ? known.direction : now > before ? 1 : -1;
}
