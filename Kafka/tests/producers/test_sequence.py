"""The order of trades of one symbol."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.messages import Trade
from candlestack_ingest.producers.sequence import ABSURD_JUMP, TradeSequence, Verdict


def trade(trade_id: int) -> Trade:
    return Trade(
        symbol="BTCUSDT",
        trade_id=trade_id,
        price="1",
        quantity="1",
        quote_quantity="1",
        time=trade_id,
        buyer_is_maker=False,
        source="simulator",
    )


def sequence_at(last_id: int | None, max_held: int = 100) -> TradeSequence:
    return TradeSequence(max_held, last_id)


def test_the_first_trade_ever_is_believed_when_the_next_one_is_near_it() -> None:
    sequence = sequence_at(None)
    assert sequence.judge(trade(77)) is Verdict.UNPROVEN
    assert sequence.prove(trade(77)) is None
    assert sequence.prove(trade(77)) is None
    assert sequence.last_id is None
    assert sequence.prove(trade(79)) is None
    assert [held.trade_id for held in sequence.release()] == [77]
    assert sequence.gap() == (78, 78)


def test_a_first_trade_with_an_absurd_id_is_disproved_by_the_next_two() -> None:
    sequence = sequence_at(None)
    absurd = trade(10 + 2 * ABSURD_JUMP)
    sequence.prove(absurd)
    assert sequence.prove(trade(9)) is absurd
    assert sequence.prove(trade(10)) is None
    assert [held.trade_id for held in sequence.release()] == [9, 10]


def test_where_the_exchange_names_its_newest_trade_the_sequence_begins_after_it() -> None:
    sequence = sequence_at(None)
    sequence.prove(trade(80))
    sequence.begin_after(77)
    assert sequence.gap() == (78, 79)
    known = sequence_at(10)
    known.begin_after(77)
    assert known.last_id == 10


def test_the_next_id_continues_and_an_old_one_is_a_double() -> None:
    sequence = sequence_at(10)
    assert sequence.judge(trade(11)) is Verdict.CONTINUES
    assert sequence.judge(trade(10)) is Verdict.DOUBLE
    assert sequence.judge(trade(3)) is Verdict.DOUBLE


def test_a_jump_is_a_gap_that_names_the_missing_ids() -> None:
    sequence = sequence_at(10)
    assert sequence.judge(trade(14)) is Verdict.GAP
    sequence.hold(trade(14))
    assert sequence.gap() == (11, 13)


def test_an_id_absurdly_far_ahead_is_not_believed() -> None:
    assert sequence_at(10).judge(trade(11 + ABSURD_JUMP)) is Verdict.ABSURD


def test_where_ids_go_on_from_one_that_was_not_believed_the_exchange_is_really_there() -> None:
    sequence = sequence_at(10)
    first = 11 + ABSURD_JUMP
    sequence.disbelieve(trade(first))
    assert sequence.judge(trade(first + 7)) is Verdict.ABSURD
    for trade_id in (first + 1, first + 2, first + 3):
        assert sequence.judge(trade(trade_id)) is Verdict.GAP
        sequence.hold(trade(trade_id))
    assert sequence.gap() == (11, first)


def test_while_a_gap_is_filled_an_absurd_id_is_not_believed_either() -> None:
    sequence = sequence_at(10)
    sequence.hold(trade(13))
    assert sequence.judge(trade(14 + ABSURD_JUMP)) is Verdict.ABSURD


def test_while_a_gap_is_filled_even_the_next_id_waits_its_turn() -> None:
    sequence = sequence_at(10)
    sequence.hold(trade(13))
    assert sequence.judge(trade(14)) is Verdict.GAP


def test_held_trades_leave_in_order_when_the_gap_is_closed() -> None:
    sequence = sequence_at(10)
    for trade_id in (15, 13, 14):
        sequence.hold(trade(trade_id))
    assert sequence.release() == []
    sequence.take(trade(11))
    sequence.take(trade(12))
    assert [held.trade_id for held in sequence.release()] == [13, 14, 15]
    assert sequence.finish()


def test_no_more_than_the_bound_is_held() -> None:
    sequence = sequence_at(10, max_held=2)
    assert sequence.hold(trade(12))
    assert sequence.hold(trade(13))
    assert not sequence.hold(trade(14))


def test_a_gap_given_up_is_named_and_the_rest_goes_on() -> None:
    sequence = sequence_at(10)
    sequence.hold(trade(13))
    assert sequence.give_up() == (11, 12)
    assert [held.trade_id for held in sequence.release()] == [13]


@given(st.lists(st.integers(1, 60), max_size=80))
def test_whatever_arrives_each_trade_leaves_once_and_in_order(arrivals: list[int]) -> None:
    sequence = sequence_at(0)
    left: list[int] = []
    for trade_id in arrivals:
        match sequence.judge(trade(trade_id)):
            case Verdict.CONTINUES:
                sequence.take(trade(trade_id))
                left.append(trade_id)
            case Verdict.GAP:
                sequence.hold(trade(trade_id))
            case _:
                continue
        left += [ready.trade_id for ready in sequence.release()]
        sequence.finish()
    while sequence.held:
        sequence.give_up()
        left += [ready.trade_id for ready in sequence.release()]
    assert left == sorted(set(arrivals))
