"""The rankings on the real Redis: as they were written, with their time; and where there are none."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from api_records import NOON
from api_under_test import Api
from api_world import World
from candlestack_core.messages import RankedPair, Ranking
from candlestack_core.names import RANKING_TOP_GAINERS, RANKING_TOP_LOSERS

PATHS = {"/ranking/top-gainers": RANKING_TOP_GAINERS, "/ranking/top-losers": RANKING_TOP_LOSERS}


def row(rank: int, **fields: Any) -> RankedPair:
    """Return a pair in its rank; the further down, the more it lost."""
    made: dict[str, Any] = {
        "rank": rank,
        "symbol": f"PAIR{rank}USDT",
        "price": "0.51234567",
        "change_percent": f"-{rank}.25",
        "volume": "120000.5",
        "quote_volume": "61481.7304",
        "market_cap": "5000000000" if rank % 2 else None,
    }
    return RankedPair(**made | fields)


RANKING = Ranking(
    time=NOON, source="simulator", rows=[row(rank) for rank in (2, 1, *range(3, 16))], supply_time=NOON - 1
)


@pytest.mark.parametrize(("path", "key"), PATHS.items())
def test_a_ranking_is_answered_with_its_time_in_the_order_of_its_ranks(
    api: Api, world: World, path: str, key: str
) -> None:
    other = next(each for each in PATHS.values() if each != key)
    world.store_ranking(other, None)
    world.store_ranking(key, RANKING)
    answer = api.ask(path, limit=2)
    assert answer.status == 200
    assert answer.json == {
        "ranking": key.partition(":")[2],
        "time": NOON,
        "source": "simulator",
        "supply_time": NOON - 1,
        "rows": [msgspec.to_builtins(row(1)), msgspec.to_builtins(row(2))],
        "reason": None,
    }
    assert answer.json["rows"][1]["market_cap"] is None
    assert [each["rank"] for each in api.ask(path).json["rows"]] == list(range(1, 11))
    assert len(api.ask(path, limit=100).json["rows"]) == 15


@pytest.mark.parametrize(("path", "key"), PATHS.items())
@pytest.mark.parametrize("stored", [None, b'{"time": "noon"}', b"\xff"])
def test_before_anything_has_been_ranked_the_list_is_empty_and_says_so(
    api: Api, world: World, path: str, key: str, stored: bytes | None
) -> None:
    world.store_ranking(key, stored)
    answer = api.ask(path)
    assert answer.status == 200
    assert answer.json == {
        "ranking": key.partition(":")[2],
        "time": None,
        "source": None,
        "supply_time": None,
        "rows": [],
        "reason": "nothing has been ranked yet",
    }


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"symbol": "BTCUSDT"}])
def test_a_bad_query_of_a_ranking_is_a_422(api: Api, path: str, query: dict[str, str]) -> None:
    answer = api.ask(path, **query)
    assert answer.status == 422
    assert [error["parameter"] for error in answer.json["errors"]] == list(query)
