import { ApiProblem, ApiUnreachable, type ApiFailure } from "@/api/client";
import { pauseBefore } from "./pauses";
import type { Surroundings } from "./surroundings";

/** How something that is asked of the API by REST stands. `retryAt` is epoch ms. */
export type Loading =
  | { readonly phase: "loading" }
  | { readonly phase: "ready" }
  | { readonly phase: "failed"; readonly failure: ApiFailure; readonly retryAt: number };

/** A question to the API that is repeated, with growing pauses, until it is answered. */
export class Retried<Result> {
  #attempt = 0;
  #abort: AbortController | null = null;
  #cancelPause: (() => void) | null = null;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly ask: (signal: AbortSignal) => Promise<Result>,
    private readonly events: { onResult(result: Result): void; onLoading(loading: Loading): void },
  ) {}

  /** Ask at once, and forget a question that is still open. */
  start(): void {
    this.stop();
    this.events.onLoading({ phase: "loading" });
    void this.#run();
  }

  /** Ask at once if an answer is still owed and nobody is being asked. */
  retryNow(): void {
    if (this.#cancelPause === null) return;
    this.#cancelPause();
    this.#cancelPause = null;
    void this.#run();
  }

  stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#attempt = 0;
  }

  async #run(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const result = await this.ask(abort.signal);
      if (abort.signal.aborted) return;
      this.#attempt = 0;
      this.events.onResult(result);
      this.events.onLoading({ phase: "ready" });
    } catch (error) {
      if (abort.signal.aborted) return;
      if (!(error instanceof ApiProblem || error instanceof ApiUnreachable)) throw error;
      this.#attempt += 1;
      const pause = pauseBefore(this.#attempt, this.surroundings.random());
      this.#cancelPause = this.surroundings.after(pause, () => {
        this.#cancelPause = null;
        void this.#run();
      });
      this.events.onLoading({
        phase: "failed",
        failure: error,
        retryAt: this.surroundings.now() + pause,
      });
    }
  }
}
