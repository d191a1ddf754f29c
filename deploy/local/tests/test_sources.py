"""Data of two sources never mix, and what the runner concludes from the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from candlestack_local.configuration import Configuration, inherited_environment
from candlestack_local.programs import Group, programs
from candlestack_local.servers import ServerError
from candlestack_local.servers.jars import jar_folder, spark_jars
from candlestack_local.state import StateFolder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("EXCHANGE", "REPLAY_RECORDING", "REPLAY_TIMES", "SIMULATOR_SEED", "SYMBOLS", "PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CANDLESTACK_HOME", str(tmp_path))
    return tmp_path


def _names(configuration: Configuration) -> set[str]:
    return {program.name for program in programs(configuration)}


def test_each_source_keeps_its_data_in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [Configuration.from_environment().state.data]
    for changed in (
        {"SIMULATOR_SEED": "7"},
        {"REPLAY_RECORDING": "recordings/a*.ndjson.gz"},
        {"REPLAY_RECORDING": "recordings/b*.ndjson.gz"},
        {"REPLAY_TIMES": "kept"},
        {"EXCHANGE": "binance"},
    ):
        for name, value in changed.items():
            monkeypatch.setenv(name, value)
        folders.append(Configuration.from_environment().state.data)
    assert len(set(folders)) == len(folders)


def test_only_a_replay_with_shifted_times_starts_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Configuration.from_environment().starts_empty
    monkeypatch.setenv("REPLAY_RECORDING", "recordings/a.ndjson.gz")
    assert Configuration.from_environment().starts_empty
    monkeypatch.setenv("REPLAY_TIMES", "kept")
    assert not Configuration.from_environment().starts_empty


def test_the_real_exchange_needs_no_simulator(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "simulator" in _names(Configuration.from_environment())
    monkeypatch.setenv("EXCHANGE", "binance")
    assert "simulator" not in _names(Configuration.from_environment())


def test_a_server_elsewhere_is_used_and_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "one.example:9092,two.example:9092")
    monkeypatch.setenv("MONGO_URI", "mongodb://mongo.example:27017/?replicaSet=rs0")
    monkeypatch.setenv("REDIS_HOST", "redis.example")
    configuration = Configuration.from_environment()
    assert not [program for program in programs(configuration) if program.group is Group.SERVERS]
    assert configuration.environment["KAFKA_BOOTSTRAP"] == "one.example:9092,two.example:9092"


def test_an_alias_of_a_variable_reaches_the_services_under_its_first_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP", raising=False)
    monkeypatch.setenv("KAFKA_BROKER", "localhost:19092")
    configuration = Configuration.from_environment()
    assert configuration.kafka_port == 19092
    assert configuration.environment["KAFKA_BOOTSTRAP"] == "127.0.0.1:19092"


def test_the_supervisor_does_not_inherit_settings_that_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BROKER", "localhost:19092")
    monkeypatch.setenv("symbols", "BTCUSDT")
    monkeypatch.setenv("TZ", "UTC")
    inherited = inherited_environment()
    assert "TZ" in inherited
    assert not {"KAFKA_BROKER", "symbols", "CANDLESTACK_HOME"} & set(inherited)


def test_a_mongo_address_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGO_URI", "mongodb://localhost:99999999")
    with pytest.raises(ServerError, match="MONGO_URI"):
        programs(Configuration.from_environment())


def test_forgetting_leaves_what_the_platform_did_not_put_there(home: Path) -> None:
    state = StateFolder(home, "test")
    state.create()
    (state.data / "candles").write_text("x")
    (home / "mine.txt").write_text("mine")
    state.forget()
    assert [path.name for path in home.iterdir()] == ["mine.txt"]


def test_two_starts_at_once_are_told_apart(home: Path) -> None:
    state = StateFolder(home, "test")
    with state.locked(), pytest.raises(ServerError, match="another make"), StateFolder(home, "test").locked():
        pass


def test_the_lake_of_each_source_lies_beside_its_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration.from_environment()
    assert configuration.environment["LAKE_URI"] == str(configuration.state.data / "lake")
    monkeypatch.setenv("LAKE_URI", "s3a://candles/lake")
    assert Configuration.from_environment().environment["LAKE_URI"] == "s3a://candles/lake"


def test_the_ranking_finds_its_jars_and_keeps_its_state_beside_the_other_data_of_the_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configuration = Configuration.from_environment()
    ranking = next(program for program in programs(configuration) if program.name == "ranking")
    assert ranking.environment["SPARK_JARS"] == str(jar_folder(spark_jars()))
    assert ranking.environment["RANKING_CHECKPOINT"] == str(configuration.state.data / "ranking")
    monkeypatch.setenv("SPARK_JARS", "jars")
    monkeypatch.setenv("RANKING_CHECKPOINT", "ranking")
    given = Configuration.from_environment().environment
    assert (given["SPARK_JARS"], given["RANKING_CHECKPOINT"]) == ("jars", "ranking")


def test_batch_work_comes_after_what_it_needs_and_the_live_profile_leaves_it_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = programs(Configuration.from_environment())
    batch = [program for program in chosen if program.group is Group.BATCH]
    begun: set[str] = set()
    for program in batch:
        assert begun.issuperset(program.after), f"{program.name} would wait for ever"
        begun.add(program.name)
    assert len(begun) == 6
    assert all(program.niceness == 10 for program in batch)
    monkeypatch.setenv("PROFILE", "live")
    assert _names(Configuration.from_environment()) == {program.name for program in chosen} - begun
