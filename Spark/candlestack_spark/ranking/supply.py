"""The supplied table of circulating supplies: a JSON file with its date and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from candlestack_core.decimals import Amount

QUOTES: Final = ("FDUSD", "USDT", "USDC", "TUSD", "BUSD", "BTC", "ETH", "BNB", "TRY", "EUR", "BRL", "JPY")
"""What pairs are priced in. A symbol does not say where its base ends: the first of these that it ends with."""


class SupplyError(Exception):
    """The table cannot be used; the text says why."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    as_of: datetime
    source: str
    circulating_supply: dict[str, Amount]


@dataclass(frozen=True, slots=True)
class Supply:
    """How much of each asset circulates, in units of the asset; what is not in it is not known."""

    time: int | None = None
    """Of when it is, in ms; None where there is no table."""
    circulating: Mapping[str, str] = field(default_factory=dict)

    def of(self, symbol: str) -> str | None:
        """Return the supply of a pair's base asset, or None where it is not known."""
        for quote in QUOTES:
            if symbol.endswith(quote) and symbol != quote:
                return self.circulating.get(symbol.removesuffix(quote))
        return None


def read_supply(path: Path) -> Supply:
    """Read a table.

    Raises:
        SupplyError: it cannot be read, or is none.
    """
    try:
        table = msgspec.json.decode(path.read_bytes(), type=_Table)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SupplyError(f"{path}: {error}") from error
    as_of = table.as_of if table.as_of.tzinfo is not None else table.as_of.replace(tzinfo=UTC)
    return Supply(int(as_of.timestamp() * 1000), table.circulating_supply)
