"""`GET /fapi/v1/exchangeInfo`: the trading rules of the perpetuals, in the form that clients read them."""

from __future__ import annotations

from collections.abc import Sequence

from candlestack_simulator.rest.exchange_info import rate_limit
from candlestack_simulator.source import Pair
from candlestack_simulator.usdm_wire import decimal
from candlestack_simulator.wire import Json

_ONBOARDED_MS = 1_569_398_400_000
_NEVER_MS = 4_133_404_800_000
_ORDER_TYPES = ["LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"]
_TIMES_IN_FORCE = ["GTC", "IOC", "FOK", "GTX", "GTD"]


def usdm_exchange_info(pairs: Sequence[Pair], server_time: int, weight_limit: int) -> Json:
    """Return the whole answer; `weight_limit` is the REST weight allowed a minute."""
    return {
        "timezone": "UTC",
        "serverTime": server_time,
        "futuresType": "U_MARGINED",
        "rateLimits": [
            rate_limit("REQUEST_WEIGHT", "MINUTE", 1, weight_limit),
            rate_limit("ORDERS", "MINUTE", 1, 1_200),
            rate_limit("ORDERS", "SECOND", 10, 300),
        ],
        "exchangeFilters": [],
        "assets": [
            {"asset": quote, "marginAvailable": True, "autoAssetExchange": "-10000"}
            for quote in dict.fromkeys(pair.quote for pair in pairs)
        ],
        "symbols": [_symbol(pair) for pair in pairs],
    }


def _symbol(pair: Pair) -> Json:
    return {
        "symbol": pair.symbol,
        "pair": pair.symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": _NEVER_MS,
        "onboardDate": _ONBOARDED_MS,
        "status": pair.status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": pair.base,
        "quoteAsset": pair.quote,
        "marginAsset": pair.quote,
        "pricePrecision": pair.price_decimals,
        "quantityPrecision": pair.quantity_decimals,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": [],
        "triggerProtect": "0.0500",
        "liquidationFee": "0.012500",
        "marketTakeBound": "0.05",
        "filters": _filters(pair),
        "orderTypes": _ORDER_TYPES,
        "timeInForce": _TIMES_IN_FORCE,
    }


def _filters(pair: Pair) -> list[Json]:
    """Return the pair's filters; ranges beyond the steps are those of a large pair of the exchange."""
    tick = decimal(pair.tick_e8, pair.price_decimals)
    lot = decimal(pair.lot_e8, pair.quantity_decimals)
    most = decimal(pair.lot_e8 * 10**6, pair.quantity_decimals)
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick,
            "maxPrice": decimal(pair.tick_e8 * 10**8, pair.price_decimals),
            "tickSize": tick,
        },
        {"filterType": "LOT_SIZE", "minQty": lot, "maxQty": most, "stepSize": lot},
        {"filterType": "MARKET_LOT_SIZE", "minQty": lot, "maxQty": most, "stepSize": lot},
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": 10},
        {"filterType": "MIN_NOTIONAL", "notional": "5"},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": "1.0500",
            "multiplierDown": "0.9500",
            "multiplierDecimal": "4",
        },
    ]
