"""What a stream asks for and makes of what it is told, across connections; nothing here knows a socket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from websockets.client import process_exception
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from candlestack_client.errors import SubscriptionError, UnexpectedAnswerError, error_of_handshake
from candlestack_client.events import Lost
from candlestack_client.messages import Message, Refusal, decode
from candlestack_client.sequences import Followed, TryAgainError, followed
from candlestack_client.subscriptions import Subscribe, Subscription, anew

ASKED_TOGETHER = 50
"""Subscriptions in one request: the API takes messages of some kB only."""
AWAY = 4503
UNKNOWN_SYMBOL = 4404
BAD_REQUEST = 4400
TOO_LARGE = 1009


class Following:
    """The subscriptions of one stream, and how far each was heard."""

    def __init__(self, subscriptions: Sequence[Subscription]) -> None:
        if not subscriptions:
            raise ValueError("a stream needs at least one subscription")
        self._followed: dict[Subscription, Followed] = {anew(each): followed(each) for each in subscriptions}

    def requests(self) -> list[str]:
        """Return what to ask for on a new connection: to go on where the one before ended."""
        return [
            msgspec.json.encode(Subscribe(number, [each.wanted() for each in together])).decode()
            for number, together in enumerate(self._asked_together())
        ]

    def take(self, text: str | bytes) -> Iterator[Message | Lost]:
        """Take a message; yield what it tells.

        Raises:
            SubscriptionError: the API will not serve what was asked for.
            TryAgainError: it cannot now.
            UnexpectedAnswerError: the message is not what the contract says.
        """
        message = decode(text)
        if isinstance(message, Refusal):
            raise self._refused(message)
        if message is not None and (known := self._followed.get(message.subscription)) is not None:
            yield from known.take(message)

    def _refused(self, refusal: Refusal) -> SubscriptionError | TryAgainError:
        error = SubscriptionError(refusal.code, refusal.reason)
        if refusal.code == AWAY:
            return TryAgainError(str(error))
        asked = self._asked_together()
        # A pair that was served is known: the API has not read so far again.
        is_known = isinstance(refusal.id, int) and all(each.begun for each in asked[refusal.id])
        return TryAgainError(str(error)) if refusal.code == UNKNOWN_SYMBOL and is_known else error

    def _asked_together(self) -> list[list[Followed]]:
        every = list(self._followed.values())
        return [every[first : first + ASKED_TOGETHER] for first in range(0, len(every), ASKED_TOGETHER)]


def reason_of(closed: ConnectionClosed) -> str:
    """Return why a connection ended.

    Raises:
        SubscriptionError: the next one would end for the same reason.
        UnexpectedAnswerError: a message was larger than any of the contract is.
    """
    if closed.rcvd is not None and closed.rcvd.code in (BAD_REQUEST, TOO_LARGE):
        raise SubscriptionError(closed.rcvd.code, closed.rcvd.reason) from closed
    if closed.sent is not None and closed.sent.code == TOO_LARGE:
        raise UnexpectedAnswerError(str(closed)) from closed
    return str(closed)


def reason_of_failure(error: OSError | InvalidHandshake) -> str:
    """Return why no connection could be made.

    Raises:
        ApiError: another attempt would fail for the same reason, as where the key is not accepted.
        InvalidHandshake: the same, of what is no API.
    """
    if process_exception(error) is not None:
        if isinstance(error, InvalidStatus):
            raise error_of_handshake(error.response.status_code) from error
        raise error
    return str(error) or type(error).__name__
