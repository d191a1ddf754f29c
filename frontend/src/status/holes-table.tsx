"use client";

import { useMemo, type ReactNode } from "react";
import { useCompleteness } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { useZone } from "@/ui/zone";
import { isOf, type StreamKind } from "./calendar";
import { Cell, Head, Table } from "./table";

const SHOWN = 100;

interface Props {
  /** Epoch ms, oldest first. */
  readonly hours: readonly number[];
  readonly kind: StreamKind;
}

/** The holes of a kind of stream, newest first, and how each was filled. */
export function HolesTable({ hours, kind }: Props): ReactNode {
  const texts = useTexts().statusPage;
  const { minute, time } = useZone();
  const answers = useCompleteness(hours);
  const holes = useMemo(
    () =>
      answers
        .flatMap(({ answer }) => answer?.holes.filter((hole) => isOf(kind, hole)) ?? [])
        .sort((one, other) => other.minute - one.minute)
        .slice(0, SHOWN),
    [answers, kind],
  );
  const known = answers.every(({ answer }) => answer !== null);
  const failed = answers.some(({ loading }) => loading.phase === "failed");
  return (
    <>
      <h3 className="border-y border-line px-3 py-1 text-small font-semibold">{texts.holes}</h3>
      {holes.length === 0 ? (
        <p role="status" className="px-3 py-3 text-muted">
          {known ? texts.noHoles : failed ? texts.failed : texts.loading}
        </p>
      ) : (
        // A phone scrolls it in its place: what comes after a day of holes would be far below.
        <Table label={texts.holes} testId="holes" className="max-lg:max-h-72">
          <thead>
            <tr>
              <Head first>{texts.pair}</Head>
              <Head>{texts.holeMinute}</Head>
              <Head>{texts.holeCount}</Head>
              <Head spare>{texts.holeIds}</Head>
              <Head>{texts.holeFilled}</Head>
            </tr>
          </thead>
          <tbody>
            {holes.map((hole) => (
              <tr key={`${hole.symbol} ${hole.first_id}`} className="h-6 hover:bg-raised">
                <Cell first>{pairName(hole.symbol)}</Cell>
                <Cell>{minute(hole.minute)}</Cell>
                <Cell>{hole.count}</Cell>
                <Cell spare>
                  {kind === "kline_1m" ? time(hole.first_id) : `${hole.first_id}–${hole.last_id}`}
                </Cell>
                <Cell>
                  {hole.how === null ? (
                    <span className="text-trouble">{texts.notFilled}</span>
                  ) : (
                    <span className="text-notice">
                      {texts.how[hole.how]} {hole.filled_at !== null && time(hole.filled_at)}
                    </span>
                  )}
                </Cell>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </>
  );
}
