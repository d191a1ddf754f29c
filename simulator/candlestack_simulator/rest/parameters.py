"""Query parameters, validated as the exchange validates them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from candlestack_simulator import errors
from candlestack_simulator.source import INTERVAL_MS, Pair

_NUMBER = re.compile(r"[0-9]{1,20}")
_SYMBOL = re.compile(r"(?:(?![a-z])[\w\-.&]){1,50}")
_SYMBOL_RANGE = r"^[\w\-._&&[^a-z]]{1,50}$"
_LARGEST_LONG = 2**63 - 1
_STATUSES = ("TRADING", "HALT", "BREAK")


class Parameters:
    """The parameters of one request; the accessors read and validate them one at a time."""

    def __init__(self, query: Mapping[str, str], pairs: Mapping[str, Pair], known: Sequence[str]) -> None:
        """Take the query (where a name may repeat), the exchange's pairs by symbol and the names the endpoint knows.

        Raises:
            ApiError: -1101 for unknown or repeated parameters, -1105 for an empty one.
        """
        self._values = dict(query)
        self._pairs = pairs
        if len(self._values) != len(query):
            raise errors.duplicate_values()
        if unknown := [name for name in self._values if name not in known]:
            expected = len(self._values) - len(unknown)
            raise errors.too_many_parameters(expected, len(self._values))
        for name, value in self._values.items():
            if not value:
                raise errors.empty(name)

    def has(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> int | None:
        """Return a non-negative integer, or None where it was not sent."""
        text = self._values.get(name)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise errors.illegal_characters(name, "^[0-9]{1,20}$")
        value = int(text)
        if value > _LARGEST_LONG:
            raise errors.invalid_data(name)
        return value

    def limit(self, *, default: int, largest: int) -> int:
        """Return `limit`, cut to the largest allowed; zero is refused."""
        value = self.number("limit")
        if value is None:
            return default
        if value == 0:
            raise errors.invalid_data("limit")
        return min(value, largest)

    def symbol(self) -> Pair:
        """Return the pair of the mandatory parameter `symbol`."""
        text = self._values.get("symbol")
        if text is None:
            raise errors.mandatory("symbol")
        return self._pair(text, "symbol")

    def pairs(self) -> tuple[list[Pair], bool]:
        """Return the pairs of `symbol`, of `symbols` or all, and whether a single one was asked for."""
        if self.has("symbol") and self.has("symbols"):
            raise errors.bad_combination()
        status = self._status()
        if self.has("symbol"):
            return [self.symbol()], True
        if self.has("symbols"):
            return self._symbol_list(self._values["symbols"]), False
        return [pair for pair in self._pairs.values() if status in (None, pair.status)], False

    def interval(self) -> str:
        """Return the mandatory parameter `interval`."""
        text = self._values.get("interval")
        if text is None:
            raise errors.mandatory("interval")
        if text not in INTERVAL_MS:
            raise errors.invalid_interval()
        return text

    def utc_only(self) -> None:
        """Refuse a `timeZone` other than UTC: the simulator's days begin at midnight UTC."""
        if self._values.get("timeZone", "0") not in ("0", "0:00", "00:00", "+0:00", "+00:00", "-00:00"):
            raise errors.invalid_data("timeZone")

    def ticker_type(self) -> str:
        """Return `type`: FULL or MINI."""
        text = self._values.get("type", "FULL")
        if text not in ("FULL", "MINI"):
            raise errors.invalid_ticker_type()
        return text

    def _status(self) -> str | None:
        status = self._values.get("symbolStatus")
        if status is not None and status not in _STATUSES:
            raise errors.invalid_symbol_status()
        return status

    def _pair(self, text: str, name: str) -> Pair:
        if not _SYMBOL.fullmatch(text):
            raise errors.illegal_characters(name, _SYMBOL_RANGE)
        if text not in self._pairs:
            raise errors.invalid_symbol()
        return self._pairs[text]

    def _symbol_list(self, text: str) -> list[Pair]:
        try:
            symbols = json.loads(text)
        except ValueError:
            symbols = None
        if not isinstance(symbols, list) or not symbols or not all(isinstance(s, str) for s in symbols):
            legal = r'^\["[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}\]$'
            raise errors.illegal_characters("symbols", legal)
        if len(set(symbols)) != len(symbols):
            raise errors.duplicate_symbols()
        return [self._pair(symbol, "symbols") for symbol in symbols]
