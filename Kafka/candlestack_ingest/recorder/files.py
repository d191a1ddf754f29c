"""Files of recordings: compressed, rotated, and whole whatever happens.

A file grows by whole gzip members, each of whole lines, under a name that ends in `.part`; it gets its own name
when it is finished. A process that was killed leaves at most one member cut off: `mend` takes it away.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

PART = ".part"
_READ_BYTES = 1024 * 1024
_GZIP = 31


class RecordingWriteError(Exception):
    """What was recorded cannot be written; the message is one line."""


class RecordingFile:
    """One file that is being written; others see that it is by its lock."""

    def __init__(self, path: Path) -> None:
        """Create it.

        Raises:
            RecordingWriteError: when it cannot be created.
        """
        self.path = path
        self._part = path.with_name(path.name + PART)
        try:
            self._file = self._part.open("xb", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RecordingWriteError(f"{self._part} cannot be written: {error}") from None
        self.size = 0
        """Bytes of whole members."""

    def write(self, lines: bytes) -> None:
        """Add whole lines, compressed.

        Raises:
            RecordingWriteError: when the disk takes no more; the file holds what it held before.
        """
        member = gzip.compress(lines, compresslevel=6, mtime=0)
        left = memoryview(member)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            self._file.truncate(self.size)
            raise RecordingWriteError(f"{self._part} cannot be written: {error}") from None
        self.size += len(member)

    def finish(self) -> None:
        """Give it its own name, or remove it where nothing was written."""
        with self._file as file:
            os.fsync(file.fileno())
        if self.size:
            self._part.rename(self.path)
        else:
            self._part.unlink()


class RecordingFiles:
    """One market's files, one after the other."""

    def __init__(
        self,
        folder: Path,
        market: str,
        *,
        rotate_bytes: int,
        rotate_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the folder, and the compressed size and the age at which a new file is begun."""
        self._folder = folder
        self._market = market
        self._rotate_bytes = rotate_bytes
        self._rotate_s = rotate_s
        self._monotonic = monotonic
        self._file: RecordingFile | None = None
        self._began = 0.0
        self._finished_bytes = 0
        self.finished: list[Path] = []

    @property
    def compressed_bytes(self) -> int:
        """Bytes written so far, of all files."""
        return self._finished_bytes + (self._file.size if self._file else 0)

    def due(self) -> bool:
        """Tell whether the next lines belong into a new file."""
        return (
            self._file is None
            or self._file.size >= self._rotate_bytes
            or self._monotonic() - self._began >= self._rotate_s
        )

    def begin(self, time_ns: int) -> None:
        """Finish the file that there is, and begin one that is named by a time.

        Raises:
            RecordingWriteError: when it cannot be created.
        """
        self.finish()
        began = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC)
        number = 0
        while True:
            path = self._folder / f"{self._market}_{began:%Y%m%dT%H%M%SZ}_{number:03d}.gz"
            if not path.exists() and not path.with_name(path.name + PART).exists():
                break
            number += 1
        self._file = RecordingFile(path)
        self._began = self._monotonic()

    def write(self, lines: bytes) -> None:
        """Add whole lines to the file that was begun.

        Raises:
            RecordingWriteError: when they cannot be written.
        """
        if self._file is None:
            raise RuntimeError("begin a file before lines are written")
        self._file.write(lines)

    def finish(self) -> None:
        """Finish the file that there is."""
        if self._file is None:
            return
        self._file.finish()
        if self._file.size:
            self.finished.append(self._file.path)
            self._finished_bytes += self._file.size
        self._file = None


def mend(folder: Path) -> list[Path]:
    """Finish the files that processes left which were killed; return them. Files being written are left alone."""
    mended = []
    for part in sorted(folder.glob(f"*.gz{PART}")):
        with part.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            whole = _whole_length(file)
            file.truncate(whole)
        if whole:
            path = part.with_suffix("")
            part.rename(path)
            mended.append(path)
        else:
            part.unlink()
    return mended


def _whole_length(file: BinaryIO) -> int:
    """Return where the last whole member of a file ends."""
    whole = place = 0
    member = zlib.decompressobj(_GZIP)
    while chunk := file.read(_READ_BYTES):
        while chunk:
            try:
                member.decompress(chunk)
            except zlib.error:
                return whole
            place += len(chunk) - len(member.unused_data)
            chunk = member.unused_data
            if member.eof:
                whole = place
                member = zlib.decompressobj(_GZIP)
    return whole
