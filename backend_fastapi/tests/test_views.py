"""What is made of a feed for several clients alike: books at a pace, and longer candles minute by minute."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from api_records import NOON, book, candle
from api_sockets import Line
from app.book.channel import BOOKS, BookClient
from app.book.view import BookView, BookViewSnapshot, BookViewUpdate
from app.candles.fold import fold
from app.candles.window import Window
from app.channels import CHANNELS
from app.compat.streams.session import StreamSession
from app.stream.events import Event, Subject
from app.stream.hub import Hub
from app.stream.session import Session
from app.stream.views import Views
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Book
from candlestack_ingest.exchange.binance.listings import listing_of
from listing_records import LISTED_AT, entry

SUBJECT = Subject("BTCUSDT")


def updates(line: Line) -> list[int]:
    """Return the ids of the books that came as updates."""
    return [msgspec.json.decode(text, type=BookViewUpdate).data.last_update_id for text in line.texts[1:]]


def publish(hub: Hub, books: Sequence[Book]) -> None:
    for each in books:
        hub.publish({BOOKS.name: [Event("books/0", each.last_update_id, None, each)]})


async def test_a_book_is_told_at_its_pace_and_a_change_of_trust_at_once() -> None:
    hub, views, line = Hub(CHANNELS), Views(), Line()
    publish(hub, [book("BTCUSDT", 1)])
    view = views.get("a key", lambda: BookView(hub, SUBJECT, 5, 250))
    client = BookClient(SUBJECT, line, lambda: NOON)
    view.join(client, None)
    assert msgspec.json.decode(line.texts[0], type=BookViewSnapshot).every_ms == 250
    publish(hub, [book("BTCUSDT", number) for number in range(2, 6)])
    assert updates(line) == [2], "the first is told at once, the others wait for their time"
    publish(hub, [book("BTCUSDT", 6, state="stale"), book("BTCUSDT", 7, state="stale")])
    assert updates(line) == [2, 6]
    async with asyncio.timeout(20):
        while updates(line) != [2, 6, 7]:
            await asyncio.sleep(0.01)
    view.leave(client)
    publish(hub, [book("BTCUSDT", 8, state="synced")])
    assert updates(line) == [2, 6, 7]
    assert views.get("a key", lambda: BookView(hub, SUBJECT, 5, 250)) is not view, (
        "it ended with its last client"
    )


class Pairs:
    """Knows all pairs, and how the exchange lists them; of one it takes its time to tell."""

    slow = "ETHUSDT"

    def __init__(self) -> None:
        self.asked, self.told = asyncio.Event(), asyncio.Event()

    async def require(self, symbol: str, market: str = "spot") -> None:
        if symbol == self.slow:
            self.asked.set()
            await self.told.wait()

    async def find(self, symbol: str) -> Any:
        listed = msgspec.Raw(json.dumps(entry(symbol)).encode())
        return listing_of(listed, source="simulator", time=LISTED_AT)


Subscribe = Callable[..., Coroutine[Any, Any, None]]


def of_channels(line: Line, services: Any) -> tuple[Session, Subscribe]:
    session = Session(line, services, lambda: NOON, most_subscriptions=9, heartbeat_s=600)

    async def subscribe(*symbols: str) -> None:
        wanted = [{"channel": BOOKS.name, "symbol": symbol} for symbol in symbols]
        await session.take(json.dumps({"op": "subscribe", "subscriptions": wanted}))

    return session, subscribe


def of_streams(line: Line, services: Any) -> tuple[StreamSession, Subscribe]:
    session = StreamSession(line, services, lambda: NOON, combined=False, most_streams=9)

    async def subscribe(*symbols: str) -> None:
        await session.subscribe([f"{symbol.lower()}@bookTicker" for symbol in symbols])

    return session, subscribe


@pytest.mark.parametrize("opened", [of_channels, of_streams])
async def test_a_view_that_its_last_client_leaves_while_the_next_waits_for_another_begins_anew_for_it(
    opened: Callable[[Line, Any], tuple[Session | StreamSession, Subscribe]],
) -> None:
    pairs, hub = Pairs(), Hub(CHANNELS)
    services = SimpleNamespace(hub=hub, views=Views(), symbols=pairs, binance=SimpleNamespace(listings=pairs))
    (first, of_first), (second, of_second) = opened(Line(), services), opened(line := Line(), services)
    await of_first("BTCUSDT")
    subscribing = asyncio.create_task(of_second("BTCUSDT", Pairs.slow))
    await pairs.asked.wait()
    first.close()
    pairs.told.set()
    await subscribing
    line.texts.clear()
    publish(hub, [book("BTCUSDT", 1)])
    assert len(line.texts) == 1
    second.close()


@pytest.mark.parametrize("interval", [Interval.M5, Interval.H1])
def test_a_window_that_takes_minutes_in_any_order_folds_as_the_rule_does(interval: Interval) -> None:
    draw = random.Random(7)
    begin = interval.open_time(NOON) // MINUTE_MS - NOON // MINUTE_MS
    accounts = [
        candle(
            "BTCUSDT",
            begin + draw.randrange(interval.minutes),
            closed=draw.random() < 0.7,
            version=NOON + draw.randrange(50),
            close=str(90 + draw.randrange(20)),
            high="120",
            low="80",
            trades=draw.choice([0, 3]),
        )
        for _ in range(200)
    ]
    window, best = Window(interval), {}
    for account in accounts:
        if window.take(account):
            best[account.open_time] = account
        newest = max(best)
        assert window.candle(newest) == fold([best[at] for at in sorted(best)], interval, newest)
