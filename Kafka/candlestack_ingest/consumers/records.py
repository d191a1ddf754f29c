"""What the records of a topic must be, beyond their types, before a store is asked to take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from candlestack_core.intervals import LAST_TIME_MS, Interval
from candlestack_core.kafka import Record
from candlestack_core.messages import Candle, Listing, Trade, decode_candle, decode_listing, decode_trade
from candlestack_ingest.consumers.sink import NotUnderstoodError

_Message = TypeVar("_Message")


def minute_candle(record: Record) -> Candle:
    """Return the 1m candle that a record holds.

    Raises:
        NotUnderstoodError: when it holds anything else, or a candle that does not open on a minute or does
            not close within it (a halt closes one early).
    """
    candle = _decode(decode_candle, record)
    if candle.interval != Interval.M1.value:
        raise NotUnderstoodError(f"a {candle.interval} candle on the topic of the 1m candles")
    if candle.open_time != Interval.M1.open_time(candle.open_time):
        raise NotUnderstoodError(f"open_time {candle.open_time} is not the start of a minute")
    if not candle.open_time <= candle.close_time <= Interval.M1.close_time(candle.open_time):
        raise NotUnderstoodError(
            f"close_time {candle.close_time} is not within the minute {candle.open_time}"
        )
    if candle.close_time > LAST_TIME_MS:
        raise NotUnderstoodError(f"open_time {candle.open_time} is after the year 9999")
    return candle


def trade(record: Record) -> Trade:
    """Return the trade that a record holds.

    Raises:
        NotUnderstoodError: when it holds anything else.
    """
    return _decode(decode_trade, record)


def listing(record: Record) -> Listing:
    """Return how the exchange lists a pair, as a record holds it.

    Raises:
        NotUnderstoodError: when it holds anything else.
    """
    return _decode(decode_listing, record)


def _decode(decode: Callable[[bytes], _Message], record: Record) -> _Message:
    try:
        return decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(str(error)) from None
    except RecursionError:
        # Thousands of nested brackets in a field that nobody asked for.
        raise NotUnderstoodError("nested too deeply") from None
