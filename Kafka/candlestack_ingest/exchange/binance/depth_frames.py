"""Depth frames of both markets, and how they become depth diffs of the platform."""

from __future__ import annotations

import msgspec

from candlestack_core.decimals import NotCanonicalError
from candlestack_core.messages import DepthDiff, Level, Market
from candlestack_ingest.exchange.binance.amounts import canonical_amount
from candlestack_ingest.exchange.binance.frames import FrameError

DEPTH_SUFFIX = "depth@100ms"
LAST_ID = 2**63 - 1


class DepthEvent(msgspec.Struct, frozen=True, gc=False):
    """A `depthUpdate`; `pu` only on USD-M."""

    E: int
    s: str
    U: int
    u: int
    b: list[tuple[str, str]]
    a: list[tuple[str, str]]
    e: str
    pu: int | None = None


class DepthFrame(msgspec.Struct, frozen=True, gc=False):
    stream: str
    data: DepthEvent


_frames = msgspec.json.Decoder(DepthFrame)


def decode_depth(frame: bytes | str) -> DepthFrame:
    """Decode an enveloped depth update.

    Raises:
        FrameError: when it is anything else.
    """
    try:
        decoded = _frames.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(str(error)) from None
    if decoded.data.e != "depthUpdate":
        raise FrameError(f"a {decoded.data.e[:40]!r} event on a depth stream")
    return decoded


def diff_of_event(event: DepthEvent, *, market: Market, source: str) -> DepthDiff:
    """Turn a depth update into a depth diff, its levels in the order the exchange gave them.

    Raises:
        FrameError: when the ids or figures cannot be those of a diff of this market.
    """
    if (event.pu is None) != (market == "spot"):
        raise FrameError(f"a diff of {market} {'has no' if event.pu is None else 'has a'} previous update id")
    if not 0 <= event.U <= event.u <= LAST_ID:
        raise FrameError(f"update ids run from {event.U} to {event.u}")
    if event.pu is not None and not 0 <= event.pu <= event.u:
        raise FrameError(f"update id {event.u} follows {event.pu}")
    return DepthDiff(
        market=market,
        symbol=event.s,
        first_update_id=event.U,
        final_update_id=event.u,
        previous_final_update_id=event.pu,
        bids=_levels(event.b),
        asks=_levels(event.a),
        event_time=event.E,
        source=source,
    )


def _levels(side: list[tuple[str, str]]) -> list[Level]:
    try:
        levels = [(canonical_amount(price), canonical_amount(quantity)) for price, quantity in side]
    except NotCanonicalError as error:
        raise FrameError(str(error)) from None
    for price, _ in levels:
        if price == "0":
            raise FrameError("a level at the price 0")
    return levels
