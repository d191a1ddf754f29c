"""Books rebuilt from what was recorded of the real exchange, judged by its own best bid and ask."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from candlestack_core.decimals import canonical, scaled
from candlestack_core.messages import Market
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.local import SNAPSHOT_LIMIT, Snapshot
from candlestack_ingest.books.tracked import Limits, TrackedBook

ROOT = Path(__file__).resolve().parents[3]
RECORDINGS = Path(os.environ.get("CANDLESTACK_RECORDINGS", ROOT.parent / "shared" / "data")) / "streams"
NEVER = 10.0**9
LIMITS = Limits(depth=SNAPSHOT_LIMIT, buffer_diffs=2_000, audit_every_s=60, silent_after_s=NEVER)

pytestmark = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings at {RECORDINGS}")

Line = tuple[str, Any]
"""The stream or address that something came from, and what came."""


def lines_of_2024(name: str) -> Iterator[Line]:
    with gzip.open(RECORDINGS / name, "rt", encoding="utf-8") as file:
        for line in file:
            message = json.loads(line.partition(" ")[2])
            yield (message["stream"], message["data"]) if "stream" in message else ("snapshot", message)


def lines_of_2021(name: str) -> Iterator[Line]:
    with gzip.open(RECORDINGS / name, "rt", encoding="utf-8") as file:
        for line in file:
            if match := re.match(r"https://\S*symbol=(\w+)\S* -> [0-9.]+: (\{.*)", line):
                yield f"snapshot {match[1]}", json.loads(match[2])
            elif match := re.match(r"[0-9.]+: (\{.*)", line):
                message = json.loads(match[1])
                if "stream" in message:
                    yield message["stream"], message["data"]


def canonical_levels(levels: list[list[str]]) -> list[tuple[str, str]]:
    return [(canonical(price), canonical(quantity)) for price, quantity in levels]


def diff_of(market: Market, data: dict[str, Any]) -> Diff:
    return Diff(
        market=market,
        symbol=data["s"],
        first_update_id=data["U"],
        final_update_id=data["u"],
        previous_final_update_id=data.get("pu"),
        bids=canonical_levels(data["b"]),
        asks=canonical_levels(data["a"]),
        event_time=data["E"],
        source="replay",
    )


@dataclass
class Reference:
    """All levels ever told, in dicts: what the exchange itself would answer, as far as the record knows."""

    bids: dict[str, str] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    last_update_id: int = 0

    def take(self, bids: list[tuple[str, str]], asks: list[tuple[str, str]], update_id: int) -> None:
        for side, levels in ((self.bids, bids), (self.asks, asks)):
            for price, quantity in levels:
                side[price] = quantity
                if quantity == "0":
                    del side[price]
        self.last_update_id = update_id

    def take_diff(self, diff: Diff) -> None:
        if diff.final_update_id > self.last_update_id:
            self.take(diff.bids, diff.asks, diff.final_update_id)

    def snapshot(self) -> Snapshot:
        bids = sorted(self.bids.items(), key=lambda level: -scaled(level[0]))[:SNAPSHOT_LIMIT]
        asks = sorted(self.asks.items(), key=lambda level: scaled(level[0]))[:SNAPSHOT_LIMIT]
        return Snapshot(self.last_update_id, bids, asks)


@dataclass
class Replayed:
    """What a replay through a tracked book came to."""

    reached: int = 0
    agreed: int = 0
    tickers: int = 0
    diffs: int = 0
    crossed: int = 0
    snapshots: int = 0
    states: list[str] = field(default_factory=list)
    whole: int = 0


def replay(market: Market, symbol: str, lines: list[Line]) -> Replayed:
    """Give a record to a tracked book as the builder does; later snapshots come from the reference."""
    tickers = {data["u"]: data for stream, data in lines if stream == f"{symbol.lower()}@bookTicker"}
    found = Replayed(tickers=len(tickers))
    tracked = TrackedBook(market, symbol, "replay", LIMITS, 0.0)
    reference: Reference | None = None
    early: list[Diff] = []
    for stream, data in lines:
        if stream in ("snapshot", f"snapshot {symbol}"):
            reference = Reference()
            bids, asks = canonical_levels(data["bids"]), canonical_levels(data["asks"])
            reference.take(bids, asks, data["lastUpdateId"])
            for diff in early:
                reference.take_diff(diff)
            tracked.fetch_begins()
            tracked.offer(Snapshot.of(data["lastUpdateId"], data["bids"], data["asks"]), 0.0)
        elif stream.startswith(f"{symbol.lower()}@depth"):
            diff = diff_of(market, data)
            now = diff.event_time / 1000
            if reference is not None:
                reference.take_diff(diff)
            else:
                early.append(diff)
            tracked.take(diff, now, now)
            tracked.watch(now, now)
            if reference is not None and tracked.book is not None and tracked.wants_snapshot(now):
                tracked.fetch_begins()
                tracked.offer(reference.snapshot(), now)
                found.snapshots += 1
            judge(tracked, tickers, found)
            if reference is not None and tracked.state == "synced" and found.diffs % 500 == 0:
                assert_known_is_all_there_is(tracked, reference)
                found.whole += 1
    return found


def judge(tracked: TrackedBook, tickers: dict[int, Any], found: Replayed) -> None:
    found.diffs += 1
    found.states.append(tracked.state)
    book = tracked.book
    if tracked.state != "synced" or book is None:
        return
    found.crossed += book.crossed
    ticker = tickers.get(book.last_update_id)
    if ticker is None:
        return
    found.reached += 1
    bids, asks = book.best(1)
    best = [canonical(ticker[name]) for name in ("b", "B", "a", "A")]
    found.agreed += [*bids[0], *asks[0]] == best


def assert_known_is_all_there_is(tracked: TrackedBook, reference: Reference) -> None:
    """The levels within the limits are exactly those that were ever told there."""
    book = tracked.book
    assert book is not None
    bids, asks = dict(book.bids.known()), dict(book.asks.known())
    lowest, highest = book.bids.limit, book.asks.limit
    assert bids == {
        price: quantity
        for price, quantity in reference.bids.items()
        if lowest is None or scaled(price) >= scaled(lowest)
    }
    assert asks == {
        price: quantity
        for price, quantity in reference.asks.items()
        if highest is None or scaled(price) <= scaled(highest)
    }


@pytest.mark.parametrize(
    ("market", "symbol", "names"),
    [
        ("spot", "BTCUSDT", ("spot/btcusdt_20240808.gz", "spot/btcusdt_20240809.gz")),
        ("spot", "ETHUSDT", ("spot/ethusdt_20240808.gz", "spot/ethusdt_20240809.gz")),
        ("usdm", "BTCUSDT", ("usdm/btcusdt_20240808.gz",)),
    ],
)
def test_each_recorded_best_bid_and_ask_that_the_book_reached_agrees(
    market: Market, symbol: str, names: tuple[str, ...]
) -> None:
    found = replay(market, symbol, [line for name in names for line in lines_of_2024(name)])
    assert found.agreed == found.reached > 500
    assert found.crossed == 0
    assert found.states.count("synced") > 0.99 * found.diffs
    assert found.whole > 5


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "DOTUSDT"])
def test_the_recording_of_2021_is_one_sequence_and_never_crossed(symbol: str) -> None:
    found = replay("spot", symbol, list(lines_of_2021("spot/btc_eth_dot_depth_kline_aggtrade_20210404.gz")))
    assert found.crossed == 0
    assert found.diffs > 100
    first = found.states.index("synced")
    assert set(found.states[first:]) == {"synced"}
    assert found.whole > 0
