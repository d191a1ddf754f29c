"""What the health routes answer."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.symbols.schemas import Origin

Component = Literal["kafka", "redis", "mongodb"]


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """The process is alive, and whose data it serves; null until it has seen any."""

    status: Literal["alive"]
    source: Origin | None
    simulated: bool | None


class ComponentState(msgspec.Struct, frozen=True, kw_only=True):
    """One part that the API reads from; the reason says why it is away."""

    state: Literal["up", "away"]
    reason: str | None


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """The parts: the topics (what happens now), the realtime store and the candle store."""

    kafka: ComponentState
    redis: ComponentState
    mongodb: ComponentState


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether anything can be served, and from what.

    `ready`: all of it; `degraded`: what the parts that are up hold; `not ready`: nothing. `reasons` names
    the parts that are away, and why.
    """

    status: Literal["ready", "degraded", "not ready"]
    source: Origin | None
    simulated: bool | None
    components: Components
    reasons: dict[Component, str]
