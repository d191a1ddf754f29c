"""Settings: read from the environment and `.env`, refused in one line that names the variable."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import candlestack_core
from candlestack_core.settings import (
    DEFAULT_SYMBOLS,
    GROUPS,
    BadSettingError,
    ExchangeSettings,
    KafkaSettings,
    MongoSettings,
    RedisSettings,
    ServiceSettings,
    SettingsGroup,
    SimulatorSettings,
    load,
    variable_name,
    variable_names,
)

from .conftest import Run

FIELDS = {variable_name(group, field): (group, field) for group in GROUPS for field in group.model_fields}

BAD: Mapping[str, tuple[str, ...]] = {
    "EXCHANGE": ("kraken", "Binance", "simulator,binance"),
    "SYMBOLS": (
        "BTC/USDT",
        "BTCUSDT;ETHUSDT",
        "BTC USDT",
        "B",
        "BTCUSDT,ETH-USDT",
        "B" * 41,
        "btcusdt@trade",
    ),
    "EXCHANGE_REST_URL": ("localhost:9500", "ws://localhost", "http://", "http://[", "http://a:99999"),
    "EXCHANGE_WS_URL": ("http://localhost:9500", "wss://", "stream.example", "ws://a:port", "ws://a:0"),
    "FUTURES_SYMBOLS": ("BTC/USDT", "BTCUSDT;ETHUSDT", "B"),
    "EXCHANGE_USDM_REST_URL": ("localhost:9500", "ws://localhost"),
    "EXCHANGE_USDM_WS_URL": ("http://localhost:9500", "wss://"),
    "STREAMS_PER_CONNECTION": ("0", "1025", "many", "1.5"),
    "CONNECTION_LIFETIME_S": ("9", "86401", "inf", "a day"),
    "CONNECTIONS_PER_5_MINUTES": ("0", "301", "1.5"),
    "REST_WEIGHT_PER_MINUTE": ("49", "6001", "-1"),
    "BACKFILL_HOURS": ("0", "169", "1h"),
    "TRADES_REFILL_LIMIT": ("-1", "1000001"),
    "PRODUCER_BUFFER_MESSAGES": ("99", "1000001"),
    "API_STORE_TIMEOUT_S": ("0", "601", "nan"),
    "BOOK_SILENT_AFTER_S": ("0", "3601", "nan"),
    "BOOK_PUBLISH_EVERY_MS": ("9", "60001", "0.5"),
    "API_KEYS": ("alice", "alice:123", "alice:" + 64 * "g"),
    "API_REQUESTS_PER_MINUTE": ("-1", "10000001", "0.5"),
    "BOOK_STORE_EVERY_MS": ("99", "60001", "0.5"),
    "BOOK_DEPTH": ("99", "1001"),
    "BOOK_BUFFER_DIFFS": ("9", "100001"),
    "BOOK_AUDIT_EVERY_S": ("0", "inf"),
    "MARKET_DATA_TIMEFRAME": ("1M", "60", "1 m"),
    "MARKET_DATA_EVERY_S": ("0", "3601", "inf", "often"),
    "KAFKA_BOOTSTRAP": ("localhost", ":9092", "a:b", "a:0", "a:65536", "a:9092,", "a:9092,b", "a b:9092"),
    "KAFKA_CLIENT": ("aiokafka", "Confluent"),
    "KAFKA_TOPIC": ("a topic", "a/b", "t" * 250),
    "KAFKA_REPLICATION_FACTOR": ("0", "6"),
    "REDIS_PORT": ("0", "65536", "redis"),
    "REALTIME_WINDOW_HOURS": ("0", "169"),
    "COMPLETENESS_DAYS": ("0", "3651", "a month"),
    "TRADES_LIST_LENGTH": ("9", "100001"),
    "MONGO_URI": ("localhost:27017", "http://localhost", "mongo://localhost"),
    "MONGO_DB": ("a b", "a/b", "d" * 64),
    "SIMULATOR_PORT": ("-1", "65536", "http"),
    "SIMULATOR_SEED": ("-1", "9223372036854775808", "seed"),
    "SIMULATOR_CONNECTION_LIFE_S": ("0", "-1", "inf", "nan"),
    "SIMULATOR_SHUTDOWN_NOTICE_S": ("-1", "inf"),
    "SIMULATOR_PING_INTERVAL_S": ("0", "nan"),
    "SIMULATOR_PONG_TIMEOUT_S": ("0", "inf"),
    "SIMULATOR_USDM_PING_INTERVAL_S": ("0", "nan"),
    "SIMULATOR_USDM_PONG_TIMEOUT_S": ("0", "inf"),
    "SIMULATOR_MESSAGES_PER_SECOND": ("0", "10001", "x"),
    "SIMULATOR_USDM_MESSAGES_PER_SECOND": ("0", "10001", "x"),
    "SIMULATOR_REST_WEIGHT_PER_MINUTE": ("0", "10000001"),
    "SIMULATOR_USDM_REST_WEIGHT_PER_MINUTE": ("0", "10000001"),
    "SIMULATOR_REFUSALS_BEFORE_BAN": ("0", "10001"),
    "SIMULATOR_STREAMS_PER_CONNECTION": ("0", "1025"),
    "SIMULATOR_CONNECTIONS_PER_5_MINUTES": ("0", "1000001"),
    "SIMULATOR_CLOCK_OFFSET_MS": ("3600001", "-3600001", "0.5"),
    "REPLAY_SPEED": ("0", "10001", "fast"),
    "REPLAY_TIMES": ("now", "Kept"),
    "REPLAY_START_DELAY_S": ("-1", "601"),
    "SPARK_MASTER": ("local[0]", "yarn://", "spark://", "two"),
    "SPARK_DRIVER_MEMORY": ("0m", "512", "half a gigabyte"),
    "LAKE_URI": ("http://lake", "s3a://", "://lake"),
    "ARCHIVE_URL": ("data.example", "ftp://data.example"),
    "HISTORY_MONTHS": ("0", "241", "all"),
    "KLINE_1M_DAYS": ("0", "36501", "a month"),
    "RANKING_TRIGGER_S": ("0", "61", "often"),
    "RANKING_BATCH_RECORDS": ("99", "1000001", "all"),
    "RANKING_DRIVER_MEMORY": ("0m", "768", "a gigabyte"),
    "API_PORT": ("-1", "65536", "http"),
    "API_CORS_ORIGINS": ("localhost:3000", "http://", "http://localhost:3000,dashboard"),
    "FRONTEND_PORT": ("0", "65536", "http"),
    "AIRFLOW_PORT": ("0", "65536", "http"),
    "API_URL": ("localhost:8000", "ws://localhost:8000", "http://"),
    "API_MAX_SOCKETS": ("0", "100001"),
    "API_MAX_SOCKETS_PER_ADDRESS": ("0", "many"),
    "API_MAX_SUBSCRIPTIONS": ("0", "10001"),
    "API_MAX_MESSAGE_BYTES": ("1023", "16k"),
    "API_HEARTBEAT_S": ("0", "301"),
    "PROFILE": ("batch", "Live"),
    "KAFKA_CONTROLLER_PORT": ("0", "65536"),
    "HEALTH_PORT_BASE": ("0", "65001"),
    "LOG_LEVEL": ("TRACE", "info", "20"),
    "LOG_FORMAT": ("text", "JSON"),
    "HEALTH_PORT": ("-1", "65536", "8080/tcp"),
}
TAKE_ANY_TEXT = frozenset(
    {
        "REDIS_HOST",
        "REDIS_PASSWORD",
        "SIMULATOR_HOST",
        "REPLAY_RECORDING",
        "API_HOST",
        "FRONTEND_HOST",
        "HEALTH_HOST",
        "CANDLESTACK_HOME",
        "CANDLESTACK_CACHE",
        "SPARK_JARS",
        "RANKING_CHECKPOINT",
        "CIRCULATING_SUPPLY",
    }
)
"""Hosts, passwords and paths: what is wrong with one shows where it is used."""

LOAD_ALL = """
from candlestack_core.settings import GROUPS, load
for group in GROUPS:
    try:
        load(group)
    except SystemExit as stop:
        code = stop.code
raise SystemExit(code)
"""


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the shell or the CI sets out of these tests."""
    own = {name for group in GROUPS for field in group.model_fields for name in variable_names(group, field)}
    for name in list(os.environ):
        if name.upper() in own:
            monkeypatch.delenv(name)


def test_every_variable_has_bad_values_or_takes_any_text() -> None:
    assert set(BAD) | TAKE_ANY_TEXT == set(FIELDS)
    assert not set(BAD) & TAKE_ANY_TEXT


@pytest.mark.parametrize(("variable", "value"), [(name, value) for name, bad in BAD.items() for value in bad])
def test_a_bad_value_ends_with_one_line_that_names_the_variable(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as stop:
        load(FIELDS[variable][0])
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    [line] = err.splitlines()
    assert line.startswith(f"candlestack: bad setting {variable}")
    assert len(line) > len(f"candlestack: bad setting {variable}: ")
    assert out == ""


def test_a_service_with_many_bad_settings_names_each_once_and_exits_2(run: Run) -> None:
    ended = run(LOAD_ALL, {name: values[0] for name, values in BAD.items()})
    assert ended.returncode == 2
    named = [
        line.removeprefix("candlestack: bad setting ").split(":")[0] for line in ended.stderr.splitlines()
    ]
    assert sorted(name.split(" ")[0] for name in named) == sorted(BAD)
    assert ended.stdout == ""


def test_a_bad_value_under_another_name_says_every_name_it_is_read_as(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BROKER", "nonsense")
    with pytest.raises(SystemExit):
        load(KafkaSettings)
    [line] = capsys.readouterr().err.splitlines()
    assert all(name in line for name in variable_names(KafkaSettings, "kafka_bootstrap"))


def test_a_setting_that_proves_bad_later_is_named_in_the_same_words() -> None:
    error = BadSettingError("SYMBOLS", "NOPEUSDT is not listed")
    assert str(error) == "candlestack: bad setting SYMBOLS: NOPEUSDT is not listed"


def test_without_any_variable_every_group_has_the_defaults_of_the_design() -> None:
    exchange, kafka, redis = load(ExchangeSettings), load(KafkaSettings), load(RedisSettings)
    mongo, simulator, service = load(MongoSettings), load(SimulatorSettings), load(ServiceSettings)
    assert (exchange.exchange, exchange.symbols, exchange.backfill_hours) == ("simulator", (), 24)
    assert (kafka.kafka_bootstrap, kafka.kafka_client) == ("localhost:9092", "confluent")
    assert (redis.redis_host, redis.redis_port) == ("localhost", 6379)
    assert (mongo.mongo_uri, mongo.mongo_db) == ("mongodb://localhost:27017", "CRYPTO")
    assert (simulator.simulator_host, simulator.simulator_port) == ("127.0.0.1", 9500)
    assert service.health_host == "127.0.0.1"
    assert len(set(DEFAULT_SYMBOLS)) == len(DEFAULT_SYMBOLS) == 15


@pytest.mark.parametrize("alias", variable_names(KafkaSettings, "kafka_bootstrap"))
def test_the_broker_is_read_under_each_of_its_names(alias: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(alias, "broker-1:9092, broker-2:9093")
    assert load(KafkaSettings).kafka_bootstrap == "broker-1:9092,broker-2:9093"


def test_the_brokers_own_name_wins_over_its_aliases(monkeypatch: pytest.MonkeyPatch) -> None:
    names = variable_names(KafkaSettings, "kafka_bootstrap")
    assert names == ("KAFKA_BOOTSTRAP", "KAFKA_BROKER", "KAFKA_BOOTSTRAP_SERVERS")
    for port, name in enumerate(names, start=1):
        monkeypatch.setenv(name, f"localhost:{port}")
    assert load(KafkaSettings).kafka_bootstrap == "localhost:1"


def test_symbols_are_read_in_any_case_each_once_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLS", " ethusdt,BTCUSDT,, EthUsdt ,币安人生USDT,")
    assert load(ExchangeSettings).symbols == ("ETHUSDT", "BTCUSDT", "币安人生USDT")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FIELDS:
        monkeypatch.setenv(name, "")
    for group in GROUPS:
        assert load(group) == group.model_construct()


def test_an_address_loses_the_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_REST_URL", "http://localhost:9500/")
    monkeypatch.setenv("EXCHANGE_WS_URL", "wss://stream.example:9443/")
    settings = load(ExchangeSettings)
    assert (settings.exchange_rest_url, settings.exchange_ws_url) == (
        "http://localhost:9500",
        "wss://stream.example:9443",
    )


def test_settings_do_not_change_after_they_were_read() -> None:
    settings = load(RedisSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.redis_port = 1  # type: ignore[misc]


def test_passwords_do_not_show_in_the_text_of_their_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "s3cret")
    monkeypatch.setenv("MONGO_URI", "mongodb://user:s3cret@localhost")
    for settings in (load(RedisSettings), load(MongoSettings)):
        assert "s3cret" not in f"{settings!r} {settings}"
    assert load(RedisSettings).redis_password == "s3cret"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MONGO_URI", "mongo://user:s3cret@localhost"), ("KAFKA_BOOTSTRAP", "user:s3cret@localhost:9092x")],
)
def test_a_refused_value_is_not_repeated(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit):
        load(FIELDS[variable][0])
    assert "s3cret" not in capsys.readouterr().err


def test_a_file_of_settings_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.env"
    file.write_text(
        "# what this machine needs\nREDIS_HOST=from-file\nREDIS_PORT=7000\n\nKAFKA_BOOTSTRAP=from-file:1\n"
        'MONGO_DB="QUOTED"\nAN_UNKNOWN_VARIABLE=1\n'
    )
    monkeypatch.setenv("CANDLESTACK_ENV_FILE", str(file))
    monkeypatch.setenv("REDIS_PORT", "7001")
    assert (load(RedisSettings).redis_host, load(RedisSettings).redis_port) == ("from-file", 7001)
    assert load(MongoSettings).mongo_db == "QUOTED"
    assert load(KafkaSettings).kafka_bootstrap == "from-file:1"
    # Also under another of its names.
    monkeypatch.setenv("KAFKA_BROKER", "from-environment:2")
    assert load(KafkaSettings).kafka_bootstrap == "from-environment:2"


def test_a_bad_value_in_the_file_is_named_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.env"
    file.write_text("REDIS_PORT=redis\n")
    monkeypatch.setenv("CANDLESTACK_ENV_FILE", str(file))
    with pytest.raises(SystemExit) as stop:
        load(RedisSettings)
    assert stop.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("candlestack: bad setting REDIS_PORT: ")


def test_a_file_that_is_no_text_is_named_with_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.env"
    file.write_bytes(b"REDIS_HOST=\xff\n")
    monkeypatch.setenv("CANDLESTACK_ENV_FILE", str(file))
    with pytest.raises(SystemExit) as stop:
        load(RedisSettings)
    assert stop.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert str(file) in line


def test_the_env_file_in_the_root_of_the_checkout_is_read_from_anywhere(tmp_path: Path, run: Run) -> None:
    # A checkout of its own: the one under test may hold a developer's .env.
    package = tmp_path / "core" / "candlestack_core"
    shutil.copytree(Path(candlestack_core.__file__).parent, package)
    (tmp_path / ".env").write_text("REDIS_HOST=from-the-root\nREDIS_PORT=7000\n")
    program = (
        "import os; del os.environ['CANDLESTACK_ENV_FILE']; os.chdir('/')\n"
        "from candlestack_core.settings import RedisSettings, load\n"
        "settings = load(RedisSettings); print(settings.redis_host, settings.redis_port)"
    )
    ended = run(program, {"PYTHONPATH": str(tmp_path / "core"), "REDIS_PORT": "7001"})
    assert (ended.stdout, ended.stderr, ended.returncode) == ("from-the-root 7001\n", "", 0)


def test_no_two_settings_share_a_variable() -> None:
    names = [
        name for group in GROUPS for field in group.model_fields for name in variable_names(group, field)
    ]
    assert len(set(names)) == len(names)
    assert all(name == name.upper() for name in names)


def test_every_group_of_settings_is_listed() -> None:
    package = SettingsGroup.__module__.rpartition(".")[0]
    groups = (each for each in SettingsGroup.__subclasses__() if each.__module__.startswith(package))
    assert set(groups) == {*GROUPS}
