"""What the routes work with: one of each service, made when the process starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.book.service import BookService
from app.candles.service import CandleService
from app.compat.binance.service import BinanceService
from app.compat.udf.service import UdfService
from app.completeness.service import CompletenessService
from app.export.service import ExportService
from app.health.service import HealthService
from app.jobs.service import JobService
from app.ranking.service import RankingService
from app.status.service import StatusService
from app.stream.admission import Admission
from app.stream.hub import Hub
from app.stream.views import Views
from app.symbols.service import SymbolService
from app.trades.service import TradeService
from candlestack_core.settings import SocketSettings


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one process."""

    candles: CandleService
    trades: TradeService
    books: BookService
    completeness: CompletenessService
    rankings: RankingService
    symbols: SymbolService
    health: HealthService
    states: StatusService
    jobs: JobService
    exports: ExportService
    binance: BinanceService
    udf: UdfService
    hub: Hub
    views: Views
    admission: Admission
    sockets: SocketSettings


def services_of(connection: HTTPConnection) -> Services:
    """Return the services of the application that a request came to."""
    return cast(Services, connection.app.state.services)


# Coroutines, though none waits: a plain function FastAPI would call in another thread, at each request.
async def _candles(connection: HTTPConnection) -> CandleService:
    return services_of(connection).candles


async def _trades(connection: HTTPConnection) -> TradeService:
    return services_of(connection).trades


async def _books(connection: HTTPConnection) -> BookService:
    return services_of(connection).books


async def _completeness(connection: HTTPConnection) -> CompletenessService:
    return services_of(connection).completeness


async def _rankings(connection: HTTPConnection) -> RankingService:
    return services_of(connection).rankings


async def _symbols(connection: HTTPConnection) -> SymbolService:
    return services_of(connection).symbols


async def _health(connection: HTTPConnection) -> HealthService:
    return services_of(connection).health


async def _states(connection: HTTPConnection) -> StatusService:
    return services_of(connection).states


async def _jobs(connection: HTTPConnection) -> JobService:
    return services_of(connection).jobs


async def _exports(connection: HTTPConnection) -> ExportService:
    return services_of(connection).exports


async def _udf(connection: HTTPConnection) -> UdfService:
    return services_of(connection).udf


Candles = Annotated[CandleService, Depends(_candles)]
Trades = Annotated[TradeService, Depends(_trades)]
Books = Annotated[BookService, Depends(_books)]
CompletenessAccounts = Annotated[CompletenessService, Depends(_completeness)]
Rankings = Annotated[RankingService, Depends(_rankings)]
KnownSymbols = Annotated[SymbolService, Depends(_symbols)]
Health = Annotated[HealthService, Depends(_health)]
StreamStates = Annotated[StatusService, Depends(_states)]
Jobs = Annotated[JobService, Depends(_jobs)]
Exports = Annotated[ExportService, Depends(_exports)]
Udf = Annotated[UdfService, Depends(_udf)]
