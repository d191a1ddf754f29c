"""Completeness: the ledger's sums for every stream there should be, and its holes."""

from __future__ import annotations

from collections.abc import Callable

from app.completeness.schemas import Completeness, CompletenessQuery, StreamCompleteness
from app.problems import UnavailableError
from app.stores.completeness import CompletenessStore, Sums, Wanted
from app.stores.watch import or_away
from app.symbols.service import SymbolService
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import Market
from candlestack_core.names import LedgerStream

STREAMS: dict[Market, tuple[LedgerStream, ...]] = {"spot": ("kline_1m", "trade", "depth"), "usdm": ("depth",)}
"""What each pair of a market has."""
_NONE = Sums(minutes=0, expected=0, received=0, filled=0, missing=0)

_Stream = tuple[Market, LedgerStream, str]


class CompletenessService:
    """Answers the completeness route."""

    def __init__(
        self, symbols: SymbolService, ledger: CompletenessStore, clock_ms: Callable[[], int]
    ) -> None:
        self._symbols = symbols
        self._ledger = ledger
        self._clock_ms = clock_ms

    async def account(self, query: CompletenessQuery) -> Completeness:
        """Return what the ledger knows of the streams asked for.

        Raises:
            ApiError: the pair is unknown, or not in that market; or MongoDB is away.
        """
        if query.symbol is not None:
            await self._require(query.symbol, query.market)
        start, end = query.span(self._clock_ms())
        wanted = Wanted(start, end, query.market, query.stream, query.symbol)
        away: dict[str, str] = {}
        sums = await or_away(self._ledger.sums(wanted), away)
        holes = await or_away(self._ledger.holes(wanted, query.limit + 1), away)
        if sums is None or holes is None:
            raise UnavailableError(away)
        minutes = -(-end // MINUTE_MS) - -(-start // MINUTE_MS)
        streams = sorted(
            {*sums, *self._expected(wanted)}, key=lambda stream: (stream[2], stream[0], stream[1])
        )
        return Completeness(
            start_time=start,
            end_time=end,
            streams=[_row(stream, sums.get(stream, _NONE), minutes) for stream in streams],
            holes=holes[: query.limit],
            truncated=len(holes) > query.limit,
        )

    async def _require(self, symbol: str, market: Market | None) -> None:
        if market is None and symbol in self._symbols.futures():
            return
        await self._symbols.require(symbol, market or "spot")

    def _expected(self, wanted: Wanted) -> set[_Stream]:
        """Return the streams that there should be."""
        pairs: dict[Market, set[str]] = {
            "spot": set(self._symbols.known()),
            "usdm": self._symbols.futures(),
        }
        return {
            (market, stream, symbol)
            for market, symbols in pairs.items()
            for stream in STREAMS[market]
            for symbol in symbols
            if wanted.market in (None, market)
            and wanted.stream in (None, stream)
            and wanted.symbol in (None, symbol)
        }


def _row(stream: _Stream, sums: Sums, minutes: int) -> StreamCompleteness:
    market, kind, symbol = stream
    return StreamCompleteness(
        market=market,
        stream=kind,
        symbol=symbol,
        minutes_known=sums.minutes,
        minutes_unknown=minutes - sums.minutes,
        expected=sums.expected,
        received=sums.received,
        filled=sums.filled,
        missing=sums.missing,
    )
