"""Trades out of aggregate trades, and aggregate trades out of trades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from candlestack_simulator.replay.track import Key
from candlestack_simulator.source import AggTrade, Trade


def split_aggregate(aggregate: AggTrade, lot_e8: int) -> list[Trade]:
    """Return the trades that an aggregate stands for, with the ids `first_trade_id` to `last_trade_id`.

    Price, side and time are the aggregate's. The quantity is divided into equal shares of whole lots, the
    rest goes to the last trade; how it divided on the exchange is not known.
    """
    count = aggregate.last_trade_id - aggregate.first_trade_id + 1
    share = aggregate.quantity_e8 // count
    share = share // lot_e8 * lot_e8 or share
    return [
        Trade(
            symbol=aggregate.symbol,
            trade_id=aggregate.first_trade_id + place,
            price_e8=aggregate.price_e8,
            quantity_e8=share if place < count - 1 else aggregate.quantity_e8 - share * (count - 1),
            time_ms=aggregate.time_ms,
            buyer_is_maker=aggregate.buyer_is_maker,
        )
        for place in range(count)
    ]


def split_aggregates(aggregates: Iterable[tuple[Key, AggTrade]], lot_e8: int) -> list[tuple[Key, Trade]]:
    """Split each aggregate; its trades are sent when it is."""
    return [(key, trade) for key, aggregate in aggregates for trade in split_aggregate(aggregate, lot_e8)]


def group_trades(trades: Sequence[tuple[Key, Trade]]) -> list[tuple[Key, AggTrade]]:
    """Aggregate neighbours of one time, price and side; an aggregate is sent with its last trade.

    The recording does not know the exchange's aggregate ids: they count on from the first trade id.
    """
    aggregates: list[tuple[Key, AggTrade]] = []
    next_id = trades[0][1].trade_id if trades else 0

    def order(sent: tuple[Key, Trade]) -> tuple[int, int, bool]:
        return sent[1].time_ms, sent[1].price_e8, sent[1].buyer_is_maker

    for (time_ms, price_e8, buyer_is_maker), group in groupby(trades, key=order):
        members = list(group)
        aggregates.append(
            (
                members[-1][0],
                AggTrade(
                    symbol=members[0][1].symbol,
                    agg_id=next_id,
                    price_e8=price_e8,
                    quantity_e8=sum(trade.quantity_e8 for _, trade in members),
                    first_trade_id=members[0][1].trade_id,
                    last_trade_id=members[-1][1].trade_id,
                    time_ms=time_ms,
                    buyer_is_maker=buyer_is_maker,
                ),
            )
        )
        next_id += 1
    return aggregates
