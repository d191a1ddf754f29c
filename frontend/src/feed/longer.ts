import type { ApiClient, Ohlc, OhlcCandle } from "@/api/client";
import { foldWindows, putFolds } from "@/candles/fold";
import { INTERVAL_MS, windowOf, type Interval } from "@/candles/interval";
import { indexFrom, mergeCandles } from "@/candles/merge";
import type { Candle } from "@/contract/socket";
import { Retried, type Loading } from "./retried";
import type { Surroundings } from "./surroundings";

/** Candles asked for at once. */
const HISTORY = 1000;
export const LONGER_KEPT = 10_000;

/** What the candles of a longer interval tell their owner. */
interface Events {
  onSeries(series: readonly OhlcCandle[]): void;
  onLoading(loading: Loading): void;
}

/**
 * The candles of one interval longer than 1m: what has been rolled up comes by REST, and what happens now is
 * folded here from the live 1m candles, so that the forming candle moves as they do.
 */
export class LongerCandles {
  readonly #history: Retried<Ohlc>;
  #series: readonly OhlcCandle[] = [];

  constructor(
    symbol: string,
    readonly interval: Interval,
    api: ApiClient,
    private readonly surroundings: Surroundings,
    private readonly events: Events,
  ) {
    this.#history = new Retried(
      surroundings,
      (signal) => api.ohlc({ symbol, interval, limit: this.#missed() }, signal),
      {
        onResult: ({ candles }) => {
          this.#takeHistory(candles);
        },
        onLoading: (loading) => {
          events.onLoading(loading);
        },
      },
    );
  }

  /** Load what is not known yet. */
  start(): void {
    this.#history.start();
  }

  stop(): void {
    this.#history.stop();
  }

  retryNow(): void {
    this.#history.retryNow();
  }

  /** Forget what is known, which is of another source, and load anew. */
  begin(): void {
    this.#become([]);
    this.start();
  }

  /** Take candles from before those that are known. */
  takeOlder(candles: readonly OhlcCandle[]): void {
    this.#become(mergeCandles(this.#series, candles, LONGER_KEPT));
  }

  /**
   * Fold anew the windows of the 1m candles that changed, and all that follow the last closed one that is
   * known. `fromTheFirst`: nothing older than `minutes` exists.
   */
  takeMinutes(minutes: readonly Candle[], changed: readonly Candle[], fromTheFirst: boolean): void {
    const windows = new Set(changed.map(({ open_time }) => windowOf(this.interval, open_time)));
    const newest = minutes.at(-1);
    const lastClosed = this.#series.findLast(({ closed }) => closed);
    if (newest !== undefined && lastClosed !== undefined) {
      const step = INTERVAL_MS[this.interval];
      const last = windowOf(this.interval, newest.open_time);
      const first = Math.max(
        lastClosed.open_time + step,
        windowOf(this.interval, minutes[0]?.open_time ?? 0),
      );
      for (let window = first; window <= last; window += step) windows.add(window);
    }
    this.#become(
      putFolds(this.#series, foldWindows(minutes, this.interval, windows, fromTheFirst), LONGER_KEPT),
    );
  }

  #takeHistory(candles: readonly OhlcCandle[]): void {
    const first = candles[0];
    const step = INTERVAL_MS[this.interval];
    const index = first === undefined ? 0 : indexFrom(this.#series, first.open_time);
    const before = this.#series[index - 1];
    // What was known before would stand beyond a hole that nobody fills.
    const hole = first !== undefined && before !== undefined && before.open_time < first.open_time - step;
    this.#become(mergeCandles(hole ? this.#series.slice(index) : this.#series, candles, LONGER_KEPT));
  }

  #missed(): number {
    const lastClosed = this.#series.findLast(({ closed }) => closed);
    if (lastClosed === undefined) return HISTORY;
    const since = this.surroundings.now() - lastClosed.open_time;
    return Math.min(HISTORY, Math.max(2, Math.ceil(since / INTERVAL_MS[this.interval]) + 2));
  }

  #become(series: readonly OhlcCandle[]): void {
    if (series === this.#series) return;
    this.#series = series;
    this.events.onSeries(series);
  }
}
