"""Archives and rows: what is read exactly, what is set aside, and what is refused whole."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from archive_shelf import Shelf, archive
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_spark.history.archives import ArchiveError, ArchiveShelf, read_archive
from candlestack_spark.history.fetch import ArchiveFetch, Fetched, PairMonth
from candlestack_spark.history.rows import FIELDS
from candlestack_spark.lake.files import Lake
from candlestack_spark.lake.months import Month, months_between

PAIR = "ADABTC"
OLD, NEW = Month(2024, 12), Month(2025, 1)
UNIT = PairMonth(PAIR, OLD)


def row(minute: int, month: Month = OLD, **changes: str) -> str:
    """Return a row of an archive, in the unit of time of its month."""
    scale = 1000 if month >= NEW else 1
    open_time = (month.start_ms + minute * MINUTE_MS) * scale
    fields = {
        "open_time": str(open_time),
        "open": "0.00001000",
        "high": "0.00001200",
        "low": "0.00000900",
        "close": "0.00001100",
        "volume": "300.00000000",
        "close_time": str(open_time + MINUTE_MS * scale - 1),
        "quote_volume": "0.00330000",
        "trades": "4",
        "taker_buy_volume": "100.00000000",
        "taker_buy_quote_volume": "0.00110000",
        "ignored": "0",
    }
    assert changes.keys() <= fields.keys()
    return ",".join((fields | changes).values())


@pytest.mark.parametrize("month", [OLD, NEW], ids=str)
@pytest.mark.parametrize("header", [[], [",".join(FIELDS)]], ids=["no header", "header"])
def test_an_archive_is_read_with_a_header_or_none_in_ms_or_us(month: Month, header: list[str]) -> None:
    body = archive(*header, row(1, month), row(0, month))
    candles, set_aside, reasons = read_archive(body, PAIR, month, version=7, source="binance")
    assert (set_aside, reasons) == (0, [])
    first, second = candles.to_pylist()
    assert [int(each["open_time"].timestamp()) * 1000 for each in (first, second)] == [
        month.start_ms,
        month.start_ms + MINUTE_MS,
    ]
    assert int(first["close_time"].timestamp() * 1000) == month.start_ms + MINUTE_MS - 1
    assert (first["high"], first["quote_volume"]) == (Decimal("0.000012"), Decimal("0.0033"))
    assert (first["trades"], first["version"]) == (4, 7)
    assert (first["source"], first["completeness"]) == ("backfill:binance", "backfilled")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("1,2,3", "a row of 3 fields"),
        ("<html>", "a row of 1 fields"),
        (row(1, high="1e-5"), "high is no amount"),
        (row(1, high="-1"), "high is no amount"),
        (row(1, volume="NaN"), "volume is no amount"),
        (row(1, open="0.000010001"), "open is no amount"),
        (row(1, trades="many"), "trades is no number"),
        (row(1, open_time=""), "open_time is no number"),
        (row(1, open_time=str(OLD.start_ms + 1)), "does not open on a minute"),
        (row(31 * 1440), "outside of the time"),
        (row(-1), "outside of the time"),
        (row(1, close_time=str(OLD.start_ms + 2 * MINUTE_MS)), "closes outside of its minute"),
        (row(1, low="0.00001101"), "prices do not fit"),
        (row(1, low="0"), "prices do not fit"),
        (row(1, taker_buy_volume="301"), "takers bought more"),
        (row(0), "was there already"),
    ],
)
def test_a_row_that_is_no_candle_is_set_aside_with_its_reason(bad: str, reason: str) -> None:
    candles, set_aside, reasons = read_archive(
        archive(row(0), bad, row(2)), PAIR, OLD, version=1, source="binance"
    )
    assert (candles.num_rows, set_aside) == (2, 1)
    assert reason in reasons[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (archive(row(0))[:-30], "no whole zip archive"),
        (b"", "no whole zip archive"),
        (b"<Error>NoSuchKey</Error>", "no whole zip archive"),
        (archive(), "no candle|no rows"),
        (archive("nothing,to,see"), "holds no candle"),
        (archive(row(0), name="rows.txt"), "not one of candles"),
    ],
)
def test_what_is_no_archive_of_candles_is_refused_whole(body: bytes, reason: str) -> None:
    with pytest.raises(ArchiveError, match=reason):
        read_archive(body, PAIR, OLD, version=1, source="binance")


def test_an_archive_whose_bytes_were_changed_inside_is_refused() -> None:
    body = bytearray(archive(*(row(minute) for minute in range(50))))
    body[60] ^= 0xFF
    with pytest.raises(ArchiveError, match="no whole zip archive"):
        read_archive(bytes(body), PAIR, OLD, version=1, source="binance")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def fetched(shelf: Shelf, lake: Lake, *, version: int = 1, recheck: bool = False) -> Fetched:
    [result] = ArchiveFetch(lake, shelf.url, "binance", version, recheck)([UNIT])
    return result


def put(shelf: Shelf, body: bytes, checksum: str | None = None) -> None:
    shelf.put(PAIR, OLD, body, checksum)


def rows_in(lake: Lake) -> int:
    candles = lake.read(Interval.M1, PAIR, OLD)
    assert candles is not None
    return int(candles.num_rows)


def test_a_month_is_fetched_once_and_known_by_its_footer(shelf: Shelf, lake: Lake) -> None:
    put(shelf, archive(row(0), row(1)))
    assert fetched(shelf, lake) == Fetched(UNIT, "fetched", rows=2)
    assert rows_in(lake) == 2
    manifest = lake.manifest(PAIR, OLD)
    assert manifest is not None
    assert manifest.finished
    shelf.clear()
    assert fetched(shelf, lake) == Fetched(UNIT, "there")


def test_a_month_whose_archive_was_restated_is_fetched_again_where_that_is_asked(
    shelf: Shelf, lake: Lake
) -> None:
    put(shelf, archive(row(0), row(1)))
    fetched(shelf, lake)
    assert fetched(shelf, lake, recheck=True).outcome == "there"
    put(shelf, archive(row(0), row(1), row(2)))
    assert fetched(shelf, lake).outcome == "there"
    assert fetched(shelf, lake, recheck=True) == Fetched(UNIT, "fetched", rows=3)


def test_a_month_without_an_archive_is_absent(shelf: Shelf, lake: Lake) -> None:
    assert fetched(shelf, lake) == Fetched(UNIT, "absent")


@pytest.mark.parametrize(
    ("body", "checksum", "reason"),
    [
        (archive(row(0)), "0" * 64, "its checksum says 000"),
        (archive(row(0))[:-30], None, "no whole zip archive"),
        (archive(row(0)), "not a checksum", "is no checksum of it"),
    ],
)
def test_a_bad_archive_leaves_what_was_there(
    shelf: Shelf, lake: Lake, body: bytes, checksum: str | None, reason: str
) -> None:
    put(shelf, archive(row(0), row(1)))
    fetched(shelf, lake)
    before = Path(lake.path(Interval.M1, PAIR, OLD)).read_bytes()
    put(shelf, body, checksum)
    result = fetched(shelf, lake, recheck=True)
    assert result.outcome == "failed"
    assert reason in result.reasons[0]
    assert Path(lake.path(Interval.M1, PAIR, OLD)).read_bytes() == before


def test_rows_set_aside_fail_the_month_keep_a_fuller_one_and_are_asked_for_again(
    shelf: Shelf, lake: Lake
) -> None:
    put(shelf, archive(row(0), "rubbish", row(2)))
    first = fetched(shelf, lake)
    assert (first.outcome, first.rows, first.set_aside) == ("failed", 2, 1)
    manifest = lake.manifest(PAIR, OLD)
    assert manifest is not None
    assert not manifest.finished
    put(shelf, archive(row(0), row(1), row(2)))
    assert fetched(shelf, lake).outcome == "fetched"
    put(shelf, archive(row(0), "rubbish", row(2)))
    assert fetched(shelf, lake, recheck=True).outcome == "failed"
    assert rows_in(lake) == 3


def test_an_address_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("candlestack_spark.history.archives.PAUSES_S", (0.0, 0.0))
    with pytest.raises(ArchiveError, match="cannot be fetched"):
        ArchiveShelf("http://127.0.0.1:9").checksum(PAIR, OLD)


def test_a_month_that_was_cut_off_on_the_disk_counts_as_not_there(shelf: Shelf, lake: Lake) -> None:
    put(shelf, archive(*(row(minute) for minute in range(100))))
    fetched(shelf, lake)
    path = Path(lake.path(Interval.M1, PAIR, OLD))
    path.write_bytes(path.read_bytes()[:-100])
    assert lake.manifest(PAIR, OLD) is None
    assert fetched(shelf, lake).outcome == "fetched"
    assert rows_in(lake) == 100


def test_a_write_that_fails_leaves_the_old_month_and_no_rest(
    shelf: Shelf, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(shelf, archive(row(0)))
    fetched(shelf, lake)

    def full(path: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("candlestack_spark.lake.files._to_disk", full)
    put(shelf, archive(row(0), row(1)))
    with pytest.raises(OSError, match="No space left"):
        fetched(shelf, lake, recheck=True)
    assert rows_in(lake) == 1
    folder = Path(lake.path(Interval.M1, PAIR, OLD)).parent
    assert [path.name for path in folder.iterdir()] == ["candles.parquet"]


def test_months_follow_each_other_over_the_end_of_a_year() -> None:
    assert [str(month) for month in months_between(Month(2024, 11).start_ms, NEW.start_ms + 1)] == [
        "2024-11",
        "2024-12",
        "2025-01",
    ]
    assert list(months_between(OLD.start_ms, OLD.start_ms)) == []
    assert OLD.end_ms == NEW.start_ms
    assert Month.of(NEW.start_ms - 1) == OLD
    assert NEW.plus(-13) == Month(2023, 12)
