"""What is recorded from an exchange, replayed: the same messages, stream by stream."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import aiohttp

from candlestack_core.messages import Market
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay import Recording
from candlestack_simulator.testing import Exchange, running

ROOT = Path(__file__).resolve().parents[3]
SPOT = tuple(
    f"{symbol}@{kind}"
    for symbol in ("btcusdt", "ethusdt")
    for kind in ("trade", "kline_1m", "depth@100ms", "bookTicker")
)
PUBLIC, MARKET = ("btcusdt@depth@100ms", "btcusdt@bookTicker"), ("btcusdt@aggTrade", "btcusdt@kline_1m")
PATHS: dict[tuple[Market, str], tuple[str, ...]] = {
    ("spot", "/stream"): SPOT,
    ("usdm", "/usdm/public/stream"): PUBLIC,
    ("usdm", "/usdm/market/stream"): MARKET,
}
STREAMS = {(market, stream) for (market, _), streams in PATHS.items() for stream in streams}
MARKETS: tuple[Market, ...] = ("spot", "usdm")
WITHIN_S = 300.0
SPEED = 5.0
PATIENT_RECORDER = """
import runpy
from candlestack_ingest.exchange.binance import socket
socket.PONG_WITHIN_S = 600.0
runpy.run_path("Kafka/recorder.py", run_name="__main__")
"""
"""The recorder, which gives an exchange time that a busy machine lets stand: nothing refills what it would miss."""

Payloads = dict[tuple[Market, str], list[object]]


async def until(look: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(WITHIN_S):
            while not look():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not within {WITHIN_S:.0f} s: {what}") from None


def lines_of(path: Path) -> list[tuple[int, dict[str, object]]]:
    with gzip.open(path) as lines:
        parts = [line.split(b" ", 1) for line in lines]
    return [(int(stamp), json.loads(body)) for stamp, body in parts]


def recorded_payloads(files: list[Path]) -> Payloads:
    """Return the data of each stream in the order it was recorded."""
    found: Payloads = defaultdict(list)
    for path in files:
        market: Market = "usdm" if path.name.startswith("usdm") else "spot"
        for _, line in lines_of(path):
            if "stream" in line:
                found[market, str(line["stream"])].append(line["data"])
    return found


class Ended:
    """The files in a folder that are no longer written to; each is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: set[Path] = set()
        self._streams: set[tuple[Market, str]] = set()

    def streams(self) -> set[tuple[Market, str]]:
        """Return the streams that are in them; of each market the last file but one may still be ending."""
        for market in MARKETS:
            files = set(sorted(self._folder.glob(f"{market}_*.gz"))[:-2])
            self._streams |= recorded_payloads(list(files - self._read)).keys()
            self._read |= files
        return self._streams


async def listening(exchange: Exchange) -> tuple[Payloads, asyncio.Future[list[None]]]:
    """Return the data of each stream, filled in the order it is sent, and what is done when all connections ended."""
    found: Payloads = defaultdict(list)

    async def listen(market: Market, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = json.loads(message.data)
            if "stream" in frame and "data" in frame:
                found[market, frame["stream"]].append(frame["data"])

    sockets = [
        (market, await exchange.connect(f"{path}?streams={'/'.join(streams)}"))
        for (market, path), streams in PATHS.items()
    ]
    return found, asyncio.gather(*(listen(market, socket) for market, socket in sockets))


def is_part(part: list[object], whole: list[object]) -> bool:
    """Tell whether a list is an unbroken piece of another."""
    return any(whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1))


async def test_a_recording_replayed_gives_the_same_messages_of_every_stream(tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    async with running(SeededMarket(7)) as exchange:
        heard, _ = await listening(exchange)
        environment = {
            **os.environ,
            "EXCHANGE_REST_URL": f"http://{exchange.address}",
            "EXCHANGE_WS_URL": f"ws://{exchange.address}",
            "EXCHANGE_USDM_REST_URL": f"http://{exchange.address}",
            "EXCHANGE_USDM_WS_URL": f"ws://{exchange.address}/usdm",
            "SYMBOLS": "BTCUSDT,ETHUSDT",
            "FUTURES_SYMBOLS": "BTCUSDT",
        }
        with (tmp_path / "recorder.log").open("wb") as log:
            recorder = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", PATIENT_RECORDER, str(folder), "--rotate-minutes", "0.05"),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        files_so_far = Ended(folder)
        try:
            await until(
                lambda: files_so_far.streams() == STREAMS,
                "every stream is in files that have ended",
            )
            recorder.terminate()
            assert await asyncio.wait_for(recorder.wait(), WITHIN_S) == 0
        finally:
            if recorder.returncode is None:
                recorder.kill()

    files = sorted(folder.iterdir())
    assert {path.suffix for path in files} == {".gz"}
    recorded = recorded_payloads(files)
    assert recorded.keys() == STREAMS
    for stream, payloads in recorded.items():
        assert is_part(payloads, heard[stream]), stream
    for path in files:
        told = lines_of(path)
        assert "recording" in told[0][1]
        assert [stamp for stamp, _ in told[1:]] == sorted(stamp for stamp, _ in told[1:])
    for market, symbols in (("spot", ["BTCUSDT", "ETHUSDT"]), ("usdm", ["BTCUSDT"])):
        # The last file may have ended before its snapshots were there; of the others each has all, once.
        for path in [path for path in files if path.name.startswith(market)][:-1]:
            requests = [str(line["request"]) for _, line in lines_of(path) if "request" in line]
            assert (
                sorted(request.partition("symbol=")[2].partition("&")[0] for request in requests) == symbols
            )

    names = ",".join(map(str, files))
    connected_at: list[float] = []

    def monotonic() -> float:
        """Return a time that stands until all are connected, however long that takes."""
        return time.monotonic() - connected_at[0] if connected_at else 0.0

    replays = await asyncio.to_thread(
        Recording.load, names, speed=SPEED, start_delay_s=0.1, monotonic=monotonic
    )
    async with running(replays["spot"], usdm=replays["usdm"]) as exchange:
        replayed, ended = await listening(exchange)
        connected_at.append(time.monotonic())
        await asyncio.wait_for(ended, WITHIN_S)
        books = [
            await exchange.get(path, symbol="BTCUSDT", limit=100)
            for path in ("/api/v3/depth", "/fapi/v1/depth")
        ]
    for stream, payloads in recorded.items():
        assert replayed[stream] == payloads, stream
    depths: list[tuple[Market, str]] = [(market, "btcusdt@depth@100ms") for market in ("spot", "usdm")]
    for book, depth in zip(books, depths, strict=True):
        assert book["lastUpdateId"] == recorded[depth][-1]["u"]  # type: ignore[index]
        assert book["bids"]
        assert book["asks"]
