"""Topics as tables: all of them on one, and one of them with its partitions and the groups that read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from rich.table import Table

from candlestack_core.kafka.cluster import Group, TopicState


def topics_table(topics: Sequence[TopicState], groups: Sequence[Group]) -> Table:
    """Return a row for each topic, with the lag of every group that has committed there."""
    table = _table(
        "topic", ">partitions", ">records", ">size", "kept for", ">kept up to", "lag of its groups"
    )
    for topic in topics:
        lags = [f"{group.name} {lag:,}" for group in groups if (lag := group.lag(topic)) is not None]
        table.add_row(
            topic.name,
            str(len(topic.partitions)),
            f"{topic.records:,}",
            size_text(topic.size),
            duration_text(topic.retention_ms),
            _kept_size(topic),
            ", ".join(lags) or "-",
        )
    return table


def partitions_table(topic: TopicState) -> Table:
    """Return a row for each partition."""
    table = _table(">partition", ">first offset", ">next offset", ">records", ">size")
    for state in topic.partitions:
        table.add_row(
            str(state.partition.partition),
            str(state.begin),
            str(state.end),
            f"{state.records:,}",
            size_text(state.size),
        )
    return table


def groups_table(topic: TopicState, groups: Sequence[Group]) -> Table:
    """Return a row for each group and partition that it has committed."""
    table = _table("group", "state", ">partition", ">committed", ">lag")
    for group in groups:
        for state in topic.partitions:
            if (lag := group.partition_lag(state)) is not None:
                committed = str(group.committed[state.partition])
                table.add_row(group.name, group.state, str(state.partition.partition), committed, f"{lag:,}")
    return table


def retention_text(topic: TopicState) -> str:
    """Return what a topic keeps, in words."""
    return f"kept for {duration_text(topic.retention_ms)}, up to {_kept_size(topic)} in all"


def _kept_size(topic: TopicState) -> str:
    return (
        "any size" if topic.retention_bytes < 0 else size_text(topic.retention_bytes * len(topic.partitions))
    )


def duration_text(ms: int) -> str:
    """Return a time in words: `7 d`, `1 h`, `15 min`; -1 is for ever."""
    if ms < 0:
        return "for ever"
    for name, unit in (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1))):
        count, rest = divmod(timedelta(milliseconds=ms), unit)
        if count and not rest:
            return f"{count} {name}"
    return f"{ms / 1000:g} s"


def size_text(size: int | None) -> str:
    """Return bytes in words: `512 B`, `1.5 MiB`; `?` where they are not known."""
    if size is None:
        return "?"
    amount = float(size)
    for unit in ("B", "KiB", "MiB"):
        if round(amount, 1) < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.2f} GiB"


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(
            column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=True
        )
    return table
