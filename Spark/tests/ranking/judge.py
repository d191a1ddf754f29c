"""An independent judge: the ranking as DuckDB computes it from the same candles, in integers of 10^-8."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

import duckdb
import pyarrow as pa

from candlestack_core.decimals import scaled
from candlestack_core.messages import Candle, RankedPair

_SQL = """
WITH best AS (
    SELECT * FROM candles WHERE closed
    QUALIFY row_number() OVER (PARTITION BY symbol, open_time ORDER BY version DESC) = 1
), bounds AS (
    SELECT max(open_time) AS newest, max(open_time) - 1439 * 60000 AS start FROM best
), days AS (
    SELECT symbol,
        coalesce(arg_min(open, open_time) FILTER (trades > 0), arg_min(open, open_time))::HUGEINT AS first,
        coalesce(arg_max(close, open_time) FILTER (trades > 0), arg_max(close, open_time))::HUGEINT AS last,
        sum(volume::HUGEINT) AS volume,
        sum(quote_volume::HUGEINT) AS quote_volume
    FROM best, bounds WHERE open_time >= start GROUP BY symbol
), known AS (
    SELECT symbol FROM best GROUP BY symbol HAVING min(open_time) <= (SELECT start FROM bounds)
), divided AS (
    SELECT *, (last - first) * 10000000000 // first AS cut, (last - first) * 10000000000 % first AS rest
    FROM days WHERE symbol IN (SELECT symbol FROM known) AND first > 0
)
SELECT symbol, last,
    -- Half to even.
    CASE WHEN 2 * abs(rest) > first OR (2 * abs(rest) = first AND cut % 2 <> 0)
        THEN cut + sign(rest)::HUGEINT ELSE cut END AS change,
    volume, quote_volume, last * supply.units::HUGEINT // 100000000 AS market_cap
FROM divided LEFT JOIN supply ON supply.asset = regexp_replace(symbol, '(USDT|BTC)$', '')
ORDER BY change DESC, quote_volume DESC, symbol
"""


class Judged(NamedTuple):
    """A row of a ranking in integers of 10^-8."""

    symbol: str
    price: int
    change: int
    volume: int
    quote_volume: int
    market_cap: int | None


def judged(candles: Iterable[Candle], supply: Mapping[str, str]) -> list[Judged]:
    """Return all pairs that have a day, by their gain."""
    rows = list(candles)
    names = ("open", "close", "volume", "quote_volume")
    # As digits: some are beyond 64 bits.
    columns: dict[str, list[object]] = {
        name: [str(scaled(getattr(row, name))) for row in rows] for name in names
    }
    for name in ("symbol", "open_time", "closed", "version", "trades"):
        columns[name] = [getattr(row, name) for row in rows]
    with duckdb.connect() as database:
        database.register("candles", pa.table(columns))
        database.register(
            "supply",
            pa.table({"asset": list(supply), "units": [str(scaled(units)) for units in supply.values()]}),
        )
        return [
            Judged(symbol, *(None if figure is None else int(figure) for figure in figures))  # type: ignore[arg-type]
            for symbol, *figures in database.execute(_SQL).fetchall()
        ]


def of_rows(rows: Iterable[RankedPair]) -> list[Judged]:
    """Return the rows of a ranking in the judge's form."""
    return [
        Judged(
            row.symbol,
            scaled(row.price),
            int(Fraction(row.change_percent) * 10**8),
            scaled(row.volume),
            scaled(row.quote_volume),
            None if row.market_cap is None else scaled(row.market_cap),
        )
        for row in rows
    ]
