"""The exchange: which one, what is listened to, and what is made of its books."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from candlestack_core.settings.base import HttpUrl, SettingsGroup, WebSocketUrl

DEFAULT_SYMBOLS = (
    "BTCUSDT",
    "ETHUSDT",
    "BNBUSDT",
    "SOLUSDT",
    "ADAUSDT",
    "XRPUSDT",
    "DOGEUSDT",
    "AVAXUSDT",
    "DOTUSDT",
    "LINKUSDT",
    "LTCUSDT",
    "TRXUSDT",
    "BCHUSDT",
    "ATOMUSDT",
    "NEARUSDT",
)

DEFAULT_FUTURES_SYMBOLS = ("BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "ADAUSDT", "XRPUSDT")


class ExchangeSettings(SettingsGroup):
    """Which exchange is listened to, and how."""

    exchange: Literal["simulator", "binance"] = Field(
        "simulator", description="simulator (seeded market or recording) or the real binance"
    )
    symbols: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Pairs, separated by commas; empty: the 15 pairs of the platform, or all pairs of a recording",
    )
    futures_symbols: Annotated[tuple[str, ...], NoDecode] = Field(
        DEFAULT_FUTURES_SYMBOLS,
        description="USD-M futures whose books are kept, separated by commas",
    )
    exchange_rest_url: HttpUrl = Field("", description="REST address of spot; empty: that of EXCHANGE")
    exchange_ws_url: WebSocketUrl = Field(
        "", description="WebSocket address of spot; empty: that of EXCHANGE"
    )
    exchange_usdm_rest_url: HttpUrl = Field("", description="REST address of USD-M; empty: that of EXCHANGE")
    exchange_usdm_ws_url: WebSocketUrl = Field(
        "", description="WebSocket address of USD-M, before /public and /market; empty: that of EXCHANGE"
    )
    streams_per_connection: int = Field(8, ge=1, le=1024, description="Streams that share one connection")
    connection_lifetime_s: float = Field(
        82_800,
        ge=10,
        le=86_000,
        description="Seconds after which a connection is replaced (Binance ends it after 24 hours)",
    )
    connections_per_5_minutes: int = Field(
        100,
        ge=1,
        le=300,
        description="Connections a process opens in five minutes (Binance allows 300 an address)",
    )
    rest_weight_per_minute: int = Field(
        1200,
        ge=50,
        le=6000,
        description="REST weight a process spends a minute (Binance allows 6,000 an address)",
    )
    backfill_hours: int = Field(
        24, ge=1, le=168, description="Hours of 1m candles that are checked for holes and filled by REST"
    )
    trades_refill_limit: int = Field(
        5_000,
        ge=0,
        le=1_000_000,
        description="Trades a hole of one pair is refilled with by REST, the newest ones",
    )
    producer_buffer_messages: int = Field(
        20_000, ge=100, le=1_000_000, description="Messages held while the broker is away; then reading stops"
    )

    @field_validator("symbols", "futures_symbols", mode="before")
    @classmethod
    def _split_symbols(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        symbols = tuple(dict.fromkeys(part.strip().upper() for part in value.split(",") if part.strip()))
        for symbol in symbols:
            # Symbols may hold letters of any script; what would break a topic key or a stream name may not.
            if not re.fullmatch(r"[^\W_]{2,40}", symbol):
                raise ValueError(f"{symbol!r} is not a pair; write e.g. BTCUSDT,ETHUSDT")
        return symbols


class OrderBookSettings(SettingsGroup):
    """The order-book builder."""

    book_silent_after_s: float = Field(
        8, gt=0, le=3600, description="Seconds without a diff after which a book is stale, or starved"
    )
    book_publish_every_ms: int = Field(
        50, ge=10, le=60_000, description="Least time between two states of a book in Kafka, in ms"
    )
    book_store_every_ms: int = Field(
        250, ge=100, le=60_000, description="Least time between two states of a book in Redis, in ms"
    )
    book_depth: int = Field(1000, ge=100, le=1000, description="Levels a side that a book is kept to")
    book_buffer_diffs: int = Field(
        2_000, ge=10, le=100_000, description="Diffs held for a book until a snapshot joins them"
    )
    book_audit_every_s: float = Field(
        600, ge=1, description="Seconds between two comparisons of a book with a fresh snapshot"
    )


class MarketDataSettings(SettingsGroup):
    """The REST producer."""

    market_data_timeframe: Literal["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "1d"] = Field(
        "1m", description="Length of the candles that are polled by REST"
    )
    market_data_every_s: float = Field(
        5, ge=0.5, le=3600, description="Seconds between two polls of all pairs by REST"
    )
