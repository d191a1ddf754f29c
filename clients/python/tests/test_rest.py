"""REST by the client against a running API: pages, exact frames, problems, limits, exports."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from api_records import NOON, candle, known_book, trade
from api_under_test import Api
from api_world import World
from candlestack_client import (
    AsyncClient,
    BadQueryError,
    Client,
    NoDataError,
    RateLimitedError,
    TooManyCandlesError,
    UnauthorizedError,
    UnknownSymbolError,
    UnreachableError,
    calls,
    utc,
)
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle
from candlestack_local.servers import free_port
from waiting import eventually

PAIR = "PAGESUSDT"
MINUTES = 1_700
"""More than one page."""
BEGIN = datetime.fromtimestamp((NOON - MINUTES * MINUTE_MS) / 1000, UTC)


@pytest.fixture(scope="module")
def stored(api: Api, world: World) -> list[Candle]:
    """Closed candles with digits that no float has, one of them filled later, and a forming one."""
    closed = [
        candle(PAIR, minute, close="100.12345678", quote_volume="12345678901234567.12345678")
        for minute in range(-MINUTES, 0)
    ]
    closed[-1] = candle(PAIR, -1, close="0.1", completeness="backfilled")
    forming = candle(PAIR, 0, closed=False, close="100.25")
    world.store_in_mongo(*closed)
    world.publish(*closed[-1:], forming)
    eventually(lambda: api.ask("/latest", symbol=PAIR).json.get("open_time") == NOON, "the forming candle")
    return [*closed, forming]


def test_candles_come_page_by_page_each_once_with_all_that_is_known_of_them(
    api: Api, stored: list[Candle]
) -> None:
    with Client(api.url) as client:
        candles = client.candles(PAIR, start=BEGIN)
        assert [(each.open_time, str(each.close), each.completeness) for each in candles] == [
            (each.open_time, each.close, each.completeness) for each in stored
        ]
        assert [each.closed for each in candles[-2:]] == [True, False]
        assert candles.closed() == candles[:-1]
        assert client.candles(PAIR, start=BEGIN, limit=1_600) == candles[:1_600]
        assert client.candles(PAIR, limit=1_600) == candles[-1_600:]
        assert client.candles(PAIR) == candles[-500:]
        assert client.candles(PAIR, start=NOON - 2 * MINUTE_MS, end=NOON - MINUTE_MS) == candles[-3:-1]
        assert client.candles(PAIR, end=NOON - MINUTE_MS, limit=1) == candles[-2:-1]
        assert [each.closed for each in client.candles(PAIR, "1h", limit=2)] == [True, False]


def test_more_candles_than_one_call_collects_are_refused_and_not_cut_off(
    api: Api, stored: list[Candle], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MOST_CANDLES", 1_500)
    with Client(api.url) as client, pytest.raises(TooManyCandlesError, match="more than 1,500"):
        client.candles(PAIR, start=BEGIN)


def test_frames_are_exact_and_their_times_have_a_zone(api: Api, stored: list[Candle]) -> None:
    with Client(api.url) as client:
        candles = client.candles(PAIR, start=BEGIN)
    exact, floats = candles.to_polars(), candles.to_polars(exact=False)
    assert exact.schema["quote_volume"] == pl.Decimal(38, 8)
    assert [f"{each.normalize():f}" for each in exact["quote_volume"]] == [
        each.quote_volume for each in stored
    ]
    assert exact["open_time"][-1] == datetime(2026, 1, 1, 12, tzinfo=UTC) == utc(NOON)
    assert floats["close"].to_list() == [float(each.close) for each in stored]
    table, inexact = candles.to_pandas(), candles.to_pandas(exact=False)
    assert list(table["quote_volume"]) == [Decimal(each.quote_volume) for each in stored]
    assert table["closed"].tolist() == [each.closed for each in stored]
    assert str(table.index[-1]) == "2026-01-01 12:00:00+00:00"
    assert inexact["close"].iloc[-2] == 0.1
    nothing = candles[:0]
    assert nothing.to_polars().schema == exact.schema
    assert dict(nothing.to_pandas().dtypes) == dict(table.dtypes)


async def test_the_rest_is_answered_to_threads_as_to_asyncio(api: Api, world: World, tmp_path: Path) -> None:
    symbol = "EVERYUSDT"
    minutes = [candle(symbol, minute) for minute in range(3)]
    world.store(*minutes, trade(symbol, 1), trade(symbol, 2))
    world.store_book(known_book(symbol, 5))
    whole: dict[str, Any] = {"start": NOON, "end": NOON + 2 * MINUTE_MS}
    with Client(api.url) as client:
        async with AsyncClient(api.url) as by_asyncio:
            assert client.candles(symbol) == await by_asyncio.candles(symbol)
            assert client.latest(symbol) == await by_asyncio.latest(symbol) == client.candles(symbol)[-1]
            # Between two answers the API may have heard of another pair.
            while (known := client.symbols()) != (told := await by_asyncio.symbols()):
                assert known != client.symbols(), "the same, told differently"
            assert symbol in {each.symbol for each in told.symbols}
            assert [each.trade_id for each in client.trades(symbol)] == [1, 2]
            assert client.trades(symbol, 1) == await by_asyncio.trades(symbol, 1)
            deep = client.order_book(symbol, depth=5)
            assert (deep.state, len(deep.bids), deep.bids[0]) == ("stale", 5, (Decimal("99.99"), Decimal(5)))
            assert (await by_asyncio.order_book(symbol, depth=5)).bids == deep.bids
            assert client.top_gainers(5) == await by_asyncio.top_gainers(5)
            assert client.top_losers(5) == await by_asyncio.top_losers(5)
            account = client.completeness(symbol, "spot", "trade", start=NOON, end=NOON + MINUTE_MS)
            assert account == await by_asyncio.completeness(
                symbol, "spot", "trade", start=NOON, end=utc(NOON + MINUTE_MS)
            )
            assert account.end_time == NOON + MINUTE_MS
            assert {each.symbol for each in client.status(symbol).streams} == {symbol}
            stores = (await by_asyncio.status(symbol)).ready.components
            assert (stores.redis.state, stores.mongodb.state) == ("up", "up")
            # A busy broker may be called away in between.
            eventually(lambda: client.status(symbol).ready.status == "ready", "all are up")
            text = client.export(tmp_path / "a.csv", symbol, **whole)
            table = await by_asyncio.export(tmp_path / "a.parquet", symbol, kind="parquet", **whole)
    rows = list(csv.DictReader(text.read_text().splitlines()))
    assert [row["close"] for row in rows] == [each.close for each in minutes]
    assert pl.read_parquet(table)["close"].to_list() == [Decimal(each.close) for each in minutes]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]


def test_a_problem_is_an_error_with_the_words_of_the_platform(
    api: Api, stored: list[Candle], tmp_path: Path
) -> None:
    with Client(api.url) as client:
        with pytest.raises(UnknownSymbolError, match="404: 'NOSUCHUSDT' is not a known pair") as unknown:
            client.latest("NOSUCHUSDT")
        assert PAIR in (unknown.value.problem.known_symbols or [])
        assert unknown.value.request_id
        with pytest.raises(BadQueryError, match="limit") as bad:
            client.trades(PAIR, 5_000)
        assert [each.parameter for each in bad.value.problem.errors or []] == ["limit"]
        with pytest.raises(NoDataError):
            client.order_book(PAIR)
        with pytest.raises(UnknownSymbolError):
            client.export(tmp_path / "none.csv", "NOSUCHUSDT", start=NOON, end=NOON)
        assert list(tmp_path.iterdir()) == []
        with pytest.raises(ValueError, match="no time zone"):
            client.candles(PAIR, start=datetime(2026, 1, 1))  # noqa: DTZ001 - that is what is refused
    nobody = f"http://127.0.0.1:{free_port()}"
    with Client(nobody, attempts=2) as client, pytest.raises(UnreachableError, match=nobody):
        client.symbols()
    with Client(nobody, api.url) as client:
        assert client.latest(PAIR).open_time == NOON, "the next address is asked"


async def test_a_client_that_asks_too_often_waits_as_long_as_it_is_told(guarded: Api) -> None:
    with Client(guarded.url) as stranger, pytest.raises(UnauthorizedError, match="X-API-Key"):
        stranger.symbols()
    with Client(guarded.url, api_key="key-of-dora", attempts=1) as hasty:
        with pytest.raises(RateLimitedError, match="429: ask again in 1 s") as limited:
            ask_often(hasty)
        assert limited.value.retry_after_s == 1
    with (
        Client(guarded.url, api_key="key-of-dora", longest_pause_s=0.5) as impatient,
        pytest.raises(RateLimitedError),
    ):
        ask_often(impatient)
    async with AsyncClient(guarded.url, api_key="key-of-dora") as patient:
        assert await patient.symbols()


def ask_often(client: Client) -> None:
    """Ask more often than anyone may, however slow the machine is."""
    for _ in range(300):
        client.symbols()
