"""The exchange's monthly archives: fetched, held to their checksums, and read.

Source of the form: https://github.com/binance/binance-public-data
"""

from __future__ import annotations

import hashlib
import io
import re
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from http import HTTPStatus
from http.client import HTTPException
from typing import Final
from urllib.parse import quote

import pyarrow as pa
from pyarrow import csv

from candlestack_spark.history.rows import FIELDS, Parsed, candles_of
from candlestack_spark.lake.months import Month

LARGEST_ARCHIVE: Final = 64 * 2**20
LARGEST_CSV: Final = 256 * 2**20
"""A month of 1m candles has some 6 MB."""
TIMEOUT_S: Final = 60.0
PAUSES_S: Final = (0.0, 1.0, 4.0)
LONGEST_REASON: Final = 200

_CHECKSUM = re.compile(rb"([0-9A-Fa-f]{64})\s+\*?(\S+)\s*")


class ArchiveError(Exception):
    """An archive that cannot be used, or an address that does not answer; the text says why."""


def archive_name(symbol: str, month: Month) -> str:
    """Return the name of a month's archive."""
    return f"{symbol}-1m-{month}.zip"


class ArchiveShelf:
    """Where the exchange keeps its archives."""

    def __init__(self, url: str) -> None:
        self._url = url

    def checksum(self, symbol: str, month: Month) -> str | None:
        """Return the SHA-256 of a month's archive as the exchange gives it; None where there is no archive (yet).

        Raises:
            ArchiveError: the address does not answer, or what it says is no checksum of this archive.
        """
        body = _get(f"{self._address(symbol, month)}.CHECKSUM")
        if body is None:
            return None
        match = _CHECKSUM.fullmatch(body)
        if match is None or match[2].decode("utf-8", "replace") != archive_name(symbol, month):
            raise ArchiveError(f"{archive_name(symbol, month)}.CHECKSUM is no checksum of it: {body[:80]!r}")
        return match[1].decode().lower()

    def fetch(self, symbol: str, month: Month, sha256: str) -> bytes:
        """Return a month's archive, held to its checksum.

        Raises:
            ArchiveError: it is not there, or its bytes are not those of the checksum.
        """
        body = _get(self._address(symbol, month))
        if body is None:
            raise ArchiveError(f"{archive_name(symbol, month)} is not there, but its checksum is")
        if (found := hashlib.sha256(body).hexdigest()) != sha256:
            raise ArchiveError(
                f"{archive_name(symbol, month)} has the SHA-256 {found}, its checksum says {sha256}"
            )
        return body

    def _address(self, symbol: str, month: Month) -> str:
        folder = quote(symbol)
        return f"{self._url}/data/spot/monthly/klines/{folder}/1m/{quote(archive_name(symbol, month))}"


def read_archive(body: bytes, symbol: str, month: Month, *, version: int, source: str) -> Parsed:
    """Return the candles of an archive; see `rows.candles_of`.

    Raises:
        ArchiveError: it is no zip archive of one CSV file, is cut off, or holds no candle at all.
    """
    name = archive_name(symbol, month)
    text = _unpacked(body, name)
    # Spot archives have no header, those of other markets do.
    header = 0 if text[:1].isdigit() or not text else 1
    wrong: list[str] = []

    def skip(row: csv.InvalidRow) -> str:
        wrong.append(f"a row of {row.actual_columns} fields: {(row.text or '')[:120]}")
        return "skip"

    try:
        table = csv.read_csv(
            io.BytesIO(text),
            csv.ReadOptions(column_names=FIELDS, skip_rows=header, use_threads=False),
            csv.ParseOptions(invalid_row_handler=skip),
            csv.ConvertOptions(column_types=dict.fromkeys(FIELDS, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, ValueError) as error:
        raise ArchiveError(f"{name} holds no rows of candles: {str(error)[:LONGEST_REASON]}") from error
    parsed = candles_of(table, start_ms=month.start_ms, end_ms=month.end_ms, version=version, source=source)
    if not parsed.candles.num_rows:
        raise ArchiveError(f"{name} holds no candle: {'; '.join([*wrong, *parsed.reasons])[:LONGEST_REASON]}")
    return Parsed(parsed.candles, parsed.set_aside + len(wrong), [*wrong, *parsed.reasons])


def _unpacked(body: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = archive.infolist()
            if len(files) != 1 or not files[0].filename.endswith(".csv"):
                raise ArchiveError(f"{name} holds {len(files)} files, not one of candles")
            if files[0].file_size > LARGEST_CSV:
                raise ArchiveError(f"{name} would unpack to {files[0].file_size} bytes")
            return archive.read(files[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError(f"{name} is no whole zip archive: {error}") from error


def _get(url: str) -> bytes | None:
    """Return the body of a GET; None for 404.

    Raises:
        ArchiveError: no answer, or another status, after some attempts.
    """
    failure = ""
    for pause_s in PAUSES_S:
        time.sleep(pause_s)
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
                body: bytes = answer.read(LARGEST_ARCHIVE + 1)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            failure = f"HTTP {error.code}"
        except (OSError, HTTPException) as error:
            failure = str(error) or type(error).__name__
        else:
            if len(body) > LARGEST_ARCHIVE:
                raise ArchiveError(f"{url} is larger than {LARGEST_ARCHIVE} bytes")
            return body
    raise ArchiveError(f"{url} cannot be fetched: {failure}")
