"""The socket of all channels on the real servers: what is subscribed to, sent, refused, and gone on with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from api_records import NOON, book, candle, trade
from api_under_test import Api, until_read
from api_world import World
from app.requests import ANSWERS, MESSAGES
from app.stream.admission import Admission, NoRoomError
from app.stream.subscription import Subscription
from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.messages import RankedPair, Ranking
from candlestack_core.names import RANKING_TOP_GAINERS
from waiting import PATIENCE_S, eventually

DAY_MINUTES = 1_440


class Client:
    """Speaks with `/ws`; what comes while an answer is awaited is kept."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._asked = 0
        self._kept: list[dict[str, Any]] = []

    def ask(self, op: str, *wanted: dict[str, Any]) -> dict[str, Any]:
        """Send a request, and return its answer."""
        self._asked += 1
        request: dict[str, Any] = {"op": op, "id": self._asked}
        if wanted:
            request["subscriptions"] = list(wanted)
        return self.say(json.dumps(request), self._asked)

    def say(self, text: str | bytes, request_id: object) -> dict[str, Any]:
        """Send anything, and return the answer to the request of an id."""
        self.connection.send(text)
        while True:
            message = self._receive()
            if message["channel"] == "control" and message.get("id", ...) == request_id:
                return message
            self._kept.append(message)

    def next(
        self, channel: str, which: Callable[[dict[str, Any]], object] = lambda _: True
    ) -> dict[str, Any]:
        """Return the next message of a channel that is wanted; others of that channel are passed over."""
        looked_at = 0
        while True:
            while looked_at < len(self._kept):
                if self._kept[looked_at]["channel"] != channel:
                    looked_at += 1
                elif which(message := self._kept.pop(looked_at)):
                    return message
            self._kept.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        text = self.connection.recv(timeout=PATIENCE_S)
        assert_described(text)
        message: dict[str, Any] = json.loads(text)
        return message


def assert_described(text: str | bytes) -> None:
    """Assert that a message is of one of the published types, with all of its fields and no other."""
    for kind in (*ANSWERS, *MESSAGES):
        with suppress(msgspec.ValidationError):
            msgspec.json.decode(text, type=kind)
            return
    pytest.fail(f"of no published type: {text!r}")


@contextmanager
def connected(api: Api) -> Iterator[Client]:
    with api.connect("/ws") as connection:
        yield Client(connection)


def until_latest(api: Api, symbol: str, minute: int) -> None:
    """Wait until the API has read the candle of a minute."""
    open_time = NOON + minute * MINUTE_MS

    def look() -> bool:
        return bool(api.ask("/latest", symbol=symbol).json.get("open_time") == open_time)

    eventually(look, f"the candle of {symbol} at {open_time}")


def kline(symbol: str, interval: str = "1m", **more: Any) -> dict[str, Any]:
    return {"channel": "kline", "symbol": symbol, "interval": interval, **more}


def trades(symbol: str, **more: Any) -> dict[str, Any]:
    return {"channel": "trades", "symbol": symbol, **more}


def test_a_subscription_without_its_methods_cannot_be_made() -> None:
    class Unfinished(Subscription, frozen=True, kw_only=True, tag="unfinished"):
        """Says neither where it is served nor what keeps its messages."""

    with pytest.raises(TypeError, match=r"abstract methods '?client'?, '?source'?"):
        Unfinished()  # type: ignore[abstract]


def test_one_connection_is_told_of_many_pairs_and_channels(api: Api, world: World) -> None:
    pairs = ["MANYAUSDT", "MANYBUSDT"]
    candles, first_trades = [candle(pair, 0) for pair in pairs], [trade(pair, 1) for pair in pairs]
    world.publish(*candles, *first_trades)
    until_read(api, *candles, *first_trades)
    with connected(api) as client:
        wanted = [*(kline(pair) for pair in pairs), *(trades(pair) for pair in pairs)]
        assert client.ask("subscribe", *wanted)["subscriptions"] == wanted
        begun = [client.next(each["channel"]) for each in wanted]
        assert [(m["symbol"], m["type"], m["prev"]) for m in begun] == [
            (pair, "snapshot", None) for pair in pairs * 2
        ]
        assert client.ask("list")["subscriptions"] == wanted
        assert client.ask("subscribe", wanted[0])["subscriptions"] == wanted, "what goes on is not begun anew"
        assert client.ask("unsubscribe", wanted[0], trades("NEVERUSDT"))["subscriptions"] == wanted[1:]
        world.publish(candle(pairs[0], 1), candle(pairs[1], 1), trade(pairs[1], 2))
        update = client.next("kline")
        assert (update["symbol"], update["prev"]) == (pairs[1], begun[1]["seq"])
        news = client.next("trades")
        assert (news["symbol"], news["type"], news["prev"]) == (pairs[1], "update", begun[3]["seq"])
        assert client.ask("ping")["type"] == "pong"


def subscribing(request_id: int, *wanted: dict[str, Any]) -> str:
    return json.dumps({"op": "subscribe", "id": request_id, "subscriptions": wanted})


FUTURES = {"channel": "orderbook", "symbol": "ASKEDUSDT", "market": "usdm"}


@pytest.mark.parametrize(
    ("text", "request_id", "told"),
    [
        ("hello", None, (4400, "JSON is malformed")),
        (b"\xff\xfe", None, (4400, "")),
        ("[" * 5_000, None, (4400, "")),
        ("[]", None, (4400, "Expected `object`")),
        ('{"op": "buy", "id": 7}', 7, (4400, "Invalid value 'buy' - at `$.op`")),
        ('{"op": "subscribe", "id": "x"}', "x", (4400, "missing required field `subscriptions`")),
        (subscribing(1), 1, (4400, "length >= 1")),
        ('{"op": "list", "id": 2, "more": 1}', 2, (4400, "unknown field `more`")),
        (
            subscribing(3, kline("BADUSDT", "7m")),
            3,
            (4400, "Invalid enum value '7m' - at `$.subscriptions[0]"),
        ),
        (
            subscribing(4, kline("ASKEDUSDT"), trades("NOSUCHUSDT")),
            4,
            (4404, "'NOSUCHUSDT' is not a known pair"),
        ),
        (subscribing(5, FUTURES), 5, (4404, "ASKEDUSDT is not in the usdm market")),
    ],
)
def test_a_bad_request_is_answered_and_changes_nothing(
    api: Api, world: World, text: str | bytes, request_id: object, told: tuple[int, str]
) -> None:
    world.store_in_redis(candle("ASKEDUSDT", 0))
    with connected(api) as client:
        answer = client.say(text, request_id)
        assert (answer["type"], answer["code"]) == ("error", told[0])
        assert told[1] in answer["reason"]
        assert client.ask("list")["subscriptions"] == []


def test_a_client_of_candles_gets_every_interval_as_rest_folds_it(api: Api, world: World) -> None:
    symbol, intervals = "LONGERUSDT", ("5m", "1h", "4h", "1d")
    day = [candle(symbol, minute, close=f"{100 + minute % 7}") for minute in range(-DAY_MINUTES, 7)]
    world.store_in_mongo(*day)
    world.publish(*day[-3:])
    until_latest(api, symbol, 6)

    def by_rest(interval: str) -> list[Any]:
        candles: list[Any] = api.ask("/ohlc", symbol=symbol, interval=interval, limit=60).json["candles"]
        return candles

    with connected(api) as client:
        client.ask("subscribe", *(kline(symbol, interval) for interval in intervals))
        for interval in intervals:
            snapshot = client.next("kline")
            assert (snapshot["interval"], snapshot["type"]) == (interval, "snapshot")
            assert snapshot["data"] == by_rest(interval)
        told: dict[tuple[str, int], Any] = {}
        news = [
            candle(symbol, 7, closed=False, high="140"),
            candle(symbol, 7, high="141"),
            candle(symbol, 8),
            candle(symbol, 9),
            candle(symbol, 10, closed=False),
            candle(symbol, 6, version=NOON * 2, low="50"),
        ]
        for each in news:
            world.publish(each)
        windows = {each: Interval(each).open_time(NOON + 6 * MINUTE_MS) for each in intervals}
        while any(told.get(window, {}).get("low") != "50" for window in windows.items()):
            update = client.next("kline", lambda message: message["type"] == "update")
            told[update["interval"], update["data"]["open_time"]] = update["data"]
        for interval in intervals:
            expected = {each["open_time"]: each for each in by_rest(interval)}
            seen = {open_time: each for (of, open_time), each in told.items() if of == interval}
            assert seen == {open_time: expected[open_time] for open_time in seen}
    closed = told["5m", NOON + 5 * MINUTE_MS]
    assert (closed["closed"], closed["high"], closed["low"]) == (True, "141", "50")


def test_a_client_of_a_book_gets_the_depth_it_asked_for_and_every_change_of_trust_at_once(
    api: Api, world: World
) -> None:
    symbol = "PACEDUSDT"
    world.publish(candle(symbol, 0), book(symbol, 1))
    until_latest(api, symbol, 0)
    shallow = {"channel": "orderbook", "symbol": symbol, "market": "spot", "depth": 5, "every_ms": 5000}
    whole = {"channel": "orderbook", "symbol": symbol, "market": "spot", "depth": 20, "every_ms": 100}

    def of(wanted: dict[str, Any], update_id: int) -> Callable[[dict[str, Any]], bool]:
        def is_it(message: dict[str, Any]) -> bool:
            asked = {name: message[name] for name in wanted}
            return asked == wanted and (message["data"] or {}).get("last_update_id") == update_id

        return is_it

    with connected(api) as client:
        client.ask("subscribe", whole)
        client.next("orderbook", of(whole, 1))
        client.ask("subscribe", shallow)
        begun = client.next("orderbook", of(shallow, 1))
        assert (begun["type"], len(begun["data"]["bids"])) == ("snapshot", 5)
        world.publish(book(symbol, 2, state="stale"))
        for wanted, levels in ((whole, 20), (shallow, 5)):
            update = client.next("orderbook", of(wanted, 2))
            assert (update["data"]["state"], update["conflated"]) == ("stale", 0)
            assert len(update["data"]["asks"]) == levels


def test_a_client_of_a_ranking_and_of_the_status_is_told_the_state_and_every_change(
    api: Api, world: World
) -> None:
    def ranking(time: int) -> Ranking:
        row = RankedPair(
            rank=1,
            symbol="BTCUSDT",
            price="1",
            change_percent="2.5",
            volume="3",
            quote_volume="4",
            market_cap=None,
        )
        return Ranking(time=time, source="simulator", rows=[row], supply_time=None)

    world.store_ranking(RANKING_TOP_GAINERS, ranking(NOON))
    with connected(api) as client:
        client.ask("subscribe", {"channel": "ranking", "ranking": "top_gainers"}, {"channel": "status"})
        first = client.next("ranking")
        assert (first["ranking"], first["limit"], first["data"]["time"]) == ("top_gainers", 10, NOON)
        world.store_ranking(RANKING_TOP_GAINERS, ranking(NOON + MINUTE_MS))
        assert client.next("ranking")["data"]["time"] == NOON + MINUTE_MS
    with connected(api) as client:
        client.ask("subscribe", {"channel": "status"})

        def of_a_broker_that_is_up(message: dict[str, Any]) -> bool:
            return bool(message["data"]["components"]["kafka"] == {"state": "up", "reason": None})

        # A busy one may be called away in between.
        assert client.next("status", of_a_broker_that_is_up)["data"]["status"] == "ready"
    world.store_ranking(RANKING_TOP_GAINERS, None)


def test_a_client_that_comes_back_goes_on_where_it_was_or_begins_anew(api: Api, world: World) -> None:
    symbol = "BACKUSDT"
    world.publish(candle(symbol, 0), *(trade(symbol, number) for number in range(1, 11)))
    until_latest(api, symbol, 0)
    with connected(api) as client:
        client.ask("subscribe", kline(symbol), trades(symbol))
        heard = {channel: client.next(channel) for channel in ("kline", "trades")}
        world.publish(trade(symbol, 11))
        heard["trades"] = client.next("trades", lambda m: m["data"][-1]["trade_id"] == 11)
    since = {name: {"epoch": m["epoch"], "seq": m["seq"]} for name, m in heard.items()}
    world.publish(candle(symbol, 1, closed=False), candle(symbol, 1), candle(symbol, 2, closed=False))
    world.publish(*(trade(symbol, number) for number in range(12, 41)))
    until_latest(api, symbol, 2)
    wanted = (kline(symbol, since=since["kline"]), trades(symbol, since=since["trades"]))
    with connected(api) as client:
        client.ask("subscribe", *wanted)
        missed = [client.next("kline"), client.next("kline")]
        assert [(m["type"], m["data"]["open_time"], m["data"]["closed"]) for m in missed] == [
            ("update", NOON + MINUTE_MS, True),
            ("update", NOON + 2 * MINUTE_MS, False),
        ]
        assert missed[0]["prev"] == heard["kline"]["seq"]
        got: list[int] = []
        prev = heard["trades"]["seq"]
        while not got or got[-1] != 40:
            message = client.next("trades")
            assert (message["type"], message["prev"], message["dropped"]) == ("update", prev, 0)
            got += [each["trade_id"] for each in message["data"]]
            prev = message["seq"]
        assert got == list(range(12, 41))
    for unknown in ({"epoch": "elsewhere/0", "seq": 1}, {**since["trades"], "seq": 10**12}):
        with connected(api) as client:
            client.ask("subscribe", trades(symbol, since=unknown))
            assert client.next("trades")["type"] == "snapshot"


def test_a_client_that_moves_between_two_processes_is_told_the_same_sequence(
    api: Api, other_api: Api, world: World
) -> None:
    symbol, rounds = "MOVEDUSDT", 6
    world.publish(candle(symbol, 0), trade(symbol, 0))
    processes = (api, other_api)

    def until_both_have(minute: int, last_trade: int) -> None:
        """Wait until both have read the same: one behind the other would begin anew."""
        for each in processes:
            until_latest(each, symbol, minute)

            def look(each: Api = each) -> bool:
                with each.connect("/ws/trades", symbol=symbol) as connection:
                    trades_known = json.loads(connection.recv(timeout=PATIENCE_S))["data"]
                return bool(trades_known and trades_known[-1]["trade_id"] == last_trade)

            eventually(look, f"the trade {last_trade}")

    until_both_have(0, 0)
    heard: dict[str, list[dict[str, Any]]] = {"kline": [], "trades": []}
    closed = [candle(symbol, minute) for minute in range(1, 2 * rounds + 1)]
    for number in range(rounds):
        # Some of it happens while the client is nowhere, some while it is connected.
        minutes = closed[2 * number : 2 * number + 2]
        world.publish(minutes[0], *(trade(symbol, 20 * number + n) for n in range(1, 11)))
        until_both_have(2 * number + 1, 20 * number + 10)
        with connected(processes[number % 2]) as client:
            since = {name: {"since": _position(told[-1])} for name, told in heard.items() if told}
            client.ask(
                "subscribe",
                kline(symbol, "1m", **since.get("kline", {})),
                trades(symbol, **since.get("trades", {})),
            )
            world.publish(minutes[1], *(trade(symbol, 20 * number + n) for n in range(11, 21)))
            while not heard["kline"] or _newest(heard["kline"][-1])["open_time"] != minutes[1].open_time:
                heard["kline"].append(client.next("kline"))
            while not heard["trades"] or _newest(heard["trades"][-1])["trade_id"] != 20 * number + 20:
                heard["trades"].append(client.next("trades"))
    for told in heard.values():
        assert [message["type"] for message in told] == ["snapshot"] + ["update"] * (len(told) - 1)
        assert [message["prev"] for message in told[1:]] == [message["seq"] for message in told[:-1]]
        assert len({message["epoch"] for message in told}) == 1
    assert [m["data"]["open_time"] for m in heard["kline"][1:]] == [each.open_time for each in closed[1:]]
    told_trades = [each["trade_id"] for m in heard["trades"][1:] for each in m["data"]]
    assert told_trades == list(range(11, 20 * rounds + 1))


def _position(message: dict[str, Any]) -> dict[str, Any]:
    return {"epoch": message["epoch"], "seq": message["seq"]}


def _newest(message: dict[str, Any]) -> dict[str, Any]:
    data: Any = message["data"]
    return data[-1] if isinstance(data, list) else data  # type: ignore[no-any-return]


def test_an_address_has_its_share_of_the_room_and_gets_back_what_it_leaves() -> None:
    admission = Admission(total=3, per_address=2)
    with admission.admitted("one"), admission.admitted("one"):
        with pytest.raises(NoRoomError, match=r"^2 clients of your address"), admission.admitted("one"):
            pytest.fail("a third one of an address")
        with (
            admission.admitted("another"),
            pytest.raises(NoRoomError, match=r"^3 clients are connected"),
            admission.admitted("a third"),
        ):
            pytest.fail("a fourth one")
    with admission.admitted("one"):
        assert admission._open == {"one": 1}


def test_no_more_is_served_than_the_limits_allow(world: World, tmp_path: Path) -> None:
    world.store_in_redis(*(candle(f"LIMIT{number}USDT", 0) for number in range(3)))
    limits = {
        "API_MAX_SOCKETS": "2",
        "API_MAX_SUBSCRIPTIONS": "2",
        "API_MAX_MESSAGE_BYTES": "1024",
        "API_HEARTBEAT_S": "1",
    }
    with Api(world, tmp_path, **limits) as api, connected(api) as client:
        with (
            api.connect("/ws/kline", symbol="LIMIT0USDT"),
            api.connect("/ws") as third,
            pytest.raises(ConnectionClosed) as refused,
        ):
            third.recv(timeout=PATIENCE_S)
        assert refused.value.rcvd is not None
        assert (refused.value.rcvd.code, refused.value.rcvd.reason) == (
            1013,
            "2 clients are connected; come back later",
        )
        eventually(lambda: 'sockets_open{channel="kline"} 0.0' in api.ask("/metrics").body.decode(), "room")
        with api.connect("/ws/kline", symbol="LIMIT0USDT") as later:
            assert json.loads(later.recv(timeout=PATIENCE_S))["type"] == "snapshot"
        wanted = [trades(f"LIMIT{number}USDT") for number in range(3)]
        refusal = client.ask("subscribe", *wanted)
        assert (refusal["code"], refusal["reason"]) == (4429, "a connection may hold 2 subscriptions")
        assert client.ask("subscribe", *wanted[:2])["subscriptions"] == wanted[:2]
        live = {"state": "live", "reason": None}
        assert client.next("control", lambda beat: beat["type"] == "heartbeat" and beat["feed"] == live)
        client.connection.send("x" * 2_000)
        with pytest.raises(ConnectionClosed) as ended:
            client.next("nothing")
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 1009


def test_a_query_is_refused_with_the_reason(api: Api) -> None:
    with api.connect("/ws", symbol="BTCUSDT") as connection, pytest.raises(ConnectionClosed) as ended:
        connection.recv(timeout=PATIENCE_S)
    assert ended.value.rcvd is not None
    assert (ended.value.rcvd.code, ended.value.rcvd.reason) == (
        4400,
        "this socket takes no query, but messages",
    )
