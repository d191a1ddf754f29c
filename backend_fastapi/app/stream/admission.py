"""How many clients are served at once: in all, and from one address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class NoRoomError(Exception):
    """A client that cannot be served now; the text is for it to read."""


class Admission:
    """Counts the connections of a process."""

    def __init__(self, total: int, per_address: int) -> None:
        self._total = total
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    @contextmanager
    def admitted(self, address: str) -> Iterator[None]:
        """Count a connection from an address for as long as it lasts.

        Raises:
            NoRoomError: there are as many as there may be.
        """
        if self._open.total() >= self._total:
            raise NoRoomError(f"{self._total} clients are connected; come back later")
        if self._open[address] >= self._per_address:
            raise NoRoomError(f"{self._per_address} clients of your address are connected; come back later")
        self._open[address] += 1
        try:
            yield
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
