import { INTERVALS, type Interval } from "@/candles/interval";

/** One chart of the grid. */
export interface Cell {
  readonly symbol: string;
  readonly interval: Interval;
}

export const MOST_CELLS = 9;
export const COLUMNS = ["1", "2", "3"] as const;
export type Columns = (typeof COLUMNS)[number];

/** What is shown before anything has been chosen. */
export const USUAL_CELLS: readonly Cell[] = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT"].map((symbol) => ({
  symbol,
  interval: "1m",
}));

/** Write charts for an address, as `BTCUSDT.1m,ETHUSDT.1h`. */
export function writeCells(cells: readonly Cell[]): string {
  return cells.map(({ symbol, interval }) => `${symbol}.${interval}`).join(",");
}

/** Read what `writeCells` wrote; what cannot be read is left out, and so is what is too many. */
export function readCells(text: string): readonly Cell[] {
  const cells = text.split(",").flatMap((part): Cell[] => {
    const [symbol = "", name] = part.trim().toUpperCase().split(".");
    const interval = INTERVALS.find((known) => known.toUpperCase() === name) ?? "1m";
    return /^[\p{L}\p{N}]{2,40}$/u.test(symbol) ? [{ symbol, interval }] : [];
  });
  return cells.slice(0, MOST_CELLS);
}

/** Read a number of columns; two where there is none. */
export function readColumns(text: string | null): Columns {
  return COLUMNS.find((known) => known === text) ?? "2";
}
