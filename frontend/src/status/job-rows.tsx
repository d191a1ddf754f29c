"use client";

import type { ReactNode } from "react";
import type { JobName, JobRun } from "@/api/client";
import { useTexts } from "@/i18n/texts";
import type { Texts } from "@/i18n/en";
import { formatCount } from "@/numbers/decimal";
import { formatDuration } from "@/numbers/time";
import { useZone } from "@/ui/zone";
import { JobOutcome } from "./job-outcome";
import type { Standing } from "./job-standing";
import { Cell } from "./table";

const COLUMNS = 7;

interface Props {
  readonly job: string;
  readonly run: JobRun | null;
  readonly standing: Standing;
  /** Beside the reason of what did not succeed. */
  readonly remark: string;
  /** Epoch ms. */
  readonly now: number;
}

/** A run as a row; one that did not succeed has another for its reason, which nobody must point at to see. */
export function JobRows({ job, run, standing, remark, now }: Props): ReactNode {
  const texts = useTexts().jobs;
  const { minute } = useZone();
  const count = (rows: number | null): ReactNode =>
    rows === null ? <span className="text-muted">–</span> : formatCount(rows);
  return (
    <>
      <tr className="h-6 hover:bg-raised" data-job={job}>
        <Cell first>
          <span className="font-semibold">{jobName(job, texts.names)}</span>
        </Cell>
        <Cell>
          <JobOutcome {...standing} />
        </Cell>
        {run === null ? (
          <td colSpan={COLUMNS - 2} />
        ) : (
          <>
            <Cell>{minute(run.started_at)}</Cell>
            <Cell>{took(run, now, texts)}</Cell>
            <Cell>{count(run.rows_in)}</Cell>
            <Cell>{count(run.rows_out)}</Cell>
            <Cell>
              <Window run={run} />
            </Cell>
          </>
        )}
      </tr>
      {typeof run?.reason === "string" && (
        <tr>
          <td colSpan={COLUMNS} className="px-3 pb-1.5">
            <p className="sticky left-3 w-fit max-w-[min(100%,calc(100vw-1.5rem))] border-l-2 border-trouble pl-2 text-trouble">
              {run.reason} <span className="text-muted">{remark}</span>
            </p>
          </td>
        </tr>
      )}
    </>
  );
}

/** Name a job; one that the API tells of and this page does not know keeps its own name. */
function jobName(job: string, names: Readonly<Record<JobName, string>>): string {
  return (names as Readonly<Record<string, string>>)[job] ?? job;
}

function took({ seconds, outcome, started_at }: JobRun, now: number, texts: Texts["jobs"]): ReactNode {
  if (seconds !== null) return formatDuration(seconds * 1000);
  if (outcome !== "running") return <span className="text-muted">–</span>;
  return <span className="text-notice">{texts.soFar(formatDuration(Math.max(now - started_at, 0)))}</span>;
}

/** What a run was to take; where it begins and ends on one day, that day is named once. */
function Window({ run: { start, end } }: { run: JobRun }): ReactNode {
  const texts = useTexts().jobs;
  const { minute } = useZone();
  if (start === null && end === null) {
    return (
      <span className="text-muted" title={texts.dueHint}>
        {texts.due}
      </span>
    );
  }
  if (start === null || end === null) {
    return start === null ? texts.upTo(minute(end ?? 0)) : texts.from(minute(start));
  }
  const [from, to] = [minute(start), minute(end)];
  return `${from} – ${to.slice(0, 10) === from.slice(0, 10) ? to.slice(11) : to}`;
}
