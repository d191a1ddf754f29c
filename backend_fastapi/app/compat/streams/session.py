"""One connection of a client of Binance's streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from app.compat.streams.clients import StreamClient
from app.compat.streams.commands import Command, CommandError, CommandId, command_of
from app.compat.streams.sources import stream
from app.problems import ApiError, UnknownSymbolError
from app.services import Services
from app.stream.clients import Connection
from app.stream.frames import text_frame
from app.stream.subscription import Source
from app.stream.updates import encode


class _Held(NamedTuple):
    client: StreamClient
    source: Source | None
    """None for a stream that the exchange has not: it is accepted and silent, as there."""

    @property
    def ended(self) -> bool:
        return self.source is not None and self.source.ended


class StreamSession:
    """Carries out what a client asks for, one command after the other; ends with `close`."""

    def __init__(
        self,
        connection: Connection,
        services: Services,
        clock_ms: Callable[[], int],
        *,
        combined: bool,
        most_streams: int,
    ) -> None:
        self._connection = connection
        self._services = services
        self._clock_ms = clock_ms
        self._combined = combined
        self._most = most_streams
        self._held: dict[str, _Held] = {}

    async def take(self, text: str | bytes) -> None:
        """Carry out a command, and answer it."""
        try:
            command = command_of(text)
            result = await self._result(command)
        except CommandError as error:
            self._refuse(error.command_id, error.code, error.message)
        except ApiError as error:
            self._refuse(command.command_id, 1, error.detail)
        else:
            self._answer({"result": result, "id": command.command_id})

    async def subscribe(self, names: list[str]) -> None:
        """Begin to send streams, all of them or none.

        Raises:
            CommandError: they would be more than a connection may have.
            ApiError: the parts that would serve one are away.
        """
        new = [name for name in names if name not in self._held]
        if len(self._held) + len(new) > self._most:
            raise CommandError(2, f"Invalid request: more than {self._most} streams on one connection")
        held: dict[str, _Held] = {}
        try:
            # One may end while the next is waited for.
            while missing := [name for name in new if name not in held or held[name].ended]:
                for name in missing:
                    client = StreamClient(self._connection, self._clock_ms, lambda: self._combined)
                    held[name] = _Held(client, await self._source(name))
        except ApiError:
            for client, source in held.values():
                if source is not None:
                    source.leave(client)
            raise
        for client, source in held.values():
            if source is not None:
                source.join(client, None)
        self._held |= held

    def flush(self) -> None:
        """Write what was kept, for as long as the connection takes it; who was served stands at the end of the row."""
        for name in list(self._held):
            if not self._connection.can_write:
                return
            held = self._held[name] = self._held.pop(name)
            held.client.flush()

    def close(self) -> None:
        """End all streams."""
        self._unsubscribe(list(self._held))

    async def _source(self, name: str) -> Source | None:
        try:
            return await stream(self._services, name)
        except UnknownSymbolError:
            return None

    async def _result(self, command: Command) -> Any:
        match command.method:
            case "SUBSCRIBE":
                try:
                    await self.subscribe(command.streams)
                except CommandError as error:
                    raise CommandError(error.code, error.message, command.command_id) from None
            case "UNSUBSCRIBE":
                self._unsubscribe(command.streams)
            case "LIST_SUBSCRIPTIONS":
                return sorted(self._held)
            case "SET_PROPERTY":
                self._combined = command.params[1]
            case _:
                return self._combined
        return None

    def _unsubscribe(self, names: list[str]) -> None:
        for name in names:
            held = self._held.pop(name, None)
            if held is not None and held.source is not None:
                held.source.leave(held.client)

    def _refuse(self, command_id: CommandId, code: int, message: str) -> None:
        self._answer({"error": {"code": code, "msg": message}, "id": command_id})

    def _answer(self, answer: dict[str, Any]) -> None:
        # Whether or not it goes out soon: while it does not, nothing more is read from the client.
        self._connection.write(text_frame(encode(answer)))
