"""What can be served, on `/ws`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Literal

from app.health.schemas import Readiness
from app.stream.clients import Connection
from app.stream.polled import OfNow, Polled, StateClient
from app.stream.subscription import Source, Subscription

if TYPE_CHECKING:
    from app.services import Services

NAME = "status"
LOOK_EVERY_S = 1.0


class StatusSnapshot(OfNow, frozen=True, kw_only=True):
    """What can be served, and where its data comes from: at first, and at every change."""

    channel: Literal["status"]
    type: Literal["snapshot"]
    data: Readiness


class StatusClient(StateClient):
    """A client of the status."""

    channel: ClassVar[str] = NAME


class StatusSubscription(Subscription, frozen=True, kw_only=True, tag=NAME):
    """Whether the topics and the stores answer: while `kafka` is away, no channel is told anything new."""

    async def source(self, services: Services) -> Source:
        async def look() -> Readiness:
            return services.health.readiness()

        return services.views.get(self, lambda: Polled(NAME, {}, look, LOOK_EVERY_S))

    def client(self, connection: Connection, clock_ms: Callable[[], int]) -> StatusClient:
        return StatusClient(connection, clock_ms)
