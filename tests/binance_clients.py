"""Unmodified clients of Binance that are given another address, each by its own public setting."""

from __future__ import annotations

from typing import Any

import ccxt
from binance import Client
from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_spot.spot import Spot


def ccxt_at(url: str) -> Any:
    client = ccxt.binance({"options": {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}})
    client.urls["api"]["public"] = f"{url}/api/v3"
    return client


def python_binance_at(url: str) -> Client:
    client = Client(ping=False)
    client.API_URL = f"{url}/api"
    return client


def connector_at(url: str) -> Any:
    return Spot(config_rest_api=ConfigurationRestAPI(base_path=url, retries=0, timeout=20_000)).rest_api
