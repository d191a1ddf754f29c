"""What is made of a feed for several clients alike: books at a pace, and longer candles minute by minute."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import msgspec
import pytest

from api_under_test import NOON, book, candle, texts_of
from app.book.channel import BOOKS, BookClient
from app.book.view import BookView, BookViewSnapshot, BookViewUpdate
from app.candles.fold import fold
from app.candles.window import Window
from app.channels import CHANNELS
from app.stream.events import Event, Subject
from app.stream.hub import Hub
from app.stream.messages import CloseCode
from app.stream.views import Views
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import Book

SUBJECT = Subject("BTCUSDT")


class Line:
    """The far end of a client, which takes all."""

    can_write = True

    def __init__(self) -> None:
        self.texts: list[bytes] = []

    def write(self, frames: bytes) -> None:
        self.texts += texts_of(frames)

    def end(self, code: CloseCode, reason: str) -> None:
        pytest.fail(f"ended: {code} {reason}")

    def updates(self) -> list[int]:
        """Return the ids of the books that came as updates."""
        return [msgspec.json.decode(text, type=BookViewUpdate).data.last_update_id for text in self.texts[1:]]


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
    assert line.updates() == [2], "the first is told at once, the others wait for their time"
    publish(hub, [book("BTCUSDT", 6, state="stale"), book("BTCUSDT", 7, state="stale")])
    assert line.updates() == [2, 6]
    async with asyncio.timeout(20):
        while line.updates() != [2, 6, 7]:
            await asyncio.sleep(0.01)
    view.leave(client)
    publish(hub, [book("BTCUSDT", 8, state="synced")])
    assert line.updates() == [2, 6, 7]
    assert views.get("a key", lambda: BookView(hub, SUBJECT, 5, 250)) is not view, (
        "it ended with its last client"
    )


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
