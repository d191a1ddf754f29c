"""A tracked book over time: losing and finding its sequence, silence, pauses, audits. No clock but the test's."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from candlestack_core.messages import BookState, Level
from candlestack_core.pauses import Pauses
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.local import Snapshot
from candlestack_ingest.books.outlet import Schedule
from candlestack_ingest.books.shelf import Shelf
from candlestack_ingest.books.tracked import AUDIT_ATTEMPTS, Limits, TrackedBook

LIMITS = Limits(
    depth=1000,
    buffer_diffs=100,
    audit_every_s=600,
    silent_after_s=8,
    pauses=lambda: Pauses(first=0.5, longest=30.0, draw=random.Random(1)),
)


def diff(first: int, final: int, bids: tuple[Level, ...] = (), symbol: str = "BTCUSDT") -> Diff:
    return Diff(
        market="spot",
        symbol=symbol,
        first_update_id=first,
        final_update_id=final,
        previous_final_update_id=None,
        bids=list(bids),
        asks=[],
        event_time=final * 10,
        source="simulator",
    )


def snapshot(last_update_id: int, quantity: str = "1", levels: int = 3) -> Snapshot:
    bids = [(str(990 - each), quantity) for each in range(levels)]
    return Snapshot(last_update_id, bids, [("1000", "1")])


def state_of(book: TrackedBook) -> BookState:
    """Return the state now: a type checker takes an attribute for what it was when it was last compared."""
    return book.state


def synced_at(now: float, last: int = 10) -> TrackedBook:
    book = TrackedBook("spot", "BTCUSDT", "simulator", LIMITS, now)
    book.take(diff(last, last), now, now)
    fetch(book, snapshot(last), now)
    assert state_of(book) == "synced"
    return book


def fetch(book: TrackedBook, answer: Snapshot, now: float) -> None:
    assert book.wants_snapshot(now)
    book.fetch_begins()
    assert not book.wants_snapshot(now)
    book.offer(answer, now)


def test_a_book_is_resyncing_until_a_snapshot_joins_its_diffs() -> None:
    book = TrackedBook("spot", "BTCUSDT", "simulator", LIMITS, 0)
    assert state_of(book) == "resyncing"
    assert not book.wants_snapshot(0), "there is nothing for a snapshot to join"
    book.take(diff(1, 5), 0, 0)
    fetch(book, snapshot(3), 0)
    assert state_of(book) == "synced"
    assert book.buffered == 0


def test_a_gap_is_said_and_only_a_new_snapshot_ends_it() -> None:
    book = synced_at(0)
    version = book.version
    book.take(diff(12, 15, (("990", "5"),)), 100, 100)
    assert state_of(book) == "resyncing"
    assert book.version > version
    assert book.book is not None
    assert book.book.last_update_id == 10
    fetch(book, snapshot(13), 100)
    assert state_of(book) == "synced"
    assert book.book.last_update_id == 15


def test_a_book_that_would_be_crossed_is_not_believed() -> None:
    book = synced_at(0)
    book.take(diff(11, 11, (("1000", "1"),)), 100, 100)
    assert state_of(book) == "resyncing"
    fetch(book, snapshot(11), 100)
    assert state_of(book) == "synced"


def test_a_market_that_leaves_what_the_snapshot_reached_is_not_believed() -> None:
    book = TrackedBook("spot", "BTCUSDT", "simulator", LIMITS, 0)
    book.take(diff(10, 10), 0, 0)
    fetch(book, Snapshot(10, [("990", "1")], [("1000", "1")], limit=1), 0)
    book.take(diff(11, 11, (("990", "0"), ("980", "1"))), 1, 1)
    assert state_of(book) == "resyncing"


def test_snapshots_that_never_join_are_fetched_after_pauses_that_grow() -> None:
    book = TrackedBook("spot", "BTCUSDT", "simulator", LIMITS, 0)
    now, fetches = 0.0, []
    book.take(diff(100, 100), now, now)
    while now < 300:
        if book.wants_snapshot(now):
            fetches.append(now)
            fetch(book, snapshot(5), now)
        now += 0.25
    pauses = [later - earlier for earlier, later in pairwise(fetches)]
    assert fetches[0] == 0
    assert len(fetches) < 25
    assert max(pauses[:2]) < 2
    assert 15 <= pauses[-1] <= 30.25
    fetch_at = next(now + step / 4 for step in range(130) if book.wants_snapshot(now + step / 4))
    fetch(book, snapshot(100), fetch_at)
    assert state_of(book) == "synced"


def test_gap_upon_gap_does_not_become_request_upon_request() -> None:
    book = synced_at(0)
    last, fetches, now = 10, 0, 1.0
    while now < 60:
        last += 5
        book.take(diff(last, last), now, now)
        if book.wants_snapshot(now):
            fetch(book, snapshot(last), now)
            fetches += 1
        now += 0.1
    assert fetches < 12
    calm = now + 60
    while not book.wants_snapshot(calm):
        calm += 1
    fetch(book, snapshot(last), calm)
    book.take(diff(last + 5, last + 5), calm + 20, calm + 20)
    assert book.wants_snapshot(calm + 20), "after a calm while the first gap is answered at once"


def test_a_silent_book_is_stale_and_starved_while_its_neighbours_speak() -> None:
    book = synced_at(0)
    book.watch(7.9, market_heard_at=7.9)
    assert state_of(book) == "synced"
    book.watch(8.1, market_heard_at=8.0)
    assert state_of(book) == "starved"
    book.watch(16.2, market_heard_at=8.0)
    assert state_of(book) == "stale"
    book.take(diff(11, 11), 17, 17)
    book.watch(17, 17)
    assert state_of(book) == "synced"


def test_a_gap_in_one_book_touches_no_other_and_one_that_never_speaks_is_starved() -> None:
    shelf = Shelf({"spot": ["BTCUSDT", "ETHUSDT", "BNBUSDT"]}, LIMITS)
    for symbol in ("BTCUSDT", "ETHUSDT"):
        shelf.take(diff(10, 10, symbol=symbol), 0, 0)
    books = {book.symbol: book for book in shelf.books()}
    for symbol in ("BTCUSDT", "ETHUSDT"):
        fetch(books[symbol], snapshot(10), 0)
    shelf.take(diff(20, 20, symbol="BTCUSDT"), 8.5, 8.5)
    shelf.take(diff(11, 11, symbol="ETHUSDT"), 8.5, 8.5)
    shelf.watch(8.5)
    assert {symbol: book.state for symbol, book in books.items()} == {
        "BTCUSDT": "resyncing",
        "ETHUSDT": "synced",
        "BNBUSDT": "starved",
    }


def test_an_audit_that_matches_changes_nothing_and_one_that_does_not_mends_the_book() -> None:
    book = synced_at(0)
    for due, quantity in ((600, "1"), (1200, "7")):
        last = book.book.last_update_id if book.book is not None else 0
        book.watch(due, due)
        assert state_of(book) == "starved" or not book.wants_snapshot(due)
        book.take(diff(last + 1, last + 1), due, due)
        book.watch(due, due)
        fetch(book, snapshot(last + 1, quantity), due)
        assert state_of(book) == "synced"
        assert book.book is not None
        assert book.book.best(1)[0] == [("990", quantity)]


def test_an_audit_that_never_joins_is_given_up_and_the_book_stays_synced() -> None:
    book = synced_at(0)
    now, last, fetches = 600.0, 10, 0
    while now < 900:
        last += 1
        book.take(diff(last, last), now, now)
        book.watch(now, now)
        assert state_of(book) == "synced"
        if book.wants_snapshot(now):
            fetch(book, snapshot(5), now)
            fetches += 1
        now += 0.5
    assert fetches == AUDIT_ATTEMPTS
    assert book.buffered == 0


def test_a_side_that_grows_thin_is_renewed_while_the_book_stays_synced() -> None:
    book = TrackedBook("spot", "BTCUSDT", "simulator", LIMITS, 0)
    book.take(diff(10, 10), 0, 0)
    fetch(book, Snapshot(10, [(str(990 - each), "1") for each in range(300)], [("1000", "1")], limit=300), 0)
    gone = tuple((str(990 - each), "0") for each in range(150))
    book.take(diff(11, 11, gone), 1, 1)
    assert state_of(book) == "synced"
    book.take(diff(12, 12), 1, 1)
    fetch(book, Snapshot(12, [(str(840 - each), "1") for each in range(300)], [("1000", "1")], limit=300), 1)
    assert state_of(book) == "synced"
    assert book.book is not None
    assert len(book.book.bids) == 300


def test_a_book_is_published_at_most_so_often_and_its_state_at_once() -> None:
    book, schedule = synced_at(0), Schedule(every_s=0.1)
    assert schedule.due([book], 1.0) == [book]
    schedule.note([book], 1.0)
    assert schedule.due([book], 5.0) == [], "nothing changed"
    book.take(diff(11, 11), 1.09, 1.09)
    assert schedule.due([book], 1.099) == []
    assert schedule.due([book], 1.1) == [book]
    schedule.note([book], 1.1)
    book.take(diff(20, 20), 1.105, 1.105)
    assert schedule.due([book], 1.11) == [book]
    schedule.note([book], 1.11)
    schedule.forget()
    assert schedule.due([book], 1.11) == [book]


@pytest.mark.parametrize("source", ["replay", "simulator"])
def test_of_a_recording_nothing_is_expected(source: str) -> None:
    shelf = Shelf({"spot": ["ETHUSDT"], "usdm": ["BTCUSDT"]}, LIMITS)
    first = diff(1, 1)
    shelf.take(
        Diff(**{name: getattr(first, name) for name in first.__struct_fields__} | {"source": source}), 0, 0
    )
    assert len(list(shelf.books())) == (1 if source == "replay" else 3)
