"use client";

import { useMemo, useState, type ReactNode } from "react";
import type { StreamHealth } from "@/feed/status";
import { useTexts } from "@/i18n/texts";
import { Panel } from "@/shell/panel";
import { rememberInAddress, useInAddress } from "@/ui/address";
import { Search } from "@/ui/icons";
import { Segments } from "@/ui/segments";
import { useZone } from "@/ui/zone";
import { MarketsTable } from "./markets-table";
import { filtered, readSorting, sorted, writeSorting, type Sorting } from "./row";
import type { Markets } from "./use-rows";
import { useWatchList } from "./watch-list";

const MINUTE_MS = 60_000;

type List = "all" | "watch";

interface Props {
  readonly markets: Markets;
  readonly health: Pick<StreamHealth, "status" | "age">;
  readonly className: string;
}

/** The table of the pairs, as far as it is searched and sorted; all of that stands in the address. */
export function MarketsPanel({ markets, health, className }: Props): ReactNode {
  const texts = useTexts().markets;
  const watched = useWatchList();
  const [search, setSearch] = useState(useInAddress("q") ?? "");
  const order = useInAddress("sort");
  const sorting = useMemo(() => readSorting(order), [order]);
  const list: List = useInAddress("list") === "watch" ? "watch" : "all";
  const { rows, loading } = markets;
  const shown = useMemo(
    () => sorted(filtered(rows, search, list === "watch" ? watched : null), sorting),
    [rows, search, list, watched, sorting],
  );
  return (
    <Panel
      title={texts.table}
      quietTitle
      health={health}
      className={className}
      aside={
        <>
          <label className="flex h-6 items-center gap-1.5 rounded-control bg-raised px-2 text-muted">
            <Search />
            <span className="sr-only">{texts.filter}</span>
            <input
              type="search"
              placeholder={texts.filter}
              className="w-28 bg-transparent text-small text-text outline-none placeholder:text-muted"
              value={search}
              onChange={({ target }) => {
                setSearch(target.value);
                rememberInAddress("q", target.value === "" ? null : target.value);
              }}
            />
          </label>
          <Segments
            label={texts.list}
            options={[
              { value: "all", text: texts.all },
              { value: "watch", text: `${texts.watched} ${watched.length}` },
            ]}
            chosen={list}
            choose={(value) => {
              rememberInAddress("list", value === "all" ? null : value);
            }}
          />
        </>
      }
    >
      <MarketsTable
        rows={shown}
        sorting={sorting}
        sort={(next: Sorting) => {
          rememberInAddress("sort", writeSorting(next));
        }}
      />
      {shown.length === 0 && (
        <p role="status" className="flex-1 px-3 py-6 text-center text-muted">
          {rows.length > 0
            ? list === "watch" && watched.length === 0
              ? texts.nothingWatched
              : texts.noneFound
            : loading.phase === "failed"
              ? texts.away
              : texts.loading}
        </p>
      )}
      <Basis markets={markets} />
    </Panel>
  );
}

/** By what the figures of the day were reckoned, and up to when. */
function Basis({ markets: { rankedAt, supplyTime } }: { markets: Markets }): ReactNode {
  const texts = useTexts();
  const { minute, name } = useZone();
  return (
    <p
      data-testid="basis"
      className="flex shrink-0 flex-wrap justify-between gap-x-3 border-t border-line px-3 py-1 text-micro text-muted"
    >
      <span>
        {rankedAt === null
          ? texts.markets.byTheHour
          : texts.ranking.time(`${minute(rankedAt + MINUTE_MS)} ${name(rankedAt)}`)}
      </span>
      <span>
        {supplyTime === null ? texts.markets.noSupply : texts.ranking.supply(minute(supplyTime).slice(0, 10))}
      </span>
    </p>
  );
}
