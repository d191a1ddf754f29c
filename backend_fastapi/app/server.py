"""The process: the tail, the stores, and the server that answers from them, until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop
from pymongo.errors import PyMongoError

from app.access.gate import Gatekeeper
from app.access.keys import ApiKeys
from app.access.limits import RateLimiter
from app.application import COSTS, Access, serve
from app.book.service import BookService
from app.candles.service import CandleService
from app.channels import FOLLOWED
from app.compat.binance.service import BinanceService
from app.compat.udf.service import UdfService
from app.completeness.service import CompletenessService
from app.export.service import ExportService
from app.health.service import HealthService
from app.jobs.service import JobService
from app.ranking.service import RankingService
from app.services import Services
from app.status.service import StatusService
from app.stores.candles import CandleStore
from app.stores.completeness import CompletenessStore
from app.stores.jobs import JobStore
from app.stores.leases import RedisLeases
from app.stores.realtime import RealtimeStore
from app.stream.admission import Admission
from app.stream.connection import HubConnection
from app.stream.hub import Hub
from app.stream.tail import Tail
from app.stream.views import Views
from app.symbols.listings import ListingService
from app.symbols.service import SymbolService
from app.trades.service import TradeService
from candlestack_core.service import Service, run_async
from candlestack_core.settings import (
    AccessSettings,
    ApiSettings,
    BadSettingError,
    ExchangeSettings,
    KafkaSettings,
    MongoSettings,
    OrderBookSettings,
    RedisSettings,
    SocketSettings,
    load,
    variable_name,
)

NAME = "api"
DATA = "data"
REPORT_EVERY_S = 1.0
PING_S = 20.0
STOP_S = 4
END_S = 2
BACKLOG = 2_048


def main() -> None:
    """Run the API until it is told to stop; ends the process with its exit code."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # What was loaded stays for good: looked through again at each full collection, it held up all clients for some
    # 90 ms more whenever many connect.
    gc.collect()
    gc.freeze()
    run_async(NAME, _serve, components=(DATA,))


class _Server(uvicorn.Server):
    """A server that leaves the signals to the service it is part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(service: Service, stopping: asyncio.Event) -> None:
    api, exchange, redis = load(ApiSettings), load(ExchangeSettings), load(RedisSettings)
    books, sockets = load(OrderBookSettings), load(SocketSettings)
    hub = Hub(FOLLOWED)
    tail = Tail(load(KafkaSettings), hub, asyncio.get_running_loop())
    realtime = RealtimeStore(redis, api.api_store_timeout_s)
    candles = _candle_store(load(MongoSettings), api.api_store_timeout_s)
    symbols = SymbolService(exchange.symbols, exchange.futures_symbols, hub, realtime, candles)
    health = HealthService(symbols, hub, realtime, candles)
    access = load(AccessSettings)
    limiter = RateLimiter(RedisLeases(realtime), access.api_requests_per_minute)
    keeper = Gatekeeper(ApiKeys(access.key_hashes), limiter, COSTS)
    app, served = serve(Access(keeper, api.api_cors_origins))
    listings = ListingService(realtime)
    candle_service = CandleService(symbols, hub, realtime, candles, redis.realtime_window_hours)
    trade_service = TradeService(symbols, hub, realtime)
    book_service = BookService(symbols, hub, realtime, round(books.book_silent_after_s * 1000), _clock_ms)
    app.state.services = Services(
        candles=candle_service,
        trades=trade_service,
        books=book_service,
        completeness=CompletenessService(symbols, CompletenessStore(candles), _clock_ms),
        rankings=RankingService(realtime),
        symbols=symbols,
        health=health,
        states=StatusService(symbols, hub, book_service, health, _clock_ms),
        jobs=JobService(JobStore(candles), _clock_ms),
        exports=ExportService(candle_service),
        binance=BinanceService(
            listings,
            candle_service,
            trade_service,
            book_service,
            _clock_ms,
            access.api_requests_per_minute,
        ),
        udf=UdfService(listings, candle_service),
        hub=hub,
        views=Views(),
        admission=Admission(sockets.api_max_sockets, sockets.api_max_sockets_per_address),
        sockets=sockets,
    )
    listener = _bind(api)
    server = _Server(_server_config(served, sockets))
    service.log.info("serving", address="http://{}:{}".format(*listener.getsockname()[:2]))
    tail.start()
    serving = asyncio.create_task(server.serve([listener]))
    told = asyncio.create_task(stopping.wait())
    background = [
        asyncio.create_task(work)
        for work in (realtime.watch(), candles.watch(), symbols.watch(), _report(service, health))
    ]
    watched: set[asyncio.Future[Any]] = {serving, told, tail.failed, *background}
    ended, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await asyncio.gather(serving, tail.stop(), return_exceptions=True)
    for task in (told, *background):
        task.cancel()
    # Not longer: before Python 3.12 a client library may lose a cancellation that comes with its answer; what is
    # left is cancelled again as the loop ends.
    await asyncio.wait({told, *background}, timeout=END_S)
    await asyncio.gather(realtime.close(), candles.close())
    for future in ended - {told}:
        future.result()


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000


async def _report(service: Service, health: HealthService) -> None:
    """Say on the service's own health address what the API's says."""
    while True:
        service.health.beat()
        readiness = health.readiness()
        if readiness.status == "not ready":
            reasons = (f"{component}: {reason}" for component, reason in readiness.reasons.items())
            service.health.not_ready(DATA, "; ".join(reasons))
        else:
            service.health.ready(DATA)
        await asyncio.sleep(REPORT_EVERY_S)


def _candle_store(settings: MongoSettings, timeout_s: float) -> CandleStore:
    try:
        return CandleStore(settings, timeout_s)
    except (PyMongoError, ValueError) as error:
        # The driver reads the address, and looks up the one of a cluster, before it connects to any.
        raise BadSettingError(variable_name(MongoSettings, "mongo_uri"), str(error)) from None


def _bind(settings: ApiSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.api_host else socket.AF_INET
    try:
        return socket.create_server((settings.api_host, settings.api_port), family=family, backlog=BACKLOG)
    except OSError as error:
        field = "api_port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "api_host"
        reason = f"{getattr(settings, field)} cannot be bound: {error.strerror}"
        raise BadSettingError(variable_name(ApiSettings, field), reason) from error


def _server_config(app: object, sockets: SocketSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="httptools",
        ws=HubConnection,
        ws_max_size=sockets.api_max_message_bytes,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        # It costs each client memory and time, for messages of some hundred bytes on a local network.
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_S,
    )
