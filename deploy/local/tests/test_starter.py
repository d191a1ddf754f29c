"""Pauses before the starts of what dies again and again: growing ones, and none after a long life."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_local import starter
from candlestack_local.starter import (
    FIRST_PAUSE_S,
    LONG_LIFE_S,
    LONGEST_PAUSE_S,
    NEVER_RESTARTED,
    Start,
    await_turn,
    deaths_by,
    pause_s,
    read,
    write,
)

_SEEDS = st.integers(0, 2**32)
_STARTER = (sys.executable, "-I", starter.__file__)


class Hours:
    """A clock that only goes on while somebody sleeps, or when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def _turn(record: Path, hours: Hours, seed: int = 1) -> float:
    """Wait for a turn; return for how long."""
    began = hours.now_s
    await_turn(record, hours, hours.sleep, random.Random(seed), lambda _: None)
    return hours.now_s - began


@given(_SEEDS, st.integers(1, 10_000))
def test_pauses_grow_up_to_the_longest_and_are_never_none(seed: int, deaths: int) -> None:
    full = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(deaths - 1, 32))
    assert full / 2 <= pause_s(deaths, random.Random(seed)) <= full
    assert pause_s(0, random.Random(seed)) == 0


@given(st.floats(0, 1e9), st.floats(-1e6, 1e6), st.integers(0, 10_000))
def test_a_long_life_ends_the_row_and_every_other_one_lengthens_it(
    at_s: float, life_s: float, deaths: int
) -> None:
    lived_s = (at_s + life_s) - at_s
    assert deaths_by(at_s + life_s, Start(at_s, deaths)) == (0 if lived_s >= LONG_LIFE_S else deaths + 1)
    assert deaths_by(at_s, None) == 0


@given(_SEEDS, st.lists(st.floats(0, LONG_LIFE_S - 1), min_size=1, max_size=12))
def test_each_death_soon_after_a_start_makes_the_next_pause_longer(seed: int, lives: list[float]) -> None:
    hours = Hours()
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "service"
        assert _turn(record, hours, seed) == 0
        for deaths, life in enumerate(lives, start=1):
            hours.sleep(life)
            full = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (deaths - 1))
            assert full / 2 <= _turn(record, hours, seed) + 1e-6
            noted = read(record)
            assert noted is not None
            assert noted.deaths == deaths
            assert noted.at_s == pytest.approx(hours.now_s)
        hours.sleep(LONG_LIFE_S + 1)
        assert _turn(record, hours, seed) == 0


def test_a_record_that_is_removed_ends_the_pause_and_the_row(tmp_path: Path) -> None:
    record, hours = tmp_path / "service", Hours()
    write(record, Start(hours.now_s, 20))

    def sleep(seconds: float) -> None:
        hours.sleep(seconds)
        record.unlink()

    await_turn(record, hours, sleep, random.Random(1), lambda _: None)
    assert hours.now_s - 1_000 < LONGEST_PAUSE_S / 2
    assert read(record) == Start(hours.now_s, 0)


@pytest.mark.parametrize("text", ["", "1.5", "1.5 x", "1 2 3", "\xff"])
def test_a_record_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    record, hours = tmp_path / "service", Hours()
    record.write_text(text, encoding="latin-1")
    assert read(record) is None
    assert _turn(record, hours) == 0
    assert read(record) == Start(hours.now_s, 0)


def test_what_cannot_be_noted_is_waited_for_and_said(tmp_path: Path) -> None:
    hours, said = Hours(), list[str]()
    await_turn(tmp_path / "away" / "service", hours, hours.sleep, random.Random(1), said.append)
    assert LONGEST_PAUSE_S / 2 <= hours.now_s - 1_000 <= LONGEST_PAUSE_S
    assert len(said) == 1
    assert "away" in said[0]


def test_the_program_takes_the_place_of_its_starter(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getpid(), sys.argv[1:]); sys.stdout.flush(); os.kill(os.getpid(), 9)"
    with subprocess.Popen(
        [*_STARTER, str(tmp_path / "service"), sys.executable, "-c", code, "a b; c"],
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        printed, _ = started.communicate()
    assert printed == f"{started.pid} ['a b; c']\n"
    assert started.returncode == -9


def test_a_command_that_is_not_there_is_said_and_never_tried_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [*_STARTER, str(tmp_path / "service"), str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == NEVER_RESTARTED
    assert done.stderr.splitlines() == [
        f"candlestack: {tmp_path / 'nowhere'} cannot be started: [Errno 2] No such file or directory"
    ]
