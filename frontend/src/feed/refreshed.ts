import { Lookers } from "./lookers";
import { Published } from "./published";
import { Retried, type Loading } from "./retried";
import type { Surroundings } from "./surroundings";

/** An answer of the API that is kept fresh; null until it has come for the first time. */
export interface RefreshedState<Result> {
  readonly answer: Result | null;
  readonly loading: Loading;
}

/** A question to the API that is asked again now and then, as long as somebody looks at the answer. */
export class Refreshed<Result> {
  readonly state: Published<RefreshedState<Result>>;
  readonly #question: Retried<Result>;
  readonly #lookers: Lookers;
  #cancelNext: () => void = () => undefined;

  constructor(surroundings: Surroundings, everyMs: number, ask: (signal: AbortSignal) => Promise<Result>) {
    this.state = new Published<RefreshedState<Result>>(surroundings, {
      answer: null,
      loading: { phase: "loading" },
    });
    this.#question = new Retried(surroundings, ask, {
      onResult: (answer) => {
        this.state.change({ answer });
        this.#cancelNext();
        this.#cancelNext = surroundings.after(everyMs, () => {
          this.#question.start();
        });
      },
      onLoading: (loading) => {
        this.state.change({ loading });
      },
    });
    this.#lookers = new Lookers(
      () => {
        this.#question.start();
      },
      () => {
        this.#question.stop();
        this.#cancelNext();
      },
    );
  }

  /** Keep the answer fresh until the returned function is called. */
  look(): () => void {
    return this.#lookers.look();
  }

  /** Ask at once, if the answer is still owed. */
  retryNow(): void {
    this.#question.retryNow();
  }
}
