"""Sets of ids as runs: ascending, none touching the next. Pure.

Each function takes lists in this form and leaves or returns them so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

_FIRST = attrgetter("first")
_LAST = attrgetter("last")


class Run(NamedTuple):
    """The ids from `first` to `last`, both included; `at` is when the last of them came, in ms, where that is asked."""

    first: int
    last: int
    at: int = 0

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def insert(runs: list[Run], run: Run) -> None:
    """Add ids to a set. What touches becomes one run, whose time is the latest of all."""
    if not runs or run.first > runs[-1].last + 1:
        runs.append(run)
        return
    newest = runs[-1]
    if run.first >= newest.first:
        # Nearly always: the next id of a stream.
        runs[-1] = Run(newest.first, max(newest.last, run.last), max(newest.at, run.at))
        return
    begin = bisect_left(runs, run.first - 1, key=_LAST)
    end = bisect_right(runs, run.last + 1, begin, key=_FIRST)
    touched = [*runs[begin:end], run]
    runs[begin:end] = [
        Run(
            min(map(_FIRST, touched)),
            max(map(_LAST, touched)),
            max(each.at for each in touched),
        )
    ]


def union(*sets: Iterable[Run]) -> list[Run]:
    """Return the ids of all sets."""
    found: list[Run] = []
    for run in sorted(run for runs in sets for run in runs):
        insert(found, run)
    return found


def without(runs: Iterable[Run], others: Sequence[Run]) -> list[Run]:
    """Return the ids of `runs` that `others` do not hold; times stay."""
    left: list[Run] = []
    for run in runs:
        first = run.first
        for other in others[bisect_left(others, run.first, key=_LAST) :]:
            if other.first > run.last:
                break
            if other.first > first:
                left.append(Run(first, other.first - 1, run.at))
            first = other.last + 1
        if first <= run.last:
            left.append(Run(first, run.last, run.at))
    return left


def gaps(runs: Sequence[Run]) -> list[Run]:
    """Return the ids between the runs of a set."""
    return [Run(before.last + 1, after.first - 1) for before, after in pairwise(runs)]


def size(runs: Iterable[Run]) -> int:
    """Return how many ids a set holds."""
    return sum(run.last - run.first + 1 for run in runs)
