"""The lines of a recording; the package says what they are."""

from __future__ import annotations

import base64
from collections.abc import Collection

import msgspec

from candlestack_core.messages import Market

_encode = msgspec.json.Encoder().encode


class _Frame(msgspec.Struct):
    stream: str
    data: msgspec.Raw


_frames = msgspec.json.Decoder(_Frame)


def header_line(time_ns: int, market: Market, source: str) -> bytes:
    """Return the first line of a file."""
    return _line(time_ns, _encode({"recording": {"market": market, "source": source}}))


def frame_line(time_ns: int, frame: bytes) -> tuple[bytes, str]:
    """Return the line of a frame and the stream that it is of; empty where it is not to be read."""
    try:
        stream = _frames.decode(frame).stream
    except (msgspec.DecodeError, UnicodeDecodeError):
        stream = ""
    if not stream or b"\n" in frame:
        return _line(time_ns, _encode({"unreadable": base64.b64encode(frame).decode()})), ""
    return _line(time_ns, frame), stream


def snapshot_line(time_ns: int, path: str, symbol: str, limit: int, body: bytes) -> bytes:
    """Return the line of a depth snapshot."""
    request = f"{path}?symbol={symbol}&limit={limit}"
    # A line break in JSON can only stand between its parts: there a space says the same.
    one_line = body.replace(b"\r", b" ").replace(b"\n", b" ")
    return _line(time_ns, _encode({"request": request, "body": msgspec.Raw(one_line)}))


def connection_line(time_ns: int, event: str, streams: Collection[str]) -> bytes:
    """Return the line of a connection that was opened or lost."""
    return _line(time_ns, _encode({"connection": {"event": event, "streams": sorted(streams)}}))


def _line(time_ns: int, json: bytes) -> bytes:
    return b"%d %b\n" % (time_ns, json)
