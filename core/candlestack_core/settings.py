"""All settings of the platform: typed, read from the environment and from `.env` in the root.

The environment wins over `.env`. A service loads the groups it needs with `load`; a bad value stops it
with one line that names the variable, and exit code 2. `candlestack_core.env_example` writes
`.env.example` from these groups, so a variable that is not here does not exist.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[2]
ENV_FILE = REPOSITORY / ".env"

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

Port = Annotated[int, Field(ge=1, le=65535)]
PortOrAny = Annotated[int, Field(ge=0, le=65535)]

_WEBSOCKET_SCHEMES = ("ws", "wss")
_HTTP_SCHEMES = ("http", "https")


def _url(text: str, schemes: tuple[str, ...]) -> str:
    if not text:
        return text
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not pair, a port that is no port
        usable = False
    if not usable:
        raise ValueError(f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
    return text.rstrip("/")


HttpUrl = Annotated[str, AfterValidator(lambda text: _url(text, _HTTP_SCHEMES))]
WebSocketUrl = Annotated[str, AfterValidator(lambda text: _url(text, _WEBSOCKET_SCHEMES))]


class SettingsGroup(BaseSettings):
    """A frozen group of settings; fields are read from upper-case variables of the same name."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


class ServiceSettings(SettingsGroup):
    """What every long-running process has."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe level that is logged"
    )
    log_format: Literal["json", "console"] = Field(
        "json", description="json: one object a line; console: for people at a terminal"
    )
    health_host: str = Field("127.0.0.1", description="Address that /healthz, /readyz and /metrics bind to")
    health_port: PortOrAny = Field(
        0, description="Port of /healthz, /readyz and /metrics; 0 takes a free one and logs it"
    )


class KafkaSettings(SettingsGroup):
    """The broker."""

    kafka_bootstrap: str = Field(
        "localhost:9092",
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP", "KAFKA_BROKER", "KAFKA_BOOTSTRAP_SERVERS"),
        description="Brokers as host:port, separated by commas (also read as KAFKA_BROKER and KAFKA_BOOTSTRAP_SERVERS)",
    )
    kafka_client: Literal["confluent", "kafka-python"] = Field(
        "confluent", description="Client library behind the Kafka interface"
    )
    kafka_topic: str = Field(
        "crypto_kline_1m", pattern=r"^[A-Za-z0-9._-]{1,249}$", description="Topic of the 1m candles"
    )
    kafka_replication_factor: int = Field(
        1, ge=1, le=5, description="Replicas of the topics that are created"
    )

    @field_validator("kafka_bootstrap")
    @classmethod
    def _host_and_port(cls, text: str) -> str:
        brokers = [broker.strip() for broker in text.split(",")]
        for broker in brokers:
            match = re.fullmatch(r"[^\s:]+:([0-9]{1,5})", broker)
            if match is None or not 1 <= int(match[1]) <= 65535:
                raise ValueError("must be host:port, or several separated by commas")
        return ",".join(brokers)


class MongoSettings(SettingsGroup):
    """The candle store."""

    mongo_uri: str = Field(
        "mongodb://localhost:27017",
        pattern=r"^mongodb(\+srv)?://",
        repr=False,  # it may hold a password
        description="MongoDB connection string",
    )
    mongo_db: str = Field("CRYPTO", pattern=r"^[A-Za-z0-9_-]{1,63}$", description="MongoDB database")
    completeness_days: int = Field(
        30, ge=1, le=3650, description="Days that the completeness of each minute is kept"
    )


class RedisSettings(SettingsGroup):
    """The realtime store."""

    redis_host: str = Field("localhost", description="Redis host")
    redis_port: Port = Field(6379, description="Redis port")
    redis_password: str = Field("", repr=False, description="Redis password, where the server asks for one")
    realtime_window_hours: int = Field(
        24, ge=1, le=168, description="Hours of 1m candles kept in the realtime window"
    )
    trades_list_length: int = Field(1000, ge=10, le=100_000, description="Newest trades kept per pair")


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
        100, ge=10, le=60_000, description="Least time between two states of a book that are published, in ms"
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


class SimulatorSettings(SettingsGroup):
    """The simulated exchange."""

    simulator_host: str = Field("127.0.0.1", description="Address the simulator binds to")
    simulator_port: PortOrAny = Field(
        9500, description="Port of the simulator; 0 takes a free one and logs it"
    )
    simulator_seed: int = Field(20260101, ge=0, le=2**63 - 1, description="Seed of the simulated market")
    simulator_connection_life_s: float = Field(
        86_400, gt=0, description="Seconds after which a WebSocket connection ends, as Binance's 24 hours"
    )
    simulator_shutdown_notice_s: float = Field(
        600, ge=0, description="Seconds before its end at which a connection hears serverShutdown"
    )
    simulator_ping_interval_s: float = Field(20, gt=0, description="Seconds between pings on spot")
    simulator_pong_timeout_s: float = Field(
        60, gt=0, description="Seconds without a pong that end a connection of spot"
    )
    simulator_usdm_ping_interval_s: float = Field(180, gt=0, description="Seconds between pings on futures")
    simulator_usdm_pong_timeout_s: float = Field(
        600, gt=0, description="Seconds without a pong that end a connection of futures"
    )
    simulator_messages_per_second: int = Field(
        5, ge=1, le=10_000, description="Messages a second above which a connection of spot is closed"
    )
    simulator_usdm_messages_per_second: int = Field(
        10, ge=1, le=10_000, description="Messages a second above which a connection of futures is closed"
    )
    simulator_rest_weight_per_minute: int = Field(
        6_000, ge=1, le=10_000_000, description="REST weight a minute that spot allows an address"
    )
    simulator_usdm_rest_weight_per_minute: int = Field(
        2_400, ge=1, le=10_000_000, description="REST weight a minute that futures allow an address"
    )
    simulator_refusals_before_ban: int = Field(
        10,
        ge=1,
        le=10_000,
        description="Requests of a minute answered 429 before the address is banned (418)",
    )
    simulator_streams_per_connection: int = Field(
        1_024, ge=1, le=1_024, description="Streams that a connection may have"
    )
    simulator_connections_per_5_minutes: int = Field(
        300, ge=1, le=1_000_000, description="Connections that an address may open in five minutes"
    )
    simulator_clock_offset_ms: int = Field(
        0,
        ge=-3_600_000,
        le=3_600_000,
        description="How far the exchange's clock is ahead of this machine's, in ms",
    )
    replay_recording: str = Field(
        "",
        description="Recording to replay instead of the seeded market: files or globs, separated by commas",
    )
    replay_speed: float = Field(1, gt=0, le=10_000, description="Speed of the replay; 1 is as recorded")
    replay_times: Literal["kept", "shifted"] = Field(
        "shifted", description="kept: times as recorded; shifted: moved to now by whole minutes"
    )
    replay_start_delay_s: float = Field(
        3, ge=0, le=600, description="Seconds between the first subscription and the start of the replay"
    )


class SparkSettings(SettingsGroup):
    """Spark's batch jobs and the lake of candles."""

    spark_master: str = Field(
        "local[2]",
        pattern=r"^(local(\[(\*|[1-9][0-9]*)\])?|spark://.+|k8s://.+)$",
        description="Where the batch jobs run; left to spark-submit where that starts them",
    )
    spark_driver_memory: str = Field(
        "512m", pattern=r"^[1-9][0-9]*[mg]$", description="Memory of the Java machine of one batch job"
    )
    lake_uri: str = Field(
        ".candlestack/lake",
        description="Where the candles are kept as Parquet: a folder (relative ones from the root), or s3a://bucket/path",
    )
    archive_url: HttpUrl = Field(
        "", description="Address of the exchange's monthly archives; empty: that of EXCHANGE"
    )
    history_months: int = Field(
        3,
        ge=1,
        le=240,
        description="Whole months before the present one that are fetched where no start is given",
    )
    kline_1m_days: int = Field(
        30, ge=1, le=36_500, description="Days of 1m candles that MongoDB keeps; the lake keeps all"
    )

    @field_validator("lake_uri")
    @classmethod
    def _folder_or_bucket(cls, text: str) -> str:
        scheme, separator, rest = text.rpartition("://")
        if separator and (scheme not in ("s3", "s3a") or not rest.strip("/")):
            raise ValueError("must be a folder or s3a://bucket/path")
        return text.rstrip("/") or "/"

    @property
    def lake(self) -> str:
        """`lake_uri` with a folder as an absolute path."""
        uri = self.lake_uri
        return uri if "://" in uri else str((REPOSITORY / Path(uri).expanduser()).resolve())


class ApiSettings(SettingsGroup):
    """The API."""

    api_host: str = Field("127.0.0.1", description="Address the API binds to")
    api_port: PortOrAny = Field(8000, description="Port of the API; 0 takes a free one and logs it")
    api_cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("http://localhost:3000", "http://127.0.0.1:3000"),
        description="Pages that may read the API from a browser, separated by commas; * for all",
    )
    api_max_sockets: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="WebSocket clients served at once; one more is asked to come later",
    )

    @field_validator("api_cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        origins = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        return tuple(origin if origin == "*" else _url(origin, _HTTP_SCHEMES) for origin in origins)


class FrontendSettings(SettingsGroup):
    """The dashboard. It is no Python, and reads these variables itself."""

    frontend_host: str = Field("127.0.0.1", description="Address the dashboard binds to")
    frontend_port: Port = Field(3000, description="Port of the dashboard")
    api_url: HttpUrl = Field(
        "", description="Where browsers reach the API; empty: on this machine, at API_PORT"
    )


class AirflowSettings(SettingsGroup):
    """Airflow, which schedules the batch work."""

    airflow_port: Port = Field(8080, description="Port of Airflow's page and of its API")


class RunnerSettings(SettingsGroup):
    """The local runner; relative folders are taken from the repository's root."""

    profile: Literal["all", "live"] = Field(
        "all", description="all: the whole platform; live: without Spark and Airflow"
    )
    candlestack_home: Path = Field(
        Path(".candlestack"), description="Folder of the local platform's data and logs"
    )
    candlestack_cache: Path = Field(
        Path("~/.cache/candlestack"), description="Folder of downloads, which clones of the repository share"
    )
    kafka_controller_port: Port = Field(
        9093, description="Port of the broker's own controller, on this machine only"
    )
    health_port_base: int = Field(
        9600,
        ge=1,
        le=65_000,
        description="First of the ports on which make up lets each service serve /readyz and /metrics",
    )

    @property
    def home(self) -> Path:
        """`candlestack_home` as an absolute path."""
        return (REPOSITORY / self.candlestack_home.expanduser()).resolve()

    @property
    def cache(self) -> Path:
        """`candlestack_cache` as an absolute path."""
        return (REPOSITORY / self.candlestack_cache.expanduser()).resolve()


GROUPS: tuple[type[SettingsGroup], ...] = (
    ExchangeSettings,
    OrderBookSettings,
    MarketDataSettings,
    KafkaSettings,
    RedisSettings,
    MongoSettings,
    SimulatorSettings,
    SparkSettings,
    ApiSettings,
    FrontendSettings,
    AirflowSettings,
    ServiceSettings,
    RunnerSettings,
)

Group = TypeVar("Group", bound=SettingsGroup)


class BadSettingError(Exception):
    """A setting that only proves unusable later, as a pair that the exchange does not list."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"candlestack: bad setting {variable}: {reason}")


def variable_name(group: type[SettingsGroup], field: str) -> str:
    """Return the environment variable that sets a field (the first of its aliases)."""
    return variable_names(group, field)[0]


def variable_names(group: type[SettingsGroup], field: str) -> tuple[str, ...]:
    """Return every environment variable that sets a field, the one that wins first."""
    alias = group.model_fields[field].validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else (field.upper(),)


def load(group: type[Group]) -> Group:
    """Read a group, or end the process with exit code 2 and one line per bad variable.

    CANDLESTACK_ENV_FILE names another file to read instead of `.env` in the root.

    Raises:
        SystemExit: with code 2, after naming every variable that cannot be used and why.
    """
    env_file = os.environ.get("CANDLESTACK_ENV_FILE", ENV_FILE)
    try:
        return group(_env_file=env_file)
    except ValidationError as error:
        names = {variable_name(group, name): variable_names(group, name) for name in group.model_fields}
        for problem in error.errors():
            where = str(problem["loc"][0]).upper()
            name, *others = names.get(where, (where,))
            also = f" (also read as {', '.join(others)})" if others else ""
            reason = problem["msg"].removeprefix("Value error, ")
            sys.stderr.write(f"{BadSettingError(name + also, reason)}\n")
        raise SystemExit(2) from None
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"candlestack: {env_file} cannot be read: {error}\n")
        raise SystemExit(2) from None
