"use client";

import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useCompleteness } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { classNames } from "@/ui/class-names";
import { useZone } from "@/ui/zone";
import { accountsOf, stateOf, type CellState, type StreamKind } from "./calendar";

/** Each state has a shape of its own, so that no colour is needed to tell it. */
const LOOKS: Readonly<Record<CellState, { className: string; sign: string }>> = {
  whole: { className: "bg-live/70", sign: "" },
  filled: { className: "bg-notice-ground text-notice ring-1 ring-notice ring-inset", sign: "•" },
  missing: { className: "bg-trouble text-panel", sign: "!" },
  unknown: { className: "border border-dashed border-line text-muted", sign: "" },
};
const STATES: readonly CellState[] = ["whole", "filled", "missing", "unknown"];
const LABELLED_EVERY = 3;

/** Which square is looked into: its pair and its hour by their places. */
interface Place {
  readonly row: number;
  readonly column: number;
}

const STEPS: Readonly<Record<string, Place>> = {
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
};

interface Props {
  readonly symbols: readonly string[];
  /** Epoch ms, oldest first. */
  readonly hours: readonly number[];
  readonly kind: StreamKind;
}

/** A row a pair, a column an hour; the pointer and the arrow keys look into a square. */
export function Calendar({ symbols, hours, kind }: Props): ReactNode {
  const texts = useTexts().statusPage;
  const { minute, name } = useZone();
  const answers = useCompleteness(hours);
  const table = useRef<HTMLTableElement>(null);
  const [pointed, setPointed] = useState<Place | null>(null);
  const accounts = useMemo(
    () => answers.map(({ answer }) => (answer === null ? null : accountsOf(answer, kind))),
    [answers, kind],
  );
  const failed = answers.some(({ loading }) => loading.phase === "failed");
  const shown = symbols.filter((symbol) => accounts.every((each) => each?.has(symbol) !== false));
  const newest = hours.at(-1) ?? 0;
  const squareAt = ({ row, column }: Place): Shown => {
    const [symbol = "", hour = 0] = [shown[row], hours[column]];
    const account = accounts[column]?.get(symbol);
    const state = account === undefined ? null : stateOf(account, hour === newest);
    const said = state === null ? texts.loading : texts.cells[state];
    if (account === undefined) return { state, said, told: texts.cell(pairName(symbol), minute(hour), said) };
    const counts = texts.counts(account.received, account.expected, account.filled, account.missing);
    const told = `${texts.cell(pairName(symbol), minute(hour), said)}. ${counts}`;
    return { state, said: state === "whole" ? said : `${said}: ${counts}`, told };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined || shown.length === 0) return;
    event.preventDefault();
    // The first key looks into the newest hour of the first pair.
    const next = {
      row: pointed === null ? 0 : within(pointed.row + step.row, shown.length),
      column: pointed === null ? hours.length - 1 : within(pointed.column + step.column, hours.length),
    };
    setPointed(next);
    // The first row and the first column are heads.
    const cell = table.current?.rows[next.row + 1]?.cells[next.column + 1];
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  return (
    <div className="shrink-0 px-3 pt-2 pb-1">
      <div
        className="relative scroll-pl-24 overflow-x-auto"
        tabIndex={0}
        role="region"
        aria-label={texts.calendar}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setPointed(null);
        }}
      >
        <table
          ref={table}
          className="w-full min-w-[34rem] table-fixed border-separate border-spacing-px text-micro"
          data-testid="calendar"
          onPointerLeave={() => {
            setPointed(null);
          }}
        >
          <thead className="text-muted">
            <tr>
              <th scope="col" className="sticky left-0 z-[1] w-20 bg-panel text-left font-normal">
                {name(newest)}
              </th>
              {hours.map((hour, index) => (
                <th
                  key={hour}
                  scope="col"
                  className="overflow-visible text-left font-normal whitespace-nowrap"
                >
                  <span className={index % LABELLED_EVERY === 0 ? "" : "sr-only"}>
                    {minute(hour).slice(11)}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((symbol, row) => (
              <tr key={symbol}>
                <th
                  scope="row"
                  className="sticky left-0 z-[1] bg-panel text-left font-medium whitespace-nowrap"
                >
                  {pairName(symbol)}
                </th>
                {hours.map((hour, column) => {
                  const { state, said } = squareAt({ row, column });
                  return (
                    <td key={hour} className="p-0">
                      <Square
                        state={state}
                        label={said}
                        pointed={pointed?.row === row && pointed.column === column}
                        point={() => {
                          setPointed({ row, column });
                        }}
                      />
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p
        role="status"
        data-testid="calendar-told"
        className="flex min-h-5 flex-wrap items-center gap-x-4 pt-1.5 text-micro text-muted"
      >
        {pointed !== null
          ? squareAt(pointed).told
          : STATES.map((state) => (
              <span key={state} className="flex items-center gap-1.5">
                <span className="inline-block w-4">
                  <Square state={state} label="" />
                </span>
                {texts.cells[state]}
              </span>
            ))}
        {failed && <span className="text-trouble">{texts.failed}</span>}
      </p>
    </div>
  );
}

interface Shown {
  readonly state: CellState | null;
  /** For who hears the table cell by cell. */
  readonly said: string;
  /** For who looks into it. */
  readonly told: string;
}

function within(place: number, count: number): number {
  return Math.min(Math.max(place, 0), count - 1);
}

interface SquareProps {
  readonly state: CellState | null;
  readonly label: string;
  readonly pointed?: boolean;
  readonly point?: () => void;
}

function Square({ state, label, pointed = false, point }: SquareProps): ReactNode {
  const look = state === null ? { className: "animate-pulse bg-raised", sign: "" } : LOOKS[state];
  return (
    <span
      data-state={state ?? "loading"}
      className={classNames(
        "grid h-4 place-items-center rounded-[2px] text-[10px] leading-none font-semibold",
        look.className,
        pointed && "outline-2 outline-offset-0 outline-accent",
      )}
      onPointerEnter={point}
    >
      <span aria-hidden="true">{look.sign}</span>
      {label !== "" && <span className="sr-only">{label}</span>}
    </span>
  );
}
