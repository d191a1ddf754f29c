"""What is no 1m candle or no trade is refused with the reason, whatever bytes it is made of."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import LAST_TIME_MS, MINUTE_MS
from candlestack_core.messages import Candle, Trade, encode
from candlestack_ingest.consumers.records import minute_candle, trade
from candlestack_ingest.consumers.sink import NotUnderstoodError
from records import START, candle, record
from records import trade as a_trade

AFTER_9999 = LAST_TIME_MS + 1
NESTED = b'{"symbol":"BTCUSDT","more":' + b"[" * 50_000 + b"]" * 50_000 + b"}"


def test_a_candle_and_a_trade_come_back_as_they_were_sent() -> None:
    assert minute_candle(record(candle(0, 1))) == candle(0, 1)
    assert trade(record(a_trade(7))) == a_trade(7)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"interval": "5m"}, "a 5m candle"),
        ({"open_time": START + 1}, "not the start of a minute"),
        ({"close_time": START - 1}, "not within the minute"),
        ({"close_time": START + MINUTE_MS}, "not within the minute"),
        ({"open_time": AFTER_9999, "close_time": AFTER_9999}, "after the year 9999"),
    ],
)
def test_a_candle_that_is_none_of_a_minute_is_refused(changes: dict[str, object], reason: str) -> None:
    changed: Candle = msgspec.structs.replace(candle(0, 1), **changes)
    with pytest.raises(NotUnderstoodError, match=reason):
        minute_candle(record(changed))


def test_a_minute_that_a_halt_cut_short_is_a_candle() -> None:
    halted: Candle = msgspec.structs.replace(candle(0, 1), close_time=START + 20_000)
    assert minute_candle(record(halted)) == halted


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "truncated"),
        (b"\xff", "malformed"),
        (b'{"symbol":"\xff\xff"}', "utf-8"),
        (b'{"symbol":"BTCUSDT"}', "missing required field"),
        (encode(candle(0, 1)).replace(b'"1.5"', b"1.5"), "Expected `str`"),
        (encode(candle(0, 1)).replace(b'"1.5"', b'"1.50"'), "matching regex"),
        (NESTED, "nested too deeply"),
    ],
)
def test_bytes_that_are_no_candle_are_refused_with_the_reason(value: bytes, reason: str) -> None:
    with pytest.raises(NotUnderstoodError, match=reason):
        minute_candle(replace(record(candle(0, 1)), value=value))


@given(st.one_of(st.binary(), st.binary().map(lambda tail: encode(a_trade(1))[: len(tail)] + tail)))
def test_no_bytes_end_the_process(value: bytes) -> None:
    given_record = replace(record(a_trade(1)), value=value)
    for read, message in ((minute_candle, Candle), (trade, Trade)):
        try:
            understood: Candle | Trade | None = read(given_record)
        except NotUnderstoodError:
            understood = None
        assert understood is None or isinstance(understood, message)
