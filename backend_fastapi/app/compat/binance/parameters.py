"""The parameters of a request, with the checks that Binance makes and the errors it gives."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from app.compat.binance import errors
from candlestack_core.intervals import LAST_TIME_MS, Interval

MILLISECOND = "MILLISECOND"
STATUSES = ("TRADING", "HALT", "BREAK")

_NUMBER = re.compile(r"[0-9]{1,20}")
_SYMBOL = re.compile(r"[\w\-.]{1,50}")
_LEGAL_SYMBOL = r"^[\w\-._&&[^a-z]]{1,50}$"
_PERMISSION = re.compile(r"[A-Z0-9_]{1,40}")
_LEGAL_PERMISSIONS = r'^[A-Z0-9_]{1,40}$|^\["[A-Z0-9_]{1,40}"(,"[A-Z0-9_]{1,40}"){0,}\]$'
_LEGAL_SYMBOLS = r'^\["[\w\-._&&[^a-z]]{1,50}"(,"[\w\-._&&[^a-z]]{1,50}"){0,}\]$'
_UTC = ("0", "0:00", "00:00", "+0:00", "+00:00", "-00:00")
_LARGEST_LONG = 2**63 - 1


class Parameters:
    """The query of a request to an endpoint that takes some parameters and no others."""

    def __init__(self, query: Sequence[tuple[str, str]], expected: Sequence[str]) -> None:
        self._values = dict(query)
        if len(self._values) != len(query):
            raise errors.duplicate_values()
        if not self._values.keys() <= set(expected):
            raise errors.too_many_parameters(len(expected), len(self._values))
        for name, value in self._values.items():
            if not value:
                raise errors.empty(name)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, *, default: str) -> str:
        """Return a text as it was sent."""
        return self._values.get(name, default)

    def number(self, name: str) -> int | None:
        """Return a whole number, not negative; None where it was not sent."""
        text = self._values.get(name)
        if text is None:
            return None
        if not _NUMBER.fullmatch(text):
            raise errors.illegal_characters(name, "^[0-9]{1,20}$")
        value = int(text)
        if value > _LARGEST_LONG:
            raise errors.invalid_data(name)
        return value

    def time(self, name: str) -> int | None:
        """Return a time in ms, which may be sent in microseconds too; one after the year 9999 is its end."""
        value = self.number(name)
        if value is None:
            return None
        return min(value if value <= LAST_TIME_MS else value // 1000, LAST_TIME_MS)

    def limit(self, *, default: int, largest: int) -> int:
        """Return `limit`, cut to the largest allowed; zero is refused."""
        value = self.number("limit")
        if value is None:
            return default
        if value == 0:
            raise errors.invalid_data("limit")
        return min(value, largest)

    def symbol(self) -> str:
        """Return the mandatory parameter `symbol`."""
        text = self._values.get("symbol")
        if text is None:
            raise errors.mandatory("symbol")
        return _symbol(text, "symbol", _LEGAL_SYMBOL)

    def symbols(self) -> list[str] | None:
        """Return `symbols`, a JSON list; None where it was not sent."""
        text = self._values.get("symbols")
        if text is None:
            return None
        symbols = _list(text)
        if not symbols:
            raise errors.illegal_characters("symbols", _LEGAL_SYMBOLS)
        if len(set(symbols)) != len(symbols):
            raise errors.duplicate_symbols()
        return [_symbol(symbol, "symbols", _LEGAL_SYMBOLS) for symbol in symbols]

    def status(self) -> str | None:
        """Return `symbolStatus`; None where it was not sent."""
        text = self._values.get("symbolStatus")
        if text is not None and text not in STATUSES:
            raise errors.invalid_symbol_status()
        return text

    def permissions(self) -> list[str] | None:
        """Return `permissions`, one or a JSON list; None where it was not sent."""
        text = self._values.get("permissions")
        if text is None:
            return None
        listed = _list(text) if text.startswith("[") else [text]
        if not listed or not all(map(_PERMISSION.fullmatch, listed)):
            raise errors.illegal_characters("permissions", _LEGAL_PERMISSIONS)
        return listed

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a truth value."""
        text = self._values.get(name)
        if text is None:
            return default
        if text.lower() not in ("true", "false"):
            raise errors.illegal_characters(name, "^(true|false)$")
        return text.lower() == "true"

    def interval(self) -> Interval:
        """Return the mandatory parameter `interval`: one of those that the platform keeps."""
        text = self._values.get("interval")
        if text is None:
            raise errors.mandatory("interval")
        try:
            return Interval(text)
        except ValueError:
            raise errors.invalid_interval() from None

    def utc_only(self) -> None:
        """Refuse a `timeZone` other than UTC: the platform's days begin at midnight UTC."""
        if self._values.get("timeZone", "0") not in _UTC:
            raise errors.invalid_data("timeZone")

    def full_ticker(self) -> bool:
        """Return whether `type` asks for the full ticker, as it does where it was not sent."""
        text = self._values.get("type", "FULL")
        if text not in ("FULL", "MINI"):
            raise errors.invalid_ticker_type()
        return text == "FULL"


def _list(text: str) -> list[str]:
    """Return a JSON list of texts; an empty one where it is none."""
    try:
        return msgspec.json.decode(text, type=list[str])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return []


def _symbol(text: str, name: str, legal: str) -> str:
    if not _SYMBOL.fullmatch(text) or text != text.upper():
        raise errors.illegal_characters(name, legal)
    return text
