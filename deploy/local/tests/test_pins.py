"""What is downloaded is exactly what is pinned: the jars of the broker and of Spark's connector, and uv itself."""

from __future__ import annotations

import dataclasses
import re
from importlib import metadata
from pathlib import Path

import pytest

from candlestack_local.bootstrap import environment
from candlestack_local.servers import MissingDependencyError, ServerError
from candlestack_local.servers.jars import Jar, fetch, jar_folder, kafka_jars, parse_pins, spark_jars

_SMALL = next(jar for jar in kafka_jars() if jar.artifact == "jspecify")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CANDLESTACK_CACHE", str(tmp_path))
    return tmp_path


def test_the_broker_and_all_it_needs_are_pinned() -> None:
    jars = kafka_jars()
    assert len({jar.file_name for jar in jars}) == len(jars) == 46
    assert "org.apache.kafka:kafka_2.13:4.3.1" in {str(jar) for jar in jars}


def test_spark_reads_kafka_by_a_connector_of_its_own_version() -> None:
    jars = {f"{jar.group}:{jar.artifact}": jar.version for jar in spark_jars()}
    assert len(jars) == len(spark_jars()) == 4
    versions = {version for name, version in jars.items() if name.startswith("org.apache.spark:")}
    assert versions == {metadata.version("pyspark")}


@pytest.mark.parametrize("line", ["a:b:1", "a:b sha256:" + "0" * 64, "a:b:1 sha256:" + "0" * 63])
def test_a_pin_without_its_digest_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        parse_pins(f"# pins\n{line}\n")


def test_a_damaged_jar_is_downloaded_again() -> None:
    damaged = jar_folder([_SMALL]) / _SMALL.file_name
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"damaged")
    told: list[tuple[int, int]] = []

    assert fetch([_SMALL], lambda done, total: told.append((done, total))) == damaged.parent

    assert damaged.stat().st_size > 1000
    assert told == [(0, 1), (1, 1)]
    assert [path.name for path in damaged.parent.iterdir()] == [_SMALL.file_name]


def test_a_whole_jar_is_not_downloaded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fetch([_SMALL])
    unreachable = dataclasses.replace(_SMALL, group="no.such.group")
    folder = jar_folder([unreachable])
    folder.mkdir(parents=True)
    (folder / _SMALL.file_name).write_bytes((jar_folder([_SMALL]) / _SMALL.file_name).read_bytes())
    assert fetch([unreachable]) == folder


def test_a_jar_with_other_bytes_than_pinned_is_refused() -> None:
    forged = Jar(_SMALL.group, _SMALL.artifact, _SMALL.version, "0" * 64)
    with pytest.raises(MissingDependencyError, match=r"jspecify.*pinned is 0000"):
        fetch([forged])
    assert list(jar_folder([forged]).iterdir()) == []


def test_a_jar_that_is_not_pinned_does_not_get_onto_the_class_path() -> None:
    (fetch([_SMALL]) / "stranger.jar").write_bytes(b"")
    with pytest.raises(ServerError, match=r"stranger\.jar"):
        fetch([_SMALL])


def test_uv_is_installed_by_the_hashes_of_the_lock() -> None:
    pin = environment.uv_pin()
    assert re.match(r"uv==\d+\.\d+\.\d+ \\\n", pin)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", pin)) > 5
    assert pin.count("==") == 1
