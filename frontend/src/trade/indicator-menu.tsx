"use client";

import type { ReactNode } from "react";
import { useTexts } from "@/i18n/texts";
import { KINDS, periodOf, USUAL_PERIOD, type Indicator, type Kind } from "@/indicators/indicator";
import { Disclosure } from "@/ui/disclosure";
import { Wave } from "@/ui/icons";
import { rememberIndicators, useChosenIndicators } from "./chosen-indicators";

/** Which indicators are drawn, and over how many candles each looks. */
export function IndicatorMenu(): ReactNode {
  const texts = useTexts().indicators;
  const chosen = useChosenIndicators();
  return (
    <Disclosure
      label={texts.title}
      testId="indicators"
      face={
        <>
          <Wave />
          <span className="max-xl:sr-only">{texts.title}</span>
          {chosen.length > 0 && <span className="text-accent">{chosen.length}</span>}
        </>
      }
    >
      <ul className="grid gap-0.5">
        {KINDS.map((kind) => (
          <Choice key={kind} kind={kind} chosen={chosen} />
        ))}
      </ul>
    </Disclosure>
  );
}

function Choice({ kind, chosen }: { kind: Kind; chosen: readonly Indicator[] }): ReactNode {
  const texts = useTexts().indicators;
  const own = chosen.find((indicator) => indicator.kind === kind);
  const put = (period: number | null): void => {
    const others = chosen.filter((indicator) => indicator.kind !== kind);
    const put = period === null ? others : [...others, { kind, period }];
    rememberIndicators(KINDS.flatMap((each) => put.filter((indicator) => indicator.kind === each)));
  };
  return (
    <li className="flex h-7 items-center gap-3 rounded-control px-1 hover:bg-raised">
      <label className="flex flex-1 items-center gap-2 whitespace-nowrap">
        <input
          type="checkbox"
          className="accent-accent"
          checked={own !== undefined}
          onChange={({ target }) => {
            put(target.checked ? USUAL_PERIOD[kind] : null);
          }}
        />
        <span
          aria-hidden="true"
          className="h-0.5 w-3.5"
          style={{ background: `var(--color-study-${kind})` }}
        />
        {texts.names[kind]}
      </label>
      {own !== undefined && own.period > 0 && (
        <input
          type="number"
          aria-label={texts.period(texts.names[kind])}
          min={2}
          max={500}
          className="w-14 rounded-control border border-line bg-canvas px-1 py-0.5 text-right"
          defaultValue={own.period}
          onChange={({ target }) => {
            const period = target.valueAsNumber;
            if (periodOf(kind, period) === period) put(period);
          }}
        />
      )}
    </li>
  );
}
