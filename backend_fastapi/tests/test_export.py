"""Exports: a range as CSV or Parquet, exact, streamed and bounded."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from api_records import NOON, candle
from api_under_test import Api
from api_world import World
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Candle

PAIR = "EXPORTUSDT"
CANDLES = 12_000
RANGE = {"startTime": NOON - CANDLES * MINUTE_MS, "endTime": NOON + MINUTE_MS}


@pytest.fixture(scope="module")
def exported(api: Api, world: World) -> list[Candle]:
    """More than two pages of minutes, and one that is forming."""
    minutes = [
        candle(PAIR, minute, close=f"{100 + minute % 100}.5", quote_volume="213.56250001")
        for minute in range(-CANDLES, 0)
    ]
    world.store_in_mongo(*minutes)
    world.store_in_redis(candle(PAIR, 0, closed=False))
    assert api.ask("/latest", symbol=PAIR).status == 200
    return minutes


def test_a_csv_has_every_closed_candle_of_the_range_once_with_its_exact_digits(
    api: Api, exported: list[Candle]
) -> None:
    answer = api.ask("/export", symbol=PAIR, **RANGE)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].endswith(
        "EXPORTUSDT-1m-20251224T040000Z-20260101T120100Z.csv"
    )
    text = answer.body.decode()
    assert text.count("\r\n") == CANDLES + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert rows == [{name: str(getattr(each, name)) for name in rows[0]} for each in exported]
    few = api.ask("/export", symbol=PAIR, startTime=NOON - 2 * MINUTE_MS, endTime=NOON - MINUTE_MS)
    assert few.body.decode().splitlines()[1:] == text.splitlines()[-2:]


def test_a_parquet_file_has_the_same_with_exact_types(api: Api, exported: list[Candle]) -> None:
    answer = api.ask("/export", symbol=PAIR, format="parquet", **RANGE)
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    table = pq.read_table(io.BytesIO(answer.body))
    assert str(table.schema.field("open_time").type) == "timestamp[ms, tz=UTC]"
    assert str(table.schema.field("close").type) == "decimal128(28, 8)"
    columns: dict[str, list[Any]] = table.select(["close", "quote_volume", "trades", "source"]).to_pydict()
    assert columns["close"] == [Decimal(each.close) for each in exported]
    assert set(columns["quote_volume"]) == {Decimal("213.56250001")}
    assert table.column("open_time").cast("int64").to_pylist() == [each.open_time for each in exported]
    assert pq.ParquetFile(io.BytesIO(answer.body)).num_row_groups == 3


def test_longer_candles_are_exported_as_they_are_served(api: Api, exported: list[Candle]) -> None:
    hours = {"interval": "1h", "startTime": NOON - 24 * 60 * MINUTE_MS, "endTime": NOON}
    served = api.ask("/ohlc", symbol=PAIR, **hours).json["candles"]
    rows = list(
        csv.DictReader(io.StringIO(api.ask("/export", symbol=PAIR, **hours).body.decode(), newline=""))
    )
    assert [row["open_time"] for row in rows] == [str(each["open_time"]) for each in served if each["closed"]]
    assert len(rows) == 24


def test_a_range_without_candles_is_a_file_without_rows(api: Api, exported: list[Candle]) -> None:
    nothing = {"symbol": PAIR, "startTime": 0, "endTime": MINUTE_MS}
    assert len(api.ask("/export", **nothing).body.decode().splitlines()) == 1
    parquet = api.ask("/export", format="parquet", **nothing).body
    assert pq.read_table(io.BytesIO(parquet)).num_rows == 0


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"symbol": "NOPEUSDT", "startTime": 0, "endTime": 1}, 404, "NOPEUSDT"),
        ({"symbol": PAIR, "endTime": 1}, 422, "startTime"),
        ({"symbol": PAIR, "startTime": 1}, 422, "endTime"),
        ({"symbol": PAIR, "startTime": 2, "endTime": 1}, 422, "endTime is before startTime"),
        ({"symbol": PAIR, "startTime": 0, "endTime": 200_000 * MINUTE_MS}, 422, "more than 200000 candles"),
        ({"symbol": PAIR, "startTime": 0, "endTime": 1, "format": "xlsx"}, 422, "format"),
    ],
)
def test_what_cannot_be_exported_is_said_at_once(
    api: Api, exported: list[Candle], query: dict[str, Any], status: int, said: str
) -> None:
    answer = api.ask("/export", **query)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json["detail"]
