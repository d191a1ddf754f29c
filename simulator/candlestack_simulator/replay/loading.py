"""From files to tapes: finds the files of a recording, reads and orders their messages."""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from candlestack_simulator.replay.errors import RecordingError
from candlestack_simulator.replay.lines import MarketLine, SnapshotLine, StreamLine, read_lines
from candlestack_simulator.replay.messages import Message, decode, is_usdm
from candlestack_simulator.replay.tape import FAST_DEPTH, PairTape
from candlestack_simulator.source import MARKETS, Market

FASTEST_DEPTH = "depth@0ms"
"""Recorded on futures before it was renounced; served as the fastest that there is now."""


@dataclass(frozen=True, slots=True)
class _Entry:
    symbol: str
    kind: str
    message: Message
    payload: bytes


@dataclass(slots=True)
class _File:
    path: Path
    entries: list[_Entry]
    snapshots: list[SnapshotLine]
    named: Market | None = None
    """The market that a line of the file, or else the beginning of its name, names."""
    holds_futures: bool = False
    """Whether it holds what only futures send."""

    @property
    def market(self) -> Market:
        return self.named or ("usdm" if self.holds_futures else "spot")


def load_tapes(recording: str) -> dict[Market, dict[str, PairTape]]:
    """Load a recording: files or globs, separated by commas; return each market's pairs in alphabetical order.

    Messages of all files are ordered by event time, and as recorded within one time. A file is of the market
    that it names (`lines`), or that its name begins with (`usdm_...`), otherwise of the one that its messages show.

    Raises:
        RecordingError: when a file is missing, cannot be read, or is not a recording of streams.
    """
    files = [_read(path) for path in find_files(recording)]
    markets: dict[Market, dict[str, PairTape]] = {
        market: _tapes_of(market, [file for file in files if file.market == market]) for market in MARKETS
    }
    if not any(markets.values()):
        raise RecordingError(f"{recording}: holds no message of a stream that is served")
    return markets


def _tapes_of(market: Market, files: list[_File]) -> dict[str, PairTape]:
    timed = sorted(
        (time_ms, number, place)
        for number, file in enumerate(files)
        for place, time_ms in enumerate(_event_times(file))
    )
    tapes: dict[str, PairTape] = {}
    for order, (time_ms, number, place) in enumerate(timed):
        entry = files[number].entries[place]
        tape = tapes.setdefault(entry.symbol, PairTape(entry.symbol, market))
        try:
            tape.add((time_ms, order), entry.kind, entry.message, entry.payload)
        except ValueError as error:
            raise _malformed(files[number].path, entry.symbol, entry.kind, error) from None
    for file in files:
        _add_snapshots(file, tapes)
    return dict(sorted(tapes.items()))


def find_files(recording: str) -> list[Path]:
    """Return the files that a recording names.

    Raises:
        RecordingError: when a name or a glob matches no file.
    """
    paths: dict[Path, None] = {}
    for name in filter(None, (part.strip() for part in recording.split(","))):
        matches = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207 - may be absolute
        if not any(path.is_file() for path in matches):
            raise RecordingError(f"{name}: no such recording")
        paths.update(dict.fromkeys(path for path in matches if path.is_file()))
    if not paths:
        raise RecordingError("no recording is named")
    return list(paths)


def _read(path: Path) -> _File:
    beginning = path.name.partition("_")[0]
    named = next((market for market in MARKETS if market == beginning), None)
    file = _File(path, [], [], named)
    for line in read_lines(path):
        match line:
            case SnapshotLine():
                file.snapshots.append(line)
            case MarketLine(market=market):
                file.named = market
            case StreamLine():
                _add_message(file, line)
    if file.named == "spot" and file.holds_futures:
        raise RecordingError(f"{path}: is named a recording of spot, but holds messages of USD-M futures")
    return file


def _add_message(file: _File, line: StreamLine) -> None:
    pair, _, kind = line.stream.partition("@")
    try:
        message = decode(kind, line.payload)
    except msgspec.MsgspecError as error:
        raise _malformed(file.path, pair, kind, error) from None
    file.holds_futures = file.holds_futures or is_usdm(kind, message)
    if message is not None:
        kind = FAST_DEPTH if kind == FASTEST_DEPTH else kind
        file.entries.append(_Entry(pair.upper(), kind, message, line.payload))


def _malformed(path: Path, pair: str, kind: str, error: Exception) -> RecordingError:
    return RecordingError(f"{path}: a message of {pair.lower()}@{kind} is malformed: {error}")


def _event_times(file: _File) -> Iterator[int]:
    """Yield the time of each entry, in ms: its event time, never before the one before it on its stream.

    A book ticker carries no event time: it gets the newest one that its pair has shown until then.
    """
    pairs: dict[str, int] = {}
    for entry in file.entries:
        event_time = _own_event_time(entry)
        if event_time is not None:
            pairs.setdefault(entry.symbol, event_time)
    streams: dict[tuple[str, str], int] = {}
    for entry in file.entries:
        if entry.symbol not in pairs:
            raise RecordingError(f"{file.path}: no message of {entry.symbol} has an event time")
        stream = (entry.symbol, entry.kind)
        event_time = _own_event_time(entry)
        time_ms = max(pairs[entry.symbol] if event_time is None else event_time, streams.get(stream, 0))
        streams[stream] = time_ms
        pairs[entry.symbol] = max(pairs[entry.symbol], time_ms)
        yield time_ms


def _own_event_time(entry: _Entry) -> int | None:
    event_time: int | None = entry.message.E
    return event_time


def _add_snapshots(file: _File, tapes: dict[str, PairTape]) -> None:
    for snapshot in file.snapshots:
        try:
            tape = tapes.get(snapshot.symbol) if snapshot.symbol else _owner(snapshot, tapes.values())
            if tape is not None:
                tape.add_snapshot(snapshot.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise RecordingError(f"{file.path}: a depth snapshot is malformed: {error}") from None


def _owner(snapshot: SnapshotLine, tapes: Iterable[PairTape]) -> PairTape | None:
    """Return the pair whose diffs a bare snapshot joins; update ids of different pairs are far apart."""
    last_update_id = msgspec.json.decode(snapshot.body, type=_UpdateId).lastUpdateId
    return next((tape for tape in tapes if tape.joins(last_update_id)), None)


class _UpdateId(msgspec.Struct):
    lastUpdateId: int  # noqa: N815 - Binance's name
