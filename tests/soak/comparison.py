"""What a soak compares after its faults: the stores of the running platform with the simulator's truth."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pymongo
import redis
from pymongo.database import Database

from candlestack_core.decimals import canonical
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.messages import KnownBook, Market, decode_candle, decode_known_book
from candlestack_core.names import (
    COMPLETENESS,
    KLINE_1M,
    candle_id,
    latest_candle_key,
    order_book_key,
    trades_key,
    usdm_order_book_key,
)
from candlestack_core.settings import DEFAULT_SYMBOLS
from candlestack_local.configuration import Configuration

FRESH_MS = 10_000
SETTLE_S = 45.0
"""After the last minute: time for its candle to arrive, or to be found missing and filled."""
ASKED_AT_ONCE_MS = 30 * MINUTE_MS
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

    def trade_times(self, symbol: str, start_ms: int, end_ms: int) -> list[int]:
        """Return the times of all trades in `[start_ms, end_ms)`."""
        times = []
        for start in range(start_ms, end_ms, ASKED_AT_ONCE_MS):
            end = min(start + ASKED_AT_ONCE_MS, end_ms)
            times += [
                row["time_ms"] for row in self.get("/sim/truth/trades", symbol=symbol, start=start, end=end)
            ]
        return times


def plain(value: object) -> object:
    return canonical(value) if isinstance(value, str) else value


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
        if not trades:
            faults.append(f"{symbol}: no trades in Redis")
            continue
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


class Running:
    """A platform on the seeded market: its exchange, its stores, and what is compared between them."""

    def __init__(
        self,
        *,
        truth: Truth,
        symbols: Sequence[str],
        futures: Sequence[str],
        database: Database[dict[str, Any]],
        store: redis.Redis,
        history_hours: int,
    ) -> None:
        self.truth = truth
        self.symbols = symbols
        self.futures = futures
        self.database = database
        self.store = store
        self._history_minutes = (history_hours - 1) * 60
        """A candle of the oldest hour may leave what is checked for holes meanwhile."""
        self.began = truth.now()

    @classmethod
    def configured(cls, configuration: Configuration) -> Running:
        """Return the platform of these settings.

        Raises:
            SystemExit: they are those of another source, whose truth nobody knows.
        """
        if not configuration.simulated or configuration.simulator.replay_recording:
            raise SystemExit(
                "the soak compares with the seeded market's truth: EXCHANGE=simulator and no recording"
            )
        simulator = configuration.simulator
        client = pymongo.MongoClient[dict[str, Any]](configuration.mongo.mongo_uri)
        return cls(
            truth=Truth(f"http://{simulator.simulator_host}:{simulator.simulator_port}"),
            symbols=configuration.exchange.symbols or DEFAULT_SYMBOLS,
            futures=configuration.exchange.futures_symbols,
            database=client[configuration.mongo.mongo_db],
            store=redis.Redis(
                host=configuration.redis.redis_host,
                port=configuration.redis.redis_port,
                password=configuration.redis.redis_password or None,
            ),
            history_hours=configuration.exchange.backfill_hours,
        )

    def books(self) -> list[tuple[Market, str]]:
        """Return every book that the platform keeps."""
        spot: list[tuple[Market, str]] = [("spot", symbol) for symbol in self.symbols]
        return [*spot, *(("usdm", symbol) for symbol in self.futures)]

    def harm(self) -> list[str]:
        """Return what is not as it should be at this moment."""
        try:
            now = self.truth.now()
            wrong = self.compare_books()
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            return [f"the exchange: {error}"]  # it may be a fault that is in force
        for symbol in self.symbols:
            value = self.store.get(latest_candle_key(symbol))
            age = now - decode_candle(value).version if value is not None else None
            if age is None or age > FRESH_MS:
                wrong.append(f"{symbol}: the newest candle is {age} ms old")
        return wrong

    def last_minute(self) -> int:
        """Return the open time of the minute that closed last, in ms."""
        return self.truth.now() // MINUTE_MS * MINUTE_MS - MINUTE_MS

    def settle_and_compare(self) -> list[str]:
        """Wait until the last minute has settled, compare everything, and return what differs."""
        last = self.last_minute()
        say(f"waiting {SETTLE_S:.0f} s for the last minute to settle")
        time.sleep(SETTLE_S)
        return self.compare(last)

    def compare(self, last: int) -> list[str]:
        """Compare everything up to the minute that opened at `last`; return what differs."""
        first = self.began // MINUTE_MS * MINUTE_MS - self._history_minutes * MINUTE_MS
        whole = (self.began // MINUTE_MS + 1) * MINUTE_MS
        return [
            *compare_candles(self.truth, self.database[KLINE_1M], self.symbols, first, last),
            *compare_trades(self.truth, self.store, self.symbols),
            *self.compare_books(),
            *self.compare_ledger(self.database[COMPLETENESS], whole, last),
        ]

    def compare_ledger(self, ledger: Any, first: int, last: int) -> list[str]:
        """Return what the ledger does not know, knows wrongly, or says is missing, from `first` to `last`."""
        faults = []
        minutes = range(first, last + 1, MINUTE_MS)
        emitted: dict[str, Counter[int]] = {
            symbol: Counter(
                time // MINUTE_MS * MINUTE_MS
                for time in self.truth.trade_times(symbol, first, last + MINUTE_MS)
            )
            for symbol in self.symbols
        }
        streams: list[tuple[str, str, str]] = [
            *(("spot", stream, symbol) for stream in ("kline_1m", "trade") for symbol in self.symbols),
            *((market, "depth", symbol) for market, symbol in self.books()),
        ]
        span = {"$gte": _date(first), "$lte": _date(last)}
        known = {
            (each["market"], each["stream"], each["symbol"], _ms(each["open_time"])): each
            for each in ledger.find({"open_time": span})
        }
        filled: Counter[str] = Counter()
        for market, stream, symbol in streams:
            for open_time in minutes:
                name = f"{market} {symbol} {stream} at {_date(open_time):%H:%M}"
                account = known.get((market, stream, symbol, open_time))
                if stream == "trade" and not emitted[symbol][open_time]:
                    continue
                if account is None:
                    faults.append(f"{name}: the ledger knows nothing of it")
                    continue
                for hole in account["holes"]:
                    filled[f"{stream} by {hole['how'] or 'nothing'}"] += 1
                    if hole["how"] is None:
                        faults.append(
                            f"{name}: {hole['first_id']}..{hole['last_id']} are missing in the ledger"
                        )
                came = account["received"] + account["filled"]
                if stream != "depth" and came != (emitted[symbol][open_time] if stream == "trade" else 1):
                    faults.append(f"{name}: the ledger says that {came} came")
        say(
            f"{len(known)} minutes of {len(streams)} streams in the ledger compared; holes filled: {dict(filled)}"
        )
        return faults

    def untrusted(self) -> list[str]:
        """Return the books that are absent, or say themselves that they may not be believed."""
        return [
            f"{market} {symbol}: the book is {'absent' if book is None else book.state}"
            for market, symbol, book in self._stored_books()
            if book is None or book.state != "synced"
        ]

    def _stored_books(self) -> Iterator[tuple[Market, str, KnownBook | None]]:
        for market, symbol in self.books():
            key = order_book_key(symbol) if market == "spot" else usdm_order_book_key(symbol)
            value = self.store.get(key)
            yield market, symbol, None if value is None else decode_known_book(value)

    def compare_books(self) -> list[str]:
        """Return the books that may not be believed, or differ from the truth at their update id."""
        faults = self.untrusted()
        for market, symbol, book in self._stored_books():
            if book is None or book.state != "synced":
                continue
            try:
                true = self.truth.get(
                    "/sim/truth/book", market=market, symbol=symbol, update_id=book.last_update_id
                )
            except urllib.error.HTTPError as error:
                faults.append(f"{market} {symbol}: the truth at {book.last_update_id}: {error}")
                continue
            if true["checksum"] != book.checksum:
                faults.append(f"{market} {symbol}: the book at {book.last_update_id} differs from the truth")
        return faults


def report(faults: Sequence[str]) -> int:
    """Say what differs, and return the exit code."""
    for fault in faults[:50]:
        say(f"FAULT  {fault}")
    say("nothing lost, nothing doubled, nothing changed" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0
