"""The sides of the fan-out benchmark: the API behind a real broker, its hub alone, and peers."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count as count_up
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from app.application import create_app
from app.channels import CHANNELS
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stream.admission import Admission
from app.stream.connection import HubConnection
from app.stream.events import Event
from app.stream.feeds import Feeds
from app.stream.hub import Hub
from app.symbols.service import SymbolService
from app.trades.channel import TRADES as TRADES_CHANNEL
from candlestack_core.kafka import open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import Trade, encode
from candlestack_core.settings import KafkaSettings, MongoSettings, RedisSettings
from candlestack_core.topics import TRADES
from candlestack_local.servers import (
    LOOPBACK,
    SHORT_LIVED_JVM,
    KafkaBroker,
    MongoServer,
    RedisServer,
    free_port,
)

ROOT = Path(__file__).resolve().parents[1]
SYMBOL = "BTCUSDT"
MESSAGES_A_SECOND = 100
STARTS_WITHIN_S = 60.0


def trade_of_now() -> Trade:
    """Return a trade that tells when it was made."""
    return Trade(
        symbol=SYMBOL,
        trade_id=time.monotonic_ns(),
        price="65000.1",
        quantity="0.12345",
        quote_quantity="8024.262345",
        time=time.time_ns() // 1_000_000,
        buyer_is_maker=False,
        source="simulator",
    )


def text_of_now() -> str:
    """Return the same trade as the API's clients are sent it."""
    head = f'{{"channel":"trades","type":"update","symbol":"{SYMBOL}","epoch":"{TRADES}/0","seq":123456,'
    now = time.time_ns() // 1_000_000
    times = f'"exchange_time":{now},"arrival_time":{now},"data":['
    return f'{head}{times}{encode(trade_of_now()).decode()}],"prev":123455,"dropped":0,"send_time":{now}}}'


async def tick(send: Callable[[], None]) -> None:
    """Call something so many times a second, also after it took longer."""
    began, done = time.monotonic(), 0
    while True:
        await asyncio.sleep(began + done / MESSAGES_A_SECOND - time.monotonic())
        send()
        done += 1


def run_on_uvloop(side: Coroutine[Any, Any, None]) -> None:
    """Run a side on the loop that all sides run on: uvicorn takes it by itself."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(side)


def queues(port: int) -> None:
    """Serve with FastAPI as its documentation shows it, with a queue and a task for each client."""
    waiting: set[asyncio.Queue[str]] = set()

    @contextlib.asynccontextmanager
    async def ticking(_: FastAPI):  # type: ignore[no-untyped-def]
        def send() -> None:
            text = text_of_now()
            for queue in waiting:
                queue.put_nowait(text)

        task = asyncio.create_task(tick(send))
        yield
        task.cancel()

    app = FastAPI(lifespan=ticking)

    @app.websocket("/ws/trades")
    async def trades(websocket: WebSocket) -> None:
        await websocket.accept()
        queue = asyncio.Queue[str]()
        waiting.add(queue)
        try:
            while True:
                await websocket.send_text(await queue.get())
        except WebSocketDisconnect:
            waiting.discard(queue)

    uvicorn.run(app, host=LOOPBACK, port=port, log_level="critical", ws_per_message_deflate=False)


def hub_alone(port: int) -> None:
    """Serve with the API's own application, hub and connections, fed by a timer instead of a broker."""
    hub = Hub(CHANNELS)
    hub.went_live(Feeds(CHANNELS))
    stores = RealtimeStore(RedisSettings(), 1.0), CandleStore(MongoSettings(), 1.0)  # nobody asks them
    app = create_app()
    app.state.services = SimpleNamespace(
        hub=hub,
        symbols=SymbolService((SYMBOL,), (), hub, *stores),
        admission=Admission(total=10_000, per_address=10_000),
    )
    numbers = count_up()

    def send() -> None:
        event = Event(f"{TRADES}/0", next(numbers), time.time_ns() // 1_000_000, trade_of_now())
        hub.publish({TRADES_CHANNEL.name: [event]})

    async def run() -> None:
        config = uvicorn.Config(
            app,
            host=LOOPBACK,
            port=port,
            ws=HubConnection,
            ws_per_message_deflate=False,
            lifespan="off",
            log_level="critical",
        )
        await asyncio.gather(uvicorn.Server(config).serve(), tick(send))

    run_on_uvloop(run())


def broadcasting(port: int) -> None:
    """Serve with the websockets package and its `broadcast`."""

    async def run() -> None:
        clients: set[ServerConnection] = set()

        async def hold(client: ServerConnection) -> None:
            clients.add(client)
            await client.wait_closed()
            clients.discard(client)

        async with serve(hold, LOOPBACK, port, compression=None):
            await tick(lambda: broadcast(clients, text_of_now()))

    run_on_uvloop(run())


def produce(bootstrap: str) -> None:
    """Send the trades to the broker, until terminated."""
    producer = open_producer(KafkaSettings.model_validate({"kafka_bootstrap": bootstrap}), max_pending=10_000)

    def send() -> None:
        producer.send(TRADES, SYMBOL, encode(trade_of_now()))
        producer.poll(0)

    asyncio.run(tick(send))


SIDES: dict[str, Callable[[int], None]] = {
    "candlestack's hub alone": hub_alone,
    "websockets.broadcast": broadcasting,
    "a queue and a task each": queues,
}
"""Those that need no broker."""


@contextmanager
def process(target: Callable[..., None], *arguments: object) -> Iterator[int]:
    """Run a function in a process of its own, until the block ends."""
    child = multiprocessing.get_context("spawn").Process(target=target, args=arguments, daemon=True)
    child.start()
    assert child.pid is not None
    try:
        yield child.pid
    finally:
        child.terminate()
        child.join()


@contextmanager
def api(port: int) -> Iterator[int]:
    """Run the API as a process of its own, on real servers, fed by a producer."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="candlestack-bench-")))
        folders = {name: home / name for name in ("kafka", "mongo", "redis")}
        for folder in folders.values():
            folder.mkdir()
        broker = stack.enter_context(
            KafkaBroker(
                port=free_port(),
                controller_port=free_port(),
                data_dir=folders["kafka"],
                jvm_options=SHORT_LIVED_JVM,
            )
        )
        mongo = stack.enter_context(MongoServer(port=free_port(), data_dir=folders["mongo"]))
        redis = stack.enter_context(RedisServer(port=free_port(), data_dir=folders["redis"]))
        ensure_topics(KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap}))
        environment = {
            "KAFKA_BOOTSTRAP": broker.bootstrap,
            "MONGO_URI": mongo.uri,
            "REDIS_HOST": LOOPBACK,
            "REDIS_PORT": str(redis.port),
            "API_PORT": str(port),
            "API_MAX_SOCKETS": "10000",
            "API_MAX_SOCKETS_PER_ADDRESS": "10000",
            "SYMBOLS": SYMBOL,
        }
        server = subprocess.Popen(
            [sys.executable, "backend_fastapi/main.py"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with process(produce, broker.bootstrap):
                yield server.pid
        finally:
            server.terminate()
            server.wait()
