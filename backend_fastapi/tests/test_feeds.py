"""What is known of a pair, as properties: the order and the doubling of records do not matter."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from api_records import book, candle, trade
from app.book.channel import BOOKS, BookFeed
from app.candles.channel import CANDLES as CANDLE_CHANNEL
from app.candles.channel import CANDLES_KEPT, CandleFeed
from app.channels import CHANNELS
from app.stream.events import Event, Subject
from app.stream.feeds import Feeds
from app.stream.hub import Hub
from app.stream.messages import FeedState
from app.trades.channel import TRADES_IN_SNAPSHOT, TRADES_KEPT, TradeFeed
from candlestack_core.messages import Candle, Trade
from candlestack_core.versions import supersedes

SYMBOL = "BTCUSDT"
SUBJECT = Subject(SYMBOL)

CANDLES = st.lists(
    st.builds(
        lambda minute, closed, version: candle(SYMBOL, minute, closed=closed, version=version),
        st.integers(0, 5),
        st.booleans(),
        st.integers(0, 5),
    ),
    max_size=40,
)


def candle_events(candles: Iterable[Candle], first: int = 0) -> list[Event[Candle]]:
    return [Event("candles/1", first + number, None, each) for number, each in enumerate(candles)]


def trade_events(trades: Iterable[Trade]) -> list[Event[Trade]]:
    return [Event("trades/1", number, None, each) for number, each in enumerate(trades)]


@settings(deadline=None)
@given(CANDLES)
def test_of_each_minute_the_best_account_is_kept_and_news_is_what_changed_it(candles: list[Candle]) -> None:
    feed = CandleFeed(SUBJECT)
    best: dict[int, Candle] = {}
    for event in candle_events(candles):
        known = best.get(event.value.open_time)
        wins = known is None or supersedes(event.value, known)
        if wins:
            best[event.value.open_time] = event.value
        assert bool(feed.take([event])) == wins
    assert feed.candles() == [best[open_time] for open_time in sorted(best)]
    assert feed.latest == (feed.candles()[-1] if best else None)


@settings(deadline=None)
@given(CANDLES, st.integers(0, 40))
def test_a_process_that_began_later_in_the_topic_has_the_same_seq(candles: list[Candle], begin: int) -> None:
    events = candle_events(candles, first=100)
    early, late = CandleFeed(SUBJECT), CandleFeed(SUBJECT)
    for event in events:
        early.take([event])
    for event in events[min(begin, max(len(events) - 1, 0)) :]:
        late.take([event])
    assert early.snapshot().seq == late.snapshot().seq == (99 + len(events) if events else None)


def test_the_newest_hour_is_kept_and_an_older_candle_is_passed_on_without_being_kept() -> None:
    feed = CandleFeed(SUBJECT)
    for event in candle_events(candle(SYMBOL, minute) for minute in range(1, CANDLES_KEPT + 11)):
        assert feed.take([event])
    kept = feed.candles()
    assert len(kept) == CANDLES_KEPT
    assert feed.take([Event("candles/1", 999, None, candle(SYMBOL, 0))])
    assert feed.candles() == kept


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=80))
def test_a_trade_that_is_read_twice_is_told_once(ids: list[int]) -> None:
    feed = TradeFeed(SUBJECT)
    told = [
        event.value.trade_id for event in trade_events(trade(SYMBOL, n) for n in ids) if feed.take([event])
    ]
    assert told == list(dict.fromkeys(ids))
    assert [t.trade_id for t in feed.trades()] == sorted(set(ids))


def test_trades_are_bounded_and_one_older_than_all_kept_is_left_out() -> None:
    feed = TradeFeed(SUBJECT)
    for event in trade_events(trade(SYMBOL, number) for number in range(1, TRADES_KEPT + 501)):
        assert feed.take([event])
    assert [t.trade_id for t in feed.trades()] == list(range(501, TRADES_KEPT + 501))
    assert not feed.take([Event("trades/1", 9_999, None, trade(SYMBOL, 500))])
    assert [t.trade_id for t in feed.trades(2)] == [TRADES_KEPT + 499, TRADES_KEPT + 500]
    assert len(feed.trades(TRADES_IN_SNAPSHOT)) == TRADES_IN_SNAPSHOT


def test_decimals_are_the_most_that_were_seen() -> None:
    feed = CandleFeed(SUBJECT)
    assert (feed.price_decimals, feed.quantity_decimals) == (None, None)
    feed.take([Event("candles/1", 0, None, candle(SYMBOL, 0, open="1", high="2", low="0.5", close="1.25"))])
    feed.take(
        [Event("candles/1", 1, None, candle(SYMBOL, 1, open="1", high="2", low="1", close="1", volume="7"))]
    )
    assert (feed.price_decimals, feed.quantity_decimals) == (2, 3)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["synced", "resyncing", "stale", "starved"]), min_size=1, max_size=20))
def test_of_books_that_are_read_together_the_newest_is_told_and_every_change_of_trust(
    states: list[str],
) -> None:
    feed = BookFeed(SUBJECT)
    books = [book(SYMBOL, number, state=state) for number, state in enumerate(states)]
    told = [news.book for news in feed.take([Event("books/0", n, None, b) for n, b in enumerate(books)])]
    assert told[-1] == feed.book == books[-1]
    assert [each.state for each in told] == [state for state, _ in groupby(states)]


def test_spot_and_futures_of_one_name_are_two_books() -> None:
    feeds = Feeds(CHANNELS)
    spot, futures = book(SYMBOL, 1), book(SYMBOL, 2, market="usdm")
    events = [Event("books/0", number, None, each) for number, each in enumerate((spot, futures))]
    told = [(subject, updates[0].seq) for _, subject, updates in feeds.take({BOOKS.name: events})]
    assert told == [(Subject(SYMBOL, "spot"), 0), (Subject(SYMBOL, "usdm"), 1)]
    assert feeds.feed(BOOKS, Subject(SYMBOL, "spot")).book == spot
    assert feeds.feed(BOOKS, Subject(SYMBOL, "usdm")).book == futures
    assert feeds.symbols("usdm") == {SYMBOL}


def test_the_hub_keeps_what_it_knows_until_a_new_reading_is_complete() -> None:
    hub = Hub(CHANNELS)
    feeds = Feeds(CHANNELS)
    feeds.take_history({CANDLE_CHANNEL.name: candle_events([candle(SYMBOL, 0)])})
    hub.went_live(feeds)
    hub.went_away("the broker is gone")
    assert hub.state == FeedState(state="away", reason="the broker is gone")
    assert hub.feed(CANDLE_CHANNEL, SUBJECT).latest == candle(SYMBOL, 0)
    hub.went_live(Feeds(CHANNELS))
    assert hub.state == FeedState(state="live", reason=None)
    assert hub.feed(CANDLE_CHANNEL, SUBJECT).latest is None
