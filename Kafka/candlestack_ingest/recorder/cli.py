"""The recorder as a command: what is recorded, for how long, into which folder, and how far it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from candlestack_core.logging import configure_logging
from candlestack_core.messages import Market
from candlestack_core.service import Service, run_async
from candlestack_core.settings import ExchangeSettings, ServiceSettings, SimulatorSettings, load
from candlestack_core.weight import USDM_ADDRESS_WEIGHT, WeightBudget
from candlestack_ingest.exchange.binance.budgets import connection_budget
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.routes import UnknownStreamError, route_of
from candlestack_ingest.producers.market import open_futures, open_market
from candlestack_ingest.producers.runtime import EXCHANGE, beating, until_stopped
from candlestack_ingest.recorder.files import RecordingFiles, RecordingWriteError, mend
from candlestack_ingest.recorder.market import Listed, MarketRecording

NAME = "recorder"
MB = 1_000_000
SHOW_EVERY_S = 0.5
LOG_EVERY_S = 10.0

_HELP = """Record what the exchange sends, as it came, into files that the simulator replays.

The pairs are those of SYMBOLS and FUTURES_SYMBOLS, the exchange that of EXCHANGE. Examples:

\b
  recorder.py recordings
  EXCHANGE=binance SYMBOLS=BTCUSDT recorder.py recordings --seconds 600
  recorder.py recordings --usdm '' --spot trade,depth@100ms
  REPLAY_RECORDING='recordings/*.gz' make up

SIGINT (Ctrl-C) or SIGTERM ends it; the files are whole then.
"""

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    folder: Path
    kinds: dict[Market, tuple[str, ...]]
    seconds: float | None
    rotate_s: float
    rotate_bytes: int


@app.command(help=_HELP)
def record(
    *,
    folder: Annotated[Path, typer.Argument(help="Where the files go; it is made where it is missing.")],
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop after so many seconds.")] = None,
    rotate_minutes: Annotated[
        float, typer.Option(min=0.01, help="Begin a new file after so many minutes.")
    ] = 60,
    rotate_mb: Annotated[
        float, typer.Option(min=0.01, help="Begin a new file after so many compressed MB.")
    ] = 256,
    spot: Annotated[str, typer.Option(help="Streams of each pair of spot, separated by commas.")] = (
        "trade,kline_1m,depth@100ms,bookTicker"
    ),
    usdm: Annotated[str, typer.Option(help="Streams of each USD-M future; '' leaves futures out.")] = (
        "depth@100ms,bookTicker,aggTrade,kline_1m"
    ),
) -> None:
    """Record until told to stop."""
    plan = Plan(
        folder,
        {"spot": _kinds("spot", spot), "usdm": _kinds("usdm", usdm)},
        seconds,
        rotate_minutes * 60,
        int(rotate_mb * MB),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(f"{folder} cannot be made: {error.strerror}", param_hint="FOLDER") from None

    async def main(service: Service, stopping: asyncio.Event) -> None:
        await until_stopped(stopping, _record(service, stopping, plan))

    run_async(NAME, main, components=(EXCHANGE,))


def _kinds(market: Market, text: str) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for kind in kinds:
        try:
            route_of(market, f"x@{kind}")
        except UnknownStreamError:
            raise typer.BadParameter(f"{market} has no stream {kind!r}", param_hint=f"--{market}") from None
    return kinds


async def _record(service: Service, stopping: asyncio.Event, plan: Plan) -> None:
    exchange, simulator = load(ExchangeSettings), load(SimulatorSettings)
    for path in mend(plan.folder):
        service.log.info("finished a file that was left unfinished", path=str(path))
    async with aiohttp.ClientSession() as session:
        recordings = await beating(service, _open(session, exchange, simulator, plan))
        if not recordings:
            service.log.error("nothing to record: no stream is named, or no pair is listed")
            sys.exit(2)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_show(service, recordings))
                if plan.seconds is not None:
                    asyncio.get_running_loop().call_later(plan.seconds, stopping.set)
                for recording in recordings:
                    tasks.create_task(recording.run())
        except* RecordingWriteError as errors:
            service.log.error("cannot be recorded", reason=str(_first(errors)))
            sys.exit(1)
        finally:
            for recording in recordings:
                service.log.info(
                    "recorded",
                    market=recording.listed.market,
                    frames=recording.frames,
                    bytes=recording.tape.written,
                    compressed=recording.files.compressed_bytes,
                    files=[str(path) for path in recording.files.finished],
                )


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _open(
    session: aiohttp.ClientSession, exchange: ExchangeSettings, simulator: SimulatorSettings, plan: Plan
) -> list[MarketRecording]:
    connections = connection_budget(exchange.connections_per_5_minutes)

    def recording(
        market: Market, source: str, symbols: tuple[str, ...], endpoints: Endpoints, rest: SpotRest | UsdmRest
    ) -> MarketRecording:
        files = RecordingFiles(plan.folder, market, rotate_bytes=plan.rotate_bytes, rotate_s=plan.rotate_s)
        listed = Listed(market, source, symbols, plan.kinds[market])
        return MarketRecording(
            listed, endpoints=endpoints, rest=rest, files=files, exchange=exchange, connections=connections
        )

    spot, usdm = Endpoints.spot(exchange, simulator), Endpoints.usdm(exchange, simulator)
    rest = SpotRest(session, spot.rest, WeightBudget(exchange.rest_weight_per_minute))
    market = await open_market(rest, exchange)
    found = []
    if plan.kinds["spot"]:
        found.append(recording("spot", market.source, market.symbols, spot, rest))
    if plan.kinds["usdm"] and exchange.futures_symbols:
        budget = WeightBudget(exchange.rest_weight_per_minute, USDM_ADDRESS_WEIGHT)
        usdm_rest = UsdmRest(session, usdm.rest, budget)
        futures = await open_futures(usdm_rest, exchange.futures_symbols, market.source)
        if futures is not None:
            found.append(recording("usdm", futures.source, futures.symbols, usdm, usdm_rest))
    return found


async def _show(service: Service, recordings: Sequence[MarketRecording]) -> None:
    """Say how far it is: below the log at a terminal, as a log line now and then elsewhere."""
    console = Console(stderr=True, highlight=False)
    with ExitStack() as stack:
        live: Live | None = None
        if console.is_terminal:
            live = stack.enter_context(Live(console=console, auto_refresh=False))
            # People read this: the log goes above the progress, in their form.
            configure_logging(NAME, load(ServiceSettings).log_level, "console")
        logged_at = -LOG_EVERY_S
        loop = asyncio.get_running_loop()
        while True:
            service.health.beat()
            open_, wanted = map(sum, zip(*(recording.connections for recording in recordings), strict=True))
            if open_ < wanted:
                service.health.not_ready(EXCHANGE, f"{wanted - open_} of {wanted} connections are down")
            else:
                service.health.ready(EXCHANGE)
            if live is not None:
                live.update(Text("\n".join(map(_progress, recordings))), refresh=True)
            elif loop.time() - logged_at >= LOG_EVERY_S:
                logged_at = loop.time()
                for recording in recordings:
                    service.log.info("recording", progress=_progress(recording))
            await asyncio.sleep(SHOW_EVERY_S)


def _progress(recording: MarketRecording) -> str:
    open_, wanted = recording.connections
    return (
        f"{recording.listed.market}: {recording.frames:,} frames, {recording.tape.written / MB:.1f} MB, "
        f"{recording.files.compressed_bytes / MB:.2f} MB compressed, "
        f"{len(recording.files.finished)} files finished, {open_} of {wanted} connections open"
    )


def main() -> None:
    """Run the recorder."""
    app(prog_name="recorder.py")
