"""What the server says on `/ws` besides the messages of the channels."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.stream.messages import FeedState
from candlestack_core.messages import TimeMs

RequestId = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | Annotated[str, Meta(max_length=64)] | None
"""What a client calls its request; the answer says it again."""


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The connection lives, and whether the channels are told what happens; every few seconds."""

    channel: Literal["control"]
    type: Literal["heartbeat"]
    send_time: TimeMs
    feed: FeedState


class Pong(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to `ping`."""

    channel: Literal["control"]
    type: Literal["pong"]
    id: RequestId
    send_time: TimeMs


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to a request that was not carried out, not even in part: the connection goes on as it was.

    `code` is one of the close codes, as far as they name what is wrong with a request.
    """

    channel: Literal["control"]
    type: Literal["error"]
    id: RequestId
    code: Literal[4400, 4404, 4429, 4503]
    reason: str
