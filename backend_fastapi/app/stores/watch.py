"""Whether a store answers: asked every second, so that a request need not wait to learn that it does not."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import ClassVar, TypeVar

from app.health.schemas import Component
from candlestack_core import metrics
from candlestack_core.logging import get_logger

_LOG = get_logger(__name__)

LOOK_EVERY_S = 1.0

Answer = TypeVar("Answer")


class StoreAwayError(Exception):
    """A store does not answer; the text says why."""

    def __init__(self, store: Component, reason: str) -> None:
        super().__init__(f"{store}: {reason}")
        self.store = store
        self.reason = reason


class Store(ABC):
    """A store that may be away: it fails at once while it is known to be, and every call is bounded in time."""

    name: ClassVar[Component]
    errors: ClassVar[tuple[type[Exception], ...]]
    """What the client library raises where the store does not answer."""

    def __init__(self) -> None:
        self._reason: str | None = "not reached yet"

    @property
    def reason(self) -> str | None:
        """Why the store is away; None while it answers."""
        return self._reason

    async def watch(self) -> None:
        """Ask every second, until cancelled, whether the store answers."""
        while True:
            try:
                await self._ping()
            except self.errors as error:
                self._note(_words(error))
            else:
                self._note(None)
            await asyncio.sleep(LOOK_EVERY_S)

    @abstractmethod
    async def close(self) -> None:
        """Give the connections back."""

    @abstractmethod
    async def _ping(self) -> None:
        """Return when the store answers; raise one of `errors` otherwise."""

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Ask the store something.

        Raises:
            StoreAwayError: it is known to be away, or does not answer now.
        """
        if self._reason is not None:
            raise StoreAwayError(self.name, self._reason)
        try:
            yield
        except self.errors as error:
            self._note(_words(error))
            raise StoreAwayError(self.name, _words(error)) from error

    def _note(self, reason: str | None) -> None:
        if (reason is None) != (self._reason is None):
            if reason is None:
                _LOG.info("the store answers", store=self.name)
            else:
                _LOG.warning("the store is away", store=self.name, reason=reason)
        self._reason = reason
        metrics.STORE_UP.labels(store=self.name).set(reason is None)


async def or_away(answer: Awaitable[Answer], away: dict[str, str]) -> Answer | None:
    """Return a store's answer; None, and the reason in `away`, where it does not answer."""
    try:
        return await answer
    except StoreAwayError as error:
        away[error.store] = error.reason
        return None


def _words(error: Exception) -> str:
    return (str(error).partition("\n")[0] or type(error).__name__)[:200]
