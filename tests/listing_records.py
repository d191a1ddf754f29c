"""How an exchange lists pairs, for the tests of what is made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import redis

from candlestack_core.messages import encode
from candlestack_core.names import EXCHANGE_LISTINGS
from candlestack_ingest.exchange.binance.listings import listing_of
from candlestack_local.servers import RedisServer

LISTED_AT = 1_767_268_800_000
"""2026-01-01 12:00:00 UTC."""


def entry(symbol: str, *, tick: str = "0.01000000", step: str = "0.00001000") -> dict[str, Any]:
    """Return how the exchange lists a pair against USDT."""
    return {
        "symbol": symbol,
        "status": "TRADING",
        "baseAsset": symbol.removesuffix("USDT"),
        "baseAssetPrecision": 8,
        "quoteAsset": "USDT",
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": tick,
                "maxPrice": "1000000.00000000",
                "tickSize": tick,
            },
            {"filterType": "LOT_SIZE", "minQty": step, "maxQty": "9000.00000000", "stepSize": step},
            {"filterType": "NOTIONAL", "minNotional": "5.00000000", "applyMinToMarket": True},
        ],
        "permissions": [],
        "permissionSets": [["SPOT"]],
    }


def store_listings(server: RedisServer, *entries: Mapping[str, Any]) -> None:
    """Write how the exchange lists pairs into Redis, as the Redis writer does."""
    listings = [
        listing_of(msgspec.Raw(json.dumps(each).encode()), source="simulator", time=LISTED_AT)
        for each in entries
    ]
    with redis.Redis(host="127.0.0.1", port=server.port) as store:
        store.hset(EXCHANGE_LISTINGS, mapping={listing.symbol: encode(listing) for listing in listings})
