import { describe, expect, it } from "vitest";
import type { JobRun } from "@/api/client";
import { isInTrouble, standingOf } from "./job-standing";

const NOW = Date.UTC(2026, 10, 22, 3, 0);
const MINUTE_MS = 60_000;

function run(minutesAgo: number, given: Partial<JobRun> = {}): JobRun {
  return {
    job: "ohlc_1h_aggregator",
    interval: "1h",
    start: null,
    end: null,
    symbols: [],
    started_at: NOW - minutesAgo * MINUTE_MS,
    finished_at: NOW - minutesAgo * MINUTE_MS + 4_000,
    seconds: 4,
    outcome: "succeeded",
    rows_in: 60,
    rows_out: 1,
    reason: null,
    ...given,
  };
}

describe("how a job stands", () => {
  it("is as its latest run ended", () => {
    for (const outcome of ["running", "succeeded", "failed", "killed"] as const) {
      expect(standingOf({ latest: run(3, { outcome }) }, NOW)).toEqual({ outcome, late: false });
    }
    expect(standingOf({ latest: null }, NOW)).toEqual({ outcome: "never", late: false });
  });

  it("is late when intervals have ended and no run has begun, also while the last one seems to go on", () => {
    expect(standingOf({ latest: run(125) }, NOW).late).toBe(false);
    expect(standingOf({ latest: run(126) }, NOW).late).toBe(true);
    expect(standingOf({ latest: run(126, { outcome: "running" }) }, NOW).late).toBe(true);
    expect(standingOf({ latest: run(16, { interval: "5m" }) }, NOW).late).toBe(true);
    expect(standingOf({ latest: run(16, { interval: "4h" }) }, NOW).late).toBe(false);
  });

  it("is never late for jobs that are not run by the interval", () => {
    for (const interval of ["1m", null, "fortnight"]) {
      expect(standingOf({ latest: run(9_999, { interval }) }, NOW).late).toBe(false);
    }
  });

  it("needs a look where it failed, was killed or is late, and not where it never ran", () => {
    const troubled = (["never", "running", "succeeded", "failed", "killed"] as const).filter((outcome) =>
      isInTrouble({ outcome, late: false }),
    );
    expect(troubled).toEqual(["failed", "killed"]);
    expect(isInTrouble({ outcome: "succeeded", late: true })).toBe(true);
  });
});
