"use client";

import { useMemo, useState, type ReactNode } from "react";
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

interface Props {
  readonly symbols: readonly string[];
  /** Epoch ms, oldest first. */
  readonly hours: readonly number[];
  readonly kind: StreamKind;
}

/** A row a pair, a column an hour. */
export function Calendar({ symbols, hours, kind }: Props): ReactNode {
  const texts = useTexts().statusPage;
  const { minute, name } = useZone();
  const answers = useCompleteness(hours);
  const [pointed, setPointed] = useState("");
  const accounts = useMemo(
    () => answers.map(({ answer }) => (answer === null ? null : accountsOf(answer, kind))),
    [answers, kind],
  );
  const failed = answers.some(({ loading }) => loading.phase === "failed");
  const shown = symbols.filter((symbol) => accounts.every((each) => each?.has(symbol) !== false));
  const newest = hours.at(-1) ?? 0;
  return (
    <div
      className="relative shrink-0 overflow-x-auto px-3 pt-2 pb-1"
      tabIndex={0}
      role="region"
      aria-label={texts.completeness}
    >
      <table
        className="w-full min-w-[34rem] table-fixed border-separate border-spacing-px text-micro"
        data-testid="calendar"
        onPointerLeave={() => {
          setPointed("");
        }}
      >
        <thead className="text-muted">
          <tr>
            <th scope="col" className="w-20 text-left font-normal">
              {name(newest)}
            </th>
            {hours.map((hour, index) => (
              <th key={hour} scope="col" className="overflow-visible text-left font-normal whitespace-nowrap">
                <span className={index % LABELLED_EVERY === 0 ? "" : "sr-only"}>
                  {minute(hour).slice(11)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((symbol) => (
            <tr key={symbol}>
              <th scope="row" className="text-left font-medium whitespace-nowrap">
                {pairName(symbol)}
              </th>
              {hours.map((hour, index) => {
                const account = accounts[index]?.get(symbol);
                const state = account === undefined ? null : stateOf(account, hour === newest);
                const counts =
                  account === undefined
                    ? ""
                    : texts.counts(account.received, account.expected, account.filled, account.missing);
                const said = state === null ? texts.loading : texts.cells[state];
                return (
                  <td key={hour} className="p-0">
                    <Square
                      state={state}
                      label={said}
                      point={() => {
                        setPointed(`${texts.cell(pairName(symbol), minute(hour), said)}. ${counts}`);
                      }}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="flex min-h-5 flex-wrap items-center gap-x-4 pt-1.5 text-micro text-muted">
        {pointed !== ""
          ? pointed
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

interface SquareProps {
  readonly state: CellState | null;
  readonly label: string;
  readonly point?: () => void;
}

function Square({ state, label, point }: SquareProps): ReactNode {
  const look = state === null ? { className: "animate-pulse bg-raised", sign: "" } : LOOKS[state];
  return (
    <span
      data-state={state ?? "loading"}
      className={classNames(
        "grid h-4 place-items-center rounded-[2px] text-[10px] leading-none font-semibold",
        look.className,
      )}
      onPointerEnter={point}
    >
      <span aria-hidden="true">{look.sign}</span>
      {label !== "" && <span className="sr-only">{label}</span>}
    </span>
  );
}
