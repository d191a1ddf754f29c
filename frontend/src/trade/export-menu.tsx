"use client";

import type { ReactNode } from "react";
import { readColours } from "@/chart/colours";
import type { PriceChart } from "@/chart/price-chart";
import { candlesAsCsv } from "@/export/csv";
import { download, fileName } from "@/export/download";
import { pictureOf } from "@/export/picture";
import { useMarketFeed } from "@/feed/react";
import { useTexts } from "@/i18n/texts";
import { pairName } from "@/pairs/name";
import { Disclosure } from "@/ui/disclosure";
import { Download } from "@/ui/icons";
import { useZone } from "@/ui/zone";
import { useOrigin } from "./source";

/** Take along what is shown: the candles as CSV, the chart as a picture. */
export function ExportMenu({ chart }: { chart: PriceChart | null }): ReactNode {
  const texts = useTexts();
  const { state, symbol } = useMarketFeed();
  const { minute, name } = useZone();
  const origin = useOrigin();
  const asCsv = (): void => {
    const { series, interval } = state.get();
    const csv = new Blob([candlesAsCsv(series)], { type: "text/csv" });
    download(fileName(symbol, interval, Date.now(), "csv"), csv);
  };
  const asPicture = async (): Promise<void> => {
    if (chart === null) return;
    const { interval } = state.get();
    const now = Date.now();
    const notice = `${texts.source[origin ?? "unknown"]} · ${minute(now)} ${name(now)} · Candlestack`;
    const title = `${pairName(symbol)} · ${interval}`;
    const colours = readColours(document.body);
    const picture = await pictureOf(chart.picture(), title, notice, colours);
    download(fileName(symbol, interval, now, "png"), picture);
  };
  const items = [
    [texts.export.csv, asCsv],
    [texts.export.png, () => void asPicture()],
  ] as const;
  return (
    <Disclosure
      label={texts.export.title}
      testId="export"
      face={
        <>
          <Download />
          <span className="max-xl:sr-only">{texts.export.title}</span>
        </>
      }
    >
      {items.map(([text, act]) => (
        <button
          key={text}
          type="button"
          className="block w-full rounded-control px-2 py-1 text-left whitespace-nowrap hover:bg-raised"
          onClick={act}
        >
          {text}
        </button>
      ))}
    </Disclosure>
  );
}
