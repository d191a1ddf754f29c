"""The roll-up rule of `candlestack_core.intervals.roll_up` on Arrow columns, a whole pair and month at once.

Open, high, low and close come from the children with trades; where none has any, from all. Sums are exact.
Parents may be rolled up further: sums of sums are the same sums, and a child without trades is one all of
whose own children had none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from candlestack_core.intervals import MINUTE_MS
from candlestack_spark.columns import AMOUNTS, PARENTS, SUM, TIME, single_chunk

_PARENT = "parent"
_BACKFILL = "backfill:"


def roll_up(children: pa.Table, window_ms: int) -> pa.Table:
    """Return the parent candles of all windows of this length in which there is a child, as `columns.PARENTS`.

    `children` are of one pair: 1m candles, or candles whose length divides the wanted one. A parent is
    `complete` when all its minutes are there and none is `partial`, else `partial`. Its version is the highest
    of its children's; its source is that of its last child, as a backfill where any of them is one.

    Raises:
        ValueError: the children are not in the order of time, or two share a minute.
    """
    opens = single_chunk(children["open_time"]).cast(pa.int64()).to_numpy(zero_copy_only=False)
    if len(opens) and (np.diff(opens) <= 0).any():
        raise ValueError("children of a parent are to be ascending by open time, each once")
    if (opens % MINUTE_MS).any():
        raise ValueError("a child does not start on a minute")
    groups = _Groups.of(opens - opens % window_ms)
    columns = {name: single_chunk(children[name]) for name in children.column_names}
    trades = columns["trades"].to_numpy(zero_copy_only=False)
    priced = groups.priced(trades > 0)
    first, last = groups.ends(priced)
    # What has no price of its own is left out of the extremes; a parent without trades looks at all.
    ignored = pa.array(~priced)
    extremes = {
        name: pc.if_else(ignored, pa.scalar(None, columns[name].type), columns[name])
        for name in ("high", "low")
    }
    backfilled = pc.starts_with(columns["source"], _BACKFILL)
    grouped = groups.aggregate(
        {
            **extremes,
            **{name: columns[name] for name in (*AMOUNTS, "trades", "children", "version")},
            "backfilled": backfilled,
            "in_part": pc.equal(columns["completeness"], "partial"),
        },
        {
            "high": "max",
            "low": "min",
            "version": "max",
            "backfilled": "any",
            "in_part": "any",
            **dict.fromkeys((*AMOUNTS, "trades", "children"), "sum"),
        },
    )
    whole = pc.and_(pc.equal(grouped["children"], window_ms // MINUTE_MS), pc.invert(grouped["in_part"]))
    open_times = groups.keys
    rolled = {
        "open_time": pa.array(open_times).cast(TIME),
        "close_time": pa.array(open_times + window_ms - 1).cast(TIME),
        "open": columns["open"].take(first),
        "close": columns["close"].take(last),
        **{name: grouped[name] for name in ("high", "low", "trades", "children", "version")},
        **{name: grouped[name].cast(SUM) for name in AMOUNTS},
        "source": _sources(columns["source"].take(groups.last), grouped["backfilled"]),
        "completeness": pc.if_else(whole, "complete", "partial"),
    }
    return pa.table([rolled[name] for name in PARENTS.names], schema=PARENTS)


def _sources(last: pa.Array, backfilled: pa.Array) -> pa.Array:
    plain = pc.if_else(pc.starts_with(last, _BACKFILL), pc.utf8_slice_codeunits(last, len(_BACKFILL)), last)
    return pc.if_else(backfilled, pc.binary_join_element_wise(_BACKFILL, plain, ""), plain)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Runs of children that share a parent: each parent's key, and the bounds of its run."""

    keys: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends_: npt.NDArray[np.int64]

    @classmethod
    def of(cls, parents: npt.NDArray[np.int64]) -> _Groups:
        starts = np.flatnonzero(np.diff(parents, prepend=parents[:1] - 1))
        return cls(parents[starts], starts, np.append(starts[1:], len(parents))[: len(starts)])

    @property
    def last(self) -> pa.Array:
        """The index of the last child of each parent."""
        return pa.array(self.ends_ - 1)

    def priced(self, traded: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Tell of each child whether its prices count: those with trades, or all where no child has any."""
        if traded.all():
            return traded
        counts = np.append(0, np.cumsum(traded))
        none = counts[self.ends_] == counts[self.starts]
        every: npt.NDArray[np.bool_] = traded | np.repeat(none, self.ends_ - self.starts)
        return every

    def ends(self, priced: npt.NDArray[np.bool_]) -> tuple[pa.Array, pa.Array]:
        """Return the indices of the first and the last child of each parent whose prices count."""
        indices = np.flatnonzero(priced)
        first = indices[np.searchsorted(indices, self.starts)] if len(indices) else indices
        last = indices[np.searchsorted(indices, self.ends_) - 1] if len(indices) else indices
        return pa.array(first), pa.array(last)

    def aggregate(self, columns: dict[str, pa.Array], functions: dict[str, str]) -> dict[str, pa.Array]:
        """Aggregate each column by its function, parent by parent in their order."""
        numbers = np.repeat(np.arange(len(self.keys)), self.ends_ - self.starts)
        table = pa.table({**columns, _PARENT: pa.array(numbers)})
        # One thread: the groups stay in order, and the cores belong to Spark's tasks.
        grouped = table.group_by(_PARENT, use_threads=False).aggregate(list(functions.items()))
        return {name: single_chunk(grouped[f"{name}_{function}"]) for name, function in functions.items()}
