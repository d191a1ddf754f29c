"""What a user is told of a subscription, whatever connections, processes and snapshots it came through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_client import (
    Candle,
    Kline,
    KlineUpdate,
    Lost,
    Message,
    OrderBook,
    Position,
    SubscriptionError,
    Trade,
    Trades,
    TradesSnapshot,
    TradesUpdate,
    UnexpectedAnswerError,
)
from candlestack_client.following import Following
from candlestack_client.sequences import CandleSequence, TradeSequence, TryAgainError

PAIR = "BTCUSDT"
KEPT, IN_SNAPSHOT = 12, 4
ONE = Decimal(1)


def trade(trade_id: int) -> Trade:
    return Trade(
        symbol=PAIR,
        trade_id=trade_id,
        price=ONE,
        quantity=ONE,
        quote_quantity=ONE,
        time=trade_id,
        buyer_is_maker=True,
        source="simulator",
    )


def candle(minute: int, *, closed: bool = True, version: int = 1) -> Candle:
    amounts: dict[str, Any] = {
        field.name: ONE for field in msgspec.structs.fields(Candle) if field.type is Decimal
    }
    return Candle(
        symbol=PAIR,
        interval="1m",
        open_time=minute * 60_000,
        close_time=minute * 60_000 + 59_999,
        trades=1,
        closed=closed,
        version=version,
        source="simulator",
        completeness="complete",
        **amounts,
    )


def message(channel: str, kind: str, seq: int | None, prev: int | None, data: Any, **more: Any) -> bytes:
    return msgspec.json.encode(
        {
            "channel": channel,
            "type": kind,
            "symbol": PAIR,
            "epoch": None if seq is None else "topic/0",
            "seq": seq,
            "prev": prev,
            "exchange_time": None,
            "arrival_time": None,
            "send_time": 1,
            "data": data,
        }
        | ({"interval": "1m"} if channel == "kline" else {})
        | ({"dropped": 0} if channel == "trades" and kind == "update" else {})
        | more
    )


def take(following: Following, *texts: bytes) -> list[Message | Lost]:
    return [event for text in texts for event in following.take(text)]


def told(events: Sequence[Message | Lost]) -> list[Any]:
    """Return why something was lost, and the ids or minutes of the rest."""
    found: list[Any] = []
    for event in events:
        match event:
            case Lost():
                found.append(event.why)
            case TradesSnapshot() | TradesUpdate():
                found.append([each.trade_id for each in event.data])
            case KlineUpdate():
                found.append((event.data.open_time // 60_000, event.data.version))
            case _:
                found.append(event.type)
    return found


@dataclass
class Process:
    """One process of an API that serves trades: it has read so far, and keeps the newest since it began."""

    log: list[Trade]
    read: int = 0
    began: int = 0
    is_live: bool = True
    knew_nothing: bool = False
    """Whether it ever told so."""
    listening: bool = False
    sent: int = 0
    out: list[bytes] = field(default_factory=list)

    def begin(self, history: int) -> None:
        """Start again; some history is read before anything is known."""
        self.hang_up()
        self.began = max(self.read - history, 0)
        self.is_live = False

    def connect(self, since: Position | None) -> None:
        """Begin with what followed a position, where all of that is kept and read, or else with a snapshot."""
        self.listening = True
        self.sent = self.read
        if not self.is_live:
            self.knew_nothing = True
            self.out.append(message("trades", "snapshot", None, None, []))
            return
        kept_from = max(self.read - KEPT, self.began)
        if since is not None and kept_from <= since.seq < self.read:
            if missed := self.log[since.seq + 1 : self.read]:
                self._tell("update", since.seq, missed)
        else:
            self._tell_whole()

    def catch_up(self, count: int) -> None:
        """Read on, and tell whoever listens."""
        self.read = min(self.read + count, len(self.log))
        if not self.is_live:
            self.is_live = True
            self.sent = self.read
            if self.listening:
                self._tell_whole()
        elif self.listening and self.read > self.sent:
            prev = self.sent - 1 if self.sent > self.began else None
            self._tell("update", prev, self.log[self.sent : self.read])
            self.sent = self.read

    def hang_up(self) -> None:
        self.listening = False
        self.out.clear()

    def _tell_whole(self) -> None:
        self._tell("snapshot", None, self.log[max(self.read - IN_SNAPSHOT, self.began) : self.read])

    def _tell(self, kind: str, prev: int | None, trades: list[Trade]) -> None:
        seq = self.read - 1 if self.read > self.began else None
        self.knew_nothing |= seq is None
        self.out.append(message("trades", kind, seq, prev, trades))


def connect(sequence: TradeSequence, process: Process) -> None:
    wanted = sequence.wanted()
    assert isinstance(wanted, Trades)
    process.hang_up()
    process.connect(wanted.since if isinstance(wanted.since, Position) else None)


def deliver(sequence: TradeSequence, process: Process, events: list[Message | Lost]) -> None:
    """Take what a process tells, on a new connection where that is wanted."""
    while process.out:
        text = process.out.pop(0)
        kind = TradesSnapshot if b'"snapshot"' in text else TradesUpdate
        try:
            events += sequence.take(msgspec.json.decode(text, type=kind))
        except TryAgainError:
            connect(sequence, process)


@dataclass(frozen=True)
class Step:
    """What happens, how far each of two processes reads on, and what becomes of the client's connection."""

    happened: int
    read: tuple[int, int]
    delivered: bool
    begun_again: tuple[int, int] | None
    """A process, and how much history it reads."""
    connected: int | None
    """The process that the client goes to."""


few = st.integers(0, 8)
which = st.integers(0, 1)
STEPS = st.builds(
    Step,
    few,
    st.tuples(few, few),
    st.booleans(),
    st.none() | st.tuples(which, few),
    st.none() | which,
)


@given(st.lists(STEPS, max_size=25))
def test_each_trade_is_told_once_or_its_loss_is_said(steps: list[Step]) -> None:
    """Over connections that end at any moment, and processes that are behind or know little."""
    log: list[Trade] = []
    processes = [Process(log), Process(log)]
    sequence = TradeSequence(Trades(PAIR))
    events: list[Message | Lost] = []
    served = processes[0]

    connect(sequence, served)
    for step in steps:
        log += [trade(len(log) + number) for number in range(step.happened)]
        for process, count in zip(processes, step.read, strict=True):
            process.catch_up(count)
        if step.delivered:
            deliver(sequence, served, events)
        if step.begun_again is not None:
            processes[step.begun_again[0]].begin(step.begun_again[1])
        if step.connected is not None or not served.listening:
            served.hang_up()
            served = processes[step.connected or 0]
            connect(sequence, served)
    for process in processes:
        process.catch_up(len(log))
    deliver(sequence, served, events)
    known: set[int] = set()
    is_whole = True
    for number, event in enumerate(events):
        if isinstance(event, Lost):
            # Nothing is left out without a snapshot, but by a process that knows nothing of what was before.
            assert event.why == "snapshot" or any(process.knew_nothing for process in processes)
            is_whole = False
            continue
        assert isinstance(event, TradesSnapshot | TradesUpdate)
        told_now = {each.trade_id for each in event.data}
        if isinstance(event, TradesSnapshot):
            assert number == 0 or isinstance(events[number - 1], Lost), "a later snapshot is said"
            known, is_whole = set(), True
        assert not known & told_now, "each once"
        known |= told_now
        assert not is_whole or known == set(range(min(known, default=0), max(known, default=-1) + 1))
    assert max(known, default=-1) == len(log) - 1 or served.began == len(log), "the newest is told"


def test_a_gap_and_dropped_trades_are_said_before_what_follows() -> None:
    following = Following([Trades(PAIR)])
    events = take(
        following,
        message("trades", "snapshot", 5, None, [trade(5)]),
        message("trades", "update", 6, 5, [trade(6)]),
        message("trades", "update", 9, 8, [trade(9)]),
        message("trades", "update", 20, 9, [trade(20)], dropped=10),
    )
    assert told(events) == [[5], [6], "gap", [9], "dropped", [20]]
    assert events[4] == Lost(Trades(PAIR), "dropped", after=9, count=10)


def test_a_snapshot_that_reaches_back_is_told_as_what_is_new_in_it() -> None:
    following = Following([Kline(PAIR)])
    minutes = [candle(1), candle(2), candle(3, closed=False)]
    take(following, message("kline", "snapshot", 5, None, minutes))
    following.requests()
    again = [candle(2, version=2), candle(3, version=2), candle(4, closed=False)]
    events = take(following, message("kline", "snapshot", 9, None, again))
    assert told(events) == [(2, 2), (3, 2), (4, 1)]
    following.requests()
    events = take(following, message("kline", "snapshot", 99, None, [candle(9), candle(10)]))
    assert events[0] == Lost(Kline(PAIR), "snapshot", after=4 * 60_000)
    assert told(events) == ["snapshot", "snapshot"]


def test_a_process_that_is_behind_tells_nothing_twice_and_records_numbered_anew_are_said() -> None:
    following = Following([Kline(PAIR)])
    take(following, message("kline", "snapshot", 50, None, [candle(1), candle(2, version=4)]))
    following.requests()
    behind = [
        message("kline", "snapshot", 40, None, [candle(1), candle(2, closed=False)]),
        message("kline", "update", 45, 40, candle(2, version=3)),
        message("kline", "update", 51, 45, candle(3)),
    ]
    assert told(take(following, *behind)) == [(3, 1)]
    following.requests()
    anew = message("kline", "snapshot", 3, None, [candle(7), candle(8)])
    assert told(take(following, anew)) == ["snapshot", "snapshot"]
    assert told(take(following, message("kline", "update", 4, 3, candle(9)))) == [(9, 1)]


def test_two_candles_may_follow_from_one_record() -> None:
    sequence = CandleSequence(Kline(PAIR, "5m"))
    following = Following([Kline(PAIR, "5m")])
    assert sequence.wanted() == Kline(PAIR, "5m")
    five = {"interval": "5m"}
    events = take(
        following,
        message("kline", "snapshot", 5, None, [candle(0)], **five),
        message("kline", "update", 6, 5, candle(0, version=2), **five),
        message("kline", "update", 6, 6, candle(5, closed=False), **five),
        message("kline", "update", 6, 6, candle(5, closed=False), **five),
    )
    assert told(events) == ["snapshot", (0, 2), (5, 1)]


def test_a_process_that_has_read_nothing_yet_is_asked_again_when_it_has() -> None:
    following = Following([Trades(PAIR)])
    take(following, message("trades", "snapshot", 5, None, [trade(5)]))
    blank = message("trades", "snapshot", None, None, [])
    far = message("trades", "snapshot", 99, None, [trade(99)])
    following.requests()
    assert take(following, blank) == []
    assert told(take(following, message("trades", "snapshot", 6, None, [trade(5), trade(6)]))) == [[6]]
    following.requests()
    assert take(following, blank) == []
    with pytest.raises(TryAgainError):
        take(following, far)
    assert '"seq":6' in following.requests()[0], "from where it was"
    assert told(take(following, far)) == ["snapshot", [99]], "it is not kept any more"
    following.requests()
    later = message("trades", "update", 200, None, [trade(200)])
    assert told(take(following, blank, later)) == ["gap", [200]], "what was before is not known"


def test_a_user_who_kept_a_position_goes_on_from_there_or_is_told_that_it_is_too_old() -> None:
    since = Position("topic/0", 5)
    assert told(take(begun(since), message("trades", "update", 7, 5, [trade(7)]))) == [[7]]
    assert told(take(begun(since), message("trades", "snapshot", 99, None, [trade(99)]))) == [
        "snapshot",
        [99],
    ]


def begun(since: Position) -> Following:
    following = Following([Trades(PAIR, since)])
    assert b'"seq":5' in following.requests()[0].encode()
    return following


def test_nothing_of_a_book_can_be_lost() -> None:
    following = Following([OrderBook(PAIR)])
    more = {"market": "spot", "depth": 20, "every_ms": 100}
    texts = [message("orderbook", "snapshot", seq, None, None, **more) for seq in (9, 3)]
    assert told(take(following, *texts)) == ["snapshot", "snapshot"]
    other = message("orderbook", "snapshot", 9, None, None, **(more | {"depth": 5}))
    assert take(following, other) == [], "nobody asked for it"


def refusal(code: int) -> bytes:
    return msgspec.json.encode(
        {"channel": "control", "type": "error", "code": code, "reason": "why", "id": 0}
    )


def test_what_will_never_be_served_is_raised_and_what_is_away_is_tried_again() -> None:
    with pytest.raises(SubscriptionError, match="4404: why"):
        take(Following([Trades(PAIR)]), refusal(4404))
    with pytest.raises(TryAgainError):
        take(Following([Trades(PAIR)]), refusal(4503))
    served = Following([Trades(PAIR)])
    take(served, message("trades", "snapshot", 5, None, [trade(5)]))
    with pytest.raises(TryAgainError):
        take(served, refusal(4404))
    with pytest.raises(UnexpectedAnswerError):
        take(Following([Trades(PAIR)]), message("trades", "snapshot", 5, None, "no list"))
    with pytest.raises(ValueError, match="at least one"):
        Following([])
