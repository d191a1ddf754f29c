"use client";

import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useQuotesHealth, useSymbols } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { PageFrame } from "@/shell/page-frame";
import { classNames } from "@/ui/class-names";
import { Plus } from "@/ui/icons";
import { Segments } from "@/ui/segments";
import { ChartCell } from "./chart-cell";
import { addressOf, rememberCells, rememberColumns, useChosenLayout } from "./chosen-layout";
import { COLUMNS, MOST_CELLS, type Columns } from "./layout";

const GRIDS: Readonly<Record<Columns, string>> = {
  "1": "",
  "2": "lg:grid-cols-2",
  "3": "lg:grid-cols-2 xl:grid-cols-3",
};
const BUTTON =
  "flex h-6 items-center gap-1 rounded-control bg-raised px-2 text-micro font-medium whitespace-nowrap hover:bg-line disabled:opacity-50 [&>svg]:size-3";

/** Several charts at once, side by side; which, stands in the address. */
export function ChartsPage(): ReactNode {
  const texts = useTexts().charts;
  const { cells, columns } = useChosenLayout();
  const { answer: symbols } = useSymbols();
  const shown = [...new Set(cells.map(({ symbol }) => symbol))].join(",");
  const health = useQuotesHealth(useMemo(() => (shown === "" ? [] : shown.split(",")), [shown]));
  useEffect(() => {
    document.title = `${texts.title} · Candlestack`;
  }, [texts]);
  const add = (): void => {
    const free = symbols?.symbols.find(({ symbol }) => cells.every((cell) => cell.symbol !== symbol));
    rememberCells([...cells, { symbol: free?.symbol ?? "BTCUSDT", interval: "1m" }]);
  };
  return (
    <PageFrame
      health={health}
      origin={symbols?.source ?? null}
      head={
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="text-title font-semibold">{texts.title}</h1>
          <Segments
            label={texts.columns}
            options={COLUMNS.map((value) => ({ value, text: value }))}
            chosen={columns}
            choose={rememberColumns}
            className="max-lg:hidden"
          />
          <button type="button" className={BUTTON} disabled={cells.length >= MOST_CELLS} onClick={add}>
            <Plus />
            {texts.add}
          </button>
          <Share address={() => addressOf({ cells, columns })} />
        </div>
      }
    >
      <main
        id="main"
        className={classNames(
          "grid min-h-0 flex-1 auto-rows-[minmax(17rem,1fr)] gap-px overflow-y-auto",
          GRIDS[columns],
        )}
      >
        {cells.map((cell, index) => (
          <ChartCell
            // The place in the grid is what a chart is known by: its pair changes.
            key={index}
            cell={cell}
            change={(changed) => {
              rememberCells(cells.map((each, at) => (at === index ? changed : each)));
            }}
            remove={() => {
              rememberCells(cells.filter((_, at) => at !== index));
            }}
          />
        ))}
        {cells.length === 0 && <p className="grid place-items-center bg-panel text-muted">{texts.none}</p>}
      </main>
    </PageFrame>
  );
}

/** Copies the address of what is shown. */
function Share({ address }: { address: () => string }): ReactNode {
  const texts = useTexts().charts;
  const [said, setSaid] = useState<"share" | "copied" | "copyFailed">("share");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(address());
      setSaid("copied");
    } catch {
      // A page without the right to the clipboard still has its address in sight.
      window.history.replaceState(null, "", address());
      setSaid("copyFailed");
    }
  };
  return (
    <>
      <button
        type="button"
        className={BUTTON}
        onClick={() => void copy()}
        onBlur={() => {
          setSaid("share");
        }}
      >
        {texts[said]}
      </button>
      {/* Within the button it would be no part of its name, and not be read aloud. */}
      <span role="status" className="sr-only">
        {said === "share" ? "" : texts[said]}
      </span>
    </>
  );
}
