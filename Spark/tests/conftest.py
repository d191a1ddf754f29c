"""What the tests of this folder share: recordings, a database, a shelf of archives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive_shelf import Shelf, serving
from candlestack_core.settings import MongoSettings
from candlestack_ingest.stores.schema import ensure_candle_collections
from candlestack_local.servers import MongoServer
from candlestack_spark.stores.mongo import CandleStore, connected

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded data; the test is skipped where there is none."""
    folder = Path(os.environ.get("CANDLESTACK_RECORDINGS", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no recorded data in {folder}; CANDLESTACK_RECORDINGS names its folder")
    return folder


@pytest.fixture
def mongo(
    mongo_server: MongoServer, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> MongoSettings:
    """The settings of a database of this test alone; the environment says the same."""
    name = f"SPARK_{abs(hash(request.node.nodeid)) % 10**12}"
    monkeypatch.setenv("MONGO_URI", mongo_server.uri)
    monkeypatch.setenv("MONGO_DB", name)
    return MongoSettings(mongo_uri=mongo_server.uri, mongo_db=name)


@pytest.fixture
def store(mongo: MongoSettings) -> Iterator[CandleStore]:
    """The collections of that database, with their validators and indexes."""
    with connected(mongo) as store:
        ensure_candle_collections(store.database)
        yield store
        store.database.client.drop_database(mongo.mongo_db)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """An address of archives, with none yet."""
    with serving(tmp_path) as shelf:
        yield shelf
