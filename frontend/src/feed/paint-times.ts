const KEPT = 1000;

/** How long the newest messages of a stream took from the exchange to the paint, in ms; the last `KEPT`. */
export class PaintTimes {
  readonly #times: number[] = [];
  #next = 0;

  /** How many are known. */
  get count(): number {
    return this.#times.length;
  }

  add(time: number): void {
    this.#times[this.#next] = time;
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Return the time within which this share of the messages was painted (nearest rank); null before the first. */
  quantile(share: number): number | null {
    const sorted = [...this.#times].sort((one, other) => one - other);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  }
}
