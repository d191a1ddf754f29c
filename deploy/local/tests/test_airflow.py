"""What Airflow is given to work with: a configuration that changes only where it must, and secrets of its own."""

from __future__ import annotations

import configparser
import dataclasses
import json
from pathlib import Path

import pytest

from candlestack_local.airflow import USER, Airflow
from candlestack_local.bootstrap import environment
from candlestack_local.servers import MissingDependencyError
from candlestack_local.state import StateFolder

PORT = 18_080


@pytest.fixture
def airflow(tmp_path: Path) -> Airflow:
    state = StateFolder(tmp_path / "100%", "source")
    state.create()
    airflow = Airflow(state, PORT)
    airflow.prepare()
    return airflow


def configuration_of(airflow: Airflow) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()  # which reads percent signs as Airflow does
    parser.read(airflow.home / "airflow.cfg")
    return parser


def test_it_listens_on_loopback_alone_and_tells_nobody_of_its_use(airflow: Airflow) -> None:
    configuration = configuration_of(airflow)
    assert configuration["api"]["host"] == "127.0.0.1"
    assert configuration["api"]["port"] == str(PORT)
    assert configuration["core"]["parallelism"] == "2"
    assert configuration["core"]["load_examples"] == "False"
    assert configuration["usage_data_collection"]["enabled"] == "False"
    assert configuration["logging"]["base_log_folder"] == str(airflow.state.logs / "airflow")
    assert configuration["database"]["sql_alchemy_conn"].endswith("/100%/data/source/airflow/airflow.db")


def test_prepared_again_nothing_is_written_and_the_password_stays(airflow: Airflow) -> None:
    files = [airflow.home / "airflow.cfg", *airflow.state.run.glob("airflow-*.json")]
    before = {file: (file.stat().st_ino, file.read_bytes()) for file in files}
    password = airflow.password()
    airflow.prepare()
    assert {file: (file.stat().st_ino, file.read_bytes()) for file in files} == before
    assert airflow.password() == password
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_secrets_are_those_of_the_platform_and_of_no_other(airflow: Airflow, tmp_path: Path) -> None:
    other_source = Airflow(StateFolder(airflow.state.home, "other"), PORT)
    other_source.prepare()
    assert other_source.password() == airflow.password()

    state = StateFolder(tmp_path / "second", "source")
    state.create()
    second = Airflow(state, PORT)
    second.prepare()
    assert second.password() != airflow.password()
    for section, name in (("api_auth", "jwt_secret"), ("api", "secret_key"), ("core", "fernet_key")):
        assert configuration_of(second)[section][name] != configuration_of(airflow)[section][name]


def test_a_moved_port_is_written_anew(airflow: Airflow) -> None:
    Airflow(airflow.state, PORT + 1).prepare()
    assert configuration_of(airflow)["core"]["execution_api_server_url"].startswith(
        f"http://127.0.0.1:{PORT + 1}/"
    )
    passwords = json.loads((airflow.state.run / "airflow-passwords.json").read_text())
    assert list(passwords) == [USER]


def test_an_airflow_that_is_not_installed_is_said_in_one_line(
    airflow: Airflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = dataclasses.replace(environment.AIRFLOW, folder=tmp_path / ".venv-airflow")
    monkeypatch.setattr("candlestack_local.airflow.ENVIRONMENT", nowhere)
    with pytest.raises(MissingDependencyError, match="run: make install"):
        airflow.prepare()
