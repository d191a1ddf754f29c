import {
  CandlestickSeries,
  CrosshairMode,
  HistogramSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type TickMarkType,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Interval } from "@/candles/interval";
import type { Candle } from "@/contract/socket";
import type { Study } from "@/indicators/compute";
import { minuteOf, zoneName, type Zone } from "@/numbers/time";
import { tickMark } from "./axis";
import type { ChartColours } from "./colours";
import { newerThan, pointOf, pointsOf, type PointColours } from "./points";
import { Studies } from "./studies";

/** What the chart tells its owner. */
export interface PriceChartEvents {
  /** The pointer is over the candle that opens at this time (epoch ms), or over none. */
  onHover(openTime: number | null): void;
  /** Whether the newest candle has been scrolled out of sight. */
  onScrolledBack(scrolledBack: boolean): void;
  /** The oldest candle is in sight, or nearly. */
  onOldest(): void;
}

const FONT_SIZE = 11;
/** Room between the newest candle and the axis, in candles. */
const RIGHT_OFFSET = 5;
/** So many candles before the oldest comes in sight, older ones are asked for. */
const AHEAD = 50;
/** Shares of the height that volume and, below it, the ribbon may take. */
const VOLUME_HEIGHT = 0.2;
const RIBBON_HEIGHT = 0.008;
const ZOOM_LIMITS = { smallest: 5, largest: 5000 };

/** Candlesticks with volume on a canvas, by TradingView's Lightweight Charts. */
export class PriceChart {
  readonly #chart: IChartApi;
  readonly #bars: ISeriesApi<"Candlestick", UTCTimestamp>;
  readonly #volume: ISeriesApi<"Histogram", UTCTimestamp>;
  readonly #ribbon: ISeriesApi<"Histogram", UTCTimestamp>;
  readonly #studies: Studies;
  #painted: readonly Candle[] = [];
  #studied: readonly Study[] = [];
  #interval: Interval | null = null;
  #colours: ChartColours;

  constructor(container: HTMLElement, colours: ChartColours, events: PriceChartEvents) {
    this.#chart = createChart(container, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      timeScale: { timeVisible: true, secondsVisible: false, rightOffset: RIGHT_OFFSET, barSpacing: 8 },
      // The wheel of a page that scrolls belongs to the page, but for the chart itself.
      handleScale: { axisPressedMouseMove: true },
    });
    this.#bars = this.#chart.addSeries(CandlestickSeries, { borderVisible: true }) as ISeriesApi<
      "Candlestick",
      UTCTimestamp
    >;
    this.#volume = this.#columns("volume", 1 - VOLUME_HEIGHT);
    this.#ribbon = this.#columns("ribbon", 1 - RIBBON_HEIGHT);
    this.#bars.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: VOLUME_HEIGHT + 0.04 } });
    this.#studies = new Studies(this.#chart, colours);
    this.#colours = colours;
    this.setColours(colours);
    this.#chart.subscribeCrosshairMove(({ time }) => {
      events.onHover(typeof time === "number" ? time * 1000 : null);
    });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      events.onScrolledBack(this.#chart.timeScale().scrollPosition() < -1);
      if (range !== null && range.from < AHEAD && this.#painted.length > 0) events.onOldest();
    });
  }

  /** Paint a series of candles with its studies; what has not changed since the last one is left alone. */
  paint(candles: readonly Candle[], studies: readonly Study[]): void {
    if (candles === this.#painted && studies === this.#studied) return;
    const interval = candles[0]?.interval ?? this.#interval;
    const another = interval !== this.#interval;
    const newer = candles === this.#painted ? [] : newerThan(this.#painted, candles);
    if (newer === null) {
      this.#paintAll(candles);
    } else {
      for (const candle of newer) {
        const { bar, volume, ribbon } = pointOf(candle, this.#pointColours());
        this.#bars.update(bar);
        this.#volume.update(volume);
        this.#ribbon.update(ribbon);
      }
    }
    this.#studies.paint(studies, candles, newer === null || newer.length === 0 ? null : newer.length);
    this.#painted = candles;
    this.#studied = studies;
    if (!another) return;
    this.#interval = interval;
    this.#bars.priceScale().applyOptions({ autoScale: true });
    this.#chart.timeScale().applyOptions({ timeVisible: interval !== "1d" });
    this.#chart.timeScale().resetTimeScale();
  }

  /** Write prices with so many decimals, dates in a language, and times by a clock. */
  setFormat(decimals: number, locale: string, zone: Zone): void {
    const grouped = new Intl.NumberFormat("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    this.#bars.applyOptions({
      priceFormat: { type: "price", precision: decimals, minMove: 10 ** -decimals },
    });
    this.#chart.applyOptions({
      localization: {
        locale,
        priceFormatter: (price: number) => grouped.format(price),
        timeFormatter: (time: UTCTimestamp) =>
          `${minuteOf(time * 1000, zone)} ${zoneName(time * 1000, zone)}`,
      },
      timeScale: {
        // The days of daily candles are the exchange's, whatever the reader's clock says.
        tickMarkFormatter: (time: UTCTimestamp, type: TickMarkType, language: string) =>
          tickMark(time * 1000, type, language, this.#interval === "1d" ? "utc" : zone),
      },
    });
  }

  setColours(colours: ChartColours): void {
    this.#colours = colours;
    const crosshair = { color: colours.muted, labelBackgroundColor: colours.raised };
    this.#chart.applyOptions({
      layout: {
        background: { color: colours.panel },
        textColor: colours.muted,
        fontFamily: colours.font,
        fontSize: FONT_SIZE,
        attributionLogo: true,
        panes: { separatorColor: colours.line, separatorHoverColor: colours.raised },
      },
      grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
      crosshair: { vertLine: crosshair, horzLine: crosshair },
      rightPriceScale: { borderColor: colours.line },
      timeScale: { borderColor: colours.line },
    });
    this.#bars.applyOptions({
      upColor: colours.up,
      downColor: colours.down,
      borderUpColor: colours.up,
      borderDownColor: colours.down,
      wickUpColor: colours.up,
      wickDownColor: colours.down,
    });
    this.#studies.setColours(colours);
    this.#paintAll(this.#painted);
    this.#studies.paint(this.#studied, this.#painted, null);
  }

  /** Return what is drawn as a picture. */
  picture(): HTMLCanvasElement {
    return this.#chart.takeScreenshot(true, false);
  }

  /** Scroll by a number of candles; negative is back in time. */
  scrollBy(candles: number): void {
    const scale = this.#chart.timeScale();
    scale.scrollToPosition(scale.scrollPosition() + candles, false);
  }

  /** Show `factor` times as many candles, the newest of them in place. */
  zoom(factor: number): void {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    const wanted = (range.to - range.from) * factor;
    const shown = Math.min(Math.max(wanted, ZOOM_LIMITS.smallest), ZOOM_LIMITS.largest);
    scale.setVisibleLogicalRange({ from: range.to - shown, to: range.to });
  }

  toNewest(): void {
    this.#chart.timeScale().scrollToRealTime();
  }

  destroy(): void {
    this.#chart.remove();
  }

  #columns(scale: string, top: number): ISeriesApi<"Histogram", UTCTimestamp> {
    const columns = this.#chart.addSeries(HistogramSeries, {
      priceScaleId: scale,
      priceFormat: { type: "volume" },
      priceLineVisible: false,
      lastValueVisible: false,
    });
    columns.priceScale().applyOptions({ scaleMargins: { top, bottom: 0 } });
    return columns as ISeriesApi<"Histogram", UTCTimestamp>;
  }

  #paintAll(candles: readonly Candle[]): void {
    const points = pointsOf(candles, this.#pointColours());
    this.#bars.setData(points.map(({ bar }) => bar));
    this.#volume.setData(points.map(({ volume }) => volume));
    this.#ribbon.setData(points.map(({ ribbon }) => ribbon));
  }

  #pointColours(): PointColours {
    const { upVolume, downVolume, panel, backfilled, partial } = this.#colours;
    return { up: upVolume, down: downVolume, hollow: panel, backfilled, partial };
  }
}
