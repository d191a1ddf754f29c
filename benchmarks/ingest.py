"""Ingest: recorded trade frames into a real broker, messages a second on one core: `python benchmarks/ingest.py`.

Three sides, one after the other on the same broker and core, each in a process of its own: the bare limit (msgspec
decodes a frame, confluent-kafka produces it as it came), the platform's trade feed with all it does (order of
ids, doubles, canonical decimals, exact quote amounts, headers, back-pressure), and cryptofeed with its Kafka
backend. What counts is the CPU time of the whole process, client threads included, from the first frame until the
broker has acknowledged the last: on a machine that also runs the broker the clock says little. Each side is run
three times; the best run counts.

CANDLESTACK_RECORDINGS names the folder of recordings. cryptofeed needs Python 3.13 or later: CANDLESTACK_PYTHON_313
names one, else it is looked for, and an environment is made beside the broker's data. cryptofeed reads aggTrade
streams only: it is given the same trades in that form. Remembered amounts are forgotten before every round over
the recording, so that none is known from a round before.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypedDict

import confluent_kafka
import msgspec
import psutil

from candlestack_core.kafka import Producer, open_admin, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.kafka.interface import Headers
from candlestack_core.messages import Trade, encode
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT
from candlestack_core.service import Health
from candlestack_core.settings import REPOSITORY, ExchangeSettings, KafkaSettings
from candlestack_core.topics import DAY_MS, MB, TRADES, Topic
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance import amounts
from candlestack_ingest.exchange.binance.frames import TradeFrame, decode_trade_quickly, trade_of_event
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.producers.feed import Context
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_ingest.producers.trades import TradeFeed
from candlestack_local.servers import KafkaBroker, free_port

RECORDINGS = Path(os.environ.get("CANDLESTACK_RECORDINGS", REPOSITORY.parent / "shared" / "data"))
FILES = ("btcusdt_20240808.gz", "ethusdt_20240808.gz", "btcusdt_20240809.gz", "ethusdt_20240809.gz")
CRYPTOFEED = "cryptofeed==3.0.1"
CRYPTOFEED_ROUNDS = 2
CRYPTOFEED_TOPICS = [
    Topic(f"trades-BINANCE-{pair}", 3, retention_ms=DAY_MS, retention_bytes=1024 * MB)
    for pair in ("BTC-USDT", "ETH-USDT")
]
RUNS = 3
FRAMES_AT_ONCE = 64
"""Frames that a socket's buffer gives before the loop turns to other work."""
BUFFER = 20_000


class Result(TypedDict):
    messages: int
    seconds: float
    cpu_seconds: float
    """CPU time of all threads of the side's process, the Kafka client's included."""


class NoPeerError(Exception):
    """The peer cannot be run here; the text says why."""


def recorded() -> Iterator[dict[str, object]]:
    """Yield the recorded trade frames, decoded."""
    for name in FILES:
        with gzip.open(RECORDINGS / "streams" / "spot" / name, "rt") as lines:
            for line in lines:
                payload = line.partition(" ")[2]
                if '@trade"' in payload[:60]:
                    yield json.loads(payload)


def write_frames(path: Path, rounds: int, *, aggregate: bool) -> None:
    """Write rounds of the recording, ids running on from round to round, one frame a line."""
    frames = list(recorded())
    counts = Counter(frame["stream"] for frame in frames)
    with path.open("w", encoding="utf-8") as out:
        for number in range(rounds):
            for frame in frames:
                data = dict(frame["data"])  # type: ignore[call-overload]
                data["t"] += number * counts[frame["stream"]]
                stream = str(frame["stream"])
                if aggregate:
                    data |= {"e": "aggTrade", "a": data["t"], "f": data["t"], "l": data.pop("t")}
                    stream = stream.replace("@trade", "@aggTrade")
                out.write(json.dumps({"stream": stream, "data": data}, separators=(",", ":")) + "\n")


def read_frames(path: str) -> list[bytes]:
    return Path(path).read_bytes().splitlines()


def _result(messages: int, started: float, cpu: float) -> Result:
    return {
        "messages": messages,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
    }


def bare(bootstrap: str, path: str) -> Result:
    """Decode each frame and hand it on as it came."""
    frames = read_frames(path)
    decode = msgspec.json.Decoder(TradeFrame).decode
    producer = confluent_kafka.Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "acks": "all",
            "compression.type": "lz4",
            "linger.ms": 10,
            "queue.buffering.max.messages": BUFFER,
        }
    )
    producer.list_topics(TRADES, timeout=10)
    started, cpu = time.perf_counter(), time.process_time()
    for frame in frames:
        symbol = decode(frame).data.s
        while True:
            try:
                producer.produce(TRADES, frame, symbol)
                break
            except BufferError:
                producer.poll(0.001)
    producer.flush()
    return _result(len(frames), started, cpu)


async def platform_side(bootstrap: str, path: str) -> Result:
    """Give each frame to the trade feed, as a connection does."""
    frames = read_frames(path)
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": bootstrap})
    refusals = Refusals()
    producer = open_producer(kafka, max_pending=BUFFER, on_refused=refusals)
    outbox = Outbox(producer, Health(), lambda: time.time_ns() // 1_000_000, refusals)
    market = Market("replay", ("BTCUSDT", "ETHUSDT"))
    rest = SpotRest(None, "", WeightBudget(50))  # type: ignore[arg-type]  # nothing is asked: no id is missing
    feed = TradeFeed(
        Context(ExchangeSettings(), kafka, market, rest, outbox, lambda: time.time_ns() // 1_000_000)
    )
    tasks = [asyncio.create_task(outbox.run()), asyncio.create_task(feed.run())]
    round_length = sum(1 for _ in recorded())
    warm = frames[:200]
    for frame in warm:  # the first trades prove each other: the sequences begin
        if (waiting := feed.on_frame(frame, 0)) is not None:
            await waiting
    await asyncio.sleep(1.0)
    frames = frames[200:]
    started, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(frames), FRAMES_AT_ONCE):
        if first % round_length < FRAMES_AT_ONCE:
            amounts.forget()
        for frame in frames[first : first + FRAMES_AT_ONCE]:
            waiting = feed.on_frame(frame, time.time_ns() // 1_000_000)
            if waiting is not None:
                await waiting
        await asyncio.sleep(0)
    await asyncio.to_thread(producer.flush, 60.0)
    result = _result(len(frames), started, cpu)
    for task in tasks:
        task.cancel()
    if refusals.counts.total() or producer.pending():
        raise RuntimeError("not every record was acknowledged")
    return result


def parts(bootstrap: str, path: str) -> dict[str, float]:
    """Return the CPU time of each part of a frame's way, in µs, measured alone over the same frames."""
    frames = read_frames(path)[: sum(1 for _ in recorded())]
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": bootstrap})
    events = [frame.data for frame in map(decode_trade_quickly, frames)]
    amounts.forget()
    found: dict[str, float] = {}

    def each(name: str, work: Callable[[], object]) -> None:
        cpu = time.process_time()
        work()
        found[name] = (time.process_time() - cpu) / len(frames) * 1e6

    trades: list[Trade] = []
    each("decoding", lambda: [decode_trade_quickly(frame) for frame in frames])
    each(
        "canonical price and quantity, exact product, the message",
        lambda: trades.extend(trade_of_event(event, source="replay") for event in events),
    )
    values: list[bytes] = []
    each("encoding", lambda: values.extend(map(encode, trades)))
    headers = [(HEADER_RECEIVED, b"%d" % 0), (HEADER_SENT, b"%d" % 0)]
    for name, carried in (("without headers", []), ("with two headers", headers)):
        refusals = Refusals()
        producer = open_producer(kafka, max_pending=len(values), on_refused=refusals)

        def hand_over(producer: Producer = producer, carried: Headers = carried) -> None:
            for value in values:
                producer.send(TRADES, "BTCUSDT", value, carried)
            producer.flush(60.0)

        each(f"the Kafka client and its threads, {name}", hand_over)
        producer.close()
    return found


def python_313() -> str:
    """Return a Python 3.13 or later.

    Raises:
        NoPeerError: when there is none.
    """
    versions = Path.home() / ".pyenv" / "versions"
    candidates = [
        os.environ.get("CANDLESTACK_PYTHON_313"),
        shutil.which("python3.14"),
        shutil.which("python3.13"),
    ]
    candidates += [str(path) for path in sorted(versions.glob("3.1[3-9].*/bin/python"))]
    for candidate in filter(None, candidates):
        probe = subprocess.run(
            [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 13))"],
            capture_output=True,
            check=False,
        )
        if probe.returncode == 0:
            return candidate
    raise NoPeerError("cryptofeed 3.0.1 needs Python 3.13, and none is here: set CANDLESTACK_PYTHON_313")


def cryptofeed_python(folder: Path) -> str:
    """Make an environment with cryptofeed and return its Python.

    Raises:
        NoPeerError: when it cannot be made.
    """
    environment = folder / "cryptofeed"
    made = subprocess.run([python_313(), "-m", "venv", str(environment)], capture_output=True, check=False)
    python = str(environment / "bin" / "python")
    if made.returncode == 0:
        uv = str(Path(sys.executable).with_name("uv"))
        made = subprocess.run(
            [uv, "pip", "install", "-q", "--python", python, CRYPTOFEED, "aiokafka==0.14.0"],
            capture_output=True,
            check=False,
        )
    if made.returncode != 0:
        raise NoPeerError(f"cryptofeed cannot be installed: {made.stderr.decode(errors='replace')[-300:]}")
    return python


def run_pinned(command: list[str], core: int) -> Any:
    """Run a command on one core; return what its last line says in JSON."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    psutil.Process(process.pid).cpu_affinity([core])
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return json.loads(output.splitlines()[-1])


def run_side(command: list[str], core: int) -> Result:
    """Run a side pinned to one core; return its best run."""
    best: Result | None = None
    for _ in range(RUNS):
        result: Result = run_pinned(command, core)
        if best is None or result["cpu_seconds"] < best["cpu_seconds"]:
            best = result
    if best is None:
        raise RuntimeError("no run")
    return best


def rate(result: Result) -> float:
    """Return messages per second of CPU time: the pace of one core that has nothing else to do."""
    return result["messages"] / result["cpu_seconds"]


def show(name: str, result: Result, comment: str) -> None:
    wall = result["messages"] / result["seconds"]
    print(
        f"{name:>12}: {rate(result):9,.0f} messages/s of CPU time, {wall:9,.0f} by the clock{comment}",
        flush=True,
    )


def show_parts(command: list[str], core: int, whole_us: float) -> None:
    """Print where the time of a frame goes."""
    found: dict[str, float] = run_pinned(command, core)
    print(f"{'of':>12}  {whole_us:5.2f} µs of CPU time a frame, each part measured alone:")
    for name, us in found.items():
        print(f"{'':>12}  {us:5.2f} µs {name}", flush=True)


def compare(rounds: int) -> None:
    """Run all sides and print what came out."""
    if not (RECORDINGS / "streams" / "spot" / FILES[0]).is_file():
        sys.exit(f"no recordings in {RECORDINGS}: set CANDLESTACK_RECORDINGS to their folder")
    cores = sorted(os.sched_getaffinity(0))
    print(
        f"Python {platform.python_version()}, confluent-kafka {version('confluent-kafka')}, msgspec "
        f"{version('msgspec')}; {platform.platform()}, {len(cores)} cores, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory(prefix="candlestack-bench-") as name:
        folder = Path(name)
        frames, peer_frames = folder / "frames", folder / "peer-frames"
        write_frames(frames, rounds, aggregate=False)
        write_frames(peer_frames, min(rounds, CRYPTOFEED_ROUNDS), aggregate=True)
        broker = KafkaBroker(port=free_port(), controller_port=free_port(), data_dir=folder / "kafka")
        broker.start()
        try:
            broker.wait_ready()
            kafka = KafkaSettings.model_validate({"kafka_bootstrap": broker.bootstrap})
            ensure_topics(kafka)
            admin = open_admin(kafka)
            admin.ensure_topics(CRYPTOFEED_TOPICS, 1)
            admin.close()
            here = [sys.executable, __file__, "--bootstrap", broker.bootstrap, "--frames", str(frames)]
            limit = run_side([*here, "--side", "bare"], cores[-1])
            show("bare limit", limit, f" ({limit['messages']:,} messages)")
            ours = run_side([*here, "--side", "platform"], cores[-1])
            show("Candlestack", ours, f": {rate(ours) / rate(limit):.0%} of the limit")
            show_parts([*here, "--side", "parts"], cores[-1], 1e6 / rate(ours))
            try:
                python = cryptofeed_python(folder)
            except NoPeerError as error:
                print(f"{'cryptofeed':>12}: not run: {error}")
                return
            side = str(Path(__file__).with_name("_cryptofeed_side.py"))
            # -P: a module of this folder must not stand in for one of the peer's packages.
            theirs = run_side([python, "-P", side, broker.bootstrap, str(peer_frames)], cores[-1])
            show("cryptofeed", theirs, f": Candlestack is {rate(ours) / rate(theirs):.1f} times as fast")
        finally:
            broker.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=8, help="times the recording is gone through")
    parser.add_argument("--side", choices=("bare", "platform", "parts"), help=argparse.SUPPRESS)
    parser.add_argument("--bootstrap", help=argparse.SUPPRESS)
    parser.add_argument("--frames", help=argparse.SUPPRESS)
    options = parser.parse_args()
    match options.side:
        case "bare":
            print(json.dumps(bare(options.bootstrap, options.frames)))
        case "platform":
            print(json.dumps(asyncio.run(platform_side(options.bootstrap, options.frames))))
        case "parts":
            print(json.dumps(parts(options.bootstrap, options.frames)))
        case _:
            compare(options.rounds)


if __name__ == "__main__":
    main()
