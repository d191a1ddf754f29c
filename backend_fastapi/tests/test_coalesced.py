"""Coalesced questions: few are put for many who ask, and none is answered by one put before it was asked."""

from __future__ import annotations

import asyncio

import pytest

from app.stores.coalesced import Coalesced


class Store:
    """Answers how often it was asked, when it is let."""

    def __init__(self) -> None:
        self.put = 0
        self.let = asyncio.Event()
        self.error: Exception | None = None

    async def ask(self) -> int:
        self.put += 1
        answer = self.put
        await self.let.wait()
        if self.error is not None:
            raise self.error
        return answer


async def until_put(store: Store, count: int) -> None:
    async with asyncio.timeout(20):
        while store.put < count:
            await asyncio.sleep(0)


async def test_those_who_come_while_a_question_is_under_way_share_the_next() -> None:
    store = Store()
    coalesced = Coalesced(store.ask)
    early = [asyncio.create_task(coalesced.ask()) for _ in range(5)]
    await until_put(store, 1)
    late = [asyncio.create_task(coalesced.ask()) for _ in range(5)]
    await asyncio.sleep(0)
    assert store.put == 1, "one at a time"
    store.let.set()
    assert await asyncio.gather(*early) == [1] * 5
    assert await asyncio.gather(*late) == [2] * 5
    assert await coalesced.ask() == 3


async def test_who_goes_away_takes_nobodys_answer_with_them_and_an_error_is_everybodys() -> None:
    store = Store()
    coalesced = Coalesced(store.ask)
    gone, staying, other = (asyncio.create_task(coalesced.ask()) for _ in range(3))
    await until_put(store, 1)
    gone.cancel()
    store.error = ConnectionError("away")
    store.let.set()
    for waiting in (staying, other):
        with pytest.raises(ConnectionError, match="away"):
            await waiting
    assert gone.cancelled()
    store.error = None
    assert await coalesced.ask() == 2
