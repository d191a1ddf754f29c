import type { Surroundings } from "./surroundings";

/**
 * A value outside React that changes as often as it likes and is shown at most once per painted frame: what
 * `useSyncExternalStore` reads.
 */
export class Published<Value extends object> {
  #draft: Value;
  #shown: Value;
  #cancelPaint: (() => void) | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly surroundings: Surroundings,
    initial: Value,
  ) {
    this.#draft = initial;
    this.#shown = initial;
  }

  /** The value as it is now, ahead of what is shown. */
  get draft(): Value {
    return this.#draft;
  }

  /** The value that is shown; the same object until the next frame. */
  readonly get = (): Value => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Change some of the value's fields; shown with the next frame. */
  change(fields: Partial<Value>): void {
    this.#draft = { ...this.#draft, ...fields };
    this.#cancelPaint ??= this.surroundings.beforePaint(() => {
      this.#cancelPaint = null;
      this.#shown = this.#draft;
      for (const listener of this.#listeners) listener();
    });
  }
}
