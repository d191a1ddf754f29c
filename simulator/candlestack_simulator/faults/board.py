"""The faults in force: what was injected, whom it befalls, and when it is over."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from aiohttp import WSCloseCode

from candlestack_core.logging import get_logger
from candlestack_simulator import errors
from candlestack_simulator.faults.frames import Frame, spoil
from candlestack_simulator.faults.kinds import (
    AnyFault,
    ClockOffset,
    Cut,
    FrameFault,
    Frozen,
    Reordered,
    RestError,
    RestFault,
    RestLate,
    Shutdown,
    StaleDepth,
    Starved,
    StreamFault,
)
from candlestack_simulator.source import Market
from candlestack_simulator.stream.connection import Connection

log = get_logger("simulator.faults")

MOST_ACTIVE = 100
REMEMBERED = 200
"""Faults that are over and still listed."""

_Kind = TypeVar("_Kind", bound=RestFault)
Connections = Mapping[Market, Collection[Connection]]


@dataclass(eq=False, slots=True)
class Injected:
    """A fault and what has become of it."""

    number: int
    fault: AnyFault
    remaining: int | None = None
    """Frames or requests that it will still befall; None where only time ends it."""
    affected: int = 0
    """Connections, frames or requests that it has befallen."""
    seen: int = 0
    active: bool = True
    connections: set[Connection] = field(default_factory=set)
    end: asyncio.TimerHandle | None = None


class FaultBoard:
    """Holds the faults; the hubs, the doors and the REST API ask it on their way."""

    def __init__(self, connections: Connections, move_clock: Callable[[int], None] | None) -> None:
        """Take the open connections of each market, and what moves the exchange's clock by ms, if anything does."""
        self._connections = connections
        self._move_clock = move_clock
        self._numbers = count(1)
        self._active: dict[int, Injected] = {}
        self._ended: deque[Injected] = deque(maxlen=REMEMBERED)
        self._held: dict[tuple[Market, str], Frame] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def listed(self) -> list[Injected]:
        """Return the faults in force and the last ones that are over, in the order of their injection."""
        return sorted([*self._ended, *self._active.values()], key=lambda injected: injected.number)

    def inject(self, fault: AnyFault) -> Injected:
        """Let a fault begin.

        Raises:
            ApiError: when too many are in force, or the fault is not possible here.
        """
        if len(self._active) >= MOST_ACTIVE:
            raise errors.ApiError(-1000, f"{MOST_ACTIVE} faults are in force already.", 409)
        injected = Injected(next(self._numbers), fault)
        self._active[injected.number] = injected
        try:
            self._begin(injected)
        except errors.ApiError:
            del self._active[injected.number]
            raise
        log.info("fault", number=injected.number, kind=type(fault).__name__, affected=injected.affected)
        return injected

    def clear(self, number: int | None = None) -> int:
        """End one fault or all; return how many there were."""
        injected = [fault for fault in self._active.values() if number in (None, fault.number)]
        for fault in injected:
            self._end(fault)
        return len(injected)

    def refuses(self, market: Market) -> bool:
        """Tell whether connections are refused without a word."""
        for injected in self._of(Cut):
            if injected.fault.concerns(market):
                injected.affected += 1
                return True
        return False

    def opened(self, market: Market, connection: Connection) -> None:
        """Hear of a new connection."""
        for injected in self._of(Frozen):
            fault = injected.fault
            if isinstance(fault, Frozen) and fault.connections == "all" and fault.concerns(market):
                self._befall(injected, connection)
                connection.freeze()

    def subscribed(self, market: Market, connection: Connection, streams: Collection[str]) -> None:
        """Hear of new subscriptions."""
        for injected in self._of(Starved):
            fault = injected.fault
            if not isinstance(fault, Starved) or fault.subscriptions == "open":
                continue
            if fault.concerns(market) and any(map(fault.fits, streams)):
                self._starve(injected, fault, connection)

    def starves(self, connection: Connection, stream: str) -> bool:
        """Tell whether a stream is silent on a connection."""
        return any(
            connection in injected.connections
            and isinstance(injected.fault, Starved)
            and injected.fault.fits(stream)
            for injected in self._active.values()
        )

    def frames(self, market: Market, frame: Frame) -> list[Frame]:
        """Return what is sent in place of a frame."""
        if not self._active and not self._held:
            return [frame]
        sent = self._befallen(market, frame)
        held = self._held.pop((market, frame.stream), None) if sent else None
        return sent if held is None else [*sent, held]

    async def request(self, market: Market, path: str) -> None:
        """Let a REST request wait, or fail.

        Raises:
            ApiError: when it is to fail.
        """
        late = self._next_request(RestLate, market, path)
        if late is not None:
            await asyncio.sleep(late.delay_s)
        error = self._next_request(RestError, market, path)
        if error is None:
            return
        if error.status in (418, 429):
            message = "Too many requests queued."
            raise errors.ApiError(-1003, message, error.status, error.retry_after_s)
        raise errors.unavailable(error.status, error.retry_after_s)

    def depth_age_ms(self, market: Market) -> int:
        """Return how old the book is that a depth request is answered with, in ms."""
        stale = self._next_request(StaleDepth, market, "/depth")
        return 0 if stale is None else stale.age_ms

    async def stop(self) -> None:
        """End all faults."""
        self.clear()
        for task in self._closing:
            task.cancel()

    def _begin(self, injected: Injected) -> None:
        fault = injected.fault
        duration_s = None if isinstance(fault, Shutdown) else fault.duration_s
        match fault:
            case FrameFault() | RestFault():
                injected.remaining = fault.count or (None if duration_s else 1)
            case ClockOffset(offset_ms=offset_ms):
                if self._move_clock is None:
                    raise errors.ApiError(-1000, "The clock of a recording cannot be moved.")
                self._move_clock(offset_ms)
            case Starved():
                if not (fault.streams or fault.symbols):
                    raise errors.mandatory("streams")
                for connection in self._chosen(fault) if fault.subscriptions != "new" else ():
                    self._starve(injected, fault, connection)
            case Cut() | Frozen() | Shutdown():
                for connection in self._chosen(fault):
                    self._befall(injected, connection)
                    self._strike(fault, connection)
        if duration_s is not None:
            injected.end = asyncio.get_running_loop().call_later(duration_s, self._end, injected)
        elif injected.remaining is None:
            self._end(injected)

    def _strike(self, fault: Cut | Frozen | Shutdown, connection: Connection) -> None:
        match fault:
            case Cut():
                connection.cut()
            case Frozen():
                connection.freeze()
            case Shutdown(notice_s=notice_s):
                connection.announce_shutdown()
                closing = asyncio.create_task(self._close_after(notice_s, connection))
                self._closing.add(closing)
                closing.add_done_callback(self._closing.discard)

    async def _close_after(self, notice_s: float, connection: Connection) -> None:
        await asyncio.sleep(notice_s)
        await connection.close(WSCloseCode.GOING_AWAY, "Server is shutting down")

    def _end(self, injected: Injected) -> None:
        if not injected.active:
            return
        injected.active = False
        del self._active[injected.number]
        self._ended.append(injected)
        if injected.end is not None:
            injected.end.cancel()
        match injected.fault:
            case ClockOffset(offset_ms=offset_ms) if self._move_clock is not None:
                self._move_clock(-offset_ms)
            case Frozen():
                still = {connection for other in self._of(Frozen) for connection in other.connections}
                for connection in injected.connections - still:
                    connection.thaw()
        injected.connections.clear()

    def _of(self, kind: type[AnyFault]) -> list[Injected]:
        return [injected for injected in self._active.values() if isinstance(injected.fault, kind)]

    def _chosen(self, fault: StreamFault) -> list[Connection]:
        everything = not (fault.streams or fault.symbols)
        return [
            connection
            for market, connections in self._connections.items()
            if fault.concerns(market)
            for connection in connections
            if everything or any(map(fault.fits, connection.session.streams))
        ]

    def _befall(self, injected: Injected, connection: Connection) -> None:
        if connection not in injected.connections:
            injected.connections.add(connection)
            injected.affected += 1

    def _starve(self, injected: Injected, fault: Starved, connection: Connection) -> None:
        if fault.count is None or injected.affected < fault.count:
            self._befall(injected, connection)

    def _befallen(self, market: Market, frame: Frame) -> list[Frame]:
        for injected in list(self._active.values()):
            fault = injected.fault
            if (
                not isinstance(fault, FrameFault)
                or not fault.concerns(market)
                or not fault.fits(frame.stream)
            ):
                continue
            held = (market, frame.stream)
            if isinstance(fault, Reordered) and held in self._held:
                continue
            injected.seen += 1
            if injected.seen % fault.every:
                continue
            self._count(injected)
            if isinstance(fault, Reordered):
                self._held[held] = frame
                return []
            return spoil(fault, frame, injected.affected)
        return [frame]

    def _next_request(self, kind: type[_Kind], market: Market, path: str) -> _Kind | None:
        for injected in list(self._active.values()):
            fault = injected.fault
            if isinstance(fault, kind) and fault.concerns(market) and fault.meets(path):
                self._count(injected)
                return fault
        return None

    def _count(self, injected: Injected) -> None:
        injected.affected += 1
        if injected.remaining is not None:
            injected.remaining -= 1
            if not injected.remaining:
                self._end(injected)
