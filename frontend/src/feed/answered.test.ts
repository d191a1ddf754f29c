import { describe, expect, it } from "vitest";
import { ApiUnreachable } from "@/api/client";
import { answeredOf } from "./answered";

const failure = new ApiUnreachable("refused");

describe("what the API is asked", () => {
  it("is loading until there is an answer or a failure", () => {
    expect(answeredOf({ data: undefined, failureReason: null })).toEqual({
      answer: null,
      loading: { phase: "loading" },
    });
  });

  it("is ready with an answer, also while it is asked anew", () => {
    expect(answeredOf({ data: 0, failureReason: null })).toEqual({ answer: 0, loading: { phase: "ready" } });
  });

  it("has failed with the failure, and keeps the answer that it had", () => {
    const loading = { phase: "failed", failure };
    expect(answeredOf({ data: undefined, failureReason: failure })).toEqual({ answer: null, loading });
    expect(answeredOf({ data: 7, failureReason: failure })).toEqual({ answer: 7, loading });
  });
});
