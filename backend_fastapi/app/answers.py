"""Answers kept as bytes, with their tags: sent again, or not at all where the client has them (RFC 9110)."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Hashable
from functools import cached_property
from typing import Generic, TypeVar

from cachetools import LRUCache
from fastapi import Request, Response

JSON = "application/json"
KEPT_BYTES = 32 * 1024 * 1024
ZIPPED_FROM_BYTES = 1_000
ZIP_LEVEL = 4
"""Within some percent of the smallest, in a third of the time."""
TAG_BYTES = 12

Key = TypeVar("Key", bound=Hashable)


class Prepared:
    """A JSON answer as bytes; `link` is its `Link` header, where there is more."""

    def __init__(self, body: bytes, link: str | None = None) -> None:
        self.body = body
        self.link = link
        self._zipped: bytes | None = None

    @cached_property
    def tag(self) -> str:
        """The entity tag; weak, for the same stands for the compressed body."""
        return f'W/"{hashlib.blake2b(self.body, digest_size=TAG_BYTES).hexdigest()}"'

    async def zipped(self) -> bytes:
        """Return the body compressed, which is done once."""
        if self._zipped is None:
            # Elsewhere: it takes milliseconds, and gives the interpreter free.
            self._zipped = await asyncio.to_thread(gzip.compress, self.body, ZIP_LEVEL, mtime=0)
        return self._zipped


class PreparedAnswers(Generic[Key]):
    """Keeps answers as long as their stamp, which changes with what they were made of, is the same."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept: LRUCache[Key, tuple[object, Prepared]] = LRUCache(
            kept_bytes, getsizeof=lambda kept: len(kept[1].body)
        )

    def get(self, key: Key, stamp: object | None) -> Prepared | None:
        """Return the answer that was kept with an equal stamp; None where there is none, or no stamp."""
        kept = self._kept.get(key)
        if kept is None or stamp is None or kept[0] != stamp:
            return None
        return kept[1]

    def keep(self, key: Key, stamp: object, answer: Prepared) -> None:
        """Keep an answer in the place of the one before; those used least recently make room.

        One that is larger than all that may be kept is not kept.
        """
        self._kept.pop(key, None)
        if len(answer.body) <= self._kept.maxsize:
            self._kept[key] = stamp, answer


async def respond(request: Request, answer: Prepared) -> Response:
    """Return the response: 304 where the client has the answer, compressed where it takes that.

    It may be kept, and has to be asked for again with its tag: the past is restated at times.
    """
    headers = {"ETag": answer.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if answer.link is not None:
        headers["Link"] = answer.link
    if _has(request.headers.get("if-none-match", ""), answer.tag):
        return Response(status_code=304, headers=headers)
    body = answer.body
    if len(body) >= ZIPPED_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = await answer.zipped()
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=JSON)


def _has(if_none_match: str, tag: str) -> bool:
    """Tell whether a list of tags names one, by the weak comparison."""
    opaque = tag.removeprefix("W/")
    named = (each.strip().removeprefix("W/") for each in if_none_match.split(","))
    return any(each in ("*", opaque) for each in named)
