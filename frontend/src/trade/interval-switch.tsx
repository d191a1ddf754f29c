"use client";

import { useRef, type KeyboardEvent, type ReactNode } from "react";
import { INTERVALS, type Interval } from "@/candles/interval";
import { useMarket } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { classNames } from "@/ui/class-names";
import { intervalInAddress, rememberInterval } from "./chosen-interval";

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** The interval of the candles: a group of radio buttons, as the keyboard knows them. */
export function IntervalSwitch(): ReactNode {
  const texts = useTexts().chart;
  const chosen = useMarket("interval");
  const group = useRef<HTMLDivElement>(null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    // Of two keys pressed at once the second comes before the first is painted.
    const next = INTERVALS.at((INTERVALS.indexOf(intervalInAddress()) + step) % INTERVALS.length);
    if (next === undefined) return;
    event.preventDefault();
    rememberInterval(next);
    group.current?.querySelector<HTMLElement>(`[data-interval="${next}"]`)?.focus();
  };

  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={texts.interval}
      className="flex rounded-control bg-raised p-0.5"
      onKeyDown={onKeyDown}
    >
      {INTERVALS.map((interval) => (
        <IntervalButton key={interval} interval={interval} chosen={interval === chosen} />
      ))}
    </div>
  );
}

function IntervalButton({ interval, chosen }: { interval: Interval; chosen: boolean }): ReactNode {
  const texts = useTexts().chart;
  return (
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      aria-label={texts.intervals[interval]}
      title={texts.intervals[interval]}
      data-interval={interval}
      tabIndex={chosen ? 0 : -1}
      className={classNames(
        "rounded-[3px] px-1.5 text-micro font-medium",
        chosen ? "bg-panel text-text shadow-xs" : "text-muted hover:text-text",
      )}
      onClick={() => {
        rememberInterval(interval);
      }}
    >
      {interval}
    </button>
  );
}
