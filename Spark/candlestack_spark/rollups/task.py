"""What one Spark task does: read 1m candles, roll them up, put the parents in their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from candlestack_core.intervals import Interval
from candlestack_core.settings import MongoSettings
from candlestack_spark.rollups.kernel import roll_up
from candlestack_spark.rollups.spans import Span
from candlestack_spark.stores.documents import minutes_of, parent_documents
from candlestack_spark.stores.mongo import CandleStore, connected

ATTEMPTS = 5
REASONS_KEPT = 20


class RestlessError(Exception):
    """Other processes change the same parents again and again."""


@dataclass(slots=True)
class Tally:
    """What was read and what was written; tallies add up."""

    rows_in: int = 0
    rows_out: int = 0
    inserted: int = 0
    replaced: int = 0
    unchanged: int = 0
    kept: int = 0
    partial: int = 0
    set_aside: int = 0
    reasons: list[str] = field(default_factory=list)

    def __iadd__(self, other: Tally) -> Tally:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        del self.reasons[REASONS_KEPT:]
        return self


def roll_up_spans(settings: MongoSettings, interval: Interval, spans: Iterable[Span]) -> Iterator[Tally]:
    """Roll up the spans of one task over one connection."""
    with connected(settings) as store:
        for span in spans:
            yield roll_up_span(store, interval, span)


def roll_up_span(store: CandleStore, interval: Interval, span: Span) -> Tally:
    """Roll up all windows of a span, each from all of its 1m candles.

    What is stored is read first, then the 1m candles: who has changed a parent in between has seen no newer
    ones, and who changes it later is in the way of the write, after which all is read again.

    Raises:
        RestlessError: that went on for too long.
    """
    inserted = replaced = 0
    for _ in range(ATTEMPTS):
        stored = store.parents(span.symbol, interval, span.start, span.end)
        minutes, faults = minutes_of(store.minutes(span.symbol, span.start, span.end))
        parents = roll_up(minutes, interval.ms)
        documents = list(parent_documents(parents, span.symbol, interval))
        written = store.put_parents(interval, documents, stored)
        inserted += written.inserted
        replaced += written.replaced
        if not written.conflicts:
            return Tally(
                rows_in=minutes.num_rows,
                rows_out=parents.num_rows,
                inserted=inserted,
                replaced=replaced,
                unchanged=written.unchanged,
                kept=written.kept,
                partial=sum(document["completeness"] == "partial" for document in documents),
                set_aside=len(faults),
                reasons=faults[:REASONS_KEPT],
            )
    raise RestlessError(
        f"{span.symbol} {interval.value}: the same candles were changed by others {ATTEMPTS} times in a row"
    )
