"""Which streams are starved."""

from __future__ import annotations

from candlestack_ingest.exchange.binance.starvation import (
    ASK_EVERY_S,
    FIRST_PATIENCE_S,
    GRACE_S,
    SILENT_S,
    StarvationJudge,
)

LOUD, THIN = "btcusdt@trade", "adabtc@trade"


def silent_judge() -> tuple[StarvationJudge, float]:
    """Return a judge that heard two streams, one of which then fell silent, and the time it is suspected."""
    judge = StarvationJudge([LOUD, THIN], 0.0)
    judge.heard({LOUD: 100, THIN: 7}, 1.0)
    now = 1.0 + SILENT_S
    judge.heard({LOUD: 200, THIN: 7}, now)
    return judge, now


def test_a_stream_that_is_heard_is_not_suspected() -> None:
    judge, now = silent_judge()
    assert judge.suspects(now, 10) == [THIN]
    assert judge.suspects(now, 10) == []


def test_a_thin_pair_that_does_not_trade_is_never_starved() -> None:
    judge, now = silent_judge()
    for _ in range(100):
        judge.evidence(dict.fromkeys(judge.suspects(now, 10), 7), now)
        assert judge.starved(now) == []
        now += ASK_EVERY_S
        judge.heard({LOUD: int(now * 100)}, now)


def test_a_stream_behind_what_the_exchange_has_is_starved_within_ten_seconds() -> None:
    judge, now = silent_judge()
    judge.evidence(dict.fromkeys(judge.suspects(now, 10), 8), now)
    assert judge.starved(now) == []
    now += GRACE_S
    assert judge.starved(now) == [THIN]
    assert now - 1.0 <= 10.0


def test_an_event_that_was_only_on_its_way_clears_the_stream() -> None:
    judge, now = silent_judge()
    judge.evidence(dict.fromkeys(judge.suspects(now, 10), 8), now)
    judge.heard({THIN: 8}, now + GRACE_S / 2)
    assert judge.starved(now + GRACE_S) == []


def test_a_moved_stream_is_moved_again_only_for_new_evidence_and_ever_later() -> None:
    judge, now = silent_judge()
    judge.evidence({THIN: 8}, now)
    now += GRACE_S
    assert judge.to_move(now) == [THIN]
    assert judge.starved(now) == []
    judge.evidence({THIN: 8}, now + 4)  # what was missed before the move proves nothing about the new place
    assert judge.starved(now + 6) == []
    judge.evidence({THIN: 9}, now + 6)
    assert judge.to_move(now + 8) == []
    now += FIRST_PATIENCE_S
    assert judge.to_move(now) == [THIN]
    judge.evidence({THIN: 10}, now + 4)
    assert judge.to_move(now + FIRST_PATIENCE_S) == []
    assert judge.to_move(now + 2 * FIRST_PATIENCE_S) == [THIN]


def test_what_could_not_be_heard_is_excused() -> None:
    judge, now = silent_judge()
    judge.evidence({THIN: 8}, now)
    judge.excuse([THIN], now + GRACE_S)
    assert judge.starved(now + GRACE_S) == []
    assert judge.suspects(now + SILENT_S, 10) == [LOUD]
    assert judge.suspects(now + GRACE_S + SILENT_S, 10) == [THIN]


def test_no_more_streams_are_asked_about_than_allowed_the_longest_silent_first() -> None:
    judge = StarvationJudge([LOUD, THIN], 0.0)
    judge.heard({LOUD: 1}, 1.0)
    assert judge.suspects(1.0 + SILENT_S, 1) == [THIN]
    assert judge.suspects(1.0 + SILENT_S, 1) == [LOUD]
