"""The monthly archives: the candles that REST answers, in the exchange's own files and units."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile

import pytest

from candlestack_simulator.archives import Month
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.testing import Clock, Exchange, Seconds, replay_of, running

THIN = "GNOUSDT"
MINUTE_MS = 60_000


def path(symbol: str, month: str, interval: str = "1m") -> str:
    return f"/data/spot/monthly/klines/{symbol}/{interval}/{symbol}-{interval}-{month}.zip"


async def fetch(exchange: Exchange, where: str) -> tuple[int, bytes]:
    async with exchange.session.get(f"http://{exchange.address}{where}") as response:
        return response.status, await response.read()


async def rows_of(exchange: Exchange, symbol: str, month: str, interval: str = "1m") -> list[list[str]]:
    status, body = await fetch(exchange, path(symbol, month, interval))
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        [name] = archive.namelist()
        assert name == f"{symbol}-{interval}-{month}.csv"
        return list(csv.reader(archive.read(name).decode().splitlines()))


async def test_an_archive_holds_the_candles_that_rest_answers(exchange: Exchange) -> None:
    rows = await rows_of(exchange, THIN, "2024-12")
    start = Month(2024, 12).start_ms
    first = await exchange.get("/api/v3/klines", symbol=THIN, interval="1m", startTime=start, limit=1000)
    assert rows[:1000] == [[str(field) for field in row] for row in first]
    last = await exchange.get(
        "/api/v3/klines", symbol=THIN, interval="1m", endTime=Month(2024, 12).end_ms - 1, limit=1
    )
    assert rows[-1] == [str(field) for field in last[0]]
    opens = [int(row[0]) for row in rows]
    assert opens == sorted(set(opens))
    assert len(opens) <= 31 * 1440


async def test_archives_count_in_microseconds_from_2025_on(exchange: Exchange) -> None:
    rows = await rows_of(exchange, THIN, "2025-01", "1d")
    assert int(rows[0][0]) == Month(2025, 1).start_ms * 1000
    assert int(rows[0][6]) == (Month(2025, 1).start_ms + 86_400_000) * 1000 - 1
    before = await rows_of(exchange, THIN, "2024-12", "1d")
    assert int(before[0][6]) == Month(2024, 12).start_ms + 86_400_000 - 1


async def test_the_checksum_is_that_of_the_archive_whenever_it_is_asked_for(exchange: Exchange) -> None:
    where = path(THIN, "2024-02", "1h")
    status, checksum = await fetch(exchange, f"{where}.CHECKSUM")
    assert status == 200
    _, body = await fetch(exchange, where)
    assert checksum.decode() == f"{hashlib.sha256(body).hexdigest()}  {where.rpartition('/')[2]}\n"
    assert (await fetch(exchange, where))[1] == body


@pytest.mark.parametrize(
    "where",
    [
        path(THIN, "2026-03"),  # not over: the exchange's time is half past a minute of 2026-03-14
        path(THIN, "2019-12"),  # before the market opened
        path("NOPEUSDT", "2024-02"),
        path(THIN, "2024-13"),
        path(THIN, "2024-02", "7m"),
        path(THIN, "2024-02").replace("GNOUSDT-", "BTCUSDT-"),
        path(THIN, "2024-02") + ".MD5",
    ],
)
async def test_what_there_is_no_archive_of_is_not_found(exchange: Exchange, where: str) -> None:
    status, body = await fetch(exchange, where)
    assert status == 404
    assert b"NoSuchKey" in body


async def test_a_month_appears_when_it_is_over(exchange: Exchange, clock: Clock) -> None:
    end = Month(2026, 3).end_ms
    clock.ms = end - 1
    assert (await fetch(exchange, path(THIN, "2026-03", "1d")))[0] == 404
    clock.ms = end
    assert len(await rows_of(exchange, THIN, "2026-03", "1d")) == 31


async def test_a_recording_of_minutes_has_no_archive(aggregate_tapes: dict[str, PairTape]) -> None:
    async with running(replay_of(aggregate_tapes, Seconds())) as exchange:
        assert (await fetch(exchange, path("BTCUSDT", "2021-04")))[0] == 404
