"""Kill services of the running platform by SIGKILL, one after the other, then compare the stores with the truth.

`make up`, then `make soak` (MINUTES=10). Exit code 0 only when every closed candle in MongoDB equals what the
simulator emitted, none is lost or doubled, and no Redis list holds a trade twice or misses one.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pymongo
import redis

from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.names import KLINE_1M, candle_id, latest_candle_key, trades_key
from candlestack_core.settings import DEFAULT_SYMBOLS
from candlestack_local.configuration import Configuration
from candlestack_local.supervisor import Supervisor

KILLED = ("candle-producer", "redis-writer", "candle-writer", "trade-producer")
SETTLE_S = 45.0
"""After the last minute: time for its candle to arrive, or to be found missing and filled."""
FIGURES = (
    "open",
    "high",
    "low",
    "close",
    "volume",
    "quote_volume",
    "trades",
    "taker_buy_volume",
    "taker_buy_quote_volume",
)


def say(text: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%H:%M:%S} UTC  {text}\n")
    sys.stdout.flush()


class Truth:
    """What the simulator says it emitted."""

    def __init__(self, address: str) -> None:
        self._address = address

    def get(self, path: str, **parameters: object) -> Any:
        url = f"{self._address}{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=30) as response:
            return json.load(response)

    def now(self) -> int:
        return int(self.get("/api/v3/time")["serverTime"])

    def candles(self, symbol: str, first: int, last: int) -> dict[int, dict[str, object]]:
        """Return the closed candles with open times from `first` to `last` by open time, figures canonical."""
        rows = self.get("/sim/truth/candles", symbol=symbol, interval="1m", start=first, end=last)
        return {row["open_time"]: {name: plain(row[name]) for name in FIGURES} for row in rows}

    def trade_ids(self, symbol: str, first_ms: int, last_ms: int) -> list[int]:
        rows = self.get("/sim/truth/trades", symbol=symbol, start=first_ms, end=last_ms + 1)
        return [row["trade_id"] for row in rows]


def plain(value: object) -> object:
    return canonical(value) if isinstance(value, str) else value


def kill_in_turn(supervisor: Supervisor, minutes: float) -> None:
    """Kill each service in turn, spread over the time."""
    start = time.monotonic()
    for number, name in enumerate(KILLED, start=1):
        wait = start + 60 * minutes * number / (len(KILLED) + 1) - time.monotonic()
        say(f"next: kill -9 {name} in {wait:.0f} s")
        time.sleep(max(0.0, wait))
        info = supervisor.processes()[name]
        if info.pid is None:
            raise SystemExit(f"{name} is not running; see `make status`")
        os.kill(info.pid, signal.SIGKILL)
        say(f"killed {name} (pid {info.pid})")
    time.sleep(max(0.0, start + 60 * minutes - time.monotonic()))


def compare_candles(truth: Truth, candles: Any, symbols: Sequence[str], first: int, last: int) -> list[str]:
    """Return what differs between MongoDB and the truth over the open times from `first` to `last`."""
    faults = []
    total = 0
    for symbol in symbols:
        expected = truth.candles(symbol, first, last)
        span = {"$gte": _date(first), "$lte": _date(last)}
        documents: list[Mapping[str, Any]] = list(candles.find({"symbol": symbol, "open_time": span}))
        stored = {_ms(document["open_time"]): document for document in documents}
        if len(stored) != len(documents):
            faults.append(f"{symbol}: {len(documents) - len(stored)} candles doubled")
        for open_time, figures in expected.items():
            document = stored.pop(open_time, None)
            if document is None:
                faults.append(f"{symbol}: the candle of {_date(open_time):%H:%M} is lost")
            elif document["_id"] != candle_id(symbol, open_time) or not document["closed"]:
                faults.append(f"{symbol}: the candle of {_date(open_time):%H:%M} is stored wrongly")
            elif {field: document[field] for field in figures} != figures:
                faults.append(f"{symbol}: the candle of {_date(open_time):%H:%M} differs from the truth")
        faults += [
            f"{symbol}: the candle of {_date(open_time):%H:%M} was never emitted" for open_time in stored
        ]
        total += len(expected)
    kinds = {
        kind: candles.count_documents(
            {"completeness": kind, "open_time": {"$gte": _date(first), "$lte": _date(last)}}
        )
        for kind in ("complete", "backfilled", "partial")
    }
    say(f"{total} closed candles of {len(symbols)} pairs compared: {kinds}")
    return faults


def compare_trades(truth: Truth, store: redis.Redis, symbols: Sequence[str]) -> list[str]:
    """Return what differs between the lists in Redis and the truth over the time each list spans."""
    faults = []
    total = 0
    for symbol in symbols:
        trades = [json.loads(entry) for entry in store.lrange(trades_key(symbol), 0, -1)]
        ids = [trade["trade_id"] for trade in trades]
        if len(set(ids)) != len(ids):
            faults.append(f"{symbol}: the list of trades holds {len(ids) - len(set(ids))} twice")
        if ids != sorted(ids, reverse=True):
            faults.append(f"{symbol}: the list of trades is out of order")
        newest = max(trades[0]["time"] - 3_000_000, trades[-1]["time"])
        emitted = truth.trade_ids(symbol, newest, trades[0]["time"])
        # Trades of one millisecond may lie on both sides of the list's end.
        missing = {trade_id for trade_id in emitted if ids[-1] <= trade_id <= ids[0]} - set(ids)
        if missing:
            faults.append(f"{symbol}: the list of trades misses {len(missing)}, e.g. {min(missing)}")
        total += len(ids)
        if store.get(latest_candle_key(symbol)) is None:
            faults.append(f"{symbol}: no latest candle in Redis")
    say(f"{total} trades in {len(symbols)} Redis lists compared")
    return faults


def _date(time_ms: int) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def _ms(date: datetime) -> int:
    return round(date.replace(tzinfo=UTC).timestamp() * 1000)


def main() -> None:
    """Run the soak; exit code 1 when anything was lost, doubled or changed."""
    parser = argparse.ArgumentParser(
        prog="make soak",
        description=__doc__,
        epilog="example: make soak MINUTES=10",
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the platform runs under kills")
    minutes = parser.parse_args().minutes
    configuration = Configuration.from_environment()
    if not configuration.simulated or configuration.simulator.replay_recording:
        raise SystemExit(
            "the soak compares with the seeded market's truth: EXCHANGE=simulator and no recording"
        )
    supervisor = Supervisor(configuration.state)
    if not supervisor.is_running():
        raise SystemExit("the platform is not running; start it with `make up`")
    truth = Truth(f"http://{configuration.simulator.simulator_host}:{configuration.simulator.simulator_port}")
    symbols = configuration.exchange.symbols or DEFAULT_SYMBOLS
    began = truth.now()
    kill_in_turn(supervisor, minutes)
    last = truth.now() // MINUTE_MS * MINUTE_MS - MINUTE_MS
    say(f"waiting {SETTLE_S:.0f} s for the last minute to settle")
    time.sleep(SETTLE_S)
    # A candle of the oldest hour may have left the day that is checked for holes meanwhile.
    first = began // MINUTE_MS * MINUTE_MS - (configuration.exchange.backfill_hours - 1) * 60 * MINUTE_MS
    with (
        pymongo.MongoClient[dict[str, Any]](configuration.mongo.mongo_uri) as client,
        redis.Redis(
            host=configuration.redis.redis_host,
            port=configuration.redis.redis_port,
            password=configuration.redis.redis_password or None,
        ) as store,
    ):
        candles = client[configuration.mongo.mongo_db][KLINE_1M]
        faults = compare_candles(truth, candles, symbols, first, last)
        faults += compare_trades(truth, store, symbols)
    for fault in faults[:50]:
        say(f"FAULT  {fault}")
    say("nothing lost, nothing doubled, nothing changed" if not faults else f"{len(faults)} faults")
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
