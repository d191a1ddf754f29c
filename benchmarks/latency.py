"""Latency from the exchange's socket to a client's: `python benchmarks/latency.py [seconds]`.

All 15 pairs stream trades, candles and depth. One process reads three ways at once and notes when each message
arrives: from the exchange itself, from the API behind Kafka, and from a bare relay (a process that passes the
exchange's frames on to its clients, without Kafka). What is printed is the time from the arrival at the
exchange's socket to that at the other two, and their ratio. A depth diff has arrived at a client of the API with the
first book that holds it; books are published at most every 100 ms.

Then it is told where the time goes, from the times that records carry in their headers and the API's messages in
their envelope, and from a consumer of its own on the same topics.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from bisect import bisect_left
from collections import defaultdict
from contextlib import suppress
from urllib.parse import urlencode

import msgspec
import numpy as np
from _platform import addresses, candlestack, live_line, machine
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

from candlestack_core.kafka import open_consumer
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT
from candlestack_core.settings import DEFAULT_SYMBOLS, KafkaSettings
from candlestack_core.topics import ORDERBOOK, TRADES
from candlestack_local.servers import LOOPBACK, free_port

TARGETS_MS = {"trade": 25.0, "candle": 25.0, "book": 125.0}
WARM_UP_S = 5.0
LARGEST_RATIO = 5.0
LONGEST_LOOK_S = 20.0

Event = tuple[str, str, int]
"""What is followed: `trade` with its id, `candle` with the event time that is its version, `book` with an update id."""
Arrivals = dict[Event, int]
"""When an event first arrived, in ns of this process's clock."""
Spans = defaultdict[tuple[str, str], list[float]]
"""Milliseconds, by kind of message and part of the way."""
KINDS = {"trades": "trade", "kline": "candle", "orderbook": "book"}
"""What is followed, by channel of the API."""


class _ExchangeData(msgspec.Struct):
    """What tells an event of the exchange from others; its levels and figures are not looked at."""

    e: str
    s: str
    E: int
    t: int = 0
    u: int = 0


class _ExchangeFrame(msgspec.Struct):
    data: _ExchangeData


class _ApiRecord(msgspec.Struct):
    symbol: str
    trade_id: int = 0
    version: int = 0
    last_update_id: int = 0


class _ApiHead(msgspec.Struct):
    type: str
    channel: str
    arrival_time: int | None = None
    send_time: int = 0


class _TradesMessage(msgspec.Struct):
    data: list[_ApiRecord]


class _Message(msgspec.Struct):
    data: _ApiRecord


_decode_frame = msgspec.json.Decoder(_ExchangeFrame).decode
_decode_head = msgspec.json.Decoder(_ApiHead).decode
_decode_trades = msgspec.json.Decoder(_TradesMessage).decode
_decode_message = msgspec.json.Decoder(_Message).decode


def exchange_path() -> str:
    """Return the combined stream of all pairs' trades, candles and depth."""
    kinds = ("trade", "kline_1m", "depth@100ms")
    names = (f"{symbol.lower()}@{kind}" for symbol in DEFAULT_SYMBOLS for kind in kinds)
    return "/stream?streams=" + "/".join(names)


def exchange_event(frame: str | bytes) -> Event:
    """Return what a frame of the exchange is about."""
    data = _decode_frame(frame).data
    match data.e:
        case "trade":
            return "trade", data.s, data.t
        case "kline":
            return "candle", data.s, data.E
        case _:
            return "book", data.s, data.u


def api_events(head: _ApiHead, frame: str | bytes) -> list[Event]:
    """Return what an update of the API is about; snapshots tell of the past and do not count."""
    if head.type != "update":
        return []
    match head.channel:
        case "trades":
            return [("trade", trade.symbol, trade.trade_id) for trade in _decode_trades(frame).data]
        case "kline":
            candle = _decode_message(frame).data
            return [("candle", candle.symbol, candle.version)]
        case "orderbook":
            book = _decode_message(frame).data
            return [("book", book.symbol, book.last_update_id)]
        case _:
            return []


async def read_exchange(url: str, arrivals: Arrivals) -> None:
    """Note the arrivals at a socket that speaks the exchange's protocol, until cancelled."""
    async with connect(url, max_size=None, compression=None) as connection:
        async for frame in connection:
            now = time.perf_counter_ns()
            arrivals.setdefault(exchange_event(frame), now)


async def read_api(url: str, arrivals: Arrivals, spans: Spans) -> None:
    """Note the arrivals at a socket of the API, and the API's share of the way, until cancelled."""
    async with connect(url, max_size=None, compression=None) as connection:
        async for frame in connection:
            now, clock_ms = time.perf_counter_ns(), time.time_ns() / 1e6
            head = _decode_head(frame)
            for event in api_events(head, frame):
                arrivals.setdefault(event, now)
            if head.type == "update" and head.arrival_time is not None:
                kind = KINDS[head.channel]
                spans[kind, "connector's socket to the API's send"].append(head.send_time - head.arrival_time)
                spans[kind, "the API's send to the client"].append(clock_ms - head.send_time)


def relay(exchange_url: str, port: int) -> None:
    """Pass the exchange's frames on to every client: as little as can stand between the two."""

    async def run() -> None:
        clients: set[ServerConnection] = set()

        async def hold(client: ServerConnection) -> None:
            clients.add(client)
            await client.wait_closed()
            clients.discard(client)

        async with (
            serve(hold, LOOPBACK, port, compression=None),
            connect(exchange_url, max_size=None, compression=None) as exchange,
        ):
            async for frame in exchange:
                broadcast(clients, frame)

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


def read_topics(kafka: KafkaSettings, seconds: float) -> Spans:
    """Read the ends of the topics for so long; return how long records were with their writer, and in the broker."""
    spans = Spans(list)
    topics = {kafka.kafka_topic: "candle", TRADES: "trade", ORDERBOOK: "book"}
    consumer = open_consumer(kafka)
    try:
        partitions = [each for topic in topics for each in consumer.partitions(topic)]
        consumer.assign({partition: consumer.bounds(partition)[1] for partition in partitions})
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for record in consumer.poll(0.2):
                clock_ms = time.time_ns() / 1e6
                received, sent = record.time_header(HEADER_RECEIVED), record.time_header(HEADER_SENT)
                if received is not None and sent is not None:
                    kind = topics[record.topic]
                    spans[kind, "connector's socket to the Kafka client"].append(sent - received)
                    spans[kind, "the Kafka client to a consumer"].append(clock_ms - sent)
    finally:
        consumer.close()
    return spans


async def measure(exchange: str, relayed: str, api: str, seconds: float) -> tuple[dict[str, Arrivals], Spans]:
    """Read all three ways at once; return the arrivals of each after a warm-up, and the API's share."""
    spans = Spans(list)
    arrivals: dict[str, Arrivals] = {"exchange": {}, "relay": {}, "api": {}}
    sockets = (
        f"{api}/ws/{channel}?{urlencode({'symbol': symbol})}"
        for symbol in DEFAULT_SYMBOLS
        for channel in ("kline", "trades", "orderbook")
    )
    readers = [
        asyncio.create_task(read_exchange(exchange, arrivals["exchange"])),
        asyncio.create_task(read_exchange(relayed, arrivals["relay"])),
        *(asyncio.create_task(read_api(url, arrivals["api"], spans)) for url in sockets),
    ]
    timer = asyncio.create_task(asyncio.sleep(WARM_UP_S))
    await asyncio.wait({*readers, timer}, return_when=asyncio.FIRST_COMPLETED)
    for seen in arrivals.values():
        seen.clear()
    spans.clear()
    timer = asyncio.create_task(asyncio.sleep(seconds))
    await asyncio.wait({*readers, timer}, return_when=asyncio.FIRST_COMPLETED)
    for reader in readers:
        if reader.done():
            reader.result()
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return arrivals, spans


def delays_ms(kind: str, first: Arrivals, then: Arrivals) -> np.ndarray:
    """Return how long after the exchange's socket the other had what the exchange sent, in ms, shape (n,).

    A diff is there with the first book whose update id is its own or a later one.
    """
    numbers = defaultdict[str, list[int]](list)
    for event_kind, symbol, number in then:
        if event_kind == kind:
            numbers[symbol].append(number)
    for known in numbers.values():
        known.sort()
    delays = []
    for (event_kind, symbol, number), arrived in first.items():
        known = numbers[symbol]
        at = bisect_left(known, number)
        if event_kind != kind or at == len(known) or (known[at] != number and kind != "book"):
            continue
        delays.append((then[kind, symbol, known[at]] - arrived) / 1e6)
    return np.array(delays)


def report(arrivals: dict[str, Arrivals]) -> None:
    """Print the figures of each kind of message."""
    for kind, target_ms in TARGETS_MS.items():
        percentiles = {}
        for way in ("relay", "api"):
            delays = delays_ms(kind, arrivals["exchange"], arrivals[way])
            percentiles[way] = np.percentile(delays, (50, 99))
            p50, p99 = percentiles[way]
            print(f"{kind:>7} to {way:>5}: p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, n {len(delays)}")
        ratio = percentiles["api"][1] / percentiles["relay"][1]
        print(
            f"{kind:>7}: p99 at the API {percentiles['api'][1]:.2f} ms (target {target_ms:.0f} ms), "
            f"{ratio:.1f} times the bare relay (target {LARGEST_RATIO:.0f})"
        )


def report_parts(spans: Spans) -> None:
    """Print the parts of the way; header times are whole milliseconds, cut off."""
    for (kind, part), found in sorted(spans.items()):
        p50, p99 = np.percentile(found, (50, 99))
        print(f"{kind:>7}, {part}: p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, n {len(found)}")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    print(machine("confluent-kafka", "fastapi", "uvicorn", "websockets"))
    with addresses(PROFILE="live") as where:
        print(live_line(candlestack(where.environment, "up")), flush=True)
        port = free_port()
        exchange = where.exchange_sockets + exchange_path()
        bare = multiprocessing.get_context("spawn").Process(target=relay, args=(exchange, port), daemon=True)
        bare.start()
        try:
            # The relay listens before its first frame; connecting is tried until it does.
            asyncio.run(measure_when_up(exchange, f"ws://{LOOPBACK}:{port}", where.api_sockets, seconds))
        finally:
            bare.terminate()
            bare.join()
        kafka = KafkaSettings.model_validate({"kafka_bootstrap": where.environment["KAFKA_BOOTSTRAP"]})
        report_parts(read_topics(kafka, min(seconds, LONGEST_LOOK_S)))


async def measure_when_up(exchange: str, relayed: str, api: str, seconds: float) -> None:
    """Wait until the relay listens, measure and report."""
    while True:
        try:
            async with connect(relayed):
                break
        except OSError:
            await asyncio.sleep(0.1)
    print(f"streaming for {seconds:.0f} s", flush=True)
    arrivals, spans = await measure(exchange, relayed, api, seconds)
    report(arrivals)
    report_parts(spans)


if __name__ == "__main__":
    main()
