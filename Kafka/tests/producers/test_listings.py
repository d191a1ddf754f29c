"""How the exchange lists its pairs: read as it came, and brought to Kafka by the running exchange."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import msgspec
import pytest

from candlestack_core.kafka import open_consumer, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.messages import decode_listing
from candlestack_core.service import Health
from candlestack_core.settings import ExchangeSettings, KafkaSettings
from candlestack_core.topics import DEAD_LETTER, LISTINGS
from candlestack_core.weight import WeightBudget
from candlestack_ingest.exchange.binance.frames import FrameError
from candlestack_ingest.exchange.binance.listings import listing_of
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.producers.feed import Context
from candlestack_ingest.producers.listings import send_listings
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_local.servers import KafkaBroker
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.testing import Clock, running, until
from platform_under_test import read_values

NOW_MS = 1_773_500_040_000
ENTRY: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "baseAssetPrecision": 8,
    "quoteAsset": "USDT",
    "quotePrecision": 8,
    "quoteAssetPrecision": 8,
    "filters": [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01000000", "tickSize": "0.01000000"},
        {"filterType": "LOT_SIZE", "minQty": "0.00001000", "stepSize": "0.00001000"},
        {"filterType": "ICEBERG_PARTS", "limit": 10},
    ],
}


def raw(entry: object) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(entry).encode())


def test_a_listing_holds_the_exchanges_own_entry_and_its_steps_in_canonical_form() -> None:
    listing = listing_of(raw(ENTRY), source="binance", time=NOW_MS)
    assert (listing.tick_size, listing.step_size) == ("0.01", "0.00001")
    assert (listing.base_asset, listing.quote_asset, listing.base_precision) == ("BTC", "USDT", 8)
    assert json.loads(bytes(listing.entry)) == ENTRY


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"filters": ENTRY["filters"][1:]}, "no filter 'PRICE_FILTER'"),
        ({"filters": ENTRY["filters"][:1]}, "no filter 'LOT_SIZE'"),
        ({"filters": [{"filterType": "PRICE_FILTER", "tickSize": "-1"}, ENTRY["filters"][1]]}, "no.*decimal"),
        ({"filters": [{"filterType": "PRICE_FILTER"}, ENTRY["filters"][1]]}, "not a plain decimal"),
        ({"baseAssetPrecision": 19}, "<= 8"),
        ({"symbol": 5}, "Expected"),
    ],
)
def test_an_entry_that_says_no_step_is_refused(broken: dict[str, Any], said: str) -> None:
    with pytest.raises(FrameError, match=said):
        listing_of(raw(ENTRY | broken), source="binance", time=NOW_MS)


async def test_the_pairs_that_are_listened_to_are_sent_as_the_exchange_lists_them(
    kafka_broker: KafkaBroker,
) -> None:
    kafka = KafkaSettings.model_validate({"kafka_bootstrap": kafka_broker.bootstrap})
    ensure_topics(kafka)
    refusals = Refusals()
    producer = open_producer(kafka, max_pending=100, on_refused=refusals)
    outbox = Outbox(producer, Health(), lambda: time.time_ns() // 1_000_000, refusals)
    consumer = open_consumer(kafka)
    async with running(SeededMarket(7, clock=Clock(NOW_MS))) as exchange, aiohttp.ClientSession() as session:
        rest = SpotRest(session, f"http://{exchange.address}", WeightBudget(6_000))
        market = Market("simulator", ("BTCUSDT", "XRPUSDT"))
        context = Context(ExchangeSettings(), kafka, market, rest, outbox, lambda: NOW_MS)
        letters = len(read_values(consumer, DEAD_LETTER))
        sending = asyncio.create_task(send_listings(context))
        own = {"time": NOW_MS, "source": "simulator"}

        def sent() -> dict[str, dict[str, Any]]:
            outbox.poll()
            values = [value for value in read_values(consumer, LISTINGS) if own.items() <= value.items()]
            return {value["symbol"]: value for value in values}

        await until(lambda: len(sent()) == 2)
        sending.cancel()
        entries = (await exchange.get("/api/v3/exchangeInfo"))["symbols"]
    assert {name: value["entry"] for name, value in sent().items()} == {
        entry["symbol"]: entry for entry in entries if entry["symbol"] in market.symbols
    }
    assert all(decode_listing(json.dumps(value)).tick_size for value in sent().values())
    assert len(read_values(consumer, DEAD_LETTER)) == letters
    consumer.close()
    await outbox.close(5.0)
