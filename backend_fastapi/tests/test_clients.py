"""What a client is sent when it does not keep up, as properties: whatever is written when."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import book, candle, trade
from api_sockets import SocketMessage, decode, texts_of
from app.book.channel import BookClient, BookFeed, BookNews, OrderBookSnapshot, OrderBookUpdate
from app.candles.channel import (
    CLOSED_CANDLES_KEPT,
    CandleFeed,
    KlineClient,
    KlineNews,
    KlineSnapshot,
    KlineUpdate,
)
from app.stream.events import Event, Subject
from app.stream.messages import CloseCode, FeedState, Status
from app.trades.channel import (
    TRADES_KEPT,
    TradeFeed,
    TradesClient,
    TradesNews,
    TradesSnapshot,
    TradesUpdate,
)
from candlestack_core.messages import Candle

SYMBOL = "BTCUSDT"
SUBJECT = Subject(SYMBOL)
NOW = 1_767_268_800_123


@dataclass
class Line:
    """The far end of a client: takes what is written, as long as it is let."""

    room: int | None = None
    """How many messages it still takes; None for any number."""
    messages: list[SocketMessage] = field(default_factory=list)
    ended: list[tuple[CloseCode, str]] = field(default_factory=list)

    @property
    def can_write(self) -> bool:
        return self.room is None or self.room > 0

    def write(self, frames: bytes) -> None:
        assert not self.ended, "nothing is written after the end"
        for text in texts_of(frames):
            if self.room is not None:
                self.room -= 1
            self.messages.append(decode(text))

    def end(self, code: CloseCode, reason: str) -> None:
        self.ended.append((code, reason))


def kline_client(line: Line) -> KlineClient:
    return KlineClient(SUBJECT, line, lambda: NOW)


def trades_client(line: Line) -> TradesClient:
    return TradesClient(SUBJECT, line, lambda: NOW)


def book_client(line: Line) -> BookClient:
    return BookClient(SUBJECT, line, lambda: NOW)


def book_news(seq: int, **fields: Any) -> BookNews:
    return BookNews(Event("books/0", seq, None, book(SYMBOL, seq, **fields)))


def candle_news(seq: int, value: Candle) -> KlineNews:
    return KlineNews(Event("candles/0", seq, NOW - 5, value))


def trades_news(first: int, count: int) -> TradesNews:
    return TradesNews([Event("trades/0", n, NOW - 5, trade(SYMBOL, n)) for n in range(first, first + count)])


def assert_chained(messages: list[SocketMessage]) -> None:
    """Assert that each message names the one before it, and that offsets only grow."""
    chain = [(m.prev, m.seq) for m in messages if not isinstance(m, Status)]
    assert all(prev == before for (_, before), (prev, _) in pairwise(chain))
    seqs = [seq for _, seq in chain if seq is not None]
    assert seqs == sorted(set(seqs))


MINUTES = st.lists(
    st.tuples(st.integers(-3, 4), st.booleans(), st.integers(0, 2)),
    max_size=60,
)
"""Candles: how many minutes after the newest, whether closed, and how many messages the line takes then."""


@settings(deadline=None)
@given(MINUTES)
def test_closed_candles_are_never_left_out_and_forming_ones_give_way_to_the_newest(
    steps: list[tuple[int, bool, int]],
) -> None:
    line = Line(room=1)
    client = kline_client(line)
    client.send_snapshot(CandleFeed(SUBJECT).snapshot())
    newest, sent = 0, []
    for seq, (ahead, closed, room) in enumerate(steps):
        minute = newest + ahead
        newest = max(newest, minute)
        news = candle(SYMBOL, minute, closed=closed, version=seq)
        sent.append(news)
        client.send_updates([candle_news(seq, news)])
        assert client.kept() <= sum(c.closed for c in sent) + 1 + sum(ahead < 0 for ahead, _, _ in steps)
        line.room = room
        client.flush()
    line.room = None
    client.flush()
    got = [m.data for m in line.messages if isinstance(m, KlineUpdate)]
    assert [c for c in got if c.closed] == [c for c in sent if c.closed]
    forming = [c for c in sent if not c.closed]
    assert [c for c in got if not c.closed] == [c for c in forming if c in got]
    last = max(sent, key=lambda c: (c.open_time, c.version), default=None)
    if last is not None:
        assert last in got
    assert_chained(line.messages)
    assert not line.ended


def test_of_a_burst_of_forming_candles_a_slow_client_is_sent_the_last() -> None:
    line = Line(room=1)
    client = kline_client(line)
    client.send_snapshot(CandleFeed(SUBJECT).snapshot())
    for seq in range(1_000):
        client.send_updates([candle_news(seq, candle(SYMBOL, 0, closed=False, version=seq))])
    assert client.kept() == 1
    line.room = None
    client.flush()
    assert [m.seq for m in line.messages if isinstance(m, KlineUpdate)] == [999]


def test_a_client_that_would_miss_a_closed_candle_is_sent_away_and_sent_nothing_more() -> None:
    line = Line(room=0)
    client = kline_client(line)
    for minute in range(CLOSED_CANDLES_KEPT):
        client.send_updates([candle_news(minute, candle(SYMBOL, minute))])
    assert not line.ended
    client.send_updates([candle_news(CLOSED_CANDLES_KEPT, candle(SYMBOL, CLOSED_CANDLES_KEPT))])
    [(code, reason)] = line.ended
    assert code is CloseCode.TOO_SLOW
    assert str(CLOSED_CANDLES_KEPT) in reason
    line.room = None
    client.send_updates([candle_news(CLOSED_CANDLES_KEPT + 1, candle(SYMBOL, CLOSED_CANDLES_KEPT + 1))])
    client.flush()
    assert client.kept() == 0
    assert line.messages == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 2)), max_size=8))
def test_a_slow_client_of_trades_is_told_exactly_how_many_it_missed(steps: list[tuple[int, int]]) -> None:
    line = Line(room=1)
    client = trades_client(line)
    client.send_snapshot(TradeFeed(SUBJECT).snapshot())
    published = 0
    for count, room in steps:
        client.send_updates([trades_news(published, count)])
        published += count
        line.room = room
        client.flush()
    line.room = None
    client.flush()
    updates = [m for m in line.messages if isinstance(m, TradesUpdate)]
    expected = 0
    for update in updates:
        expected += update.dropped
        assert [t.trade_id for t in update.data] == list(range(expected, expected + len(update.data)))
        expected += len(update.data)
        assert update.seq == expected - 1
    assert expected == published
    assert_chained(line.messages)


def test_no_more_trades_are_kept_than_the_bound() -> None:
    line = Line(room=0)
    client = trades_client(line)
    for first in range(0, 50 * TRADES_KEPT, 10):
        client.send_updates([trades_news(first, 10)])
    assert client.kept() == TRADES_KEPT // 10


def test_a_snapshot_takes_the_place_of_all_that_was_not_sent() -> None:
    line = Line(room=0)
    client = trades_client(line)
    client.send_updates([trades_news(0, 5)])
    feed = TradeFeed(SUBJECT)
    feed.take([Event("trades/0", 7, None, trade(SYMBOL, 7))])
    client.send_snapshot(feed.snapshot())
    client.send_updates([trades_news(8, 2)])
    line.room = None
    client.flush()
    snapshot, update = line.messages
    assert isinstance(snapshot, TradesSnapshot)
    assert (snapshot.prev, snapshot.seq, snapshot.arrival_time) == (None, 7, None)
    assert isinstance(update, TradesUpdate)
    assert (update.prev, update.seq, update.dropped) == (7, 9, 0)


def test_the_envelope_says_where_the_newest_record_stands_and_when_it_came() -> None:
    line = Line()
    client = kline_client(line)
    feed = CandleFeed(SUBJECT)
    client.send_snapshot(feed.snapshot())
    closed = candle(SYMBOL, 0)
    feed.take([Event("candles/2", 41, NOW - 7, closed)])
    client.send_snapshot(feed.snapshot())
    client.send_updates([candle_news(42, candle(SYMBOL, 1, closed=False))])
    nothing = {"epoch": None, "seq": None, "exchange_time": None, "arrival_time": None}
    empty, snapshot, update = line.messages
    assert empty == KlineSnapshot(
        channel="kline",
        type="snapshot",
        interval="1m",
        symbol=SYMBOL,
        prev=None,
        send_time=NOW,
        data=[],
        **nothing,
    )
    assert snapshot == KlineSnapshot(
        channel="kline",
        type="snapshot",
        interval="1m",
        symbol=SYMBOL,
        epoch="candles/2",
        seq=41,
        prev=None,
        exchange_time=closed.version,
        arrival_time=NOW - 7,
        send_time=NOW,
        data=[closed],
    )
    assert isinstance(update, KlineUpdate)
    assert (update.prev, update.seq, update.epoch) == (41, 42, "candles/0")


def test_a_status_waits_behind_the_updates_and_only_the_newest_is_sent() -> None:
    line = Line(room=0)
    client = kline_client(line)
    client.send_status(FeedState(state="away", reason="gone"))
    client.send_updates([candle_news(1, candle(SYMBOL, 0))])
    client.send_status(FeedState(state="live", reason=None))
    line.room = None
    client.flush()
    update, status = line.messages
    assert isinstance(update, KlineUpdate)
    assert isinstance(status, Status)
    assert status.data == FeedState(state="live", reason=None)


def test_a_message_is_encoded_once_for_all_clients() -> None:
    news = candle_news(1, candle(SYMBOL, 0))
    head = news.head
    lines = [Line() for _ in range(3)]
    for line in lines:
        kline_client(line).send_updates([news])
    assert news.head is head
    assert len({m.send_time for line in lines for m in line.messages}) == 1


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), max_size=60))
def test_a_slow_client_of_a_book_is_sent_the_newest_and_told_how_many_it_missed(rooms: list[int]) -> None:
    line = Line(room=1)
    client = book_client(line)
    client.send_snapshot(BookFeed(SUBJECT).snapshot())
    for seq, room in enumerate(rooms):
        client.send_updates([book_news(seq)])
        assert client.kept() <= 1
        line.room = room
        client.flush()
        if room:
            assert line.messages[-1].seq == seq  # type: ignore[union-attr]
    line.room = None
    client.flush()
    updates = [m for m in line.messages if isinstance(m, OrderBookUpdate)]
    expected = 0
    for update in updates:
        expected += update.conflated
        assert (update.seq, update.data) == (expected, book(SYMBOL, expected))
        expected += 1
    assert expected == len(rooms)
    assert_chained(line.messages)


def test_a_snapshot_of_a_book_takes_the_place_of_what_waits_and_says_its_market() -> None:
    line = Line(room=0)
    subject = Subject(SYMBOL, "usdm")
    client = BookClient(subject, line, lambda: NOW)
    for seq in range(3):
        client.send_updates([book_news(seq, market="usdm")])
    feed = BookFeed(subject)
    stale = book(SYMBOL, 9, market="usdm", state="stale")
    feed.take([Event("books/0", 9, None, stale)])
    client.send_snapshot(feed.snapshot())
    client.send_updates([book_news(10, market="usdm")])
    line.room = None
    client.flush()
    snapshot, update = line.messages
    assert snapshot == OrderBookSnapshot(
        channel="orderbook",
        type="snapshot",
        market="usdm",
        symbol=SYMBOL,
        epoch="books/0",
        seq=9,
        prev=None,
        exchange_time=stale.event_time,
        arrival_time=None,
        send_time=NOW,
        data=stale,
    )
    assert isinstance(update, OrderBookUpdate)
    assert (update.market, update.prev, update.seq, update.conflated) == ("usdm", 9, 10, 0)
