import { HistogramSeries, LineSeries, LineStyle, type IChartApi, type ISeriesApi } from "lightweight-charts";
import { hasPane, writeIndicators, type Kind } from "@/indicators/indicator";
import type { Part, Study } from "@/indicators/compute";
import type { Candle } from "@/contract/socket";
import type { ChartColours } from "./colours";
import { chartTime } from "./points";

type Drawn = ISeriesApi<"Line"> | ISeriesApi<"Histogram">;

/** Share of the height that a pane below the candles takes, theirs being 1. */
const PANE_HEIGHT = 0.28;
/** What is drawn across the pane of RSI: beyond these a price is called overbought and oversold. */
const RSI_LIMITS = [70, 30] as const;

const STYLES: Readonly<Record<Part, LineStyle>> = {
  line: LineStyle.Solid,
  middle: LineStyle.Dashed,
  upper: LineStyle.Solid,
  lower: LineStyle.Solid,
  signal: LineStyle.Dashed,
  histogram: LineStyle.Solid,
};

/** The indicators of a chart: over its candles, or in panes below them. */
export class Studies {
  #drawn = new Map<string, Drawn>();
  #chosen = "";
  #studies: readonly Study[] = [];

  constructor(
    private readonly chart: IChartApi,
    private colours: ChartColours,
  ) {}

  /** Draw studies of these candles; `newer` is how many of the last of them alone changed, null if all did. */
  paint(studies: readonly Study[], candles: readonly Candle[], newer: number | null): void {
    const chosen = writeIndicators(studies.map(({ indicator }) => indicator));
    const another = chosen !== this.#chosen;
    if (another) {
      this.#chosen = chosen;
      this.#remove();
      this.#create(studies);
    }
    this.#studies = studies;
    for (const { study, part, values, key } of this.#lines()) {
      const drawn = this.#drawn.get(key);
      const pointAt = (index: number) =>
        this.#pointOf(study.indicator.kind, part, candles[index], values[index]);
      if (newer === null || another) {
        drawn?.setData(candles.map((_, index) => pointAt(index)));
      } else {
        for (let index = candles.length - newer; index < candles.length; index += 1)
          drawn?.update(pointAt(index));
      }
    }
  }

  setColours(colours: ChartColours): void {
    this.colours = colours;
    for (const { study, part, key } of this.#lines()) {
      this.#drawn.get(key)?.applyOptions({ color: this.#colourOf(study.indicator.kind, part) });
    }
  }

  #pointOf(kind: Kind, part: Part, candle: Candle | undefined, value: number | null | undefined) {
    const time = chartTime(candle?.open_time ?? 0);
    if (value === null || value === undefined) return { time };
    const color = value < 0 ? this.colours.downVolume : this.colours.upVolume;
    return part === "histogram" && kind === "macd" ? { time, value, color } : { time, value };
  }

  #create(studies: readonly Study[]): void {
    let pane = 0;
    for (const { indicator, lines } of studies) {
      if (hasPane(indicator)) pane += 1;
      for (const { part } of lines) {
        const options = {
          color: this.#colourOf(indicator.kind, part),
          priceLineVisible: false,
          lastValueVisible: false,
          ...(hasPane(indicator) && { priceFormat: { type: "price", precision: 2, minMove: 0.01 } as const }),
        };
        const key = `${indicator.kind} ${part}`;
        const at = hasPane(indicator) ? pane : 0;
        const drawn =
          part === "histogram"
            ? this.chart.addSeries(HistogramSeries, options, at)
            : this.chart.addSeries(
                LineSeries,
                { ...options, lineWidth: 1, lineStyle: STYLES[part], crosshairMarkerVisible: false },
                at,
              );
        this.#drawn.set(key, drawn);
        if (indicator.kind === "rsi") this.#limits(drawn);
      }
      if (hasPane(indicator)) this.chart.panes()[pane]?.setStretchFactor(PANE_HEIGHT);
    }
  }

  #limits(drawn: Drawn): void {
    for (const price of RSI_LIMITS) {
      drawn.createPriceLine({
        price,
        color: this.colours.muted,
        lineWidth: 1,
        lineStyle: LineStyle.Dotted,
        axisLabelVisible: false,
      });
    }
  }

  #remove(): void {
    for (const drawn of this.#drawn.values()) this.chart.removeSeries(drawn);
    this.#drawn.clear();
    // What was in them is gone, and so they are; the first is the candles'.
    for (let pane = this.chart.panes().length - 1; pane > 0; pane -= 1) this.chart.removePane(pane);
  }

  #lines() {
    return this.#studies.flatMap((study) =>
      study.lines.map((line) => ({ ...line, study, key: `${study.indicator.kind} ${line.part}` })),
    );
  }

  #colourOf(kind: Kind, part: Part): string {
    const { studies, muted } = this.colours;
    return part === "signal" ? muted : studies[kind];
  }
}
