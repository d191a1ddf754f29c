"""The ledger of closed minutes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.intervals import MINUTE_MS
from candlestack_ingest.producers.ledger import ASK_AGAIN_MS, GRACE_MS, CandleLedger

HOUR_MS = 60 * MINUTE_MS
START = 1_700_000_040_000 // MINUTE_MS * MINUTE_MS


def minute(number: int) -> int:
    return START + number * MINUTE_MS


def ledger_at(now: int, window_ms: int = HOUR_MS) -> CandleLedger:
    ledger = CandleLedger(["BTCUSDT"], window_ms)
    ledger.advance(now)
    return ledger


def holes(ledger: CandleLedger) -> list[tuple[int, int]]:
    return ledger.holes("BTCUSDT", ledger.now)


def test_on_a_first_start_the_whole_window_is_one_hole() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    assert holes(ledger) == [(minute(1), minute(59))]


def test_a_minute_that_just_closed_is_not_a_hole_yet() -> None:
    ledger = ledger_at(minute(60))
    assert holes(ledger)[-1][1] == minute(58)
    ledger.advance(minute(60) + GRACE_MS)
    assert holes(ledger)[-1][1] == minute(59)


def test_a_hole_must_have_been_due_at_the_earlier_look() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    assert ledger.holes("BTCUSDT", minute(30) + GRACE_MS) == [(minute(1), minute(29))]


def test_minutes_between_sent_ones_are_named_exactly() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    for number in range(60):
        if number not in (7, 20, 21):
            ledger.sent("BTCUSDT", minute(number))
    assert holes(ledger) == [(minute(7), minute(7)), (minute(20), minute(21))]


def test_a_candle_the_broker_refused_is_a_hole_again_and_no_other_is() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    for number in range(60):
        ledger.sent("BTCUSDT", minute(number))
    assert holes(ledger) == []
    ledger.lost("BTCUSDT", minute(30))
    assert holes(ledger) == [(minute(30), minute(30))]
    ledger.sent("BTCUSDT", minute(30))
    assert holes(ledger) == []


def test_a_minute_the_exchange_does_not_have_is_asked_for_again_later() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    for number in range(59):
        ledger.sent("BTCUSDT", minute(number))
    ledger.absent("BTCUSDT", minute(59))
    assert holes(ledger) == []
    later = ledger.now + ASK_AGAIN_MS
    for number in range(60, 72):
        ledger.sent("BTCUSDT", minute(number))
    ledger.advance(later)
    assert holes(ledger) == [(minute(59), minute(59))]


def test_what_left_the_window_is_forgotten() -> None:
    ledger = ledger_at(minute(60) + GRACE_MS)
    ledger.advance(minute(600) + GRACE_MS)
    assert holes(ledger) == [(minute(541), minute(599))]


@given(
    sent=st.sets(st.integers(0, 119)),
    lost=st.sets(st.integers(0, 119)),
    looks=st.lists(st.integers(60, 120), max_size=4),
)
def test_holes_are_what_was_due_and_not_sent(sent: set[int], lost: set[int], looks: list[int]) -> None:
    ledger = ledger_at(minute(0))
    for look in sorted(looks):
        for number in sent:
            if number < look:
                ledger.sent("BTCUSDT", minute(number))
        ledger.advance(minute(look) + GRACE_MS)
        holes(ledger)
    ledger.advance(minute(120) + GRACE_MS)
    for number in sent:
        ledger.sent("BTCUSDT", minute(number))
    in_window = range(61, 120)
    holes(ledger)
    for number in lost & sent & set(in_window):
        ledger.lost("BTCUSDT", minute(number))
    expected = [minute(number) for number in in_window if number not in sent - lost]
    found = [t for first, last in holes(ledger) for t in range(first, last + 1, MINUTE_MS)]
    assert found == expected
