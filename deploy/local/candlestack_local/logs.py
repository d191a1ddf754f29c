"""`make logs`: the newest lines of the services' logs, and what is added to them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_POLL_S = 0.25

Show = Callable[[str, str], None]
"""Is given the service and one line."""


@dataclass
class _Followed:
    service: str
    path: Path
    file: IO[str] | None = None
    inode: int = 0

    def new_lines(self) -> list[str]:
        """Return the whole lines added since the last call, also over a rotation of the file."""
        lines: list[str] = []
        if self.file is not None:
            lines += self._rest(self.file)
        if self.path.exists() and self.path.stat().st_ino != self.inode:
            if self.file is not None:
                self.file.close()
            self.file = self.path.open(errors="replace")
            self.inode = self.path.stat().st_ino
            lines += self._rest(self.file)
        return lines

    @staticmethod
    def _rest(file: IO[str]) -> list[str]:
        lines: list[str] = []
        while True:
            before = file.tell()
            line = file.readline()
            if not line.endswith("\n"):
                file.seek(before)  # still being written
                return lines
            lines.append(line.rstrip("\n"))


def show_logs(folder: Path, services: Sequence[str], newest: int, *, follow: bool, show: Show) -> None:
    """Show the `newest` lines of each service's log; then, where asked, every new line until interrupted."""
    followed = [_Followed(service, folder / f"{service}.log") for service in services]
    for log in followed:
        for line in deque(log.new_lines(), maxlen=newest):
            show(log.service, line)
    while follow:
        time.sleep(_POLL_S)
        for log in followed:
            for line in log.new_lines():
                show(log.service, line)
