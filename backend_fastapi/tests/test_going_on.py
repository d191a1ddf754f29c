"""A client that goes on where it was, at a process that has not read the topics yet."""

from __future__ import annotations

from api_records import NOON, book, trade
from api_sockets import Line
from app.book.channel import BOOKS, BookClient
from app.book.view import BookView
from app.channels import CHANNELS
from app.stream.events import Event, Position, Subject
from app.stream.feeds import Feeds
from app.stream.hub import Hub
from app.trades.channel import TRADES, TradesClient

SUBJECT = Subject("BTCUSDT")
EPOCH = "crypto_trades/0/5L6g3nSh"


def read(trade_ids: range, epoch: str = EPOCH) -> Feeds:
    """Return what a process knows that has read some trades, each at the offset of its id, and one book."""
    feeds = Feeds(CHANNELS)
    events = [Event(epoch, number, None, trade("BTCUSDT", number)) for number in trade_ids]
    feeds.take_history({TRADES.name: events, BOOKS.name: [Event("books/0", 5, None, book("BTCUSDT", 5))]})
    return feeds


def joined(hub: Hub, position: Position | None) -> Line:
    line = Line()
    hub.join(TRADES, SUBJECT, TradesClient(SUBJECT, line, lambda: NOON), position)
    return line


def test_it_is_told_what_it_missed_as_soon_as_the_topics_were_read_and_nothing_before() -> None:
    hub = Hub(CHANNELS)
    line = joined(hub, Position(epoch=EPOCH, seq=7))
    assert line.messages == []
    hub.went_live(read(range(1, 11)))
    (update,) = line.messages
    assert (update["type"], update["prev"], update["dropped"]) == ("update", 7, 0)
    assert [each["trade_id"] for each in update["data"]] == [8, 9, 10]
    hub.publish({TRADES.name: [Event(EPOCH, 11, None, trade("BTCUSDT", 11))]})
    assert (line.messages[1]["prev"], line.messages[1]["seq"]) == (10, 11)


def test_it_begins_anew_where_the_topic_was_made_anew_or_no_longer_has_what_it_missed() -> None:
    for known in (read(range(1, 11), "crypto_trades/0/another1"), read(range(9, 11))):
        hub = Hub(CHANNELS)
        line = joined(hub, Position(epoch=EPOCH, seq=7))
        hub.went_live(known)
        assert [message["type"] for message in line.messages] == ["snapshot"]


def test_it_begins_anew_when_the_topics_are_read_a_second_time() -> None:
    hub = Hub(CHANNELS)
    line = joined(hub, Position(epoch=EPOCH, seq=7))
    hub.went_live(read(range(1, 11)))
    hub.went_live(read(range(1, 21)))
    assert [message["type"] for message in line.messages] == ["update", "snapshot"]


def test_one_that_has_no_position_is_told_at_once_that_nothing_is_known_and_then_all() -> None:
    hub = Hub(CHANNELS)
    line = joined(hub, None)
    hub.went_live(read(range(1, 3)))
    assert [(message["type"], len(message["data"])) for message in line.messages] == [
        ("snapshot", 0),
        ("snapshot", 2),
    ]


async def test_one_of_a_book_at_a_pace_is_told_nothing_where_it_missed_nothing() -> None:
    hub, line = Hub(CHANNELS), Line()
    view = BookView(hub, SUBJECT, 5, 250)
    view.open()
    client = BookClient(SUBJECT, line, lambda: NOON)
    view.join(client, Position(epoch="books/0", seq=5))
    hub.went_live(read(range(1, 2)))
    assert line.messages == []
    hub.publish({BOOKS.name: [Event("books/0", 6, None, book("BTCUSDT", 6))]})
    assert [(message["type"], message["prev"]) for message in line.messages] == [("update", 5)]
    view.leave(client)
    view.close()
