"""What a feed is: one kind of stream of one market on its way into Kafka, and what it works with."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from candlestack_core.settings import ExchangeSettings, KafkaSettings
from candlestack_ingest.exchange.binance.rest import SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.starvation import Position
from candlestack_ingest.producers.holes import OnHole, report_hole
from candlestack_ingest.producers.market import Market
from candlestack_ingest.producers.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Context:
    """What a feed of spot works with."""

    exchange: ExchangeSettings
    kafka: KafkaSettings
    market: Market
    rest: SpotRest
    outbox: Outbox
    clock_ms: Callable[[], int]
    """This machine's time in ms, for headers and for finding what arrived in Kafka lately; never for windows."""
    on_hole: OnHole = report_hole


@dataclass(frozen=True, slots=True)
class DepthContext:
    """What a feed of depth works with, of either market."""

    market: Market
    rest: SpotRest | UsdmRest
    outbox: Outbox
    clock_ms: Callable[[], int]
    on_hole: OnHole = report_hole


class Feed(Protocol):
    """Takes the frames of its streams; what it cannot understand goes to the dead letters."""

    @property
    def name(self) -> str:
        """What it is called in logs and names of connections."""
        ...

    @property
    def streams(self) -> Sequence[str]:
        """The streams it takes."""
        ...

    def resume(self, stopping: threading.Event) -> None:
        """Read back from Kafka where the last process stopped; blocks, until `stopping` is set at the longest.

        Raises:
            KafkaError: when the broker does not answer.
        """
        ...

    async def on_connected(self, streams: Collection[str], /) -> None:
        """Take note that a connection was made, so that something may have been missed before."""
        ...

    def on_frame(self, frame: bytes, received_ms: int) -> Awaitable[None] | None:
        """Take one frame; return what is to be awaited before the next, if anything."""
        ...

    def positions(self) -> Mapping[str, Position]:
        """Return how far each stream is."""
        ...

    async def evidence(self, streams: Sequence[str]) -> Mapping[str, Position]:
        """Return how far the exchange is on some streams, as REST knows; what it does not know is left out.

        Raises:
            RestError: when the exchange refuses.
        """
        ...

    def measure(self) -> None:
        """Publish the metrics that are too dear to publish with each frame."""
        ...

    async def run(self) -> None:
        """Do what is not driven by frames, until cancelled."""
        ...
