"""Streams from running APIs that are killed, frozen and left for one another."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api_records import NOON, candle, trade
from api_under_test import Api
from api_world import World
from candlestack_client import (
    AsyncClient,
    Client,
    Connected,
    Disconnected,
    Event,
    Kline,
    KlineSnapshot,
    KlineUpdate,
    Lost,
    Stream,
    SubscriptionError,
    Trades,
    TradesSnapshot,
    TradesUpdate,
    UnauthorizedError,
)
from candlestack_core.intervals import MINUTE_MS
from waiting import eventually

PATIENCE_S = 300.0
MORE_THAN_A_SNAPSHOT = 300
"""Trades; a snapshot has 100."""
MORE_THAN_IS_KEPT = 1_200
"""Trades; the API keeps 1,000."""


@contextmanager
def patiently(stream: Stream) -> Iterator[None]:
    """End a stream that does not tell what is waited for."""
    timer = threading.Timer(PATIENCE_S, stream.close)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def until_known(api: Api, *symbols: str) -> None:
    for symbol in symbols:
        eventually(lambda symbol=symbol: api.ask("/latest", symbol=symbol).status == 200, symbol)  # type: ignore[misc]


def trade_ids(events: Iterable[Event], symbol: str) -> list[int]:
    """Return the ids of a pair's trades, in the order in which they were told."""
    return [
        each.trade_id
        for event in events
        if isinstance(event, TradesSnapshot | TradesUpdate) and event.symbol == symbol
        for each in event.data
    ]


def closed_minutes(events: Iterable[Event]) -> list[int]:
    """Return which minutes after noon were told as closed."""
    candles: list[Any] = []
    for event in events:
        if isinstance(event, KlineSnapshot):
            candles += event.data
        elif isinstance(event, KlineUpdate):
            candles.append(event.data)
    return [(each.open_time - NOON) // MINUTE_MS for each in candles if each.closed]


def test_a_stream_goes_on_over_a_killed_api_and_says_what_it_missed(api: Api, world: World) -> None:
    kept, missed = "KEPTUSDT", "MISSEDUSDT"
    world.publish(*(candle(pair, 0) for pair in (kept, missed)), *(trade(pair, 1) for pair in (kept, missed)))
    until_known(api, kept, missed)
    events: list[Event] = []
    threads = set(threading.enumerate())
    with (
        Client(api.url, longest_pause_s=0.5) as client,
        client.stream(Kline(kept), Trades(kept), Trades(missed)) as stream,
        patiently(stream),
    ):

        def read_until(done: Callable[[], bool]) -> None:
            while not done():
                events.append(next(stream))

        read_until(lambda: trade_ids(events, kept) == [1] and trade_ids(events, missed) == [1])
        world.publish(trade(kept, 2), candle(kept, 1, closed=False))
        read_until(lambda: trade_ids(events, kept) == [1, 2])
        assert api.signal(signal.SIGKILL) == -signal.SIGKILL
        world.publish(*(trade(missed, number) for number in range(2, MORE_THAN_IS_KEPT)))
        world.publish(*(trade(kept, number) for number in range(3, MORE_THAN_A_SNAPSHOT)))
        world.publish(*(candle(kept, minute) for minute in range(1, 4)), candle(kept, 4, closed=False))
        restarted = threading.Thread(target=api.start)
        restarted.start()
        read_until(lambda: any(isinstance(event, Disconnected) for event in events))
        restarted.join()
        world.publish(trade(kept, MORE_THAN_A_SNAPSHOT), trade(missed, MORE_THAN_IS_KEPT), candle(kept, 4))
        read_until(
            lambda: (
                trade_ids(events, kept)[-1:] == [MORE_THAN_A_SNAPSHOT]
                and trade_ids(events, missed)[-1:] == [MORE_THAN_IS_KEPT]
                and closed_minutes(events)[-1:] == [4]
            )
        )
    assert trade_ids(events, kept) == list(range(1, MORE_THAN_A_SNAPSHOT + 1)), "each once"
    assert closed_minutes(events) == list(range(5)), "each once"
    [lost] = [number for number, event in enumerate(events) if isinstance(event, Lost)]
    assert events[lost] == Lost(Trades(missed), "snapshot", after=1)
    assert isinstance(events[lost + 1], TradesSnapshot)
    eventually(lambda: set(threading.enumerate()) <= threads, "the end of all threads")


async def test_a_stream_leaves_a_process_whose_heart_stops_for_another(
    api: Api, guarded: Api, world: World
) -> None:
    symbol = "FROZENUSDT"
    await asyncio.to_thread(world.publish, candle(symbol, 0), trade(symbol, 1))
    await asyncio.to_thread(until_known, api, symbol)
    client = AsyncClient(
        api.url, guarded.url, api_key="key-of-dora", timeout_s=30.0, silence_s=2.0, longest_pause_s=0.5
    )
    events: list[Event] = []
    async with asyncio.timeout(PATIENCE_S), client, client.stream(Kline(symbol), Trades(symbol)) as stream:

        async def read_until(trade_id: int, minute: int) -> None:
            while trade_ids(events, symbol)[-1:] != [trade_id] or closed_minutes(events)[-1:] != [minute]:
                events.append(await anext(stream))

        await read_until(1, 0)
        os.kill(api.pid, signal.SIGSTOP)
        try:
            trades = [trade(symbol, number) for number in range(2, 20)]
            await asyncio.to_thread(world.publish, candle(symbol, 1), *trades)
            await read_until(19, 1)
        finally:
            os.kill(api.pid, signal.SIGCONT)
    assert trade_ids(events, symbol) == list(range(1, 20)), "each once"
    assert closed_minutes(events) == [0, 1]
    told = [event for event in events if isinstance(event, Connected | Disconnected | Lost)]
    assert told[0] == Connected(api.url)
    assert isinstance(told[1], Disconnected)
    assert told[1].reason == "not even a heartbeat came within 2 s"
    assert told[-1] == Connected(guarded.url)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_will_not_be_served_is_an_error_at_once(api: Api, guarded: Api) -> None:
    with Client(api.url) as client:
        stream = client.stream(Trades("NOSUCHUSDT"))
        assert next(stream) == Connected(api.url)
        with pytest.raises(SubscriptionError, match="4404: 'NOSUCHUSDT' is not a known pair"):
            next(stream)
    async with AsyncClient(guarded.url, api_key="another") as client_of_nobody:
        with pytest.raises(UnauthorizedError):
            await anext(client_of_nobody.stream(Trades("BTCUSDT")))


def test_a_stream_is_ended_by_another_thread(api: Api, world: World) -> None:
    world.publish(candle("ENDEDUSDT", 0))
    until_known(api, "ENDEDUSDT")
    events: list[Event] = []
    with Client(api.url) as client:
        stream = client.stream(Kline("ENDEDUSDT"))
        reader = threading.Thread(target=lambda: events.extend(stream))
        reader.start()
        eventually(lambda: closed_minutes(events) == [0], "the first candle")
    reader.join(PATIENCE_S)
    assert not reader.is_alive()
    assert [type(event) for event in events] == [Connected, KlineSnapshot]


async def test_a_stream_is_ended_by_another_task(api: Api, world: World) -> None:
    client = AsyncClient(api.url)
    stream = client.stream(Kline("ENDEDUSDT"))

    async def read() -> list[Event]:
        return [event async for event in stream]

    reading = asyncio.create_task(read())
    await asyncio.sleep(0)
    await client.aclose()
    async with asyncio.timeout(PATIENCE_S):
        assert len(await reading) <= 2
    assert asyncio.all_tasks() == {asyncio.current_task()}
