"""What a client of `/ws` may subscribe to: each channel has one file with a subclass, and an entry in `requests`."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec
from msgspec import UNSET, StructMeta, UnsetType

from app.stream.clients import Client, Connection, Listener
from app.stream.events import Position

if TYPE_CHECKING:
    from app.services import Services


class Source(Protocol):
    """Where a client is told of what it subscribed to."""

    @property
    def ended(self) -> bool:
        """Whether it tells nothing any more: its last client has left it before the next one joined."""
        ...

    def join(self, client: Listener, since: Position | None) -> None:
        """Tell a client the state, or what happened since a position, and then all that happens."""
        ...

    def leave(self, client: Listener) -> None:
        """Tell a client nothing more."""
        ...


class _AbstractStruct(StructMeta, ABCMeta):
    """Makes messages of which no instance exists before their abstract methods are there."""


class Subscription(
    msgspec.Struct,
    metaclass=_AbstractStruct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="channel",
):
    """What all have in common; two that are equal are one."""

    @abstractmethod
    async def source(self, services: Services) -> Source:
        """Return where it is served.

        Raises:
            ApiError: it cannot be: the pair is not known, or the parts that would serve it are away.
        """

    @abstractmethod
    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> Client[Any]:
        """Return what keeps its messages while the connection does not take them."""

    @property
    def position(self) -> Position | None:
        """Up to where the client has heard of it on an earlier connection."""
        return None

    def anew(self) -> Self:
        """Return the same subscription, from now on."""
        return self


class FromTopicSubscription(Subscription, frozen=True, kw_only=True):
    """What those have in common whose messages follow the records of a topic.

    With `since`, the `epoch` and `seq` of the last message that was received, it goes on after that message;
    where that is not known any more, or not yet, it begins with a snapshot, as without it.
    """

    since: Position | UnsetType = UNSET

    @property
    def position(self) -> Position | None:
        return None if self.since is UNSET else self.since

    def anew(self) -> Self:
        return msgspec.structs.replace(self, since=UNSET)
