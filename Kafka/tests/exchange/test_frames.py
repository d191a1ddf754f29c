"""Spot frames: recorded ones are understood, all others are refused with a reason."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle, decode_candle, decode_trade, encode
from candlestack_ingest.exchange.binance import frames
from candlestack_ingest.exchange.binance.frames import FrameError

RECORDINGS = Path(
    os.environ.get("CANDLESTACK_RECORDINGS", Path(__file__).resolve().parents[4] / "shared" / "data")
)
needs_recordings = pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"no recordings in {RECORDINGS}")

OPEN = 1_723_161_240_000


def recorded_frames(name: str, kind: str) -> Iterator[bytes]:
    with gzip.open(RECORDINGS / "streams" / "spot" / name, "rt") as lines:
        for line in lines:
            _, _, payload = line.partition(" ")
            if payload.startswith('{"stream"') and f"@{kind}" in payload[:60]:
                yield payload.strip().encode()


def kline_frame(**changes: Any) -> bytes:
    kline = {
        "t": OPEN, "T": OPEN + 59_999, "s": "BTCUSDT", "i": "1m", "f": 1, "L": 2, "o": "100.10", "c": "100.30",
        "h": "100.40", "l": "100.00", "v": "3.0", "n": 2, "x": True, "q": "300.5", "V": "1.0", "Q": "100.2",
        "B": "0",
    }  # fmt: skip
    event = {"e": "kline", "E": OPEN + 60_010, "s": "BTCUSDT", "k": kline}
    for name, value in changes.items():
        (event if name in ("e", "E", "s") else kline)[name] = value
    return json.dumps({"stream": "btcusdt@kline_1m", "data": event}).encode()


def candle(frame: bytes) -> Candle:
    return frames.candle_of_kline(frames.decode_kline(frame), source="simulator", completeness="complete")


@needs_recordings
def test_every_recorded_kline_becomes_a_candle_with_the_same_figures() -> None:
    count = 0
    for frame in recorded_frames("btc_eth_dot_depth_kline_aggtrade_20210404.gz", "kline_1m"):
        made = candle(frame)
        kline = json.loads(frame)["data"]["k"]
        assert decode_candle(encode(made)) == made
        assert (made.open_time, made.close_time, made.trades) == (kline["t"], kline["T"], kline["n"])
        assert made.version == json.loads(frame)["data"]["E"]
        for ours, theirs in (
            (made.open, "o"), (made.high, "h"), (made.low, "l"), (made.close, "c"), (made.volume, "v"),
            (made.quote_volume, "q"), (made.taker_buy_volume, "V"), (made.taker_buy_quote_volume, "Q"),
        ):  # fmt: skip
            assert Decimal(ours) == Decimal(kline[theirs])
        count += 1
    assert count == 118


@needs_recordings
def test_every_recorded_trade_becomes_a_trade_with_an_exact_quote_amount() -> None:
    count = 0
    for frame in recorded_frames("btcusdt_20240808.gz", "trade"):
        event = frames.decode_trade_frame(frame).data
        made = frames.trade_of_event(event, source="replay")
        assert decode_trade(encode(made)) == made
        assert Decimal(made.quote_quantity) == Decimal(event.p) * Decimal(event.q)
        assert (made.trade_id, made.time, made.buyer_is_maker) == (event.t, event.T, event.m)
        count += 1
    assert count > 1000


def test_a_halted_candle_may_close_early() -> None:
    assert candle(kline_frame(T=OPEN + 31_000, n=0)).close_time == OPEN + 31_000


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"t": OPEN + 1}, "not the start of a minute"),
        ({"T": OPEN + MINUTE_MS}, "outside the minute"),
        ({"E": OPEN + 3_600_000}, "not within the minute"),
        ({"E": OPEN - 60_000}, "not within the minute"),
        ({"h": "100.20"}, "prices do not fit"),
        ({"l": "0"}, "prices do not fit"),
        ({"o": "NaN"}, "not a plain decimal"),
        ({"o": "1e5"}, "not a plain decimal"),
        ({"v": "-1"}, "not a plain decimal"),
        ({"v": "1.123456789"}, "more than 8 decimals"),
        ({"V": "4"}, "takers bought more"),
        ({"n": -1}, "-1 trades"),
        ({"n": "2"}, "Expected `int`"),
        ({"i": "5m"}, "Invalid enum value"),
        ({"e": "trade"}, "Invalid enum value"),
        ({"s": "ETHUSDT"}, "carries a kline_1m event"),
    ],
)
def test_a_kline_that_makes_no_sense_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(FrameError, match=reason):
        candle(kline_frame(**changes))


@pytest.mark.parametrize("cut", [0, 1, 40, 120])
def test_a_frame_cut_off_or_not_json_is_refused(cut: int) -> None:
    with pytest.raises(FrameError):
        frames.decode_kline(kline_frame()[:cut])


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(noise: bytes) -> None:
    for decode in (frames.decode_kline, frames.decode_trade_frame):
        with pytest.raises(FrameError):
            decode(noise)
    assert frames.notice_of(noise) in (None, "answer", "serverShutdown")


def test_notices_are_told_from_data() -> None:
    assert frames.notice_of(b'{"result":null,"id":1}') == "answer"
    assert frames.notice_of(b'{"e":"serverShutdown","E":1723161240000}') == "serverShutdown"
    assert frames.notice_of(b'{"stream":"","data":{"e":"serverShutdown","E":1}}') == "serverShutdown"
    assert frames.notice_of(kline_frame()) is None


@pytest.mark.parametrize(("field", "value"), [("p", "0"), ("q", "0.000"), ("t", -1), ("T", -5), ("p", "-3")])
def test_a_trade_of_nothing_is_refused(field: str, value: object) -> None:
    event: dict[str, Any] = {
        "e": "trade", "E": OPEN, "s": "BTCUSDT", "t": 7, "p": "1.5", "q": "2", "T": OPEN, "m": True, "M": True,
    }  # fmt: skip
    frame = json.dumps({"stream": "btcusdt@trade", "data": event | {field: value}}).encode()
    with pytest.raises(FrameError):
        frames.trade_of_event(frames.decode_trade_frame(frame).data, source="simulator")


def test_a_rest_row_is_closed_only_two_seconds_after_its_end() -> None:
    row = [OPEN, "100.1", "100.4", "100.0", "100.3", "3.0", OPEN + 59_999, "300.5", 2, "1.0", "100.2", "0"]

    def closed(server_time: int) -> bool:
        return frames.candle_of_row(
            row, "BTCUSDT", server_time=server_time, source="backfill:simulator", completeness="backfilled"
        ).closed

    assert not closed(OPEN + MINUTE_MS + 1_999)
    assert closed(OPEN + MINUTE_MS + 2_000)


@pytest.mark.parametrize(
    "row", [[], [OPEN], ["x"] * 12, [OPEN, 1, 2, 3, 4, 5, OPEN + 59_999, 6, 2, 7, 8, "0"]]
)
def test_a_rest_row_that_is_none_is_refused(row: list[Any]) -> None:
    with pytest.raises(FrameError):
        frames.candle_of_row(
            row, "BTCUSDT", server_time=OPEN, source="backfill:simulator", completeness="backfilled"
        )
