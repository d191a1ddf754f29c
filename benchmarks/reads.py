"""Reads: `/ohlc` with 1,000 candles, `/latest` and `/orderbook`: `python benchmarks/reads.py [seconds a round]`.

A platform is started as a user starts it, all 15 pairs streaming. Beside its API a server of the same kind, with
the same settings, has a handler for each path that returns bytes prepared before: the very answer of the API.
The two are asked in turn, by the same client over as many connections, and what is printed is the requests a
second of each and their ratio. While one is asked the other idles, so both have the machine as it is:

    python benchmarks/reads.py 0.5
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import selectors
import socket
import statistics
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn
from _platform import addresses, candlestack, live_line, machine
from fastapi import FastAPI, Response

from candlestack_core.settings import AccessSettings, variable_name
from candlestack_local.servers import LOOPBACK, free_port

TARGET = 0.5
ROUNDS = 5
CONNECTIONS = 16
RECEIVE_BYTES = 1 << 20
PAIR = "BTCUSDT"
MINUTE_MS = 60_000
NO_LIMIT = "10000000"


@dataclass
class Connection:
    """One connection that has always one request on its way."""

    socket: socket.socket
    left: int = 0
    """Bytes of the answer that are still to come."""
    head: bytes = b""


def requests_per_second(url: str, target: str, seconds: float) -> float:
    """Ask for one thing over and over on some connections; return how many answers came a second."""
    parts = urlsplit(url)
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    buffer = bytearray(RECEIVE_BYTES)
    answers = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            opened = socket.create_connection((parts.hostname or LOOPBACK, parts.port or 80))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(opened, selectors.EVENT_READ, Connection(opened))
            opened.sendall(request)
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + seconds:
            for key, _ in selector.select(1.0):
                if receive(key.data, buffer):
                    answers += 1
                    key.data.socket.sendall(request)
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return answers / (now - began)


def receive(connection: Connection, buffer: bytearray) -> bool:
    """Take what has come; tell whether the answer is whole.

    Raises:
        SystemExit: it is not what was expected.
    """
    count = connection.socket.recv_into(buffer)
    if not count:
        raise SystemExit("the server closed a connection")
    if connection.left:
        connection.left -= count
        return connection.left == 0
    connection.head += buffer[:count]
    head, blank, body = connection.head.partition(b"\r\n\r\n")
    if not blank:
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"answered {head.splitlines()[0].decode()}: {body[:200].decode(errors='replace')}")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    connection.left = int(length) - len(body)
    connection.head = b""
    return connection.left == 0


def serve_prepared(bodies: Mapping[str, bytes], port: int) -> None:
    """Serve the bytes of each path, with no more than a route around them, until stopped."""
    app = FastAPI(openapi_url=None)
    for path, body in bodies.items():
        app.add_api_route(path, handler(body))
    config = uvicorn.Config(
        app, host=LOOPBACK, port=port, http="httptools", lifespan="off", log_level="warning", access_log=False
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run()


def handler(body: bytes) -> Callable[[], object]:
    """Return a handler that answers with some bytes."""

    async def answer() -> Response:
        return Response(body, media_type="application/json")

    return answer


def get(url: str) -> bytes:
    """Return the body of a GET; wait until something listens."""
    give_up = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                body: bytes = response.read()
                return body
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def targets(api: str) -> dict[str, str]:
    """Return what is asked for, by words; wait until a thousand minutes of every pair are stored."""
    for pair in json.loads(get(f"{api}/symbols"))["symbols"]:
        while get(f"{api}/ohlc?symbol={pair['symbol']}&limit=1001").count(b'"open_time"') < 1001:
            time.sleep(1)
    body = get(f"{api}/ohlc?symbol={PAIR}&limit=1001")
    end = int(body.rpartition(b'"open_time":')[2].partition(b",")[0]) - MINUTE_MS
    return {
        "/latest": f"/latest?symbol={PAIR}",
        "/orderbook, 100 levels a side": f"/orderbook?symbol={PAIR}",
        "/orderbook, 20 levels a side": f"/orderbook?symbol={PAIR}&depth=20",
        "/ohlc, the newest 1,000 candles": f"/ohlc?symbol={PAIR}&limit=1000",
        "/ohlc, 1,000 closed candles": f"/ohlc?symbol={PAIR}&limit=1000&endTime={end}",
    }


def compare(api: str, prepared: str, asked: Mapping[str, tuple[str, str, int]], seconds: float) -> None:
    """Ask both sides in turn, and print the figures of each kind of read."""
    for words, (target, path, size) in asked.items():
        rates: dict[str, list[float]] = {"api": [], "prepared": []}
        for _ in range(ROUNDS):
            rates["api"].append(requests_per_second(api, target, seconds))
            rates["prepared"].append(requests_per_second(prepared, path, seconds))
        ratios = [ours / bare for ours, bare in zip(*rates.values(), strict=True)]
        print(
            f"{words:33} {size / 1000:6.1f} kB: API {statistics.median(rates['api']):6,.0f}/s, prepared"
            f" {statistics.median(rates['prepared']):6,.0f}/s, ratio {statistics.median(ratios):.2f} (target {TARGET})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seconds", type=float, nargs="?", default=2.0, help="how long a round asks one side")
    seconds = parser.parse_args().seconds
    print(machine("fastapi", "uvicorn", "uvloop", "httptools", "msgspec", "pymongo", "redis"))
    no_limit = {variable_name(AccessSettings, "api_requests_per_minute"): NO_LIMIT}
    with addresses(PROFILE="live", **no_limit) as where:
        print(live_line(candlestack(where.environment, "up")), flush=True)
        found = {words: (target, get(where.api + target)) for words, target in targets(where.api).items()}
        bodies = {f"/prepared/{number}": body for number, (_, body) in enumerate(found.values())}
        asked = {
            words: (target, path, len(body))
            for (words, (target, body)), path in zip(found.items(), bodies, strict=True)
        }
        port = free_port()
        server = multiprocessing.get_context("spawn").Process(
            target=serve_prepared, args=(bodies, port), daemon=True
        )
        server.start()
        try:
            prepared = f"http://{LOOPBACK}:{port}"
            get(prepared + next(iter(bodies)))
            compare(where.api, prepared, asked, seconds)
        finally:
            server.terminate()
            server.join()


if __name__ == "__main__":
    main()
