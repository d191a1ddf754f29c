"""One client of `/ws`: many subscriptions on one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from app.problems import ApiError
from app.requests import ListSubscriptions, Ping, Request, Subscribe, Subscriptions, Unsubscribe, Wanted
from app.services import Services
from app.stream.clients import Client, Connection
from app.stream.control import Heartbeat, Pong, Refusal, RequestId
from app.stream.frames import text_frame
from app.stream.messages import CloseCode
from app.stream.subscription import Source
from app.stream.updates import encode
from candlestack_core import metrics


class _Held(NamedTuple):
    client: Client[Any]
    source: Source


class _OnlyId(msgspec.Struct):
    id: RequestId = None


_decode = msgspec.json.Decoder(Request).decode
_decode_id = msgspec.json.Decoder(_OnlyId).decode


class Session:
    """Carries out what a client asks for, one request after the other; ends with `close`."""

    def __init__(
        self,
        connection: Connection,
        services: Services,
        clock_ms: Callable[[], int],
        *,
        most_subscriptions: int,
        heartbeat_s: float,
    ) -> None:
        self._connection = connection
        self._services = services
        self._clock_ms = clock_ms
        self._most = most_subscriptions
        self._heartbeat_s = heartbeat_s
        self._held: dict[Wanted, _Held] = {}
        self._heartbeat = asyncio.get_running_loop().call_later(heartbeat_s, self._beat)

    async def take(self, text: str | bytes) -> None:
        """Carry out a request, and answer it."""
        try:
            request = _decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._refuse(_id_of(text), CloseCode.BAD_REQUEST, str(error) or "nested too deeply")
            return
        match request:
            case Subscribe():
                await self._subscribe(request)
            case Unsubscribe():
                self._unsubscribe(request)
            case ListSubscriptions():
                self._answer_held(request.id)
            case Ping():
                self._answer(Pong(channel="control", type="pong", id=request.id, send_time=self._clock_ms()))

    def flush(self) -> None:
        """Write what was kept, for as long as the connection takes it; who was served stands at the end of the row."""
        for wanted in list(self._held):
            if not self._connection.can_write:
                return
            held = self._held[wanted] = self._held.pop(wanted)
            held.client.flush()

    def close(self) -> None:
        """End all subscriptions."""
        self._heartbeat.cancel()
        for wanted in list(self._held):
            self._drop(wanted)

    async def _subscribe(self, request: Subscribe) -> None:
        new = {wanted.anew(): wanted for wanted in request.subscriptions if wanted.anew() not in self._held}
        if len(self._held) + len(new) > self._most:
            reason = f"a connection may hold {self._most} subscriptions"
            self._refuse(request.id, CloseCode.TOO_MANY, reason)
            return
        held: dict[Wanted, _Held] = {}
        try:
            # One may end while the next is waited for.
            while missing := [key for key in new if key not in held or held[key].source.ended]:
                for key in missing:
                    source = await key.source(self._services)
                    held[key] = _Held(key.client(self._connection, self._clock_ms), source)
        except ApiError as error:
            for client, source in held.values():
                source.leave(client)
            self._refuse(request.id, error.close_code, error.detail)
            return
        self._held |= held
        self._answer_held(request.id)
        for key, wanted in new.items():
            client, source = held[key]
            source.join(client, wanted.position)
            metrics.SOCKET_SUBSCRIPTIONS.labels(channel=client.channel).inc()

    def _unsubscribe(self, request: Unsubscribe) -> None:
        for wanted in request.subscriptions:
            if wanted.anew() in self._held:
                self._drop(wanted.anew())
        self._answer_held(request.id)

    def _drop(self, wanted: Wanted) -> None:
        client, source = self._held.pop(wanted)
        source.leave(client)
        metrics.SOCKET_SUBSCRIPTIONS.labels(channel=client.channel).dec()

    def _answer_held(self, request_id: RequestId) -> None:
        self._answer(
            Subscriptions(
                channel="control", type="subscriptions", id=request_id, subscriptions=list(self._held)
            )
        )

    def _refuse(self, request_id: RequestId, code: CloseCode, reason: str) -> None:
        self._answer(
            Refusal(channel="control", type="error", id=request_id, code=code.value, reason=reason)  # type: ignore[arg-type]
        )

    def _answer(self, answer: msgspec.Struct) -> None:
        # Whether or not it goes out soon: while it does not, nothing more is read from the client.
        self._connection.write(text_frame(encode(answer)))

    def _beat(self) -> None:
        self._heartbeat = asyncio.get_running_loop().call_later(self._heartbeat_s, self._beat)
        if self._connection.can_write:
            now, feed = self._clock_ms(), self._services.hub.state
            self._answer(Heartbeat(channel="control", type="heartbeat", send_time=now, feed=feed))


def _id_of(text: str | bytes) -> RequestId:
    """Return what a request that cannot be understood is called, where it can be told."""
    try:
        return _decode_id(text).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
