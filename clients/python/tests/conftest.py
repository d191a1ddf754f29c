"""A running API to ask, on the real servers, with pairs of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest

from api_under_test import Api
from api_world import World
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer


@pytest.fixture(scope="session")
def world(kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer) -> Iterator[World]:
    """The topics and the stores that the tests of this folder share."""
    servers = (kafka_broker, mongo_server, redis_server)
    with World(*servers, candle_topic="client_candles", database="CLIENT") as world:
        yield world


@pytest.fixture(scope="session")
def api(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A running API, whose heart beats every second; a test may stop it and start it again.

    Some pairs are known to it before it has read a record of them, as those of a platform are.
    """
    settings = {"SYMBOLS": "BTCUSDT,ETHUSDT,KEPTUSDT,MISSEDUSDT", "API_HEARTBEAT_S": "1"}
    with Api(world, tmp_path_factory.mktemp("api"), **settings) as api:
        yield api


@pytest.fixture(scope="session")
def guarded(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A second process of the API, which asks for a key and lets no one ask more than once a second for long."""
    settings = {
        "API_KEYS": f"dora:{sha256(b'key-of-dora').hexdigest()}",
        "API_REQUESTS_PER_MINUTE": "60",
        "API_HEARTBEAT_S": "1",
    }
    with Api(world, tmp_path_factory.mktemp("guarded"), **settings) as api:
        yield api
