"""Order book: recorded spot diffs decoded, applied, best 10 read: `python benchmarks/order_book.py [--rounds N]`.

The platform's side is what the builder does with a record of Kafka: `decode_diff`, `LocalOrderBook.apply`,
`best(10)`. Beside it stand other structures behind the same interface, and peers on the same frames, each in
a process of its own; the best of N rounds counts, and every side must end with the same best 10 levels. Ours
keeps what a snapshot vouches for, and is given another where the builder would fetch one, outside of what is
timed; the structures beside it are given the same. Times are of the processor, not of the clock.

CANDLESTACK_RECORDINGS names the folder of recordings. cryptofeed needs Python 3.13 or later:
CANDLESTACK_PYTHON_313 names one, else it is looked for, and an environment is made in a temporary folder.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import msgspec
from sortedcontainers import SortedDict  # type: ignore[import-untyped]

from candlestack_core.decimals import canonical, scaled
from candlestack_core.messages import DepthDiff, Level, encode
from candlestack_core.settings import REPOSITORY
from candlestack_ingest.books.diffs import Diff, decode_diff
from candlestack_ingest.books.levels import BookSide, WindowedSide
from candlestack_ingest.books.local import SNAPSHOT_LIMIT

RECORDINGS = Path(os.environ.get("CANDLESTACK_RECORDINGS", REPOSITORY.parent / "shared" / "data"))
PAIRS = ("btcusdt", "ethusdt")
DAYS = ("20240808", "20240809")
SLOWEST = "python-binance"
"""It takes minutes: one round of it must do."""
THIN = SNAPSHOT_LIMIT // 5
"""Levels of a side at which the builder renews a book by a fresh snapshot."""
PEERS = {
    "cryptofeed": "cryptofeed==3.0.1",
    "order-book": "order-book==1.1.0",
    "python-binance": "python-binance==1.0.37",
}


class BisectedSide:
    """A dict of levels and one fully sorted list of their prices."""

    def __init__(self, sign: int, levels: Iterable[Level]) -> None:
        self._sign = sign
        self._levels = {sign * scaled(level[0]): level for level in levels}
        self._order = sorted(self._levels)

    def apply(self, levels: Sequence[Level]) -> None:
        held, order = self._levels, self._order
        for level in levels:
            key = self._sign * scaled(level[0])
            if level[1] != "0":
                if key not in held:
                    insort(order, key)
                held[key] = level
            elif held.pop(key, None) is not None:
                del order[bisect_left(order, key)]

    def best(self, count: int) -> list[Level]:
        return [self._levels[key] for key in self._order[: -count - 1 : -1]]

    def __len__(self) -> int:
        return len(self._levels)


class SortedDictSide:
    """`sortedcontainers`, keyed by price as an integer."""

    def __init__(self, sign: int, levels: Iterable[Level]) -> None:
        self._sign = -sign
        self._levels: Any = SortedDict({self._sign * scaled(level[0]): level for level in levels})

    def apply(self, levels: Sequence[Level]) -> None:
        held = self._levels
        for level in levels:
            if level[1] != "0":
                held[self._sign * scaled(level[0])] = level
            else:
                held.pop(self._sign * scaled(level[0]), None)

    def best(self, count: int) -> list[Level]:
        return list(self._levels.values()[:count])

    def __len__(self) -> int:
        return len(self._levels)


class MakeSide(Protocol):
    def __call__(self, sign: int, levels: list[Level]) -> BookSide: ...


def windowed(sign: int, levels: list[Level]) -> BookSide:
    """Return the platform's own structure."""
    return WindowedSide("bids" if sign == 1 else "asks", levels, cut_off=True, depth=SNAPSHOT_LIMIT)


STRUCTURES: dict[str, MakeSide] = {
    "windowed (ours)": windowed,
    "bisected list": BisectedSide,
    "SortedDict": SortedDictSide,
}


@dataclass(frozen=True)
class Recorded:
    """One pair's snapshot and frames as the exchange sent them, and as the platform's records."""

    snapshot: dict[str, Any]
    frames: list[str]
    records: list[bytes]
    levels: int


def record_of(data: dict[str, Any]) -> bytes:
    """Return the record that the producer makes of a diff."""
    return encode(
        DepthDiff(
            market="spot",
            symbol=data["s"],
            first_update_id=data["U"],
            final_update_id=data["u"],
            previous_final_update_id=None,
            bids=canonical_levels(data["b"]),
            asks=canonical_levels(data["a"]),
            event_time=data["E"],
            source="replay",
        )
    )


def canonical_levels(levels: list[list[str]]) -> list[Level]:
    return [(canonical(price), canonical(quantity)) for price, quantity in levels]


def lines(pair: str) -> Iterator[str]:
    for day in DAYS:
        with gzip.open(RECORDINGS / "streams" / "spot" / f"{pair}_{day}.gz", "rt") as file:
            for line in file:
                yield line.rstrip("\n").partition(" ")[2]


def recorded(pair: str) -> Recorded:
    """Read the diffs that follow a pair's snapshot."""
    snapshot: dict[str, Any] = {}
    frames: list[str] = []
    for text in lines(pair):
        if text.startswith('{"lastUpdateId"'):
            snapshot = json.loads(text)
        elif "@depth" in text[:60]:
            frames.append(text)
    frames = [text for text in frames if json.loads(text)["data"]["u"] > snapshot["lastUpdateId"]]
    events = [json.loads(text)["data"] for text in frames]
    count = sum(len(event["b"]) + len(event["a"]) for event in events)
    return Recorded(snapshot, frames, [record_of(event) for event in events], count)


class Truth:
    """Both sides as plain dicts."""

    def __init__(self, data: Recorded) -> None:
        self.bids = dict(canonical_levels(data.snapshot["bids"]))
        self.asks = dict(canonical_levels(data.snapshot["asks"]))

    def apply(self, diff: Diff) -> None:
        for side, levels in ((self.bids, diff.bids), (self.asks, diff.asks)):
            for price, quantity in levels:
                side[price] = quantity
                if quantity == "0":
                    del side[price]

    def best(self, count: int) -> tuple[list[Level], list[Level]]:
        bids = sorted(self.bids.items(), key=lambda level: -scaled(level[0]))
        asks = sorted(self.asks.items(), key=lambda level: scaled(level[0]))
        return bids[:count], asks[:count]


def best_in_the_end(data: Recorded) -> tuple[list[Level], list[Level]]:
    truth = Truth(data)
    for record in data.records:
        truth.apply(decode_diff(record))
    return truth.best(10)


@dataclass(frozen=True)
class Stretch:
    """A snapshot, best first, and the records until the next one is due."""

    bids: list[Level]
    asks: list[Level]
    records: list[bytes]


def stretches(data: Recorded) -> list[Stretch]:
    """Cut a record where the builder would renew the book."""
    truth = Truth(data)
    found = [Stretch(*truth.best(SNAPSHOT_LIMIT), [])]
    sides = [windowed(1, found[-1].bids), windowed(-1, found[-1].asks)]
    for record in data.records:
        diff = decode_diff(record)
        truth.apply(diff)
        found[-1].records.append(record)
        for side, levels in zip(sides, (diff.bids, diff.asks), strict=True):
            side.apply(levels)
        if min(map(len, sides)) < THIN:
            found.append(Stretch(*truth.best(SNAPSHOT_LIMIT), []))
            sides = [windowed(1, found[-1].bids), windowed(-1, found[-1].asks)]
    return found


def measure(make: MakeSide, data: Recorded, rounds: int) -> tuple[float, list[list[Level]]]:
    """Return the best round's microseconds a diff, and the best levels in the end."""
    parts = stretches(data)
    seconds = []
    best: list[list[Level]] = []
    for _ in range(rounds):
        taken = 0.0
        for stretch in parts:
            bids, asks = make(1, stretch.bids), make(-1, stretch.asks)
            started = time.process_time()
            for record in stretch.records:
                diff = decode_diff(record)
                bids.apply(diff.bids)
                asks.apply(diff.asks)
                best = [bids.best(10), asks.best(10)]
            taken += time.process_time() - started
        seconds.append(taken)
    return min(seconds) / len(data.records) * 1e6, best


def measure_decoding(decode: Callable[[bytes], object], data: Recorded, rounds: int) -> float:
    """Return the best round's microseconds a record."""
    seconds = []
    for _ in range(rounds):
        started = time.process_time()
        for record in data.records:
            decode(record)
        seconds.append(time.process_time() - started)
    return min(seconds) / len(data.records) * 1e6


def python_313() -> str | None:
    """Return a Python 3.13 or later, if there is one."""
    versions = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[3-9].*/bin/python"))
    found = [os.environ.get("CANDLESTACK_PYTHON_313"), *map(str, versions)]
    return next(filter(None, [*found, shutil.which("python3.14"), shutil.which("python3.13")]), None)


def peer_python(folder: Path) -> str | None:
    """Make an environment with the peers; say why where none can be made."""
    if (base := python_313()) is None:
        print("no peers: cryptofeed 3.0.1 needs Python 3.13, and none is here; set CANDLESTACK_PYTHON_313")
        return None
    uv, python = str(Path(sys.executable).with_name("uv")), str(folder / "bin" / "python")
    for command in (
        [base, "-m", "venv", str(folder)],
        [uv, "pip", "install", "-q", "--python", python, *PEERS.values()],
    ):
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            print(f"no peers: {made.stderr[-300:]}")
            return None
    return python


def run_peers(folder: Path, data: dict[str, Recorded], rounds: int) -> dict[str, float]:
    """Print and return what each peer takes, over all diffs."""
    results: dict[str, float] = {}
    python = peer_python(folder / "peers")
    for peer in PEERS if python is not None else ():
        total, agreed = 0.0, True
        for pair, of_pair in data.items():
            snapshot, frames = folder / f"{pair}.snapshot", folder / f"{pair}.frames"
            snapshot.write_text(json.dumps(of_pair.snapshot))
            frames.write_text("\n".join(of_pair.frames))
            side = str(Path(__file__).with_name("_order_book_peer.py"))
            done = subprocess.run(
                [
                    str(python),
                    "-P",
                    side,
                    peer,
                    str(snapshot),
                    str(frames),
                    str(rounds if peer != SLOWEST else 1),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(f"{peer:>16}: does not run here: {done.stderr[-300:]}")
                break
            answer = json.loads(done.stdout.splitlines()[-1])
            total += answer["us"] * len(of_pair.records)
            agreed &= numbers(answer["best"]) == numbers(best_in_the_end(of_pair))
        else:
            results[peer] = total / sum(len(each.records) for each in data.values())
            print(
                f"{peer:>16}: {results[peer]:8.1f} us a diff, {'the same' if agreed else 'ANOTHER'} best 10"
            )
    return results


def numbers(best: Iterable[Iterable[Iterable[str]]]) -> list[list[list[Decimal]]]:
    return [[[Decimal(text) for text in level] for level in side] for side in best]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds over the recording; the best counts")
    rounds = parser.parse_args().rounds
    if not (RECORDINGS / "streams" / "spot").is_dir():
        sys.exit(f"no recordings in {RECORDINGS}: set CANDLESTACK_RECORDINGS to their folder")
    data = {pair: recorded(pair) for pair in PAIRS}
    diffs = sum(len(each.records) for each in data.values())
    print(
        f"Python {platform.python_version()}, msgspec {version('msgspec')}, {', '.join(PEERS.values())}; "
        f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"{diffs} diffs, {sum(each.levels for each in data.values()) / diffs:.1f} levels each")
    bare = sum(
        measure_decoding(msgspec.json.Decoder().decode, each, rounds) * len(each.records)
        for each in data.values()
    )
    ours = sum(measure_decoding(decode_diff, each, rounds) * len(each.records) for each in data.values())
    print(f"decoding alone: {bare / diffs:.1f} us bare, {ours / diffs:.1f} us with every amount judged")
    figures: dict[str, float] = {}
    for name, make in STRUCTURES.items():
        total = 0.0
        for each in data.values():
            us, best = measure(make, each, rounds)
            total += us * len(each.records)
            if numbers(best) != numbers(best_in_the_end(each)):
                sys.exit(f"{name} ended with another book")
        figures[name] = total / diffs
        print(f"{name:>16}: {figures[name]:8.1f} us a diff, the same best 10")
    with tempfile.TemporaryDirectory(prefix="candlestack-bench-") as folder:
        peers = run_peers(Path(folder), data, rounds)
    for peer, us in sorted(peers.items(), key=lambda item: item[1]):
        print(f"{us / figures['windowed (ours)']:.1f} times as fast as {peer}")
    print(
        "target: at most 25 us, and 4 times the fastest peer; order-book is a structure, and checks no sequence"
    )


if __name__ == "__main__":
    main()
