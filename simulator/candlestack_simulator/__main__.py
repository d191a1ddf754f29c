"""The simulated exchange as a service: `python -m candlestack_simulator`.

Set by `SIMULATOR_*` and `REPLAY_*`; without `REPLAY_RECORDING` it serves the seeded market.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from candlestack_core.service import Service, run_async
from candlestack_core.settings import BadSettingError, SimulatorSettings, load, variable_name
from candlestack_simulator.config import from_settings
from candlestack_simulator.control import Origin
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay import Recording, RecordingError
from candlestack_simulator.server import SimulatorServer
from candlestack_simulator.source import Market, Source

LISTENING = "listening"


@dataclass(frozen=True, slots=True)
class _Chosen:
    sources: Mapping[Market, Source]
    origin: Origin
    on_subscription: Callable[[], None]


def _choose(settings: SimulatorSettings) -> _Chosen:
    """Return the sources that the settings ask for.

    Raises:
        RecordingError: when the recording cannot be served.
    """

    def exchange_ms() -> int:
        return time.time_ns() // 1_000_000 + settings.simulator_clock_offset_ms

    if not settings.replay_recording:
        market = SeededMarket(settings.simulator_seed, clock=exchange_ms)
        return _Chosen(
            {"spot": market, "usdm": market.usdm()}, Origin(settings.simulator_seed, 1.0, "now"), lambda: None
        )
    recordings = Recording.load(
        settings.replay_recording,
        speed=settings.replay_speed,
        times=settings.replay_times,
        start_delay_s=settings.replay_start_delay_s,
        wall_ms=exchange_ms,
    )
    origin = Origin(None, settings.replay_speed, settings.replay_times)
    return _Chosen(recordings, origin, recordings["spot"].start)


async def _serve(service: Service, stopping: asyncio.Event) -> None:
    settings = load(SimulatorSettings)
    try:
        chosen = await asyncio.to_thread(_choose, settings)
    except RecordingError as error:
        raise _bad("replay_recording", str(error)) from None
    server = SimulatorServer(
        chosen.sources,
        chosen.origin,
        from_settings(settings),
        host=settings.simulator_host,
        port=settings.simulator_port,
        on_subscription=chosen.on_subscription,
        beat=service.health.beat,
    )
    try:
        await server.start()
    except OSError as error:
        raise _bad("simulator_port", f"{settings.simulator_port} cannot be bound: {error}") from None
    try:
        service.health.ready(LISTENING)
        await server.serve(stopping)
    finally:
        await server.stop()


def _bad(field: str, reason: str) -> BadSettingError:
    return BadSettingError(variable_name(SimulatorSettings, field), reason)


def main() -> None:
    """Run until told to stop."""
    run_async("simulator", _serve, components=(LISTENING,))


if __name__ == "__main__":
    main()
