"""The depth diffs of spot as the exchange sent them, for clients that keep a book of their own."""

from __future__ import annotations

from collections.abc import Sequence

from app.stream.channel import Followed
from app.stream.events import Event, Position, Subject
from app.stream.updates import Snapshot, Update, update_head
from candlestack_core.messages import DepthDiff, decode_depth_diff
from candlestack_core.topics import ORDERBOOK_UPDATE

NAME = "depth"


class DiffNews(Update):
    """One diff."""

    def __init__(self, event: Event[DepthDiff]) -> None:
        super().__init__(event.seq)
        self.event = event

    @property
    def head(self) -> bytes:
        diff = self.event.value
        return update_head(NAME, diff.symbol, self.event, exchange_time=diff.event_time, data=diff)


class DiffFeed:
    """Keeps no diff: whoever wants to know what was before begins with a book."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def take(self, events: Sequence[Event[DepthDiff]]) -> list[DiffNews]:
        return [DiffNews(event) for event in events]

    def snapshot(self) -> Snapshot:
        return Snapshot(NAME, self._subject, None, exchange_time=None, data=None)

    def since(self, position: Position) -> list[DiffNews] | None:  # noqa: ARG002 - nothing is kept
        return None


def _decode(value: bytes) -> DepthDiff | None:
    diff = decode_depth_diff(value)
    return diff if diff.market == "spot" else None


DIFFS: Followed[DepthDiff, DiffFeed] = Followed(
    name=NAME,
    topic=lambda _: ORDERBOOK_UPDATE,
    decode=_decode,
    subject=lambda diff: Subject(diff.symbol),
    new_feed=DiffFeed,
    history_records=0,
    required=False,
)
