import type { UseQueryResult } from "@tanstack/react-query";
import type { ApiFailure } from "@/api/client";

/** How it stands with what the API is asked by REST; a failure lasts until the next answer. */
export type Asking =
  | { readonly phase: "loading" }
  | { readonly phase: "ready" }
  | { readonly phase: "failed"; readonly failure: ApiFailure };

/** An answer of the API that is kept fresh; null until it has come for the first time. */
export interface Answered<Result> {
  readonly answer: Result | null;
  readonly loading: Asking;
}

/** Return how a query stands. It reads these two fields alone: who shows them is rendered again for them alone. */
export function answeredOf<Result>({
  data,
  failureReason,
}: Pick<UseQueryResult<Result>, "data" | "failureReason">): Answered<Result> {
  if (failureReason !== null) {
    return { answer: data ?? null, loading: { phase: "failed", failure: failureReason } };
  }
  if (data === undefined) return { answer: null, loading: { phase: "loading" } };
  return { answer: data, loading: { phase: "ready" } };
}

/** Return how several queries stand, in their order. */
export function allAnswered<Result>(results: readonly UseQueryResult<Result>[]): readonly Answered<Result>[] {
  return results.map(answeredOf);
}
