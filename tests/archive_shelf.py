"""The exchange's data address: a folder of archives, good and bad, served by HTTP."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from candlestack_spark.history.archives import archive_name
from candlestack_spark.lake.months import Month


def archive(*rows: str, name: str = "rows.csv") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, "".join(f"{each}\n" for each in rows))
    return written.getvalue()


class Shelf:
    """A folder laid out as the exchange's, at an address."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self.url = url

    def put(self, pair: str, month: Month, body: bytes, checksum: str | None = None) -> None:
        """Lay out an archive, with its own checksum or another."""
        folder = self._folder / "data" / "spot" / "monthly" / "klines" / pair / "1m"
        folder.mkdir(parents=True, exist_ok=True)
        name = archive_name(pair, month)
        (folder / name).write_bytes(body)
        digest = checksum or hashlib.sha256(body).hexdigest()
        (folder / f"{name}.CHECKSUM").write_text(f"{digest}  {name}\n")

    def clear(self) -> None:
        """Take all archives away."""
        shutil.rmtree(self._folder / "data")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of each request."""

    def log_error(self, *args: object) -> None:
        """Nor of those that find nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[Shelf]:
    """Serve a folder on a free port of the loopback interface."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Shelf(folder, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()
