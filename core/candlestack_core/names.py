"""The names that must agree everywhere: collections and keys. Topics stand in `topics`, metrics in `metrics`.

No other Python file of the platform holds one of these as a literal; a check in the test run sees to it.
"""

from __future__ import annotations

from typing import Final, Literal

# MongoDB collections
KLINE_1M: Final = "1m_kline"
KLINE_5M: Final = "5m_kline"
KLINE_1H: Final = "1h_kline"
KLINE_4H: Final = "4h_kline"
KLINE_1D: Final = "1d_kline"
KLINE_COLLECTIONS: Final = {"1m": KLINE_1M, "5m": KLINE_5M, "1h": KLINE_1H, "4h": KLINE_4H, "1d": KLINE_1D}
JOB_RUNS: Final = "job_runs"

# Jobs, as `job_runs` knows them
JOB_HISTORY_BACKFILL: Final = "history_backfill"
JOB_HISTORY_FETCH: Final = "history_fetch"


def roll_up_job(interval: str) -> str:
    """Return the name of the job that rolls up an interval."""
    return f"ohlc_{interval}_aggregator"


JOBS: Final = (
    *(roll_up_job(interval) for interval in KLINE_COLLECTIONS if interval != "1m"),
    JOB_HISTORY_BACKFILL,
    JOB_HISTORY_FETCH,
)


def candle_id(symbol: str, open_time: int) -> str:
    """Return the `_id` of a candle's document; `open_time` in ms."""
    return f"{symbol}:{open_time}"


COMPLETENESS: Final = "completeness"
LedgerStream = Literal["kline_1m", "trade", "depth"]
"""The streams whose completeness is accounted for, as the ledger calls them."""


def completeness_id(market: str, stream: str, symbol: str, open_time: int) -> str:
    """Return the `_id` of what is known of one minute of a stream; `open_time` in ms."""
    return f"{market}:{stream}:{symbol}:{open_time}"


# Redis keys
def latest_candle_key(symbol: str) -> str:
    """Return the key of the newest 1m candle of a pair, forming or closed."""
    return f"crypto:{symbol}:1m:latest"


def window_candle_prefix(symbol: str) -> str:
    """Return what the key of each 1m candle of the realtime window begins with; its open time in ms follows."""
    return f"crypto:{symbol}:1m:"


def window_candle_key(symbol: str, open_time: int) -> str:
    """Return the key of one 1m candle of the realtime window; `open_time` in ms."""
    return f"{window_candle_prefix(symbol)}{open_time}"


WINDOW_PARTITIONS: Final = "crypto:window:partitions"
"""A hash with a field for each partition of the candle topic whose candles this Redis has been given."""


def trades_key(symbol: str) -> str:
    """Return the key of the bounded list of a pair's trades, newest first."""
    return f"trades:{symbol}:list"


def order_book_key(symbol: str) -> str:
    """Return the key of a pair's spot book: every level known to be true."""
    return f"orderbook:{symbol}:latest"


def usdm_order_book_key(symbol: str) -> str:
    """Return the key of a pair's USD-M futures book: every level known to be true."""
    return f"orderbook:usdm:{symbol}:latest"


LIVE_ORDERBOOK: Final = "LIVE_ORDERBOOK"
"""A hash with a field for each symbol: the best levels of its USD-M futures book."""


EXCHANGE_LISTINGS: Final = "exchange:listings"
"""A hash with a field for each pair of spot: how the exchange lists it, with its filters."""

RANKING_TOP_GAINERS: Final = "ranking:top_gainers"
RANKING_TOP_LOSERS: Final = "ranking:top_losers"


def rate_limit_key(client: str) -> str:
    """Return the key of the token bucket of a client of the API."""
    return f"api:tokens:{client}"


# Kafka headers, each an epoch time in ms written as ASCII digits. They stay out of the values, so that a
# replay gives the same values again.
HEADER_RECEIVED: Final = "received"
"""When the connector read the frame from its socket."""
HEADER_SENT: Final = "sent"
"""When the record was handed to the Kafka client."""

# Consumer groups
GROUP_REDIS_WRITER: Final = "redis-writer"
GROUP_CANDLE_WRITER: Final = "candle-writer"
GROUP_COMPLETENESS: Final = "completeness-ledger"

# Values of `source`
SOURCE_BINANCE: Final = "binance"
SOURCE_SIMULATOR: Final = "simulator"
SOURCE_REPLAY: Final = "replay"


def backfill_source(source: str) -> str:
    """Return the `source` of a record that REST gave."""
    return f"backfill:{source}"


def plain_source(source: str) -> str:
    """Return where a record came from, whether by a stream or by REST."""
    return source.removeprefix("backfill:")
