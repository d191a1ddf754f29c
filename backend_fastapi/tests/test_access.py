"""Who may ask and how often: keys, limits that all processes share, and the number of a request."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus

from api_records import candle
from api_under_test import Answer, Api
from api_world import World
from app.access.bucket import TokenBucket
from app.access.keys import ApiKeys, hash_of
from app.access.limits import CLIENTS_KEPT, LEASES_PER_LIMIT, RateLimiter
from app.stores.leases import RedisLeases
from app.stores.realtime import RealtimeStore
from candlestack_core.settings import RedisSettings
from candlestack_local.servers import RedisServer
from waiting import PATIENCE_S

PER_MINUTE = 100
LEASE = PER_MINUTE // LEASES_PER_LIMIT
KEYS = {"alice": "key-of-alice", "bob": "key-of-bob", "carol": "key-of-carol"}
SETTINGS = {
    "API_KEYS": ",".join(f"{name}:{hash_of(key)}" for name, key in KEYS.items()),
    "API_REQUESTS_PER_MINUTE": str(PER_MINUTE),
}


@given(
    capacity=st.integers(1, 50),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(1, 60)), min_size=1, max_size=60),
)
def test_a_bucket_gives_no_more_than_it_holds_and_what_flows_in(
    capacity: int, steps: list[tuple[float, int]]
) -> None:
    per_second, now, taken = capacity / 10, 0.0, 0
    bucket = TokenBucket(capacity, per_second, now)
    for pause, tokens in steps:
        now += pause
        wait = bucket.take(tokens, now)
        if not wait:
            taken += min(tokens, capacity)
            continue
        # Not before the time that it names, and then at once.
        if wait > 0.001:
            assert bucket.take(tokens, now + wait * 0.99) > 0
        now += wait * 1.000001 + 1e-9
        assert bucket.take(tokens, now) == 0
        taken += min(tokens, capacity)
    assert taken <= capacity + now * per_second + 0.001


@asynccontextmanager
async def limiters(server: RedisServer, processes: int, per_minute: int) -> AsyncIterator[list[RateLimiter]]:
    """Limiters of as many processes, on one Redis."""
    settings = RedisSettings.model_validate({"redis_host": "127.0.0.1", "redis_port": server.port})
    # One that a busy machine lets stand is not away; a killed one is found out at once.
    stores = [RealtimeStore(settings, PATIENCE_S) for _ in range(processes)]
    watching = [asyncio.create_task(store.watch()) for store in stores]
    try:
        while any(store.reason for store in stores):
            await asyncio.sleep(0.01)
        yield [RateLimiter(RedisLeases(store), per_minute) for store in stores]
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        for store in stores:
            await store.close()


async def admitted(limiter: RateLimiter, name: str, requests: int) -> int:
    """Send requests at once; return how many pass."""
    waits = await asyncio.gather(*(limiter.wait_s(name) for _ in range(requests)))
    return waits.count(0.0)


async def test_all_processes_together_admit_what_one_limit_allows(redis_server: RedisServer) -> None:
    began = time.monotonic()
    async with limiters(redis_server, 3, PER_MINUTE) as three:
        passed = sum(await asyncio.gather(*(admitted(each, "shared", PER_MINUTE) for each in three)))
        flowed_in = (time.monotonic() - began) * PER_MINUTE / 60
        assert PER_MINUTE <= passed <= PER_MINUTE + flowed_in + 1
        assert await three[0].wait_s("another") == 0, "each client has its own"


async def test_redis_is_asked_once_for_many_and_not_for_those_who_have_to_wait(
    redis_server: RedisServer,
) -> None:
    async with limiters(redis_server, 1, 5_000) as (limiter,):
        asked = 0
        lease = limiter._leases.lease

        async def counted(*args: object, **kwargs: object) -> object:
            nonlocal asked
            asked += 1
            return await lease(*args, **kwargs)  # type: ignore[arg-type]

        limiter._leases.lease = counted  # type: ignore[assignment, method-assign]
        assert await admitted(limiter, "many", 8_000) >= 5_000
        # A lease each fiftieth, and some for the tokens that flow in meanwhile.
        assert asked <= 5 * LEASES_PER_LIMIT


async def test_while_redis_is_away_a_process_goes_by_a_bucket_of_its_own(
    own_redis_server: RedisServer,
) -> None:
    async with limiters(own_redis_server, 2, PER_MINUTE) as two:
        own_redis_server.kill()
        began = time.monotonic()
        for limiter in two:
            passed = await admitted(limiter, "alone", 2 * PER_MINUTE)
            flowed_in = (time.monotonic() - began) * PER_MINUTE / 60
            assert PER_MINUTE <= passed <= PER_MINUTE + flowed_in + 1
        own_redis_server.restart()


async def test_a_limiter_forgets_those_it_has_not_seen_for_long(own_redis_server: RedisServer) -> None:
    async with limiters(own_redis_server, 1, PER_MINUTE) as (limiter,):
        own_redis_server.kill()
        for number in range(CLIENTS_KEPT + 10):
            await limiter.wait_s(str(number))
        assert len(limiter._clients) == CLIENTS_KEPT
        own_redis_server.restart()


def test_a_key_is_known_by_its_hash_alone() -> None:
    keys = ApiKeys({"alice": hash_of("secret"), "bob": hash_of("other")})
    assert [keys.owner(key) for key in ("secret", "other", "", "Secret", hash_of("secret"), "\ud800")] == [
        "alice",
        "bob",
        None,
        None,
        None,
        None,
    ]
    assert not ApiKeys({}).required


@pytest.fixture(scope="module")
def guarded(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    world.store_in_redis(candle("GUARDEDUSDT", 0))
    with Api(world, tmp_path_factory.mktemp("guarded"), **SETTINGS) as api:
        yield api


def key(name: str) -> dict[str, str]:
    return {"X-API-Key": KEYS[name]}


def test_without_an_accepted_key_nothing_is_told_but_whether_the_process_lives(guarded: Api) -> None:
    for headers in ({}, {"X-API-Key": "wrong"}, {"X-API-Key": hash_of(KEYS["bob"])}):
        refused = guarded.ask_with(headers, "/latest", symbol="GUARDEDUSDT")
        assert refused.status == 401
        assert refused.headers["www-authenticate"] == "ApiKey"
        assert refused.json["type"] == "urn:candlestack:problem:unauthorized"
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
        assert guarded.ask(path).status == 200
    assert guarded.ask_with(key("bob"), "/latest", symbol="GUARDEDUSDT").status == 200
    assert guarded.ask_with({"X-MBX-APIKEY": KEYS["bob"]}, "/api/v3/time").status == 200


@pytest.mark.parametrize("path", ["/udf/time", "/udf/nothing"])
def test_a_chart_is_refused_as_it_reads_errors(guarded: Api, path: str) -> None:
    refused = guarded.ask(path)
    assert (refused.status, refused.json["s"]) == (401, "error")


@pytest.mark.parametrize("tree", ["api", "sapi", "fapi", "dapi", "eapi", "papi"])
def test_a_client_of_binance_is_refused_in_its_words_wherever_it_asks(guarded: Api, tree: str) -> None:
    refused = guarded.ask(f"/{tree}/v1/time")
    assert (refused.status, refused.json) == (401, {"code": -2015, "msg": "Invalid API-key."})
    assert guarded.ask_with(key("bob"), f"/{tree}/v1/time").json["code"] == -1020


@pytest.mark.parametrize("path", ["/apiary", "/fapi", "/udfs"])
def test_what_only_begins_like_a_door_is_refused_by_a_problem(guarded: Api, path: str) -> None:
    refused = guarded.ask(path)
    assert (refused.status, refused.headers["content-type"]) == (401, "application/problem+json")


def test_a_socket_takes_its_key_in_the_address(guarded: Api) -> None:
    with pytest.raises(InvalidStatus) as refused:
        guarded.connect("/ws/kline", symbol="GUARDEDUSDT")
    assert refused.value.response.status_code == 403
    with guarded.connect("/ws/kline", symbol="GUARDEDUSDT", api_key=KEYS["bob"]) as socket:
        assert json.loads(socket.recv(timeout=PATIENCE_S))["type"] == "snapshot"


def until_refused(guarded: Api, path: str, **query: object) -> tuple[Answer, int]:
    """Ask as alice until that is too often; return the refusal, and how often was asked."""
    asked = 1
    while (answer := guarded.ask_with(key("alice"), path, **query)).status != 429:
        asked += 1
        assert asked < 20 * PER_MINUTE, "never refused"
    return answer, asked


def test_who_asks_too_often_is_told_when_to_come_back_and_others_are_served(guarded: Api) -> None:
    refused, asked = until_refused(guarded, "/latest", symbol="GUARDEDUSDT")
    assert asked > PER_MINUTE - LEASE
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json["type"] == "urn:candlestack:problem:too-many-requests"
    assert guarded.ask_with(key("bob"), "/latest", symbol="GUARDEDUSDT").status == 200
    for path in ("/api/v3/klines", "/fapi/v1/klines"):
        assert until_refused(guarded, path)[0].json["code"] == -1003
    assert guarded.ask("/healthz").status == 200


def test_another_process_counts_on_where_the_first_one_stands(
    guarded: Api, world: World, tmp_path: Path
) -> None:
    began = time.monotonic()
    statuses = [guarded.ask_with(key("carol"), "/symbols").status for _ in range(PER_MINUTE)]
    with Api(world, tmp_path, **SETTINGS) as other:
        statuses += [other.ask_with(key("carol"), "/symbols").status for _ in range(PER_MINUTE)]
    flowed_in = (time.monotonic() - began) * PER_MINUTE / 60
    assert PER_MINUTE - LEASE <= statuses.count(200) <= PER_MINUTE + flowed_in + 2 * LEASE


@pytest.mark.parametrize("path", ["/healthz", "/latest", "/no/such/page", "/api/v3/klines"])
def test_every_answer_carries_the_number_of_its_request(api: Api, path: str) -> None:
    drawn = api.ask(path).headers["x-request-id"]
    assert len(drawn) == 32
    assert drawn != api.ask(path).headers["x-request-id"]
    assert api.ask_with({"X-Request-ID": "order-66/a=1"}, path).headers["x-request-id"] == "order-66/a=1"
    assert api.ask_with({"X-Request-ID": "x" * 129}, path).headers["x-request-id"] != "x" * 129


def test_a_page_reads_the_headers_that_it_needs(api: Api) -> None:
    headers = {"Origin": "http://localhost:3000"}
    exposed = api.ask_with(headers, "/healthz").headers["access-control-expose-headers"]
    assert {name.strip() for name in exposed.split(",")} >= {"ETag", "Link", "Retry-After", "X-Request-ID"}
