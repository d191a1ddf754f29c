import type { JobRun, JobState } from "@/api/client";
import { INTERVAL_MS, INTERVALS } from "@/candles/interval";

/** Between the end of an interval and the start of its roll-up others may run, one at a time. */
const QUEUED_AT_MOST_MS = 5 * 60_000;

/** How a job stands: as its latest run did, unless it never ran; `late` where the next run should have begun. */
export interface Standing {
  readonly outcome: JobRun["outcome"] | "never";
  readonly late: boolean;
}

/** Judge a job at `now` (epoch ms). */
export function standingOf({ latest }: Pick<JobState, "latest">, now: number): Standing {
  return latest === null
    ? { outcome: "never", late: false }
    : { outcome: latest.outcome, late: isLate(latest, now) };
}

/** Tell whether a job needs a look. */
export function isInTrouble({ outcome, late }: Standing): boolean {
  return late || outcome === "failed" || outcome === "killed";
}

/** A roll-up is run whenever an interval has ended; what only fills minutes has no such rhythm. */
function isLate({ interval, started_at }: JobRun, now: number): boolean {
  const rolledUp = INTERVALS.find((one) => one === interval && one !== "1m");
  return rolledUp !== undefined && now - started_at > 2 * INTERVAL_MS[rolledUp] + QUEUED_AT_MOST_MS;
}
