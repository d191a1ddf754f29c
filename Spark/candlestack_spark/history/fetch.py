"""What one Spark task fetches: the archive of a pair's month, into the lake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from candlestack_core.intervals import Interval
from candlestack_spark.history.archives import ArchiveError, ArchiveShelf, read_archive
from candlestack_spark.lake.files import Lake, Manifest
from candlestack_spark.lake.months import Month

Outcome = Literal["there", "fetched", "absent", "failed"]


class PairMonth(NamedTuple):
    """A month of a pair."""

    symbol: str
    month: Month

    def __str__(self) -> str:
        return f"{self.symbol} {self.month}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a month: `absent` where the exchange has no archive of it (yet)."""

    unit: PairMonth
    outcome: Outcome
    rows: int = 0
    set_aside: int = 0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ArchiveFetch:
    """Fetches archives into the lake; `version` is the exchange's time in ms."""

    lake: Lake
    url: str
    source: str
    version: int
    recheck: bool
    """Whether finished months too are held against the exchange's checksums: it restates archives at times."""

    def __call__(self, units: Iterable[PairMonth]) -> Iterator[Fetched]:
        for unit in units:
            try:
                yield self._fetch(unit)
            except ArchiveError as error:
                yield Fetched(unit, "failed", reasons=[f"{unit}: {error}"])

    def _fetch(self, unit: PairMonth) -> Fetched:
        symbol, month = unit
        known = self.lake.manifest(symbol, month)
        finished = known is not None and known.finished
        if finished and not self.recheck:
            return Fetched(unit, "there")
        shelf = ArchiveShelf(self.url)
        sha256 = shelf.checksum(symbol, month)
        if sha256 is None:
            return Fetched(unit, "there" if finished else "absent")
        if known is not None and finished and known.sha256 == sha256:
            return Fetched(unit, "there")
        body = shelf.fetch(symbol, month, sha256)
        parsed = read_archive(body, symbol, month, version=self.version, source=self.source)
        reasons = [f"{unit}: {reason}" for reason in parsed.reasons]
        rows = parsed.candles.num_rows
        if parsed.set_aside and known is not None and self._holds(unit, rows):
            return Fetched(unit, "failed", 0, parsed.set_aside, reasons)
        manifest = Manifest(origin="archive", version=self.version, sha256=sha256, set_aside=parsed.set_aside)
        self.lake.write(Interval.M1, symbol, month, parsed.candles, manifest)
        return Fetched(unit, "failed" if parsed.set_aside else "fetched", rows, parsed.set_aside, reasons)

    def _holds(self, unit: PairMonth, rows: int) -> bool:
        """Tell whether the lake has at least so many candles of a month: an archive with faults is no better."""
        there = self.lake.read(Interval.M1, unit.symbol, unit.month, ["open_time"])
        return there is not None and there.num_rows >= rows
