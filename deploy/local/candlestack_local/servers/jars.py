"""The jars of the broker and of Spark's Kafka connector: pinned by coordinate and SHA-256, checked at each use.

Each is downloaded once into a cache.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from candlestack_core.settings import RunnerSettings, load
from candlestack_local.servers.errors import ServerError

_DOWNLOADS_AT_ONCE = 8
_PIN = re.compile(
    r"(?P<group>[\w.\-]+):(?P<artifact>[\w.\-]+):(?P<version>[\w.\-]+) sha256:(?P<sha256>[0-9a-f]{64})"
)

Progress = Callable[[int, int], None]
"""Told, after each jar, how many of how many are there."""


@dataclass(frozen=True)
class Jar:
    """One pinned jar: its Maven coordinate and the SHA-256 of its bytes, in hexadecimal."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


def kafka_jars() -> list[Jar]:
    """Return the pinned jars of the Kafka broker."""
    return _pinned("kafka_jars.txt")


def spark_jars() -> list[Jar]:
    """Return the pinned jars by which Spark reads Kafka."""
    return _pinned("spark_kafka_jars.txt")


def _pinned(file: str) -> list[Jar]:
    return parse_pins(resources.files(__package__).joinpath(file).read_text("utf-8"))


def parse_pins(text: str) -> list[Jar]:
    """Read lines of `group:artifact:version sha256:digest`; empty lines and lines with `#` are left out.

    Raises:
        ValueError: a line has another form.
    """
    jars = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _PIN.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {number} is not `group:artifact:version sha256:digest`: {line!r}")
        jars.append(Jar(**match.groupdict()))
    return jars


def jar_folder(jars: Sequence[Jar]) -> Path:
    """The folder of exactly these jars; another set of pins has another folder, so none is ever mixed in."""
    pins = hashlib.sha256("\n".join(f"{jar} {jar.sha256}" for jar in jars).encode())
    return load(RunnerSettings).cache / "jars" / pins.hexdigest()[:16]


def fetch(jars: Sequence[Jar], progress: Progress | None = None) -> Path:
    """Return the folder that holds these jars and no other, after downloading what is missing or damaged.

    Several processes may do so at once: a file appears under its name only when it is whole and checked.

    Raises:
        MissingDependencyError: a jar could not be downloaded, or its bytes are not the pinned ones.
    """
    folder = jar_folder(jars)
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not _is_whole(folder / jar.file_name, jar.sha256)]
    there = len(jars) - len(missing)
    if progress is not None and missing:
        progress(there, len(jars))
    if missing:
        # An HTTP client takes a while to import, and every command would wait for it.
        from candlestack_local.servers.downloads import download  # noqa: PLC0415

        with ThreadPoolExecutor(_DOWNLOADS_AT_ONCE, thread_name_prefix="jar") as pool:
            for done in as_completed([pool.submit(download, jar, folder) for jar in missing]):
                done.result()
                there += 1
                if progress is not None:
                    progress(there, len(jars))
    strangers = {path.name for path in folder.glob("*.jar")} - {jar.file_name for jar in jars}
    if strangers:
        raise ServerError(
            f"{folder} holds jars that are not pinned: {', '.join(sorted(strangers))}; remove them"
        )
    return folder


def _is_whole(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
