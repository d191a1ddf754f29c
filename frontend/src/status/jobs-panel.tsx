"use client";

import { useState, type ReactNode } from "react";
import type { JobRuns } from "@/api/client";
import { useJobs } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { Panel } from "@/shell/panel";
import { useNow } from "@/ui/clock";
import { Check, Warning } from "@/ui/icons";
import { Segments } from "@/ui/segments";
import { useZone } from "@/ui/zone";
import { JobRows } from "./job-rows";
import { isInTrouble, standingOf } from "./job-standing";
import { Head, Table } from "./table";

const VIEWS = ["latest", "all"] as const;
type View = (typeof VIEWS)[number];

/** How the batch jobs stand, and what their newest runs did. */
export function JobsPanel({ className }: { className: string }): ReactNode {
  const texts = useTexts().jobs;
  const [view, setView] = useState<View>("latest");
  const { answer, loading } = useJobs();
  const now = useNow();
  const { time } = useZone();
  const failed = loading.phase === "failed";
  const known = answer !== null && now !== null;
  const ran = known && answer.runs.length > 0;
  return (
    <Panel
      title={texts.title}
      className={className}
      aside={
        ran && (
          <Segments
            label={texts.shown}
            options={VIEWS.map((value) => ({ value, text: texts.views[value] }))}
            chosen={view}
            choose={setView}
          />
        )
      }
      tools={ran && !failed && <Verdict answer={answer} now={now} />}
    >
      {failed && (
        <p role="status" className="px-3 py-2 text-trouble" data-testid="jobs-away">
          {texts.failed} {answer !== null && texts.shownIsOf(time(answer.time))}
        </p>
      )}
      {ran ? (
        <Runs answer={answer} view={view} now={now} />
      ) : (
        !failed && (
          <p role="status" className="px-3 py-2 text-muted">
            {known ? texts.none : texts.loading}
          </p>
        )
      )}
    </Panel>
  );
}

interface Props {
  readonly answer: JobRuns;
  /** Epoch ms. */
  readonly now: number;
}

/** What is the matter with how many jobs. */
function Verdict({ answer: { jobs }, now }: Props): ReactNode {
  const texts = useTexts().jobs;
  const troubled = jobs.filter((job) => isInTrouble(standingOf(job, now))).length;
  const [tone, Shape, text] =
    troubled > 0
      ? (["text-trouble", Warning, texts.inTrouble(troubled)] as const)
      : (["text-live", Check, texts.allWell] as const);
  return (
    <span className={`inline-flex items-center gap-1 font-medium [&>svg]:size-3.5 ${tone}`}>
      <Shape />
      {text}
    </span>
  );
}

function Runs({ answer, view, now }: Props & { readonly view: View }): ReactNode {
  const texts = useTexts().jobs;
  const { minute, name } = useZone();
  return (
    <Table label={texts.title} testId="jobs">
      <thead>
        <tr>
          <Head first>{texts.job}</Head>
          <Head>{texts.outcome}</Head>
          <Head>{`${texts.began} (${name(now)})`}</Head>
          <Head>{texts.took}</Head>
          <Head hint={texts.rowsInHint}>{texts.rowsIn}</Head>
          <Head hint={texts.rowsOutHint}>{texts.rowsOut}</Head>
          <Head>{texts.window}</Head>
        </tr>
      </thead>
      <tbody>
        {view === "latest"
          ? answer.jobs.map((state) => (
              <JobRows
                key={state.job}
                job={state.job}
                run={state.latest}
                standing={standingOf(state, now)}
                remark={
                  state.succeeded_at === null
                    ? texts.neverSucceeded
                    : texts.succeededAt(minute(state.succeeded_at))
                }
                now={now}
              />
            ))
          : answer.runs.map((run) => (
              <JobRows
                key={`${run.job} ${run.started_at}`}
                job={run.job}
                run={run}
                standing={{ outcome: run.outcome, late: false }}
                remark=""
                now={now}
              />
            ))}
      </tbody>
    </Table>
  );
}
