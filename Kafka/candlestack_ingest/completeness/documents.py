"""A minute as MongoDB keeps it: times as UTC dates, ids and counts as 64-bit integers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bson import Int64

from candlestack_core.names import completeness_id
from candlestack_ingest.completeness.minutes import Minute, StreamKey, Synced
from candlestack_ingest.completeness.runs import Run
from candlestack_ingest.stores.schema import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def document_of(key: StreamKey, minute: Minute, revision: int) -> Document:
    """Return what is stored of a minute; `revision` counts how often it was written."""
    figures = minute.figures(key.stream)
    return {
        "_id": completeness_id(*key, minute.open_time),
        **key._asdict(),
        "open_time": date(minute.open_time),
        **{name: Int64(count) for name, count in figures._asdict().items()},
        "holes": [
            {
                "first_id": Int64(hole.first_id),
                "last_id": Int64(hole.last_id),
                "count": Int64(hole.size),
                "how": hole.how,
                "filled_at": None if hole.filled_at is None else date(hole.filled_at),
            }
            for hole in minute.holes(key.stream)
        ],
        "streamed": [{"first_id": Int64(run.first), "last_id": Int64(run.last)} for run in minute.streamed],
        "fetched": [
            {"first_id": Int64(run.first), "last_id": Int64(run.last), "at": date(run.at)}
            for run in minute.fetched
        ],
        "synced": [{"update_id": Int64(state.update_id), "at": date(state.at)} for state in minute.synced],
        "after": None if minute.after is None else Int64(minute.after),
        "sources": sorted(minute.sources),
        "arrived_at": date(minute.arrived),
        "revision": Int64(revision),
    }


def minute_of(document: Document) -> Minute:
    """Return the facts of a stored minute.

    Raises:
        KeyError: a field is missing: it was not this program that wrote it.
    """
    return Minute(
        open_time=milliseconds(document["open_time"]),
        streamed=[Run(int(run["first_id"]), int(run["last_id"])) for run in document["streamed"]],
        fetched=[
            Run(int(run["first_id"]), int(run["last_id"]), milliseconds(run["at"]))
            for run in document["fetched"]
        ],
        after=None if document["after"] is None else int(document["after"]),
        synced=[Synced(int(state["update_id"]), milliseconds(state["at"])) for state in document["synced"]],
        sources=set(document["sources"]),
        arrived=milliseconds(document["arrived_at"]),
    )


def date(time_ms: int) -> datetime:
    """Return an epoch time as MongoDB stores it."""
    return _EPOCH + timedelta(milliseconds=time_ms)


def milliseconds(stored: datetime) -> int:
    """Return a stored date as an epoch time in ms."""
    return (stored - _EPOCH) // _MILLISECOND
