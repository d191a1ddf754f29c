"""Between the sockets and the disk: a bounded buffer that is written by a thread, and rotation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from candlestack_core import metrics
from candlestack_core.messages import Market
from candlestack_ingest.recorder.files import RecordingFiles

WRITE_EVERY_S = 1.0
WRITE_BYTES = 512 * 1024
MOST_HELD_BYTES = 16 * 1024 * 1024
"""Lines that wait for the disk; beyond it the sockets are not read."""
FULL_WAIT_S = 0.02
LOOK_EVERY_S = 0.05


class Tape:
    """Takes the lines of one market in order; a slow disk stops the reading of its sockets, and nothing else."""

    def __init__(
        self,
        market: Market,
        files: RecordingFiles,
        *,
        header: Callable[[], tuple[int, bytes]],
        on_new_file: Callable[[], None],
    ) -> None:
        """Take the files, what gives a file's time and first line, and who hears that another was begun."""
        self._files = files
        self._header = header
        self._on_new_file = on_new_file
        self._lines: list[bytes] = []
        self._turn = asyncio.Lock()
        """A write that goes on when its waiter was cancelled is ended before the next."""
        self._bytes = metrics.RECORDED_BYTES.labels(market=market)
        self.held = 0
        """Bytes that wait for the disk."""
        self.written = 0
        """Bytes written, before compression."""

    def add(self, line: bytes) -> None:
        """Take a line."""
        self._lines.append(line)
        self.held += len(line)

    def room(self) -> Awaitable[None] | None:
        """Return what is to be awaited before the next frame is read, if anything."""
        return self._until_room() if self.held >= MOST_HELD_BYTES else None

    async def _until_room(self) -> None:
        while self.held >= MOST_HELD_BYTES:
            await asyncio.sleep(FULL_WAIT_S)

    async def run(self) -> None:
        """Write what was taken, until cancelled.

        Raises:
            RecordingWriteError: when it cannot be written.
        """
        loop = asyncio.get_running_loop()
        written_at = loop.time()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.held >= WRITE_BYTES or loop.time() - written_at >= WRITE_EVERY_S:
                written_at = loop.time()
                # A write that was begun is ended: a thread cannot be cancelled.
                await asyncio.shield(asyncio.ensure_future(self._write()))

    async def _write(self) -> None:
        async with self._turn:
            if not self._lines:
                return
            lines, self._lines = b"".join(self._lines), []
            taken = len(lines)
            if self._files.due():
                time_ns, header = self._header()
                await asyncio.to_thread(self._files.begin, time_ns)
                lines = header + lines
                if self.written:  # the first file begins with what its connections asked for
                    self._on_new_file()
            await asyncio.to_thread(self._files.write, lines)
            self.held -= taken
            self.written += len(lines)
            self._bytes.inc(len(lines))

    async def close(self) -> None:
        """Write what is left and finish the file.

        Raises:
            RecordingWriteError: when it cannot be written; the file is finished with what it holds.
        """
        try:
            await self._write()
        finally:
            await asyncio.to_thread(self._files.finish)
