"""Downloading a pinned jar from the Maven repository."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from maven_artifact import Artifact, Downloader, RequestException
from requests import RequestException as TransportError

from candlestack_local.servers.errors import MissingDependencyError
from candlestack_local.servers.jars import Jar

_PAUSES_S = (0.0, 1.0, 3.0)
_TIMEOUT_S = 60.0
_CHUNK_BYTES = 1 << 16


def download(jar: Jar, folder: Path) -> None:
    """Download a jar into a folder, where it appears when it is whole and has the pinned bytes.

    Raises:
        MissingDependencyError: it cannot be had, or has other bytes.
    """
    failure: Exception | None = None
    for pause_s in _PAUSES_S:
        time.sleep(pause_s)
        try:
            return _download_once(jar, folder)
        except (RequestException, TransportError) as error:
            failure = error
    raise MissingDependencyError(f"cannot download {jar} from the Maven repository: {failure}") from failure


def _download_once(jar: Jar, folder: Path) -> None:
    repository = Downloader()
    address = repository.resolver.uri_for_artifact(Artifact(jar.group, jar.artifact, jar.version))
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{jar.file_name}.", delete=False) as part:
        try:
            with repository.requestor.request(address, None, stream=True, timeout=_TIMEOUT_S) as response:
                for chunk in response.iter_content(_CHUNK_BYTES):
                    digest.update(chunk)
                    part.write(chunk)
            part.flush()
            if digest.hexdigest() != jar.sha256:
                raise MissingDependencyError(
                    f"{jar} was downloaded with SHA-256 {digest.hexdigest()}, pinned is {jar.sha256}"
                )
            Path(part.name).replace(folder / jar.file_name)
        finally:
            Path(part.name).unlink(missing_ok=True)
