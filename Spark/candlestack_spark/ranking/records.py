"""What a record of the candle topic has to be before it is ranked."""

from __future__ import annotations

from typing import Final

import msgspec

from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Candle, decode_candle

EARLY_MS: Final = 60_000
"""By less than this the exchange's clock is ahead of the broker's, and of MongoDB's."""


class NotUnderstoodError(ValueError):
    """A record that is no 1m candle, or one of the future; the text says why."""


def minute_candle(value: bytes | None, arrived: int) -> Candle:
    """Return the 1m candle that a record holds; `arrived` is when the broker took it, in ms.

    Raises:
        NotUnderstoodError: it holds anything else, or a closed candle of a minute that had not ended by then:
            one such would drag the window into the future, out of which nothing brings it back.
    """
    try:
        candle = decode_candle(value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(str(error)) from None
    except RecursionError:
        raise NotUnderstoodError("nested too deeply") from None
    if candle.interval != Interval.M1.value or candle.open_time % MINUTE_MS:
        raise NotUnderstoodError(f"a {candle.interval} candle of {candle.open_time} is none of a minute")
    if candle.closed and not had_ended(candle.open_time, arrived):
        raise NotUnderstoodError(f"the minute {candle.open_time} had not ended when it arrived at {arrived}")
    return candle


def had_ended(open_time: int, now: int) -> bool:
    """Tell whether a minute can have been over at a time by another's clock; both in ms."""
    return open_time + MINUTE_MS <= now + EARLY_MS
