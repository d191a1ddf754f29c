"""The folder that keeps everything of the platform on this machine, between `make up` and `make clean`.

Data of different sources never mix: the seeded market, a recording and the real exchange each have a folder
of their own below the home, so that switching `EXCHANGE` or `REPLAY_RECORDING` switches the data too.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from candlestack_core.settings import ExchangeSettings, SimulatorSettings
from candlestack_local.servers import ServerError

# The longest path of a Unix socket is 107 bytes; supervisord first binds it with its pid appended.
_LONGEST_SOCKET_PATH = 95


@dataclass(frozen=True)
class StateFolder:
    """Paths below `CANDLESTACK_HOME`; `source` names where the market data comes from."""

    home: Path
    source: str

    @property
    def data(self) -> Path:
        """Data of the servers for this source."""
        return self.home / "data" / self.source

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def log_of(self, program: str) -> Path:
        """The file that holds what a program prints."""
        return self.logs / f"{program}.log"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def _starts(self) -> Path:
        return self.run / "starts"

    def start_of(self, program: str) -> Path:
        """The file that notes when a program was started, and how often it had died soon after."""
        return self._starts / program

    def forget_starts(self) -> None:
        """Let what died often be started without a pause, now where it is waiting."""
        for record in self._starts.iterdir():
            if not record.suffix:  # else one that is being written
                record.unlink(missing_ok=True)

    @property
    def supervisor_config(self) -> Path:
        return self.run / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        return self.run / "supervisord.pid"

    @property
    def supervisor_socket(self) -> Path:
        """The socket of the supervisor's interface: in the run folder, or where a path is short enough."""
        path = self.run / "supervisor.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"candlestack-{os.getuid()}-{digest}" / "supervisor.sock"

    def create(self) -> None:
        """Create the folders, closed to other users: the settings in them may hold passwords."""
        for folder in (
            self.home,
            self.data,
            self.logs,
            self.run,
            self._starts,
            self.supervisor_socket.parent,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._mark.touch(mode=0o600)

    @property
    def _mark(self) -> Path:
        """Tells that the folders beside it are the platform's, and not those of a home that was named wrongly."""
        return self.home / ".candlestack-state"

    def forget_data(self) -> None:
        """Remove the data of this source."""
        shutil.rmtree(self.data, ignore_errors=True)

    def forget(self) -> None:
        """Remove everything that the platform has put below the home, and the home where it is then empty.

        Raises:
            ServerError: the platform has put nothing there.
        """
        if not self._mark.exists():
            raise ServerError(f"{self.home} was not made by make up, so nothing in it is removed")
        for folder in (self.home / "data", self.logs, self.run):
            shutil.rmtree(folder, ignore_errors=True)
        if self.supervisor_socket.parent != self.run:
            shutil.rmtree(self.supervisor_socket.parent, ignore_errors=True)
        self._mark.unlink()
        with contextlib.suppress(OSError):
            self.home.rmdir()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second start or stop of the same platform out meanwhile.

        Raises:
            ServerError: another one is at work.
        """
        self.run.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.run / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ServerError(f"another make up, down or clean is at work in {self.home}") from None
            yield

    def size_bytes(self) -> int:
        """Return the bytes that everything below the home takes on the disk."""
        total = 0
        for folder, _, files in os.walk(self.home):
            for name in files:
                try:
                    total += (Path(folder) / name).lstat().st_blocks * 512
                except FileNotFoundError:
                    continue  # removed by its server meanwhile
        return total


def source_name(exchange: ExchangeSettings, simulator: SimulatorSettings) -> str:
    """Return the name of the source of market data, in letters that a folder may have.

    Two recordings, or two seeds, are two sources. So are the two ways of replaying a recording's times.
    """
    if exchange.exchange == "binance":
        return "binance"
    if not simulator.replay_recording:
        return f"simulator-{simulator.simulator_seed}"
    digest = hashlib.sha256(simulator.replay_recording.encode()).hexdigest()[:8]
    stem = re.sub(r"[^\w.-]+", "-", Path(simulator.replay_recording).name)[:40].strip("-.")
    return f"replay-{simulator.replay_times}-{stem}-{digest}"


def starts_empty(exchange: ExchangeSettings, simulator: SimulatorSettings) -> bool:
    """Say whether the source's data is forgotten at each start.

    A recording whose times are moved to now gives, each time, the same trade ids at other times: on the
    data of its last replay it would be neither new nor a repetition.
    """
    replayed = exchange.exchange == "simulator" and bool(simulator.replay_recording)
    return replayed and simulator.replay_times == "shifted"
