import type { Ohlc, OhlcCandle } from "@/api/client";
import { Retried, type Loading } from "./retried";
import type { Surroundings } from "./surroundings";

/** How it stands with candles older than those that are shown: `all` where there are none. */
export type Older = "idle" | "all" | Loading;

/** Candles asked for at once. */
const AT_ONCE = 1000;

/** What `OlderCandles` asks and tells. */
interface Events {
  /** Ask for the newest `limit` candles that open at `endTime` (epoch ms) or before. */
  ask(endTime: number, limit: number, signal: AbortSignal): Promise<Ohlc>;
  onCandles(candles: readonly OhlcCandle[]): void;
  onState(older: Older): void;
}

/** Loads ever older candles, a part at a time, as somebody scrolls back to where they are wanted. */
export class OlderCandles {
  readonly #question: Retried<Ohlc>;
  #state: Older = "idle";
  #before = 0;

  constructor(
    surroundings: Surroundings,
    private readonly kept: number,
    private readonly events: Events,
  ) {
    this.#question = new Retried(surroundings, (signal) => events.ask(this.#before - 1, AT_ONCE, signal), {
      onResult: ({ candles }) => {
        events.onCandles(candles);
      },
      onLoading: (loading) => {
        this.#become(loading.phase === "ready" ? "idle" : loading);
      },
    });
  }

  /** Load what comes before the first candle of a series, unless that is going on or there is nothing. */
  load(series: readonly OhlcCandle[]): void {
    const first = series[0];
    if (this.#state !== "idle" || first === undefined) return;
    // What came before is as much as is kept, or nothing came.
    if (first.open_time === this.#before || series.length + AT_ONCE > this.kept) {
      this.#become("all");
      return;
    }
    this.#before = first.open_time;
    this.#question.start();
  }

  retryNow(): void {
    this.#question.retryNow();
  }

  /** Begin anew, with another series. */
  forget(): void {
    this.#question.stop();
    this.#before = 0;
    this.#become("idle");
  }

  #become(state: Older): void {
    this.#state = state;
    this.events.onState(state);
  }
}
