"""Calendar months in UTC, the unit of the lake and of the exchange's archives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from candlestack_spark.stores.documents import date_of, time_of


class Month(NamedTuple):
    """A month; its text is `2026-01`."""

    year: int
    month: int

    @classmethod
    def of(cls, time_ms: int) -> Month:
        """Return the month that holds a time."""
        date = date_of(time_ms)
        return cls(date.year, date.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def start_ms(self) -> int:
        return time_of(datetime(self.year, self.month, 1, tzinfo=UTC))

    @property
    def end_ms(self) -> int:
        return self.plus(1).start_ms

    def plus(self, months: int) -> Month:
        """Return the month so many months later."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)


def months_between(start_ms: int, end_ms: int) -> Iterator[Month]:
    """Yield the months that have a part in `[start_ms, end_ms)`."""
    month = Month.of(start_ms)
    while month.start_ms < end_ms:
        yield month
        month = month.plus(1)
