"""Files of recordings: rotated, and whole after a kill and on a full disk."""

from __future__ import annotations

import gzip
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from candlestack_ingest.recorder.files import (
    PART,
    RecordingFile,
    RecordingFiles,
    RecordingWriteError,
    mend,
)
from candlestack_simulator.testing import Seconds

BEGAN_NS = 1_700_000_040_000_000_000
LINES = [b"%d {}\n" % number for number in range(200)]


def test_a_file_has_its_own_name_only_when_it_is_finished(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "spot.gz")
    for line in LINES:
        file.write(line)
    assert [path.name for path in tmp_path.iterdir()] == [f"spot.gz{PART}"]
    file.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["spot.gz"]
    assert gzip.decompress((tmp_path / "spot.gz").read_bytes()) == b"".join(LINES)


@pytest.mark.parametrize(("rotate_bytes", "rotate_s", "files_of_six"), [(1, 1_000, 6), (10_000, 10, 2)])
def test_files_are_rotated_by_size_and_by_age(
    tmp_path: Path, rotate_bytes: int, rotate_s: float, files_of_six: int
) -> None:
    clock = Seconds()
    files = RecordingFiles(tmp_path, "spot", rotate_bytes=rotate_bytes, rotate_s=rotate_s, monotonic=clock)
    for line in LINES[:6]:
        if files.due():
            files.begin(BEGAN_NS)
        files.write(line)
        clock.now += 4
    files.finish()
    names = [f"spot_20231114T221400Z_{number:03d}.gz" for number in range(files_of_six)]
    assert [path.name for path in files.finished] == names
    written = b"".join(gzip.decompress(path.read_bytes()) for path in files.finished)
    assert written == b"".join(LINES[:6])


@pytest.mark.parametrize("cut", [1, 7, 12])
def test_what_a_killed_process_left_is_finished_without_the_member_that_was_cut_off(
    tmp_path: Path, cut: int
) -> None:
    whole = b"".join(map(gzip.compress, LINES))
    (tmp_path / f"usdm.gz{PART}").write_bytes(whole + gzip.compress(b"lost")[:cut])
    (tmp_path / f"empty.gz{PART}").write_bytes(b"")
    assert mend(tmp_path) == [tmp_path / "usdm.gz"]
    assert [path.name for path in tmp_path.iterdir()] == ["usdm.gz"]
    assert (tmp_path / "usdm.gz").read_bytes() == whole


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "spot.gz")
    file.write(LINES[0])
    assert mend(tmp_path) == []
    file.write(LINES[1])
    file.finish()
    assert gzip.decompress((tmp_path / "spot.gz").read_bytes()) == LINES[0] + LINES[1]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Have the system refuse what would make a file of this process larger, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_and_leaves_a_whole_file(tmp_path: Path) -> None:
    file = RecordingFile(tmp_path / "spot.gz")
    written = []

    def write_all() -> None:
        for line in LINES:
            file.write(line)
            written.append(line)

    with largest_file(1_000), pytest.raises(RecordingWriteError, match=r"spot\.gz\.part cannot be written"):
        write_all()
    file.finish()
    assert 0 < len(written) < len(LINES)
    assert gzip.decompress((tmp_path / "spot.gz").read_bytes()) == b"".join(written)
