"""The simulator's own paths under `/sim`: what it is, and what it emitted (faults: `faults.routes`).

Nothing here is part of the exchange's protocol, and nothing here costs weight. The truth is that of `market`,
`spot` where it is not named. Records carry the source's
own fields: times in ms, prices and amounts as strings with eight decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
from aiohttp import web

from candlestack_simulator import wire
from candlestack_simulator.checksum import book_checksum
from candlestack_simulator.errors import ApiError, invalid_data, mandatory
from candlestack_simulator.rest.parameters import Parameters
from candlestack_simulator.source import INTERVAL_MS, Candle, Coverage, Market, Source, Trade
from candlestack_simulator.stream.hub import Hub

LARGEST_CANDLE_PAGE = 10_000
LARGEST_TRADE_SPAN_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the data comes from, as far as the source itself does not say."""

    seed: int | None
    speed: float
    times: str
    """`kept` or `shifted` for a recording, `now` for a market."""


class Control:
    """Answers under `/sim`."""

    def __init__(
        self,
        sources: Mapping[Market, Source],
        origin: Origin,
        hubs: Mapping[Market, Hub],
    ) -> None:
        self._sources: Mapping[str, Source] = dict(sources.items())
        self._origin = origin
        self._hubs = hubs

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/source", self._about),
            web.get("/sim/truth/candles", self._candles),
            web.get("/sim/truth/trades", self._trades),
            web.get("/sim/truth/book", self._book),
        ]

    async def _about(self, _request: web.Request) -> web.Response:
        """Tell what is served; `coverage` is that of spot, as in `markets`."""
        source, origin = self._sources["spot"], self._origin
        markets = {
            market: {
                "coverage": _coverage(self._sources[market]),
                "connections": len(hub.connections),
                "streams": hub.streams(),
            }
            for market, hub in self._hubs.items()
        }
        about: dict[str, Any] = {
            "source": source.name,
            "coverage": _coverage(source),
            "markets": markets,
            "speed": origin.speed,
            "times": origin.times,
            "now_ms": source.now_ms(),
            "ended": source.ended(),
            "connections": sum(len(hub.connections) for hub in self._hubs.values()),
            "streams": sum(hub.streams() for hub in self._hubs.values()),
        }
        if origin.seed is not None:
            about["seed"] = origin.seed
        return _json(about)

    async def _candles(self, request: web.Request) -> web.Response:
        """Candles with an open time in `[start, end]`, ascending, at most 10,000."""
        source, parameters = self._asked(request, "symbol", "interval", "start", "end")
        start, end = _span(parameters)
        interval = parameters.interval()
        if (end - start) // INTERVAL_MS[interval] >= LARGEST_CANDLE_PAGE:
            raise ApiError(-1127, f"Lookup interval is too big: more than {LARGEST_CANDLE_PAGE} candles.")
        candles = source.candles(parameters.symbol().symbol, interval, start, end, LARGEST_CANDLE_PAGE)
        return _json([_candle(candle) for candle in candles])

    async def _trades(self, request: web.Request) -> web.Response:
        """Trades with `start <= time < end`, ascending, over one hour at most."""
        source, parameters = self._asked(request, "symbol", "start", "end")
        start, end = _span(parameters)
        if end - start > LARGEST_TRADE_SPAN_MS:
            raise ApiError(-1127, "More than 1 hours between start and end.")
        trades = source.trades_between(parameters.symbol().symbol, start, end)
        return _json([_trade(trade) for trade in trades])

    async def _book(self, request: web.Request) -> web.Response:
        """Whole book at an update id, its best levels and their checksum; 404 where it is not known."""
        source, parameters = self._asked(request, "symbol", "update_id")
        update_id = parameters.number("update_id")
        if update_id is None:
            raise mandatory("update_id")
        book = source.depth_at(parameters.symbol().symbol, update_id)
        if book is None:
            raise ApiError(-1000, f"No book at update id {update_id}.", 404)
        return _json(
            {
                "symbol": book.symbol,
                "last_update_id": book.last_update_id,
                "event_time": book.event_time,
                "checksum": book_checksum(book.bids, book.asks),
                "best_bid": _canonical_level(book.bids),
                "best_ask": _canonical_level(book.asks),
                "bids": wire.levels(book.bids),
                "asks": wire.levels(book.asks),
            }
        )

    def _asked(self, request: web.Request, *known: str) -> tuple[Source, Parameters]:
        source = self._sources.get(request.query.get("market", "spot"))
        if source is None:
            raise invalid_data("market")
        pairs = {pair.symbol: pair for pair in source.pairs()}
        return source, Parameters(request.query, pairs, (*known, "market"))


def _coverage(source: Source) -> dict[str, Coverage]:
    return {pair.symbol: source.coverage(pair.symbol) for pair in source.pairs()}


def _canonical_level(side: Sequence[tuple[int, int]]) -> list[str] | None:
    return [wire.canonical(amount) for amount in side[0]] if side else None


def _span(parameters: Parameters) -> tuple[int, int]:
    start, end = parameters.number("start"), parameters.number("end")
    if start is None:
        raise mandatory("start")
    if end is None:
        raise mandatory("end")
    return start, end


def _candle(candle: Candle) -> dict[str, Any]:
    return _without_e8(asdict(candle))


def _trade(trade: Trade) -> dict[str, Any]:
    return _without_e8(asdict(trade))


def _without_e8(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("_e8"): wire.decimal8(value) if name.endswith("_e8") else value
        for name, value in record.items()
    }


def _json(body: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")
