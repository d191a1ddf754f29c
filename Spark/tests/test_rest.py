"""History by REST: pages, the weight budget, and an exchange in trouble."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from batch_candles import DAY
from candlestack_core.intervals import MINUTE_MS
from candlestack_core.weight import HOLD_BACK_S
from candlestack_spark.history.rest import KLINES_WEIGHT, ExchangeError, RestHistory
from candlestack_spark.history.rows import candles_of


class Scripted:
    """An address that answers klines of every minute, after the answers it was told to give first."""

    def __init__(self, server: http.server.ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        self.first: list[tuple[int, dict[str, str], object]] = []
        self.used = "10"
        self.requests = 0

    def answer(self, path: str) -> tuple[int, dict[str, str], object]:
        self.requests += 1
        if self.first:
            return self.first.pop(0)
        query = parse_qs(urlsplit(path).query)
        start, end, limit = (int(query[name][0]) for name in ("startTime", "endTime", "limit"))
        opens = range(start, min(end + 1, start + limit * MINUTE_MS), MINUTE_MS)
        rows = [
            [time, "1", "1", "1", "1", "0", time + MINUTE_MS - 1, "0", 0, "0", "0", "0"] for time in opens
        ]
        return 200, {"X-MBX-USED-WEIGHT-1M": self.used}, rows


@pytest.fixture
def address() -> Iterator[Scripted]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = scripted.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing of each request."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scripted = Scripted(server)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield scripted
        server.shutdown()
        thread.join()


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def history(address: Scripted, time: Time, weight: int = 1200) -> RestHistory:
    return RestHistory(address.url, weight, time.sleep, time)


def closed(rest: RestHistory, minutes: int, server_time: int = DAY * 2) -> int:
    texts = rest.closed_rows("BTCUSDT", DAY, DAY + minutes * MINUTE_MS, server_time)
    parsed = candles_of(texts, start_ms=DAY, end_ms=DAY + minutes * MINUTE_MS, version=1, source="binance")
    assert (parsed.set_aside, parsed.reasons) == (0, [])
    return int(parsed.candles.num_rows)


def test_pages_follow_each_other_without_gap_or_overlap(address: Scripted) -> None:
    assert closed(history(address, Time()), 2_500) == 2_500
    assert address.requests == 3
    assert closed(history(address, Time()), 0) == 0


def test_a_minute_that_has_not_surely_closed_is_left_out(address: Scripted) -> None:
    rest = history(address, Time())
    assert closed(rest, 10, server_time=DAY + 5 * MINUTE_MS + 1_999) == 4
    assert closed(rest, 10, server_time=DAY + 5 * MINUTE_MS + 2_000) == 5


def test_the_budget_of_a_minute_is_kept(address: Scripted) -> None:
    time = Time()
    assert closed(history(address, time, weight=5 * KLINES_WEIGHT), 12_000) == 12_000
    assert address.requests == 12
    assert time.slept == [60.0, 60.0]


def test_it_holds_back_while_others_have_nearly_spent_the_weight_of_the_address(address: Scripted) -> None:
    time = Time()
    address.used = "5000"
    assert closed(history(address, time), 2_500) == 2_500
    assert time.slept == [HOLD_BACK_S, HOLD_BACK_S]


def test_asked_to_slow_down_it_stays_away_for_as_long(address: Scripted) -> None:
    time = Time()
    address.first = [
        (429, {"Retry-After": "7"}, {"code": -1003}),
        (418, {"Retry-After": "30"}, {"code": -1003}),
    ]
    assert closed(history(address, time), 10) == 10
    assert time.slept == [7.0, 30.0]


def test_a_long_ban_ends_the_job_instead_of_waiting(address: Scripted) -> None:
    address.first = [(418, {"Retry-After": "86400"}, {"msg": "banned"})]
    with pytest.raises(ExchangeError, match=r"418.*for 86400 s"):
        closed(history(address, Time()), 10)


def test_an_exchange_in_trouble_is_asked_again(address: Scripted) -> None:
    time = Time()
    address.first = [(503, {}, {}), (500, {}, {})]
    assert closed(history(address, time), 10) == 10
    assert time.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ([(400, {}, {"code": -1121, "msg": "Invalid symbol."})], "Invalid symbol"),
        ([(200, {}, {"not": "rows"})], "rows that are none"),
        ([(200, {}, [[DAY - MINUTE_MS, *["1"] * 11]])], "rows that are none"),
        ([(500, {}, {})] * 9, "HTTP 500"),
    ],
)
def test_an_answer_that_is_none_is_named(
    address: Scripted, first: list[tuple[int, dict[str, str], object]], reason: str
) -> None:
    address.first = list(first)
    with pytest.raises(ExchangeError, match=reason):
        closed(history(address, Time()), 10)
