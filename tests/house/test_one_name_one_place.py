"""Names of topics, collections, keys, metrics and variables stand as literals only in core."""

from __future__ import annotations

import pytest

from candlestack_core import metrics, names, topics
from house.tracked_files import python_files, report, serves_tests
from house.vocabulary import Vocabulary, collect, repeated_names


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return collect()


def test_no_module_outside_core_spells_out_a_name_of_core(vocabulary: Vocabulary) -> None:
    findings = [
        f"{path}:{finding.line}: {finding.what}"
        for path, source in python_files()
        if path.parts[0] != "core" and not serves_tests(path)
        for finding in repeated_names(source, vocabulary, own_metrics=path.parts[0] == "simulator")
    ]
    assert not findings, report(findings)


def test_the_names_of_core_are_all_collected(vocabulary: Vocabulary) -> None:
    collected = " ".join(what for what, _ in vocabulary.patterns)
    for name in (topics.TRADES, names.KLINE_1M, "crypto:{}:1m:latest", "trades:{}:list"):
        assert name in collected
    assert all(family.name in collected for family in metrics.DEAD_LETTERS.describe())
    assert {"KAFKA_BOOTSTRAP", "KAFKA_BROKER", "HEALTH_PORT"} <= vocabulary.variables


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ('TOPIC = "crypto_trades"', "the topic crypto_trades"),
        ('log.info("lag of crypto_kline_1m grows")', "the topic crypto_kline_1m"),
        ('origin = f"topic:crypto_trades/{partition}"', "the topic crypto_trades"),
        ('collection = database["1m_kline"]', "the name 1m_kline"),
        ('key = f"crypto:{symbol}:1m:latest"', "the key crypto:{}:1m:latest"),
        ('key = f"crypto:{symbol}:1m:{open_time}"', "the key crypto:{}:1m:{}"),
        ('key = "crypto:" + symbol + rest', "the key crypto:{}:1m:latest"),
        ('key = prefix + symbol + ":1m:latest"', "the key crypto:{}:1m:latest"),
        ('key = "crypto:%s:1m:latest" % symbol', "the key crypto:{}:1m:latest"),
        ('key = "trades:{}:list".format(symbol)', "the key trades:{}:list"),
        ('pattern = "trades:*"', "the key trades:{}:list"),
        ('key = symbol + ":list"', "the key trades:{}:list"),
        ("script = \"redis.call('LPUSH', 'trades:' .. ARGV[1])\"", "the key trades:{}:list"),
        (
            'rate = query("rate(candlestack_records_produced_total[1m])")',
            "the metric candlestack_records_produced",
        ),
        ('name = "candlestack_store_flush_seconds_bucket"', "the metric candlestack_store_flush_seconds"),
        ('os.environ["KAFKA_BOOTSTRAP"] = "a:1"', "the variable KAFKA_BOOTSTRAP"),
        ('host = os.getenv("REDIS_HOST", "localhost")', "the variable REDIS_HOST"),
        ('host = os.environ.get("KAFKA_BROKER")', "the variable KAFKA_BROKER"),
        ('child = Popen(command, env={"HEALTH_PORT": "0"})', "the variable HEALTH_PORT"),
        ('if "MONGO_URI" in os.environ: stop()', "the variable MONGO_URI"),
        ("text = f\"{row['crypto_trades']} rows\"", "the topic crypto_trades"),
        (
            "from prometheus_client import Counter as C\nMINE = C('mine_total', 'mine')",
            "a metric that is not",
        ),
        ("import prometheus_client\nMINE = prometheus_client.Gauge('mine', 'mine')", "a metric that is not"),
        (
            "class MySettings(SettingsGroup):\n    port: int",
            "settings that are not defined in core: MySettings",
        ),
    ],
)
def test_a_name_that_is_spelt_out_is_found_with_its_line(
    code: str, what: str, vocabulary: Vocabulary
) -> None:
    findings = list(repeated_names("\n\n" + code, vocabulary))
    assert any(finding.what.startswith(what) for finding in findings)
    assert all(finding.line == 2 + len(code.splitlines()) or "class" in code for finding in findings)


@pytest.mark.parametrize(
    "code",
    [
        '"""Write `crypto_trades` into `trades:{symbol}:list`."""',
        "x = 1\n'''The key `crypto:{symbol}:1m:latest`.'''",
        "# crypto_trades",
        'message = "set HEALTH_PORT to move it"',
        'error = BadSettingError("SYMBOLS", "not listed")',
        'log.error("no broker", set="KAFKA_BOOTSTRAP")',
        "from candlestack_core.topics import TRADES",
        'stream = f"{symbol}@trade"',
        'stream = "btcusdt@kline_1m"',
        'log.info("trades: 15 in all")',
        'folder = "crypto_trades_of_2024"',
        'folder = "old-crypto_trades"',
        'program = "redis-writer"',
        'source = "binance"',
        'home = os.environ["JAVA_HOME"]',
        'entry = {"symbol": 1, "exchange": 2}',
        "counts = collections.Counter(words)",
        'package = "candlestack_core"',
        'metric = "candlestack_simulator_connections"',
    ],
)
def test_what_only_resembles_a_name_is_left_alone(code: str, vocabulary: Vocabulary) -> None:
    assert list(repeated_names(code, vocabulary)) == []


def test_the_simulator_may_count_what_only_it_knows_but_not_under_a_name_of_core(
    vocabulary: Vocabulary,
) -> None:
    own = "from prometheus_client import Counter\nFRAMES = Counter('candlestack_simulator_frames', 'Frames')"
    assert list(repeated_names(own, vocabulary, own_metrics=True)) == []
    assert [finding.line for finding in repeated_names(own, vocabulary)] == [2]
    of_core = 'FRAMES = "candlestack_frames_received_total"'
    assert [finding.line for finding in repeated_names(of_core, vocabulary, own_metrics=True)] == [1]
