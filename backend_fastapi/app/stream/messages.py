"""What the messages of all sockets have in common; those of a channel stand in its file.

Every message but `Status` comes from the records of one partition of a topic, and says up to which:

- `epoch` is `topic/partition/id`, with the beginning of the topic's id, `seq` the offset of the newest record
  included. Both are Kafka's, hence equal on every replica and after a restart, and other ones once a topic
  was made anew. Null until a record of the pair has been read.
- `prev` is the `seq` that this client was sent last on this channel. One other than the client's own means
  that something was missed; a snapshot replaces all that is known.
- `exchange_time` is the event time of the newest record, `arrival_time` when its frame was read from the
  exchange's socket, `send_time` when this message was written; epoch ms.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from candlestack_core.messages import Id, Symbol, TimeMs

Count = Annotated[int, Meta(ge=0, lt=2**53)]


class FromTopic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The envelope of what comes from a topic."""

    symbol: Symbol
    epoch: str | None
    seq: Id | None
    prev: Id | None
    exchange_time: TimeMs | None
    arrival_time: TimeMs | None
    send_time: TimeMs


class FeedState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`live`: updates come as they happen. `away`: Kafka does not answer, and nothing comes until it does."""

    state: Literal["live", "away"]
    reason: str | None


class Status(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What has become of the feed behind this socket: after the snapshot where it is away, and at every change."""

    channel: Literal["status"]
    type: Literal["update"]
    symbol: Symbol
    send_time: TimeMs
    data: FeedState


class CloseCode(IntEnum):
    """Why the server ends a connection; the close frame's reason says it in words."""

    RESTARTING = 1012
    BUSY = 1013
    BAD_REQUEST = 4400
    UNKNOWN_SYMBOL = 4404
    TOO_SLOW = 4408
    TOO_MANY = 4429
    UNAVAILABLE = 4503

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    CloseCode.RESTARTING: "the server stops or restarts; connect again",
    CloseCode.BUSY: "the server has as many clients as it may have; connect again later",
    CloseCode.BAD_REQUEST: "the request or query is wrong, or the client sent a message on a socket that takes none",
    CloseCode.UNKNOWN_SYMBOL: "the pair is not known, or not in that market",
    CloseCode.TOO_SLOW: "the client did not keep up and would have missed closed candles",
    CloseCode.TOO_MANY: "the client asked for more subscriptions than it may hold",
    CloseCode.UNAVAILABLE: "what was asked for needs parts that are away, or not read yet; ask again a moment later",
}
