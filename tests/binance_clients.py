"""Unmodified clients of Binance that are given another address and more patience, each by its own public settings."""

from __future__ import annotations

from typing import Any

import ccxt
from binance import Client
from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_spot.spot import Spot

from waiting import PATIENCE_S


def ccxt_at(url: str) -> Any:
    options = {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}
    client = ccxt.binance({"options": options, "timeout": round(PATIENCE_S * 1000)})
    client.urls["api"]["public"] = f"{url}/api/v3"
    return client


def python_binance_at(url: str) -> Client:
    client = Client(requests_params={"timeout": PATIENCE_S}, ping=False)
    client.API_URL = f"{url}/api"
    return client


def connector_at(url: str) -> Any:
    patience_ms = round(PATIENCE_S * 1000)
    return Spot(config_rest_api=ConfigurationRestAPI(base_path=url, retries=0, timeout=patience_ms)).rest_api
