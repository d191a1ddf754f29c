"""Airflow on this machine: its configuration, its generated secrets, and the programs that it is made of.

It works from loopback, on SQLite beside the data of the source, with as many workers as parallelism allows: two.
Everything that a person has to know stands in `airflow.cfg` in its home, which Airflow's own command reads too:
`AIRFLOW_HOME=... .venv-airflow/bin/airflow dags list`.
"""

from __future__ import annotations

import base64
import configparser
import io
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from candlestack_core.settings import REPOSITORY
from candlestack_local.bootstrap.environment import AIRFLOW as ENVIRONMENT
from candlestack_local.servers import LOOPBACK, MissingDependencyError
from candlestack_local.state import StateFolder

USER = "admin"

_FOLDER = REPOSITORY / "airflow"
_PARALLELISM = 2
_PASSWORD_BYTES = 12
_HEARTBEAT_TIMEOUT_S = 120
"""A task that says nothing for so long is taken for killed. Airflow yields to the live part, so it may be slow."""


@dataclass(frozen=True)
class Airflow:
    """One Airflow: its database in the folder of the source, its logs and secrets beside the platform's."""

    state: StateFolder
    port: int

    @property
    def home(self) -> Path:
        """What Airflow calls its home: configuration and database."""
        return self.state.data / "airflow"

    @property
    def logs(self) -> Path:
        """The folder of the tasks' logs, one a try."""
        return self.state.logs / "airflow"

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of Airflow is given besides the platform's settings."""
        # Its processes give themselves titles; without the second variable they would write them over their
        # environments, by which the runner knows what belongs to it.
        return {"AIRFLOW_HOME": str(self.home), "SPT_NOENV": "1"}

    def command(self, *arguments: str) -> tuple[str, ...]:
        """Return an argument vector that runs one of Airflow's own commands."""
        return (str(ENVIRONMENT.python), "-m", "airflow", *arguments)

    def setup_command(self) -> tuple[str, ...]:
        """Return the argument vector that makes the database and the pools be as they should."""
        return (str(ENVIRONMENT.python), str(_FOLDER / "set_up.py"))

    def prepare(self) -> None:
        """Write the configuration, and the secrets where there are none yet, closed to other users.

        Raises:
            MissingDependencyError: Airflow is not installed as its lock says.
        """
        if not ENVIRONMENT.is_current():
            raise MissingDependencyError(
                f"{ENVIRONMENT.folder.name} is not what its lock says; run: make install"
            )
        for folder in (self.home, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._passwords.exists():
            _write(self._passwords, json.dumps({USER: secrets.token_urlsafe(_PASSWORD_BYTES)}))
        if not self._secrets.exists():
            names = ("jwt_secret", "secret_key", "fernet_key")
            _write(self._secrets, json.dumps({name: _key() for name in names}))
        text = io.StringIO()
        config = configparser.ConfigParser(interpolation=None)
        config.read_dict(self._configuration())
        config.write(text)
        _write(self.home / "airflow.cfg", text.getvalue())

    def password(self) -> str:
        """Return the generated password of `USER`."""
        return str(json.loads(self._passwords.read_text())[USER])

    @property
    def _passwords(self) -> Path:
        return self.state.run / "airflow-passwords.json"

    @property
    def _secrets(self) -> Path:
        return self.state.run / "airflow-secrets.json"

    def _configuration(self) -> dict[str, dict[str, str]]:
        keys = json.loads(self._secrets.read_text())
        configuration: dict[str, dict[str, object]] = {
            "core": {
                "dags_folder": _FOLDER / "dags",
                "plugins_folder": self.home / "plugins",
                "load_examples": False,
                "dags_are_paused_at_creation": False,
                "executor": "LocalExecutor",
                "parallelism": _PARALLELISM,
                "execution_api_server_url": f"{self.url}/execution/",
                "hostname_callable": "socket.gethostname",
                "simple_auth_manager_users": f"{USER}:admin",
                "simple_auth_manager_passwords_file": self._passwords,
                "fernet_key": keys["fernet_key"],
            },
            "database": {"sql_alchemy_conn": f"sqlite:///{self.home / 'airflow.db'}"},
            "api": {
                "host": LOOPBACK,
                "port": self.port,
                "base_url": self.url,
                "instance_name": "Candlestack",
                "workers": 1,
                "secret_key": keys["secret_key"],
            },
            "api_auth": {"jwt_secret": keys["jwt_secret"]},
            "dag_processor": {"parsing_processes": 1, "min_file_process_interval": 60},
            "scheduler": {"task_instance_heartbeat_timeout": _HEARTBEAT_TIMEOUT_S},
            "logging": {
                "base_log_folder": self.logs,
                "dag_processor_child_process_log_directory": self.logs / "dag_processor",
                "json_logs": True,
            },
            # It would tell a stranger's host which versions run here.
            "usage_data_collection": {"enabled": False},
        }
        return {
            # A percent sign of a path would be read as the begin of an interpolation.
            section: {name: str(value).replace("%", "%%") for name, value in values.items()}
            for section, values in configuration.items()
        }


def _key() -> str:
    """Return 32 random bytes as Fernet wants them, which is as good for the other two."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once: a running Airflow reads it whenever a task begins."""
    if path.exists() and path.read_text() == text:
        return
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    beside.replace(path)
