"use client";

import { useMemo } from "react";
import { rememberInAddress, useInAddress } from "@/ui/address";
import { keep, useKept } from "@/ui/kept";
import { readCells, readColumns, USUAL_CELLS, writeCells, type Cell, type Columns } from "./layout";

const CELLS = "charts";
const COLUMNS = "columns";

interface Layout {
  readonly cells: readonly Cell[];
  readonly columns: Columns;
}

/** The grid that the page's address names; where it names none, the last one of this browser. */
export function useChosenLayout(): Layout {
  const [namedCells, keptCells] = [useInAddress(CELLS), useKept(CELLS)];
  const [namedColumns, keptColumns] = [useInAddress(COLUMNS), useKept(COLUMNS)];
  const [cells, columns] = [namedCells ?? keptCells, namedColumns ?? keptColumns];
  return useMemo(
    () => ({ cells: cells === null ? USUAL_CELLS : readCells(cells), columns: readColumns(columns) }),
    [cells, columns],
  );
}

/** Name the charts in the page's address, and keep them in this browser. */
export function rememberCells(cells: readonly Cell[]): void {
  keep(CELLS, writeCells(cells));
  rememberInAddress(CELLS, writeCells(cells));
}

/** Name the number of columns in the page's address, and keep it in this browser. */
export function rememberColumns(columns: Columns): void {
  keep(COLUMNS, columns);
  rememberInAddress(COLUMNS, columns);
}

/** Return an address that shows this grid to whoever opens it. */
export function addressOf({ cells, columns }: Layout): string {
  const address = new URL(window.location.pathname, window.location.href);
  address.search = `?${CELLS}=${writeCells(cells)}&${COLUMNS}=${columns}`;
  return address.href;
}
