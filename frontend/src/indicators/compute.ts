// trading-signals: its indicators are tested against published series, have no dependencies, and come in
// classes of which only these are loaded, and only once somebody asks for one.
import { BollingerBands, EMA, MACD, RSI, SMA, VWAP } from "trading-signals";
import type { OhlcCandle } from "@/api/client";
import { BOLLINGER_DEVIATIONS, MACD_PERIODS, type Indicator } from "./indicator";

/** What an indicator consists of, each drawn by itself. */
export type Part = "line" | "upper" | "middle" | "lower" | "signal" | "histogram";

/** One line of an indicator: a value for each candle, null where there is none yet. */
export interface Line {
  readonly part: Part;
  readonly values: readonly (number | null)[];
}

/** An indicator over a series. */
export interface Study {
  readonly indicator: Indicator;
  readonly lines: readonly Line[];
}

const DAY_MS = 86_400_000;

/** Return an indicator over candles that ascend by open time. These are floats: they are drawn, never booked. */
export function studyOf(indicator: Indicator, candles: readonly OhlcCandle[]): Study {
  return { indicator, lines: linesOf(indicator, candles) };
}

function linesOf({ kind, period }: Indicator, candles: readonly OhlcCandle[]): readonly Line[] {
  const closes = candles.map(({ close }) => Number(close));
  switch (kind) {
    case "ma":
      return [{ part: "line", values: each(new SMA(period), closes) }];
    case "ema": {
      const average = new EMA(period);
      // It has a value from the first candle on, which means little before the period is over.
      const values = each(average, closes);
      return [{ part: "line", values: values.map((value, index) => (index < period - 1 ? null : value)) }];
    }
    case "rsi":
      return [{ part: "line", values: each(new RSI(period), closes) }];
    case "bb": {
      const bands = each(new BollingerBands(period, BOLLINGER_DEVIATIONS), closes);
      return (["upper", "middle", "lower"] as const).map((part) => ({
        part,
        values: bands.map((band) => band?.[part] ?? null),
      }));
    }
    case "macd":
      return macdOf(closes);
    case "vwap":
      return [{ part: "line", values: vwapOf(candles) }];
  }
}

/** Feed an indicator with values one by one; null where it has not seen enough. */
function each<Result>(
  indicator: { add(value: number): Result | null },
  values: readonly number[],
): (Result | null)[] {
  return values.map((value) => indicator.add(value));
}

function macdOf(closes: readonly number[]): readonly Line[] {
  const { short, long, signal } = MACD_PERIODS;
  const results = each(new MACD(new EMA(short), new EMA(long), new EMA(signal)), closes);
  return [
    { part: "histogram", values: results.map((result) => result?.histogram ?? null) },
    { part: "line", values: results.map((result) => result?.macd ?? null) },
    { part: "signal", values: results.map((result) => result?.signal ?? null) },
  ];
}

/** The average price by volume since the beginning of the UTC day, or, of daily candles, of the month. */
function vwapOf(candles: readonly OhlcCandle[]): (number | null)[] {
  let vwap = new VWAP();
  let session: number | string | null = null;
  return candles.map(({ interval, open_time, high, low, close, volume }) => {
    const its =
      interval === "1d" ? new Date(open_time).toISOString().slice(0, 7) : Math.floor(open_time / DAY_MS);
    if (its !== session) {
      session = its;
      vwap = new VWAP();
    }
    vwap.add({ high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) });
    return vwap.getResult();
  });
}
