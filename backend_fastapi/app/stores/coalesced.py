"""Request coalescing: what many ask of a store at once is asked once, and no answer is older than its request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Coalesced(Generic[Answer]):
    """One question to a store, asked over and over.

    An answer may be given only to those who asked before the question was put. So those who come while one is
    under way share the next one, and however many there are, one at a time is put for all of them.
    """

    def __init__(self, put: Callable[[], Awaitable[Answer]]) -> None:
        self._put = put
        self._under_way: asyncio.Task[Answer] | None = None
        self._next: asyncio.Task[Answer] | None = None

    async def ask(self) -> Answer:
        """Return the answer to a question that is put after this call, or raise what putting it raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._put_after(self._under_way))
        # Who goes away meanwhile must not take the question with them.
        return await asyncio.shield(self._next)

    async def _put_after(self, under_way: asyncio.Task[Answer] | None) -> Answer:
        if under_way is not None and not under_way.done():
            await asyncio.wait({under_way})
        # Whoever comes from here on needs one that is put later.
        self._under_way, self._next = self._next, None
        return await self._put()
