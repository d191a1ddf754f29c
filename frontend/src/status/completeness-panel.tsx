"use client";

import { useMemo, useState, type ReactNode } from "react";
import { useTexts } from "@/i18n/texts";
import { Panel } from "@/shell/panel";
import { useNow } from "@/ui/clock";
import { Segments } from "@/ui/segments";
import { Calendar } from "./calendar-table";
import { hoursUntil, STREAM_KINDS, type StreamKind } from "./calendar";
import { HolesTable } from "./holes-table";

const HOUR_MS = 3_600_000;

/** The last day of every pair by the hour: what is whole, what was filled, and what is missing. */
export function CompletenessPanel({ symbols }: { symbols: readonly string[] }): ReactNode {
  const texts = useTexts().statusPage;
  const [kind, setKind] = useState<StreamKind>("kline_1m");
  const now = useNow();
  // The hours change once an hour, not with each second.
  const hour = now === null ? null : now - (now % HOUR_MS);
  const hours = useMemo(() => (hour === null ? [] : hoursUntil(hour)), [hour]);
  return (
    <Panel
      title={texts.completeness}
      aside={
        <Segments
          label={texts.stream}
          options={STREAM_KINDS.map((value) => ({ value, text: texts.kinds[value] }))}
          chosen={kind}
          choose={setKind}
        />
      }
    >
      {hours.length > 0 && (
        <>
          <Calendar symbols={symbols} hours={hours} kind={kind} />
          <HolesTable hours={hours} kind={kind} />
        </>
      )}
    </Panel>
  );
}
