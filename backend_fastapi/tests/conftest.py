"""The API as a process of its own on the real servers, fed by the real writers' own code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api_under_test import Api
from api_world import World
from candlestack_local.servers import KafkaBroker, MongoServer, RedisServer

SETTINGS = {"BOOK_SILENT_AFTER_S": "600"}
"""A test that tells of a book may stand still before it asks for it."""


@pytest.fixture(scope="session")
def world(kafka_broker: KafkaBroker, mongo_server: MongoServer, redis_server: RedisServer) -> Iterator[World]:
    """The topics and the stores that the tests of this folder share; each test has pairs of its own."""
    with World(kafka_broker, mongo_server, redis_server, candle_topic="api_candles", database="API") as world:
        yield world


@pytest.fixture(scope="session")
def api(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A running API, for tests that neither stop it nor take its servers away."""
    with Api(world, tmp_path_factory.mktemp("api"), **SETTINGS) as api:
        yield api


@pytest.fixture(scope="session")
def other_api(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A second process on the same servers; a test that ends it starts it again."""
    with Api(world, tmp_path_factory.mktemp("other-api"), **SETTINGS) as api:
        yield api
