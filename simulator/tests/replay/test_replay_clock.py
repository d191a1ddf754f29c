"""The time of a replay: it waits for its clients, runs at its speed, and may be moved to the present."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest

from candlestack_simulator import wire
from candlestack_simulator.replay.clock import ReplayClock
from candlestack_simulator.replay.recording import shifted
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.source import Recorded
from candlestack_simulator.testing import Clock, Seconds, replay_of

MINUTE_MS = 60_000
FIRST_MS, LAST_MS = 1_000_000_012_345, 1_000_000_099_999


def clock(
    seconds: Seconds,
    wall: Clock,
    *,
    speed: float = 1.0,
    times: Literal["kept", "shifted"] = "kept",
    start_delay_s: float = 3.0,
) -> ReplayClock:
    return ReplayClock(
        FIRST_MS,
        LAST_MS,
        speed=speed,
        times=times,
        start_delay_s=start_delay_s,
        wall_ms=wall,
        monotonic=seconds,
    )


def test_it_stands_before_the_first_event_until_started_and_for_the_delay() -> None:
    seconds = Seconds(50.0)
    replayed = clock(seconds, Clock(0))
    for now, recorded in ((50.0, -1), (500.0, -1)):
        seconds.now = now
        assert replayed.recorded_ms() == FIRST_MS + recorded
    replayed.start()
    for now, recorded in ((502.999, -1), (503.0015, 0), (504.0005, 999), (513.0005, 9_999)):
        seconds.now = now
        assert replayed.recorded_ms() == FIRST_MS + recorded
        replayed.start()
    assert not replayed.ended()


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0, 1000.0])
def test_it_runs_at_its_speed_and_stops_at_the_last_event(speed: float) -> None:
    seconds = Seconds()
    replayed = clock(seconds, Clock(0), speed=speed, start_delay_s=0.0)
    replayed.start()
    seconds.now = 10.0 / speed
    assert abs(replayed.recorded_ms() - (FIRST_MS + 9_999)) <= 1
    seconds.now = 1e9
    assert (replayed.recorded_ms(), replayed.ended()) == (LAST_MS, True)


def test_shifted_times_follow_the_present_by_whole_minutes_until_the_start() -> None:
    seconds, wall = Seconds(), Clock(1_800_000_000_000)
    replayed = clock(seconds, wall, times="shifted")
    for _ in range(5):
        shift = replayed.shift_ms()
        assert shift % MINUTE_MS == 0
        assert 0 <= wall.ms - (replayed.recorded_ms() + shift) < MINUTE_MS
        wall.advance(77_777)
    replayed.start()
    settled = replayed.shift_ms()
    wall.advance(10 * MINUTE_MS)
    assert replayed.shift_ms() == settled


def test_the_coverage_that_a_client_was_told_stays_true_however_long_it_waits(
    aggregate_tapes: dict[str, PairTape],
) -> None:
    seconds, wall = Seconds(), Clock(1_800_000_000_000)
    recording = replay_of(aggregate_tapes, seconds, times="shifted", wall_ms=wall)
    told = recording.coverage("BTCUSDT")
    wall.advance(10 * MINUTE_MS)
    recording.start()
    seconds.now = 1e6
    kinds = ("trade", "aggTrade", "bookTicker", "depth", "depth@100ms", "kline_1m")
    sent = recording.emissions([f"btcusdt@{kind}" for kind in kinds], 0, recording.now_ms())
    assert next(iter(sent)).event_time == told.start_ms


def test_kept_times_are_not_moved() -> None:
    assert clock(Seconds(), Clock(1_800_000_000_000)).shift_ms() == 0


def test_every_time_of_a_recorded_payload_is_moved_and_nothing_else() -> None:
    kline = b'{"e":"kline","E":100,"s":"A","k":{"t":60,"T":119,"f":5,"L":9,"o":"1.5","n":7}}'
    trade = b'{"e":"trade","E":100,"s":"A","t":60,"p":"1.5","T":99,"m":true}'
    ticker = b'{"u":100,"s":"A","b":"60","B":"1","a":"61","A":"2"}'
    moved = [shifted(Recorded(payload), 120_000) for payload in (kline, trade, ticker)]
    assert moved == [
        Recorded(b'{"e":"kline","E":120100,"s":"A","k":{"t":120060,"T":120119,"f":5,"L":9,"o":"1.5","n":7}}'),
        Recorded(b'{"e":"trade","E":120100,"s":"A","t":60,"p":"1.5","T":120099,"m":true}'),
        Recorded(ticker),
    ]


def everything(tapes: dict[str, PairTape], times: Literal["kept", "shifted"]) -> list[dict[str, Any]]:
    """Return what all streams of a whole replay send."""
    seconds = Seconds()
    recording = replay_of(tapes, seconds, times=times, wall_ms=Clock(1_800_000_000_000))
    recording.start()
    seconds.now = 1e6
    kinds = ("trade", "aggTrade", "bookTicker", "depth", "depth@100ms", "kline_1m")
    streams = [f"{pair.symbol.lower()}@{kind}" for pair in recording.pairs() for kind in kinds]
    return [
        json.loads(wire.stream_payload(emission))
        for emission in recording.emissions(streams, 0, recording.now_ms())
    ]


def moved_back(event: dict[str, Any], shift: int) -> dict[str, Any]:
    times = {"E", "T", "t"} if "i" in event else {"E", "T"}
    return {
        name: moved_back(value, shift) if name == "k" else value - shift if name in times else value
        for name, value in event.items()
    }


def test_a_shifted_recording_is_the_same_one_moved(aggregate_tapes: dict[str, PairTape]) -> None:
    kept, shifted_events = everything(aggregate_tapes, "kept"), everything(aggregate_tapes, "shifted")
    shift = shifted_events[0]["E"] - kept[0]["E"]
    assert shift > 0
    assert shift % MINUTE_MS == 0
    assert [moved_back(event, shift) for event in shifted_events] == kept


def test_longer_windows_of_a_shifted_recording_begin_where_the_exchange_begins_them(
    spot_tapes: dict[str, PairTape],
) -> None:
    seconds = Seconds()
    recording = replay_of(spot_tapes, seconds, times="shifted", wall_ms=Clock(1_800_000_123_000))
    recording.start()
    seconds.now = 1e6
    streamed = [
        json.loads(wire.stream_payload(emission))["k"]
        for emission in recording.emissions(["btcusdt@kline_5m"], 0, recording.now_ms())
    ]
    candles = recording.candles("BTCUSDT", "5m", None, None, 10)
    assert {k["t"] % (5 * MINUTE_MS) for k in streamed} == {0}
    assert {candle.open_time for candle in candles} == {k["t"] for k in streamed}
    closed = {k["t"]: k["v"] for k in streamed if k["x"]}
    assert closed == {
        candle.open_time: wire.decimal8(candle.volume_e8) for candle in candles if candle.closed
    }
