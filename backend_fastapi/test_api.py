"""Check a running API from outside: `python backend_fastapi/test_api.py [URL]`. One line for each check.

It asks what a client would ask, and judges the answers by what the API promises. It needs nothing of the
platform but its address.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

EXAMPLES = """examples:
  test_api.py                                          the API on this machine, port 8000
  test_api.py https://api.example.org --key KEY        another one, which asks for a key
  test_api.py --symbol ETHUSDT --max-age 10            another pair, and data that must be fresher
  test_api.py --only ohlc,udf                          the checks whose names hold one of these words
  test_api.py --no-sockets                             where WebSockets do not get through

exit code: 0 every check passed, 1 one failed, 2 nothing listens at the address
"""
MINUTE_MS = 60_000
INTERVALS_MS = {"1m": 60_000, "5m": 300_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
CHECKS: dict[str, Callable[[Client], str]] = {}


class FailedError(Exception):
    """A promise that is not kept; the text says which."""


class SkippedError(Exception):
    """A check for which there is nothing to look at; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What a GET was answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Asks one API about one pair."""

    url: str
    symbol: str
    key: str
    max_age_s: float
    timeout_s: float

    def ask(
        self, path: str, status: int = 200, headers: Mapping[str, str] | None = None, **query: object
    ) -> Answer:
        """Return the answer to a GET; fail where it has another status."""
        target = self.url + path + (f"?{urlencode(query)}" if query else "")
        request = urllib.request.Request(target, headers={**self._headers(), **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as response:
                answer = Answer(response.status, _lower(response.headers), response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, _lower(error.headers), error.read())
        if answer.status != status:
            raise FailedError(f"{path} answered {answer.status}, not {status}: {answer.body[:200]!r}")
        return answer

    def socket(self, path: str, **query: str) -> Any:
        """Open a WebSocket."""
        if self.key:
            query["api_key"] = self.key
        address = f"{self.url.replace('http', 'ws', 1)}{path}?{urlencode(query)}"
        return connect(address, open_timeout=self.timeout_s, max_size=None)

    def _headers(self) -> dict[str, str]:
        return {"X-API-Key": self.key} if self.key else {}


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def check(name: str) -> Callable[[Callable[[Client], str]], Callable[[Client], str]]:
    """Add a check; it returns in some words what it saw."""

    def add(function: Callable[[Client], str]) -> Callable[[Client], str]:
        CHECKS[name] = function
        return function

    return add


def require(holds: bool, what: str) -> None:
    """Fail with words where something does not hold."""
    if not holds:
        raise FailedError(what)


@check("healthz")
def healthz(api: Client) -> str:
    answer = api.ask("/healthz").json
    require(answer["status"] == "alive", f"it says {answer['status']}")
    return f"alive, data of {answer['source']}" + (" (simulated)" if answer["simulated"] else "")


@check("readyz")
def readyz(api: Client) -> str:
    answer = api.ask("/readyz").json
    require(answer["status"] == "ready", f"{answer['status']}: {answer['reasons']}")
    return "ready: " + ", ".join(answer["components"])


@check("metrics")
def metrics(api: Client) -> str:
    text = api.ask("/metrics").body.decode()
    require("# TYPE" in text, "no metrics in Prometheus' form")
    return f"{text.count('# TYPE')} metrics"


@check("openapi")
def openapi(api: Client) -> str:
    document = api.ask("/openapi.json").json
    require(document["openapi"].startswith("3.1"), f"version {document['openapi']}")
    return f"{len(document['paths'])} paths"


@check("symbols")
def symbols(api: Client) -> str:
    answer = api.ask("/symbols").json
    names = [each["symbol"] for each in answer["symbols"]]
    require(names == sorted(set(names)), "not in the order of the alphabet, or one twice")
    require(api.symbol in names, f"{api.symbol} is not among {names}")
    return f"{len(names)} pairs"


@check("latest")
def latest(api: Client) -> str:
    candle = api.ask("/latest", symbol=api.symbol).json
    _judge_candles([candle], "1m")
    if not candle["source"].endswith("replay"):
        age = time.time() - candle["version"] / 1000
        require(age <= api.max_age_s, f"the newest candle is {age:.0f} s old")
    return f"{candle['close']}, {'closed' if candle['closed'] else 'forming'}"


def _judge_candles(candles: list[dict[str, Any]], interval: str) -> None:
    """Fail where candles break a promise: order, alignment, prices, the place of the forming one."""
    step = INTERVALS_MS[interval]
    times = [candle["open_time"] for candle in candles]
    require(times == sorted(set(times)), "not ascending, or one twice")
    require(all(time_ms % step == 0 for time_ms in times), f"not on the start of {interval}")
    require(all(candle["closed"] for candle in candles[:-1]), "a forming candle is not the last")
    for candle in candles:
        low, high = float(candle["low"]), float(candle["high"])
        within = all(low <= float(candle[price]) <= high for price in ("open", "close"))
        require(within, f"prices outside low and high at {candle['open_time']}")
        known = ("complete", "backfilled", "partial")
        require(candle["completeness"] in known, f"completeness {candle['completeness']!r}")


def _check_ohlc(interval: str) -> Callable[[Client], str]:
    def ohlc(api: Client) -> str:
        answer = api.ask("/ohlc", symbol=api.symbol, interval=interval, limit=200).json
        require(
            (answer["symbol"], answer["interval"]) == (api.symbol, interval), "of another pair or interval"
        )
        _judge_candles(answer["candles"], interval)
        require(bool(answer["candles"]), "no candle at all")
        partial = sum(candle["completeness"] == "partial" for candle in answer["candles"])
        return f"{len(answer['candles'])} candles, {partial} partial"

    return ohlc


for _interval in INTERVALS_MS:
    check(f"ohlc {_interval}")(_check_ohlc(_interval))


@check("ohlc paging")
def paging(api: Client) -> str:
    whole = api.ask("/ohlc", symbol=api.symbol, limit=30).json["candles"][:-1]
    if len(whole) < 2:
        raise SkippedError("fewer than two closed candles")
    first, last = whole[0]["open_time"], whole[-1]["open_time"]
    answer = api.ask("/ohlc", symbol=api.symbol, startTime=first, endTime=last, limit=10)
    pages = list(answer.json["candles"])
    while "link" in answer.headers:
        answer = api.ask(answer.headers["link"].partition("<")[2].partition(">")[0])
        pages += answer.json["candles"]
    times = [candle["open_time"] for candle in pages]
    require(times == [candle["open_time"] for candle in whole], "the pages together are not the whole")
    return f"{len(pages)} candles in pages of 10"


@check("ohlc etag")
def etag(api: Client) -> str:
    closed = api.ask("/ohlc", symbol=api.symbol, limit=20).json["candles"][:-1]
    if not closed:
        raise SkippedError("no closed candle")
    end = closed[0]["open_time"]
    first = api.ask("/ohlc", symbol=api.symbol, endTime=end, limit=5)
    tag = first.headers["etag"]
    again = api.ask("/ohlc", 304, {"If-None-Match": tag}, symbol=api.symbol, endTime=end, limit=5)
    require(again.body == b"", "a 304 with a body")
    return tag


@check("ohlc realtime")
def realtime(api: Client) -> str:
    candles = api.ask("/ohlc/realtime", symbol=api.symbol, limit=60).json["candles"]
    _judge_candles(candles, "1m")
    return f"{len(candles)} minutes"


@check("trades")
def trades(api: Client) -> str:
    found = api.ask("/trades", symbol=api.symbol, limit=100).json["trades"]
    ids = [trade["trade_id"] for trade in found]
    require(ids == sorted(set(ids)), "not ascending by id, or one twice")
    return f"{len(found)} trades"


def _check_book(market: str) -> Callable[[Client], str]:
    def book(api: Client) -> str:
        pairs = api.ask("/symbols").json["symbols"]
        if market not in next(each["markets"] for each in pairs if each["symbol"] == api.symbol):
            raise SkippedError(f"{api.symbol} is not in {market}")
        answer = api.ask("/orderbook", symbol=api.symbol, market=market, depth=20).json
        bids = [float(price) for price, _ in answer["bids"]]
        asks = [float(price) for price, _ in answer["asks"]]
        require(bids == sorted(bids, reverse=True) and asks == sorted(asks), "levels out of order")
        require(answer["state"] == "synced", f"the book is {answer['state']}")
        require(not bids or not asks or bids[0] < asks[0], "the book is crossed")
        return f"{answer['state']}, {len(bids)} and {len(asks)} levels, {answer['age']} ms old"

    return book


for _market in ("spot", "usdm"):
    check(f"orderbook {_market}")(_check_book(_market))


@check("ranking")
def ranking(api: Client) -> str:
    counts = []
    for name in ("top-gainers", "top-losers"):
        answer = api.ask(f"/ranking/{name}").json
        ranks = [row["rank"] for row in answer["rows"]]
        require(ranks == sorted(ranks), f"{name} out of order")
        require(bool(ranks) or bool(answer["reason"]), f"{name} is empty and does not say why")
        counts.append(len(ranks))
    return f"{counts[0]} gainers, {counts[1]} losers"


@check("completeness")
def completeness(api: Client) -> str:
    streams = api.ask("/completeness", symbol=api.symbol).json["streams"]
    for each in streams:
        require(each["expected"] == each["received"] + each["filled"] + each["missing"], "the sums differ")
    missing = sum(each["missing"] for each in streams)
    return f"{len(streams)} streams, {missing} missing in the last hour"


@check("jobs")
def jobs(api: Client) -> str:
    answer = api.ask("/jobs", limit=100).json
    began = [run["started_at"] for run in answer["runs"]]
    require(began == sorted(began, reverse=True), "the runs are not the newest first")
    last = {each["job"]: each["latest"] and each["latest"]["outcome"] for each in answer["jobs"]}
    return ", ".join(f"{job} {outcome or 'has not run'}" for job, outcome in last.items())


@check("status")
def status(api: Client) -> str:
    streams = api.ask("/status", symbol=api.symbol).json["streams"]
    ages = {f"{each['market']} {each['stream']}": each["age"] for each in streams if each["age"] is not None}
    old = {name: age for name, age in ages.items() if age > api.max_age_s * 1000}
    require(not old, f"older than {api.max_age_s:.0f} s: {old}")
    return ", ".join(f"{name} {age} ms" for name, age in ages.items()) or "no ages: a replay, or no data"


@check("export csv")
def export(api: Client) -> str:
    closed = api.ask("/ohlc", symbol=api.symbol, limit=10).json["candles"][:-1]
    if not closed:
        raise SkippedError("no closed candle")
    bounds: dict[str, Any] = {"startTime": closed[0]["open_time"], "endTime": closed[-1]["open_time"]}
    text = api.ask("/export", symbol=api.symbol, **bounds).body.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    require([row["close"] for row in rows] == [candle["close"] for candle in closed], "not what /ohlc says")
    return f"{len(rows)} rows"


@check("problems")
def problems(api: Client) -> str:
    for path, query, expected in (
        ("/latest", {"symbol": "NOSUCHPAIR"}, 404),
        ("/ohlc", {"symbol": api.symbol, "limit": 0}, 422),
        ("/no/such/path", {}, 404),
    ):
        answer = api.ask(path, expected, **query)
        require(answer.headers["content-type"] == "application/problem+json", f"{path}: no problem document")
        require(answer.json["status"] == expected, f"{path}: the document has another status")
        require("x-request-id" in answer.headers, f"{path}: no X-Request-ID")
    return "404 and 422 as problem documents"


@check("udf")
def udf(api: Client) -> str:
    resolutions = api.ask("/udf/config").json["supported_resolutions"]
    symbol = api.ask("/udf/symbols", symbol=api.symbol).json
    now = int(api.ask("/udf/time").body)
    window: dict[str, Any] = {"from": now - 600, "to": now + 60}
    bars = api.ask("/udf/history", symbol=api.symbol, resolution="1", countback=10, **window).json
    require(bars["s"] in ("ok", "no_data"), f"history says {bars['s']}")
    require(symbol["pricescale"] > 0, "no price scale")
    return f"{len(resolutions)} resolutions, {len(bars.get('t', []))} bars"


@check("binance")
def binance(api: Client) -> str:
    api.ask("/api/v3/ping")
    require(api.ask("/api/v3/time").json["serverTime"] > 0, "no time")
    listed = api.ask("/api/v3/exchangeInfo", symbol=api.symbol).json["symbols"]
    rows = api.ask("/api/v3/klines", symbol=api.symbol, interval="1m", limit=5).json
    require(all(len(row) == 12 for row in rows), "rows of another length")
    price = api.ask("/api/v3/ticker/price", symbol=api.symbol).json["price"]
    code = api.ask("/api/v3/klines", 400, symbol="NOSUCHPAIR", interval="1m").json["code"]
    require(code == -1121, f"an unknown pair is told {code}")
    return f"{listed[0]['status']}, {len(rows)} rows, price {price}"


@check("socket")
def socket(api: Client) -> str:
    with api.socket("/ws/kline", symbol=api.symbol) as connection:
        first = json.loads(connection.recv(timeout=api.timeout_s))
        require((first["channel"], first["type"]) == ("kline", "snapshot"), f"it begins with {first['type']}")
        _judge_candles(first["data"], "1m")
        try:
            second = json.loads(connection.recv(timeout=api.max_age_s))
        except TimeoutError:
            raise FailedError(f"no update within {api.max_age_s:.0f} s") from None
    return f"a snapshot of {len(first['data'])} candles, then {second['type']}"


def run(api: Client, names: Iterator[str]) -> int:
    """Run checks, and print a line for each; return how many failed."""
    failed = 0
    width = max(map(len, CHECKS))
    for name in names:
        began = time.perf_counter()
        try:
            outcome, words = "ok", CHECKS[name](api)
        except SkippedError as skipped:
            outcome, words = "skip", str(skipped)
        except FailedError as error:
            outcome, words = "FAIL", str(error)
        except (OSError, WebSocketException, ValueError, KeyError, IndexError, TypeError) as error:
            outcome, words = "FAIL", f"{type(error).__name__}: {error}"
        failed += outcome == "FAIL"
        took = (time.perf_counter() - began) * 1000
        sys.stdout.write(f"{outcome:4}  {name:{width}}  {took:6.0f} ms  {words}\n")
        sys.stdout.flush()
    return failed


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="test_api.py",
        description="Check a running API from outside; one line for each check.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", nargs="?", default="http://localhost:8000", help="default: %(default)s")
    parser.add_argument("--symbol", default="BTCUSDT", help="the pair to look at; default: %(default)s")
    parser.add_argument("--key", default="", help="an API key, where the API asks for one")
    parser.add_argument(
        "--max-age",
        type=float,
        default=30.0,
        metavar="S",
        help="oldest that live data may be; default: %(default)s",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=10.0,
        metavar="S",
        help="longest wait for an answer; default: %(default)s",
    )
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="checks whose names hold one of these words"
    )
    parser.add_argument("--no-sockets", action="store_true", help="leave WebSockets out")
    arguments = parser.parse_args()
    api = Client(
        arguments.url.rstrip("/"), arguments.symbol, arguments.key, arguments.max_age, arguments.timeout
    )
    try:
        api.ask("/healthz")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"nothing answers at {api.url}: {error}\n")
        return 2
    except FailedError as error:
        sys.stderr.write(f"{api.url} is no such API: {error}\n")
        return 2
    words = [word for word in arguments.only.split(",") if word]
    chosen = [
        name
        for name in CHECKS
        if (not words or any(word in name for word in words))
        and not (arguments.no_sockets and name == "socket")
    ]
    failed = run(api, iter(chosen))
    sys.stdout.write(f"{len(chosen) - failed} of {len(chosen)} checks passed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
