"""The lines of recordings, in the two text formats that are in use for Binance.

- `<receive time in ns> <json>`: the envelope of a combined stream, or the bare body of a depth snapshot. Where the
  json is `{"request": "/fapi/v1/depth?symbol=...", "body": ...}` it is a REST answer and says whose it is, and
  `{"recording": {"market": "spot" | "usdm"}}` says of which market all messages of the file are. Other objects, such
  as what tells of connections opened and lost, are passed over;
- `<receive time in s>: <json>` with `wss://... <-> <time>` where the connection was opened and
  `https://... -> <time>: <json>` for a REST answer.

Files may be gzipped. Receive times are not used: a recording machine's clock may be wrong.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from candlestack_simulator.replay.errors import RecordingError
from candlestack_simulator.source import Market

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class StreamLine:
    """One message of a combined stream; `payload` is the JSON of `data` as it was received."""

    stream: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """The body of a depth request; `symbol` is None where the recording does not say whose it is."""

    symbol: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class MarketLine:
    """The market that all messages of the file belong to."""

    market: Market


Line = StreamLine | SnapshotLine | MarketLine


class _Header(msgspec.Struct):
    market: Market


class _Envelope(msgspec.Struct):
    stream: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    request: str | None = None
    body: msgspec.Raw = msgspec.Raw()
    recording: _Header | None = None
    lastUpdateId: int | None = None  # noqa: N815 - Binance's name


_decode_envelope = msgspec.json.Decoder(_Envelope).decode


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the stream messages and depth snapshots of a file, and the market it names, in order.

    Raises:
        RecordingError: when the file cannot be read, or a line is in neither format.
    """
    number = 0
    try:
        with path.open("rb") as plain:
            zipped = plain.peek(2)[:2] == _GZIP_MAGIC
            with gzip.open(plain) if zipped else plain as lines:
                for number, line in enumerate(lines, start=1):  # noqa: B007 - named in the error below
                    if parsed := _parse(line.strip()):
                        yield parsed
    except (OSError, EOFError, zlib.error) as error:
        raise RecordingError(f"{path}: cannot be read: {error}") from None
    except (ValueError, msgspec.MsgspecError) as error:
        raise RecordingError(f"{path}: line {number} is not in a known format: {error}") from None


def _parse(line: bytes) -> Line | None:
    if not line or line.startswith((b"wss://", b"ws://")):
        return None
    if line.startswith((b"https://", b"http://")):
        return _rest_answer(line)
    stamp, _, body = line.partition(b" ")
    float(stamp.removesuffix(b":"))
    envelope = _decode_envelope(body)
    if envelope.stream is not None:
        return StreamLine(envelope.stream, bytes(envelope.data))
    if envelope.request is not None:
        return _depth_answer(envelope.request, bytes(envelope.body))
    if envelope.recording is not None:
        return MarketLine(envelope.recording.market)
    return SnapshotLine(None, body) if envelope.lastUpdateId is not None else None


def _rest_answer(line: bytes) -> SnapshotLine | None:
    url, arrow, rest = line.partition(b" -> ")
    stamp, colon, body = rest.partition(b": ")
    if not (arrow and colon):
        raise ValueError("a REST answer without its time")
    float(stamp)
    return _depth_answer(url.decode(), body)


def _depth_answer(url: str, body: bytes) -> SnapshotLine | None:
    parts = urlsplit(url)
    symbol = parse_qs(parts.query).get("symbol")
    if not parts.path.endswith("/depth") or not symbol:
        return None
    return SnapshotLine(symbol[0], body)
