"""Binance's streams as they are made of what the topics tell: nothing is doubled, and no gap is hidden."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from functools import partial

import msgspec
import pytest

from api_records import NOON, trade
from api_sockets import Line
from app.book.diffs import DIFFS
from app.channels import FOLLOWED
from app.compat.streams.clients import StreamClient
from app.compat.streams.names import is_well_formed, parsed
from app.compat.streams.views import (
    AggregateTradeStream,
    DiffStream,
    SlowDiffStream,
    StreamView,
    TradeStream,
)
from app.stream.channel import AnyFollowed
from app.stream.events import Event, Subject
from app.stream.feeds import Feeds
from app.stream.hub import Hub
from app.stream.messages import CloseCode
from app.stream.subscription import Source
from app.trades.channel import TRADES
from candlestack_core.messages import DepthDiff, Listing, Trade
from candlestack_ingest.exchange.binance.listings import listing_of
from listing_records import LISTED_AT, entry

PAIR = "VIEWUSDT"
LISTING = listing_of(msgspec.Raw(json.dumps(entry(PAIR)).encode()), source="simulator", time=LISTED_AT)
WITHIN_S = 30.0


def listen(
    hub: Hub, made: Callable[[str, Source, Listing], StreamView], channel: AnyFollowed
) -> tuple[StreamView, Line]:
    view, line = made("a stream", hub.source(channel, Subject(PAIR)), LISTING), Line(may_end=True)
    view.open()
    view.join(StreamClient(line, lambda: NOON, lambda: False), None)
    return view, line


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():
            await asyncio.sleep(0.005)


def diff(first: int, final: int, quantity: str) -> DepthDiff:
    return DepthDiff(
        market="spot",
        symbol=PAIR,
        first_update_id=first,
        final_update_id=final,
        previous_final_update_id=None,
        bids=[("99.5", quantity)],
        asks=[],
        event_time=NOON + final,
        source="simulator",
    )


def publish(hub: Hub, channel: AnyFollowed, values: Iterable[Trade | DepthDiff]) -> None:
    for number, value in enumerate(values):
        hub.publish({channel.name: [Event("topic/0", number, None, value)]})


async def test_the_diffs_of_a_while_are_one_without_doubles_and_a_missing_one_parts_them() -> None:
    hub = Hub(FOLLOWED)
    view, line = listen(hub, partial(SlowDiffStream, every_s=0.05), DIFFS)
    publish(hub, DIFFS, [diff(1, 3, "1"), diff(4, 4, "2"), diff(2, 3, "9"), diff(4, 6, "3"), diff(8, 9, "4")])
    await until(lambda: len(line.messages) == 2)
    assert [(each["U"], each["u"], each["b"]) for each in line.messages] == [
        (1, 6, [["99.50000000", "3.00000000"]]),
        (8, 9, [["99.50000000", "4.00000000"]]),
    ]
    view.close()


@pytest.mark.parametrize(("then", "told"), [(5, [(1, 2), (3, 3)]), (7, [(2, 2), (3, 3)])])
async def test_an_aggregate_that_began_before_the_client_came_is_told_and_one_that_ended_is_not(
    then: int, told: list[tuple[int, int]]
) -> None:
    hub = Hub(FOLLOWED)
    times = {0: 0, 1: 5, 2: then, 3: 9}
    trades = [trade(PAIR, number, time=NOON + time, buyer_is_maker=True) for number, time in times.items()]
    publish(hub, TRADES, trades[:2])
    view, line = listen(hub, AggregateTradeStream, TRADES)
    publish(hub, TRADES, trades[2:])
    assert [(each["f"], each["l"]) for each in line.messages] == told[:1]
    # The newest is told when nothing more comes.
    await until(lambda: len(line.messages) == 2)
    assert [(each["f"], each["l"], each["E"]) for each in line.messages[1:]] == [(*told[1], NOON + 9)]
    view.close()


@pytest.mark.parametrize(
    ("made", "channel", "sent_away"), [(TradeStream, TRADES, True), (DiffStream, DIFFS, False)]
)
async def test_where_events_may_be_missing_and_none_would_tell_the_client_is_sent_away(
    made: type[StreamView], channel: AnyFollowed, sent_away: bool
) -> None:
    hub = Hub(FOLLOWED)
    view, line = listen(hub, made, channel)
    hub.went_live(Feeds(FOLLOWED))
    assert line.ended == [], "nothing was told yet"
    publish(hub, channel, [trade(PAIR, 1) if channel is TRADES else diff(1, 1, "1")])
    assert len(line.messages) == 1
    hub.went_live(Feeds(FOLLOWED))
    assert line.ended == ([CloseCode.RESTARTING] if sent_away else [])
    view.close()


def test_a_pair_may_be_written_in_any_script_but_in_lower_case() -> None:
    assert parsed("币安人生usdt@trade") == ("币安人生USDT", "trade")
    assert is_well_formed("币安人生usdt@trade")
    assert parsed("BTCUSDT@trade") is None
    assert not is_well_formed("btcusdt @trade")
