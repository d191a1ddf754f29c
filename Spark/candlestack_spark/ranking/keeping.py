"""The days of the pairs on disk, beside Spark's checkpoint: written before the batch they hold is done.

What was read from Kafka and not yet stored by others must outlive the process. A file is replaced as a whole;
the offsets that Spark commits afterwards are never ahead of it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from candlestack_core.logging import get_logger
from candlestack_spark.ranking.days import Days, KeptDays

FILE_NAME: Final = "days.msgpack"
_LOG = get_logger(__name__)


class KeptFile:
    """The file of one ranking in its folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, and create it.

        Raises:
            OSError: it cannot be created.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / FILE_NAME

    def load(self) -> Days:
        """Return the days that were kept, or empty ones where none were.

        Raises:
            OSError: the file is there and cannot be read.
        """
        try:
            return Days.restored(msgspec.msgpack.decode(self._path.read_bytes(), type=KeptDays))
        except FileNotFoundError:
            return Days()
        except (msgspec.DecodeError, ValueError) as error:
            # Of another version, or damaged: what the stores have is read anyway.
            _LOG.warning("what was kept cannot be read", file=str(self._path), reason=str(error))
            return Days()

    def save(self, days: Days) -> None:
        """Keep the days; when this returns they survive a power cut.

        Raises:
            OSError: they cannot be written.
        """
        beside = self._path.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(msgspec.msgpack.encode(days.kept()))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
