"""Each sequencing rule by itself, and the joining of snapshots with diffs that they are for."""

from __future__ import annotations

import pytest

from candlestack_core.messages import Level, Market
from candlestack_ingest.books import sequence
from candlestack_ingest.books.diffs import Diff
from candlestack_ingest.books.joining import Joining, Outcome
from candlestack_ingest.books.local import BadSnapshotError, LocalOrderBook, SequenceError, Snapshot


def diff(
    first: int,
    final: int,
    previous: int | None = None,
    *,
    market: Market = "spot",
    bids: tuple[Level, ...] = (),
    asks: tuple[Level, ...] = (),
) -> Diff:
    return Diff(
        market=market,
        symbol="BTCUSDT",
        first_update_id=first,
        final_update_id=final,
        previous_final_update_id=previous,
        bids=list(bids),
        asks=list(asks),
        event_time=final * 10,
        source="replay",
    )


def usdm(first: int, final: int, previous: int, bids: tuple[Level, ...] = ()) -> Diff:
    return diff(first, final, previous, market="usdm", bids=bids)


def snapshot(last_update_id: int) -> Snapshot:
    return Snapshot(last_update_id, [("99", "1")], [("101", "1")])


@pytest.mark.parametrize(("final", "dropped"), [(99, True), (100, True), (101, False)])
def test_spot_drops_what_the_snapshot_100_holds(final: int, dropped: bool) -> None:
    assert sequence.spot_drops(final, 100) is dropped


@pytest.mark.parametrize(
    ("first", "final", "bridged"),
    [(90, 100, False), (90, 101, True), (101, 101, True), (101, 110, True), (102, 110, False)],
)
def test_spot_bridges_the_snapshot_100_with_the_diff_that_holds_101(
    first: int, final: int, bridged: bool
) -> None:
    assert sequence.spot_bridges(first, final, 100) is bridged


@pytest.mark.parametrize(
    ("first", "final", "continued"),
    [(101, 105, True), (98, 105, True), (102, 105, False), (90, 100, False)],
)
def test_spot_continues_100_unless_101_is_missing(first: int, final: int, continued: bool) -> None:
    assert sequence.spot_continues(first, final, 100) is continued


@pytest.mark.parametrize(("final", "dropped"), [(99, True), (100, False), (101, False)])
def test_usdm_drops_only_what_ends_before_the_snapshot_100(final: int, dropped: bool) -> None:
    assert sequence.usdm_drops(final, 100) is dropped


@pytest.mark.parametrize(
    ("first", "final", "bridged"),
    [(90, 99, False), (90, 100, True), (100, 100, True), (100, 110, True), (101, 110, False)],
)
def test_usdm_bridges_the_snapshot_100_with_the_diff_that_holds_100(
    first: int, final: int, bridged: bool
) -> None:
    assert sequence.usdm_bridges(first, final, 100) is bridged


@pytest.mark.parametrize(("previous", "continued"), [(100, True), (99, False), (101, False), (None, False)])
def test_usdm_continues_100_only_where_the_diff_says_so(previous: int | None, continued: bool) -> None:
    assert sequence.usdm_continues(previous, 100) is continued


@pytest.mark.parametrize(("final", "repeated"), [(99, True), (100, True), (101, False)])
def test_a_diff_that_ends_at_the_last_id_or_before_repeats(final: int, repeated: bool) -> None:
    assert sequence.repeats(final, 100) is repeated


SPOT = (diff(91, 95), diff(96, 100, bids=(("98", "2"),)), diff(101, 104, bids=(("98", "3"),)))
USDM = (usdm(90, 95, 88), usdm(97, 100, 95, (("98", "2"),)), usdm(103, 110, 100, (("98", "3"),)))
"""USD-M ids 96, 101 and 102 lie between two diffs."""


@pytest.mark.parametrize(
    ("market", "diffs", "last_update_id", "outcome"),
    [
        ("spot", SPOT, 89, Outcome.MISSED),  # older than all that is held
        ("spot", SPOT, 90, Outcome.JOINED),
        ("spot", SPOT, 98, Outcome.JOINED),  # within a diff
        ("spot", SPOT, 100, Outcome.JOINED),  # a diff's own end
        ("spot", SPOT, 104, Outcome.JOINED),  # the last diff's own end: nothing is to be applied
        ("spot", SPOT, 105, Outcome.WAITING),
        ("usdm", USDM, 89, Outcome.MISSED),
        ("usdm", USDM, 96, Outcome.MISSED),  # between two diffs
        ("usdm", USDM, 98, Outcome.JOINED),
        ("usdm", USDM, 100, Outcome.JOINED),  # a diff's own end: that diff is applied again
        ("usdm", USDM, 101, Outcome.MISSED),
        ("usdm", USDM, 102, Outcome.MISSED),
        ("usdm", USDM, 110, Outcome.JOINED),
        ("usdm", USDM, 111, Outcome.WAITING),
    ],
)
def test_a_snapshot_joins_where_its_markets_rule_lets_it(
    market: Market, diffs: tuple[Diff, ...], last_update_id: int, outcome: Outcome
) -> None:
    joining = Joining(market, 1000, 100)
    for each in diffs:
        assert joining.add(each) is None
    assert joining.offer(snapshot(last_update_id)) is outcome
    if outcome is Outcome.JOINED:
        book = joining.book()
        assert book.last_update_id == diffs[-1].final_update_id
        assert book.event_time == diffs[-1].event_time
        assert len(book.bids) == (1 if last_update_id == 104 else 2)


def test_a_snapshot_ahead_of_every_diff_waits_for_the_one_that_bridges_it() -> None:
    joining = Joining("spot", 1000, 100)
    joining.add(diff(91, 95))
    assert joining.offer(snapshot(100)) is Outcome.WAITING
    assert joining.add(diff(96, 99)) is Outcome.WAITING
    assert joining.waiting
    assert joining.add(diff(100, 103)) is Outcome.JOINED
    assert joining.book().last_update_id == 103


def test_a_usdm_snapshot_that_falls_between_two_diffs_is_missed_once_the_next_one_shows_it() -> None:
    joining = Joining("usdm", 1000, 100)
    joining.add(usdm(90, 95, 88))
    assert joining.offer(snapshot(96)) is Outcome.WAITING
    assert joining.add(usdm(97, 100, 95)) is Outcome.MISSED
    assert joining.offer(snapshot(100)) is Outcome.JOINED


def test_a_gap_among_the_diffs_that_are_held_begins_anew_and_a_double_is_left_out() -> None:
    joining = Joining("spot", 1000, 100)
    for each in (diff(1, 5), diff(6, 9), diff(6, 9), diff(20, 25), diff(26, 30)):
        joining.add(each)
    assert len(joining) == 2
    assert joining.offer(snapshot(7)) is Outcome.MISSED
    assert joining.offer(snapshot(22)) is Outcome.JOINED


def test_no_more_diffs_are_held_than_allowed_and_the_newest_are_kept() -> None:
    joining = Joining("spot", 1000, 10)
    for number in range(100):
        joining.add(diff(number, number))
    assert len(joining) == 10
    assert joining.offer(snapshot(50)) is Outcome.MISSED
    assert joining.offer(snapshot(95)) is Outcome.JOINED


@pytest.mark.parametrize("missing", [diff(106, 110), usdm(106, 110, 105)])
def test_a_diff_after_a_gap_raises_and_leaves_the_book_as_it_was(missing: Diff) -> None:
    book = LocalOrderBook(missing.market, snapshot(100))
    book.apply(diff(100, 102, 99, market=missing.market, bids=(("98", "5"),)))
    before = book.best(10), book.last_update_id, book.checksum()
    with pytest.raises(SequenceError):
        book.apply(missing)
    assert (book.best(10), book.last_update_id, book.checksum()) == before


@pytest.mark.parametrize("market", ["spot", "usdm"])
def test_a_diff_that_comes_twice_or_late_changes_nothing(market: Market) -> None:
    book = LocalOrderBook(market, snapshot(100))
    old = diff(100, 102, 99, market=market, bids=(("98", "5"),))
    assert book.apply(old)
    assert book.apply(diff(103, 105, 102, market=market, bids=(("98", "7"),)))
    assert not book.apply(old)
    assert book.best(10)[0] == [("99", "1"), ("98", "7")]


@pytest.mark.parametrize("zero", ["0", "0.000", "0.00000000"])
def test_a_snapshot_is_made_canonical_and_its_empty_levels_are_left_out(zero: str) -> None:
    made = Snapshot.of(5, [("99.00", "1.500"), ("98.00", zero)], [("101.10", "2")])
    assert list(made.bids) == [("99", "1.5")]
    assert list(made.asks) == [("101.1", "2")]


@pytest.mark.parametrize(
    ("bids", "asks", "reason"),
    [
        ([("100", "1")], [("100", "1")], "not below"),
        ([("100", "-1")], [], "not a plain decimal"),
        ([("1e3", "1")], [], "not a plain decimal"),
    ],
)
def test_a_snapshot_that_cannot_be_a_book_is_refused(
    bids: list[tuple[str, str]], asks: list[tuple[str, str]], reason: str
) -> None:
    with pytest.raises(BadSnapshotError, match=reason):
        Snapshot.of(5, bids, asks)
