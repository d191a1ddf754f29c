"""The API as a process, and what its tests ask it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from api_sockets import decode
from api_world import World
from app.book.channel import OrderBookSnapshot
from app.candles.channel import KlineSnapshot
from app.trades.channel import TradesSnapshot
from candlestack_core.messages import Book, Candle, Trade
from candlestack_local.servers import free_port
from waiting import PATIENCE_S, eventually

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Answer:
    """What a GET was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def unzipped(self) -> bytes:
        return gzip.decompress(self.body)


class Api:
    """The API as a process of its own, on one port for all its lives.

    It is patient with its stores, which stand still now and then on a busy machine.
    """

    store_timeout_s: ClassVar[float | None] = PATIENCE_S

    def __init__(self, world: World, log_dir: Path, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log_dir / "api.log"
        # Tests ask more often than anyone may.
        own = {"API_PORT": str(self.port), "API_REQUESTS_PER_MINUTE": "0"}
        if self.store_timeout_s is not None:
            own["API_STORE_TIMEOUT_S"] = str(self.store_timeout_s)
        self._settings = world.environment | own | settings
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Api:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGTERM)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "backend_fastapi/main.py"],
                cwd=ROOT,
                env=os.environ | self._settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self._process

    def start(self) -> None:
        """Start the process, and wait until all it reads from is up."""
        self.launch()
        self.wait_for("ready")

    def wait_for(self, status: str) -> Any:
        """Return what `/readyz` answers as soon as it says this status."""

        def look() -> Any:
            answer = self.get("/readyz")
            return answer.json if answer is not None and answer.json["status"] == status else None

        return eventually(look, f"/readyz says {status}")

    def signal(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_S)

    def get(self, path: str, /, **query: object) -> Answer | None:
        """Return the answer to a GET; None while nothing listens."""
        return self._request("GET", self.target(path, **query))

    def target(self, path: str, /, **query: object) -> str:
        """Return a path with a query."""
        return path + (f"?{urlencode(query)}" if query else "")

    def post(self, path: str) -> Answer:
        """Return the answer to a POST, which there must be."""
        answer = self._request("POST", path)
        assert answer is not None, f"no answer to {path}"
        return answer

    def _request(self, method: str, target: str, headers: Mapping[str, str] | None = None) -> Answer | None:
        request = urllib.request.Request(self.url + target, headers=dict(headers or {}), method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, dict(response.headers.items()), response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers.items()), error.read())
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def ask(self, path: str, /, **query: object) -> Answer:
        """Return the answer to a GET, which there must be."""
        answer = self.get(path, **query)
        assert answer is not None, f"no answer to {path}"
        return answer

    def ask_with(self, headers: Mapping[str, str], path: str, /, **query: object) -> Answer:
        """Return the answer to a GET with some headers, which there must be."""
        answer = self._request("GET", self.target(path, **query), headers)
        assert answer is not None, f"no answer to {path}"
        return answer

    def metrics(self) -> dict[str, float]:
        """Return the platform's own metrics by name and labels."""
        lines = self.ask("/metrics").body.decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("candlestack_"))
        return {name.removeprefix("candlestack_"): float(value) for name, value in pairs}

    def connect(self, path: str, /, **query: object) -> ClientConnection:
        """Open a WebSocket."""
        address = f"ws://127.0.0.1:{self.port}{path}?{urlencode(query)}"
        return connect(address, max_size=None, open_timeout=PATIENCE_S, ping_interval=None)

    def output(self) -> str:
        return self.log.read_text(errors="replace")


class ImpatientApi(Api):
    """The API as it is run, which soon finds out that a store is away."""

    store_timeout_s = None


def until_read(api: Api, *records: Candle | Trade | Book) -> None:
    """Wait until an API has read records from their topics, whose snapshots have room for them.

    Sockets tell of nothing else, while REST may answer from the stores; and each topic, and each of its partitions,
    is read at a pace of its own.
    """
    for record in records:
        eventually(partial(_has_read, api, record), f"the API has read {record}")


def _has_read(api: Api, record: Candle | Trade | Book) -> bool:
    channel = {Candle: "kline", Trade: "trades", Book: "orderbook"}[type(record)]
    market = {"market": record.market} if isinstance(record, Book) else {}
    with api.connect(f"/ws/{channel}", symbol=record.symbol, **market) as connection:
        try:
            message = decode(connection.recv(timeout=PATIENCE_S))
        except ConnectionClosed:  # the pair is not known yet
            return False
    match message:
        case KlineSnapshot(data=known) | TradesSnapshot(data=known):
            return record in known
        case OrderBookSnapshot(data=newest):
            return newest == record
        case _:
            return False
