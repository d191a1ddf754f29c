import type { Refreshed, RefreshedState } from "./refreshed";

/** Several questions as one value for `useSyncExternalStore`: the same array until one of the answers changes. */
export class Together<Result> {
  #shown: readonly RefreshedState<Result>[] = [];

  constructor(private readonly parts: readonly Refreshed<Result>[]) {}

  /** Keep all answers fresh until the returned function is called. */
  look(): () => void {
    return all(this.parts.map((part) => part.look()));
  }

  readonly subscribe = (listener: () => void): (() => void) =>
    all(this.parts.map(({ state }) => state.subscribe(listener)));

  /** The answers in the order of the questions. */
  readonly get = (): readonly RefreshedState<Result>[] => {
    const now = this.parts.map(({ state }) => state.get());
    const same =
      now.length === this.#shown.length && now.every((state, index) => state === this.#shown[index]);
    if (!same) this.#shown = now;
    return this.#shown;
  };
}

function all(stops: readonly (() => void)[]): () => void {
  return () => {
    for (const stop of stops) stop();
  };
}
