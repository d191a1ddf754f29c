"""Rate limits: each client has a token bucket in Redis, of which every process leases some at a time.

A request is counted in this process while the lease lasts, so that Redis is asked once for many. What all
processes admit together exceeds the limit by no more than a lease each. While Redis is away each process goes
by a bucket of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from cachetools import LRUCache

from app.access.bucket import TokenBucket
from app.stores.watch import StoreAwayError

LEASES_PER_LIMIT = 50
"""A lease is this part of what a minute allows."""
LEASE_S = 2.0
"""After so long what is left of a lease is given up: the client went to another process, or away."""
CLIENTS_KEPT = 10_000


class Lease(NamedTuple):
    """Tokens that were granted, and the seconds until as many as were needed would be."""

    tokens: int
    wait_s: float


class Leases(Protocol):
    """Where the buckets of all processes are."""

    async def lease(self, client: str, *, wanted: int, needed: int, per_minute: int) -> Lease:
        """Take up to `wanted` tokens of a client; `needed` are those that the request costs.

        Raises:
            StoreAwayError: it does not answer.
        """
        ...


@dataclass(slots=True)
class _Client:
    local: TokenBucket
    held: int = 0
    held_until: float = 0.0
    refused_until: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class RateLimiter:
    """Says how long a client has to wait; without a limit nobody has to."""

    def __init__(
        self, leases: Leases, per_minute: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the tokens that flow into a bucket in a minute, which is also what it holds; 0 for no limit."""
        self._leases = leases
        self._per_minute = per_minute
        self._monotonic = monotonic
        self._clients: LRUCache[str, _Client] = LRUCache(CLIENTS_KEPT)

    async def wait_s(self, name: str, cost: int = 1) -> float:
        """Admit a request and return 0, or return the seconds after which it may be tried again."""
        if not self._per_minute:
            return 0.0
        client = self._client(name)
        cost = min(cost, self._per_minute)
        wait_s = self._known(client, cost)
        if wait_s is None:
            async with client.asking:
                # Those who waited may find that another has leased for them, or was refused.
                wait_s = self._known(client, cost)
                if wait_s is None:
                    wait_s = await self._lease(name, client, cost)
        return wait_s

    def _known(self, client: _Client, cost: int) -> float | None:
        """Admit or refuse a request by what is held, and what was said before; None where that tells nothing."""
        if self._spend(client, cost):
            return 0.0
        wait_s = client.refused_until - self._monotonic()
        return wait_s if wait_s > 0 else None

    async def _lease(self, name: str, client: _Client, cost: int) -> float:
        needed = cost - client.held
        wanted = max(needed, self._per_minute // LEASES_PER_LIMIT)
        try:
            lease = await self._leases.lease(name, wanted=wanted, needed=needed, per_minute=self._per_minute)
        except StoreAwayError:
            return client.local.take(cost, self._monotonic())
        now = self._monotonic()
        client.held += lease.tokens
        client.held_until = now + LEASE_S
        if self._spend(client, cost):
            return 0.0
        client.refused_until = now + lease.wait_s
        return lease.wait_s

    def _spend(self, client: _Client, cost: int) -> bool:
        if self._monotonic() >= client.held_until:
            client.held = 0
        if client.held < cost:
            return False
        client.held -= cost
        return True

    def _client(self, name: str) -> _Client:
        client = self._clients.get(name)
        if client is None:
            bucket = TokenBucket(self._per_minute, self._per_minute / 60, self._monotonic())
            client = self._clients[name] = _Client(bucket)
        return client
