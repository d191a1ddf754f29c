"""The side of Polars in `rollups.py`: what is asked comes as JSON by stdin, what it took goes out the same way."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl

STEPS = ("5m", "1h", "4h", "1d")
SUMS = ("volume", "quote_volume", "taker_buy_volume", "taker_buy_quote_volume", "trades")
COLUMNS = ("open_time", "open", "high", "low", "close", *SUMS)


def roll_up(children: pl.DataFrame, every: str) -> pl.DataFrame:
    """Return the parents of candles, ascending by open time, by the rule that Binance keeps."""
    groups = children.lazy().group_by_dynamic("open_time", every=every, closed="left")
    first, last = pl.col("open").first(), pl.col("close").last()
    high, low = pl.col("high").max(), pl.col("low").min()
    if children["trades"].min() == 0:
        # Candles without trades lend no price, but where there are no others.
        traded = pl.col("trades") > 0
        first = pl.coalesce(pl.col("open").filter(traded).first(), first)
        last = pl.coalesce(pl.col("close").filter(traded).last(), last)
        high = pl.coalesce(pl.col("high").filter(traded).max(), high)
        low = pl.coalesce(pl.col("low").filter(traded).min(), low)
    return groups.agg(
        first.alias("open"), high.alias("high"), low.alias("low"), last.alias("close"), pl.col(*SUMS).sum()
    ).collect()


def roll_up_pair(files: list[str], pair: str, target: Path) -> None:
    candles = pl.read_parquet(files, columns=list(COLUMNS))
    for every in STEPS:
        candles = roll_up(candles, every)
        candles.write_parquet(target / f"{pair}-{every}.parquet")


def main() -> None:
    asked = json.load(sys.stdin)
    target = Path(asked["target"])
    pairs: dict[str, list[str]] = asked["files"]
    best = float("inf")
    for _ in range(asked["rounds"]):
        began = time.perf_counter()
        for pair, files in pairs.items():
            roll_up_pair(files, pair, target)
        best = min(best, time.perf_counter() - began)
    json.dump({"seconds": best, "threads": pl.thread_pool_size()}, sys.stdout)


if __name__ == "__main__":
    main()
