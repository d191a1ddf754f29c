"""The kinds of faults and what each can be told; a value out of bounds is refused by name.

`market` limits a fault to one market. `streams` are patterns of stream names (`btcusdt@trade`, `*@kline_*`) and
`symbols` are pairs; a fault with neither concerns everything, one with both what fits both.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from candlestack_simulator.source import Market

LONGEST_S = 3_600

Seconds = Annotated[float, Meta(gt=0, le=LONGEST_S)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Pattern = Annotated[str, Meta(min_length=1, max_length=100)]
Patterns = Annotated[tuple[Pattern, ...], Meta(max_length=64)]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every fault can be told."""

    market: Market | None = None

    def concerns(self, market: Market) -> bool:
        return self.market in (None, market)


class StreamFault(Fault, frozen=True, kw_only=True):
    """A fault of certain streams."""

    streams: Patterns = ()
    symbols: Patterns = ()

    def fits(self, stream: str) -> bool:
        """Tell whether a stream is one of those that the fault is about."""
        symbol = stream.partition("@")[0].upper()
        return (not self.symbols or symbol in self.symbols) and (
            not self.streams or any(fnmatchcase(stream, pattern) for pattern in self.streams)
        )


class Cut(StreamFault, frozen=True, kw_only=True, tag="cut"):
    """Connections with such a stream (or all) are dropped without a word, and refused for `duration_s`."""

    duration_s: Seconds | None = None


class Frozen(StreamFault, frozen=True, kw_only=True, tag="frozen"):
    """Connections stay open, but send nothing and answer nothing: no frame, no pong, no close.

    `connections` are those open when it begins, or `all`, with those that are opened meanwhile. What would have
    been sent is lost; afterwards the connection goes on.
    """

    duration_s: Seconds
    connections: Literal["open", "all"] = "open"


class Starved(StreamFault, frozen=True, kw_only=True, tag="starved"):
    """Streams are silent on a connection whose others go on.

    `subscriptions` are those that stand when it begins (moving the stream to another connection helps), `new`
    ones, which are acknowledged and silent, or `all`. `count` limits how many connections it befalls.
    """

    duration_s: Seconds
    subscriptions: Literal["open", "new", "all"] = "open"
    count: Count | None = None


class Shutdown(StreamFault, frozen=True, kw_only=True, tag="shutdown"):
    """Connections hear `serverShutdown` and are closed `notice_s` later."""

    notice_s: Annotated[float, Meta(ge=0, le=LONGEST_S)] = 10.0


class FrameFault(StreamFault, frozen=True, kw_only=True):
    """Something happens to `count` frames, or to those of `duration_s`; to each `every`-th one that fits.

    It happens on all connections alike. With neither count nor duration it happens once.
    """

    count: Count | None = None
    duration_s: Seconds | None = None
    every: Annotated[int, Meta(ge=1, le=10_000)] = 1


class Doubled(FrameFault, frozen=True, kw_only=True, tag="doubled"):
    """A frame is sent twice."""


class Reordered(FrameFault, frozen=True, kw_only=True, tag="reordered"):
    """A frame is sent after the next one of its stream."""


class Dropped(FrameFault, frozen=True, kw_only=True, tag="dropped"):
    """A frame is not sent."""


class Truncated(FrameFault, frozen=True, kw_only=True, tag="truncated"):
    """Only the first half of a frame's text is sent."""


class NotJson(FrameFault, frozen=True, kw_only=True, tag="not_json"):
    """A text that is no JSON is sent in place of a frame."""


class UnknownSymbol(FrameFault, frozen=True, kw_only=True, tag="unknown_symbol"):
    """A frame is sent, and once more under the name of a pair that is not listed."""


class Absurd(FrameFault, frozen=True, kw_only=True, tag="absurd"):
    """A frame's price is replaced: negative, not a number, endless digits, empty."""


class RestFault(Fault, frozen=True, kw_only=True):
    """Something happens to `count` requests, or to those of `duration_s`; with neither to one.

    `paths` are the ends of paths (`depth`, `ticker/24hr`); none means all.
    """

    paths: Patterns = ()
    count: Count | None = None
    duration_s: Seconds | None = None

    def meets(self, path: str) -> bool:
        return not self.paths or any(path.endswith(f"/{end}") for end in self.paths)


class RestError(RestFault, frozen=True, kw_only=True, tag="rest_error"):
    """Requests are answered with an error."""

    status: Annotated[int, Meta(ge=400, le=599)] = 503
    retry_after_s: Annotated[int, Meta(ge=0, le=LONGEST_S)] | None = None


class RestLate(RestFault, frozen=True, kw_only=True, tag="rest_late"):
    """Requests are answered, but late."""

    delay_s: Annotated[float, Meta(gt=0, le=60)]


class StaleDepth(RestFault, frozen=True, kw_only=True, tag="stale_depth"):
    """Depth requests are answered with the book of `age_ms` before now."""

    age_ms: Annotated[int, Meta(ge=1, le=3_600_000)]


class ClockOffset(Fault, frozen=True, kw_only=True, tag="clock_offset"):
    """The exchange's clock goes `offset_ms` ahead (negative: behind), on both markets."""

    offset_ms: Annotated[int, Meta(ge=-3_600_000, le=3_600_000)]
    duration_s: Seconds


AnyFault = (
    Cut
    | Frozen
    | Starved
    | Shutdown
    | Doubled
    | Reordered
    | Dropped
    | Truncated
    | NotJson
    | UnknownSymbol
    | Absurd
    | RestError
    | RestLate
    | StaleDepth
    | ClockOffset
)
