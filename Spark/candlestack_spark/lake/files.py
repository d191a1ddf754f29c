"""The lake's files: `interval=1m/symbol=BTCUSDT/month=2026-01/candles.parquet` below `LAKE_URI`.

A month is replaced as a whole: written aside, then moved into its place, so nobody ever reads half of one.
What is known of a month stands in the footer of its own file, and so can never speak of another one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem, FileType, LocalFileSystem

from candlestack_core.intervals import Interval
from candlestack_spark.lake.months import Month

FILE: Final = "candles.parquet"
_MANIFEST: Final = b"candlestack"
_COMPRESSION: Final = "lz4"
"""Half again as large as zstd, and read and written in two thirds of the time."""
_REPETITIVE: Final = ("version", "source", "completeness", "children")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a month of 1m candles."""

    origin: Literal["archive", "rest"]
    version: int
    """The exchange's time in ms when the candles were asked for."""
    sha256: str | None = None
    """Of the archive."""
    set_aside: int = 0
    """Rows that were no candles."""

    @property
    def finished(self) -> bool:
        """Whether the month is as the exchange keeps it, and need not be fetched again."""
        return self.origin == "archive" and not self.set_aside


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder, or a bucket, by its URI. Methods raise OSError where it cannot be reached."""

    uri: str

    def path(self, interval: Interval, symbol: str, month: Month) -> str:
        """Return where a month lies, within the file system of the lake."""
        return f"{self._root}/interval={interval.value}/symbol={symbol}/month={month}/{FILE}"

    def read(
        self, interval: Interval, symbol: str, month: Month, columns: Sequence[str] | None = None
    ) -> pa.Table | None:
        """Return the candles of a month, ascending by open time; None where there is no such month."""
        path = self.path(interval, symbol, month)
        try:
            # One thread: the cores belong to Spark's tasks.
            with self._filesystem.open_input_file(path) as file:
                return pq.ParquetFile(file).read(columns=columns, use_threads=False)
        except FileNotFoundError:
            return None

    def manifest(self, symbol: str, month: Month) -> Manifest | None:
        """Return what is known of a month of 1m candles; None where there is none that can be read."""
        try:
            with self._filesystem.open_input_file(self.path(Interval.M1, symbol, month)) as file:
                metadata = pq.read_metadata(file).metadata or {}
            return msgspec.json.decode(metadata[_MANIFEST], type=Manifest)
        except (FileNotFoundError, pa.ArrowInvalid, KeyError, msgspec.DecodeError):
            return None

    def write(
        self,
        interval: Interval,
        symbol: str,
        month: Month,
        candles: pa.Table,
        manifest: Manifest | None = None,
    ) -> None:
        """Put a month in its place.

        One with a manifest is on the disk when this returns. One without can be made anew from 1m candles, and is,
        whenever they are rolled up.
        """
        if manifest is not None:
            candles = candles.replace_schema_metadata({_MANIFEST: msgspec.json.encode(manifest)})
        filesystem, path = self._filesystem, PurePosixPath(self.path(interval, symbol, month))
        # Readers of Parquet folders pass over names that begin with a dot.
        aside = str(path.with_name(f".{path.name}.{uuid.uuid4().hex}"))
        filesystem.create_dir(str(path.parent), recursive=True)
        try:
            pq.write_table(
                candles,
                aside,
                filesystem=filesystem,
                compression=_COMPRESSION,
                use_dictionary=[name for name in _REPETITIVE if name in candles.column_names],
            )
            if manifest is not None and isinstance(filesystem, LocalFileSystem):
                _to_disk(aside)
            filesystem.move(aside, str(path))
        except BaseException:
            if filesystem.get_file_info(aside).type is not FileType.NotFound:
                filesystem.delete_file(aside)
            raise

    @property
    def _filesystem(self) -> FileSystem:
        return _opened(self.uri)[0]

    @property
    def _root(self) -> str:
        return _opened(self.uri)[1]


def _opened(uri: str) -> tuple[FileSystem, str]:
    if "://" not in uri:
        return LocalFileSystem(), uri
    # Hadoop's name of the same protocol.
    filesystem, path = FileSystem.from_uri(uri.replace("s3a://", "s3://", 1))
    return filesystem, path


def _to_disk(path: str) -> None:
    """Wait until a file is on the disk: its new name must not outlive a crash that its bytes do not."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
