import { environmentManager, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiClient, ApiUnreachable, type Completeness, type Symbols } from "@/api/client";
import { answeredOf, type Answered } from "./answered";
import { Feed } from "./feed";
import type { Question } from "./questions";
import { ManualSurroundings } from "./surroundings.fixture";

const HOUR_MS = 3_600_000;
const REFUSED = new ApiUnreachable("refused");
const SYMBOLS: Symbols = { source: "simulator", simulated: true, symbols: [] };
const onServer = environmentManager.isServer();

let feed: Feed;
let look: <Result>(question: Question<Result>) => { now: () => Answered<Result>; stop: () => void };

beforeEach(() => {
  vi.useFakeTimers();
  // What polls and retries does so in a browser alone.
  environmentManager.setIsServer(() => false);
  feed = new Feed("http://api:8000", new ManualSurroundings());
  look = (question) => {
    const observer = new QueryObserver(feed.queries, question);
    const stop = observer.subscribe(() => undefined);
    return { now: () => answeredOf(observer.getCurrentResult()), stop };
  };
});

afterEach(() => {
  feed.queries.clear();
  environmentManager.setIsServer(() => onServer);
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Let the questions that are open be answered, and time pass. */
async function pass(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

describe("a question", () => {
  it("is asked with growing pauses until it is answered, and said to have failed meanwhile", async () => {
    const asked = vi.spyOn(ApiClient.prototype, "symbols").mockRejectedValue(REFUSED);
    const { now } = look(feed.questions.symbols);
    expect(now().loading.phase).toBe("loading");
    for (const [times, pause] of [500, 1000, 2000, 4000, 8000, 8000].entries()) {
      await pass();
      expect(now().loading).toEqual({ phase: "failed", failure: REFUSED });
      await pass(pause - 1);
      expect(asked).toHaveBeenCalledTimes(times + 1);
      await pass(1);
      expect(asked).toHaveBeenCalledTimes(times + 2);
    }
    asked.mockResolvedValue(SYMBOLS);
    await pass(8000);
    expect(now()).toEqual({ answer: SYMBOLS, loading: { phase: "ready" } });
  });

  it("is asked again now and then, once for all who look, and no more once nobody does", async () => {
    const asked = vi.spyOn(ApiClient.prototype, "symbols").mockResolvedValue(SYMBOLS);
    const one = look(feed.questions.symbols);
    await pass(30_000);
    const other = look(feed.questions.symbols);
    expect(other.now().answer).toBe(SYMBOLS);
    expect(asked).toHaveBeenCalledTimes(1);
    await pass(30_000);
    expect(asked).toHaveBeenCalledTimes(2);
    one.stop();
    await pass(60_000);
    expect(asked).toHaveBeenCalledTimes(3);
    other.stop();
    await pass(600_000);
    expect(asked).toHaveBeenCalledTimes(3);
    expect(feed.queries.getQueryCache().getAll()).toEqual([]);
  });

  it("keeps its answer, and is said to have failed, while it is asked in vain", async () => {
    const asked = vi.spyOn(ApiClient.prototype, "symbols").mockResolvedValue(SYMBOLS);
    const { now } = look(feed.questions.symbols);
    await pass();
    asked.mockRejectedValue(REFUSED);
    await pass(60_000);
    expect(now()).toEqual({ answer: SYMBOLS, loading: { phase: "failed", failure: REFUSED } });
  });

  it("that has failed is asked at once when told to, and stays failed until it is answered", async () => {
    const asked = vi.spyOn(ApiClient.prototype, "symbols").mockRejectedValue(REFUSED);
    const { now } = look(feed.questions.symbols);
    await pass(1500);
    expect(asked).toHaveBeenCalledTimes(3);
    asked.mockResolvedValue(SYMBOLS);
    feed.retryNow();
    expect(now().loading.phase).toBe("failed");
    await pass();
    expect(asked).toHaveBeenCalledTimes(4);
    expect(now()).toEqual({ answer: SYMBOLS, loading: { phase: "ready" } });
    feed.retryNow();
    await pass(10_000);
    expect(asked).toHaveBeenCalledTimes(4);
  });

  it("that nobody waits for any more is taken back", async () => {
    const signals: AbortSignal[] = [];
    vi.spyOn(ApiClient.prototype, "status").mockImplementation((signal) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const { stop } = look(feed.questions.status);
    await pass();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    stop();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("what is asked by the dozen", () => {
  it("is asked three at once", async () => {
    const answers: ((completeness: Completeness) => void)[] = [];
    const asked = vi
      .spyOn(ApiClient.prototype, "completeness")
      .mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    for (let hour = 0; hour < 5; hour += 1) look(feed.questions.completeness(hour * HOUR_MS));
    await pass();
    expect(asked).toHaveBeenCalledTimes(3);
    answers[0]?.({} as Completeness);
    await pass();
    expect(asked).toHaveBeenCalledTimes(4);
  });
});

describe("what came in an hour", () => {
  it("is asked often until it was asked about after its end, then seldom", async () => {
    vi.setSystemTime(100 * HOUR_MS - 45_000);
    const asked = vi.spyOn(ApiClient.prototype, "completeness").mockResolvedValue({} as Completeness);
    look(feed.questions.completeness(99 * HOUR_MS));
    await pass();
    for (const [times, every] of [30_000, 30_000, 600_000].entries()) {
      await pass(every - 1);
      expect(asked).toHaveBeenCalledTimes(times + 1);
      await pass(1);
      expect(asked).toHaveBeenCalledTimes(times + 2);
    }
  });
});
