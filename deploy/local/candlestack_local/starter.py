"""Start a program, first pausing where it died soon after its last start: growing, jittered, bounded.

`python -I starter.py RECORD COMMAND...`, which the supervisor's configuration puts before each program
that is started again. The program then takes the place of this process, so that pid, signals and exit code are its
own; a stop ends the pause at once. It is run at every start: pathlib and contextlib, which take as long to import as
Python to start, are left out.

supervisord 4.3 cannot pause so. What ends after `startsecs` it starts again at once; of what ends within them it does
not keep the exit code, waits one second more each time, without a jitter, and gives up at last. Its issues 323 and 487
ask for more, and `restartpause`, the answer in pull request 659, was never taken in.
"""

# ruff: noqa: PTH105, PTH110, PTH123, SIM105

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from candlestack_core.pauses import Pauses

NEVER_RESTARTED = 2
"""The exit code of a service that was given a bad setting: starting it again would not help."""

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LONG_LIFE_S = 60.0
"""What has lived so long had come up: its death is no reason to wait."""
_MANY = 32
_LOOK_S = 0.5


Record = str | os.PathLike[str]
"""The file that notes the starts of a program."""


class Start(NamedTuple):
    """The newest start of a program, which may be still to come."""

    at_s: float
    """Seconds of the machine's monotonic clock."""
    deaths: int
    """How many lives before it were short, in a row."""


def deaths_by(now_s: float, start: Start | None) -> int:
    """Return how many short lives in a row a program had that is found dead at this time, or not found at all."""
    return 0 if start is None or now_s - start.at_s >= LONG_LIFE_S else start.deaths + 1


def pause_s(deaths: int, draw: random.Random) -> float:
    """Return the seconds to wait before a start, after so many short lives in a row."""
    return Pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S, draw, attempts=deaths - 1).next() if deaths else 0.0


def read(record: Record) -> Start | None:
    """Return the start that was noted; None where there is none, or nothing that can be read."""
    try:
        with open(record, encoding="ascii") as file:
            at_s, deaths = file.read().split()
        return Start(float(at_s), int(deaths))
    except (OSError, ValueError):
        return None


def write(record: Record, start: Start) -> None:
    """Note a start, whole or not at all."""
    beside = f"{os.fspath(record)}.new"
    with open(beside, "w", encoding="ascii") as file:
        file.write(f"{start.at_s!r} {start.deaths}\n")
    os.replace(beside, record)


def await_turn(
    record: Record,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    draw: random.Random,
    say: Callable[[str], None],
) -> None:
    """Note the start that is due now, and return when it has come; a record that is removed makes it come at once."""
    deaths = deaths_by(clock(), read(record))
    pause = pause_s(deaths, draw)
    start = Start(clock() + pause, deaths)
    try:
        write(record, start)
    except OSError as error:
        # Without a memory each death would look like the first, and be followed by a start at once.
        say(f"starts after the longest of pauses, since it cannot note its starts: {error}")
        sleep(pause_s(_MANY, draw))
        return
    if not deaths:
        return
    say(f"died {times(deaths)}, each time within {LONG_LIFE_S:g} s; starts again in {pause:.1f} s")
    while (left := start.at_s - clock()) > 0 and os.path.exists(record):
        sleep(min(left, _LOOK_S))
    if not os.path.exists(record):
        try:
            write(record, Start(clock(), 0))
        except OSError:
            pass  # it could be written a moment ago; that it starts matters more


def times(deaths: int) -> str:
    """Return a number of deaths in words."""
    return "once" if deaths == 1 else f"{deaths} times in a row"


def main(arguments: Sequence[str]) -> None:
    """Wait for the start's turn, then become the program."""
    record, *command = arguments

    def say(words: str) -> None:
        sys.stderr.write(f"candlestack: {words}\n")
        sys.stderr.flush()

    await_turn(record, time.monotonic, time.sleep, random.Random(), say)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        say(f"{command[0]} cannot be started: {error}")
        raise SystemExit(NEVER_RESTARTED) from None


if __name__ == "__main__":
    main(sys.argv[1:])
