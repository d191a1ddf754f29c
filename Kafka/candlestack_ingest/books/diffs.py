"""Diffs as the builder reads them: judged by one pattern over the whole record, not level by level.

To check each amount of a record of 44 levels by itself takes ten times as long as to decode it. What our own
producer writes fits the pattern; anything else is decoded the long way, by core's own definition.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from candlestack_core.messages import DepthDiff, Id, Level, Market, Source, Symbol, TimeMs, decode_depth_diff


class Diff(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A `messages.DepthDiff`, field by field; the canonical form of its levels is judged by `decode_diff`."""

    market: Market
    symbol: Symbol
    first_update_id: Id
    final_update_id: Id
    previous_final_update_id: Id | None
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]
    event_time: TimeMs
    source: Source

    @classmethod
    def of(cls, diff: DepthDiff) -> Diff:
        """Return the same diff as the builder reads it."""
        return cls(**msgspec.structs.asdict(diff))


_AMOUNT: Final = r'"(?:0|[1-9][0-9]{0,19}+)(?:\.[0-9]{1,8}+(?<!0))?+"'
_LEVEL: Final = rf"\[{_AMOUNT},{_AMOUNT}\]"
_LEVELS: Final = rf"\[(?:{_LEVEL}(?:,{_LEVEL})*+)?+\]"
_RECORD = re.compile(
    rb'\{"market":"[a-z]+","symbol":"[^"\\]+","first_update_id":[0-9]+,"final_update_id":[0-9]+,'
    rb'"previous_final_update_id":(?:null|[0-9]+),"bids":'
    + _LEVELS.encode()
    + rb',"asks":'
    + _LEVELS.encode()
    + rb',"event_time":[0-9]+,"source":"[a-z:]+"\}'
)
_decode = msgspec.json.Decoder(Diff).decode


def decode_diff(value: bytes) -> Diff:
    """Return the diff that a record's value holds.

    Raises:
        msgspec.DecodeError: when it is none (a `ValidationError` where it is JSON); UnicodeDecodeError and
            RecursionError as core's decoders do.
    """
    if _RECORD.fullmatch(value):
        return _decode(value)
    return Diff.of(decode_depth_diff(value))


def has_previous(diff: Diff) -> bool:
    """Tell whether a diff has what its market's rule needs: USD-M's the id of the diff before it."""
    return diff.market == "spot" or diff.previous_final_update_id is not None


__all__ = ["Diff", "Level", "decode_diff", "has_previous"]
