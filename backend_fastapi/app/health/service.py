"""What can be served: all of it, what the parts that answer hold, or nothing."""

from __future__ import annotations

from app.health.schemas import Component, Components, ComponentState, Liveness, Readiness
from app.stores.candles import CandleStore
from app.stores.realtime import RealtimeStore
from app.stream.hub import Hub
from app.symbols.service import SymbolService


class HealthService:
    """Answers the health routes."""

    def __init__(
        self, symbols: SymbolService, hub: Hub, realtime: RealtimeStore, candles: CandleStore
    ) -> None:
        self._symbols = symbols
        self._hub = hub
        self._realtime = realtime
        self._candles = candles

    def liveness(self) -> Liveness:
        """Say that the process lives, and whose data it serves."""
        source, simulated = self._symbols.origin()
        return Liveness(status="alive", source=source, simulated=simulated)

    def readiness(self) -> Readiness:
        """Say what can be served; what the hub holds can be, even while all parts are away."""
        reasons = self.reasons()
        nothing = len(reasons) == len(Components.__struct_fields__) and not self._hub.symbols()
        source, simulated = self._symbols.origin()
        return Readiness(
            status="not ready" if nothing else "degraded" if reasons else "ready",
            source=source,
            simulated=simulated,
            components=Components(
                kafka=_state(reasons.get("kafka")),
                redis=_state(reasons.get("redis")),
                mongodb=_state(reasons.get("mongodb")),
            ),
            reasons=reasons,
        )

    def reasons(self) -> dict[Component, str]:
        """Return the parts that are away, and why."""
        away: dict[Component, str | None] = {
            "kafka": self._hub.state.reason,
            self._realtime.name: self._realtime.reason,
            self._candles.name: self._candles.reason,
        }
        return {component: reason for component, reason in away.items() if reason is not None}


def _state(reason: str | None) -> ComponentState:
    return ComponentState(state="up" if reason is None else "away", reason=reason)
