"""What can go wrong."""

from __future__ import annotations

import httpx
import msgspec

from candlestack_client.models import Problem


class CandlestackError(Exception):
    """Any error of this package."""


class UnreachableError(CandlestackError):
    """There was no answer."""


class UnexpectedAnswerError(CandlestackError):
    """The answer is none that the contract allows: the API is another, or of another version."""


class TooManyCandlesError(CandlestackError):
    """More candles were asked for than one call collects: ask for fewer, or for an export."""


class SubscriptionError(CandlestackError):
    """A stream will not be served as it was asked for; another try would be told the same.

    `code` is the one of the contract, `reason` the platform's words.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


class ApiError(CandlestackError):
    """The API answered with a problem; its subclasses are the kinds there are.

    `retry_after_s` is after how many seconds it is worth to ask again, where the API says so; `request_id` is
    what its log calls the request.
    """

    def __init__(self, problem: Problem, retry_after_s: float | None, request_id: str | None) -> None:
        super().__init__(f"{problem.status}: {problem.detail or problem.title}")
        self.problem = problem
        self.retry_after_s = retry_after_s
        self.request_id = request_id


class UnauthorizedError(ApiError):
    """A key is needed, or the one that was sent is not accepted."""


class UnknownSymbolError(ApiError):
    """The pair is not known, or not in that market; `problem.known_symbols` are those that are."""


class NoDataError(ApiError):
    """The pair is known, and nothing of what was asked for has been seen yet."""


class BadQueryError(ApiError):
    """A parameter cannot be used; `problem.errors` says which, and why."""


class RateLimitedError(ApiError):
    """Too many requests."""


class UnavailableError(ApiError):
    """What the answer would be made from is away; `problem.unavailable` says what, and why."""


KIND = "urn:candlestack:problem:"
_KINDS: dict[str, type[ApiError]] = {
    KIND + "unauthorized": UnauthorizedError,
    KIND + "unknown-symbol": UnknownSymbolError,
    KIND + "not-in-market": UnknownSymbolError,
    KIND + "no-data-yet": NoDataError,
    KIND + "bad-query": BadQueryError,
    KIND + "too-many-requests": RateLimitedError,
    KIND + "unavailable": UnavailableError,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: UnauthorizedError,
    429: RateLimitedError,
    502: UnavailableError,
    503: UnavailableError,
    504: UnavailableError,
}
"""For what stands before the API and has no problem documents, as a proxy."""


def error_of(response: httpx.Response) -> ApiError:
    """Return the error that an answer other than a success stands for; its body has been read."""
    try:
        problem = msgspec.json.decode(response.content, type=Problem)
    except (msgspec.DecodeError, UnicodeError):
        problem = problem_of_status(response.status_code, response.reason_phrase, response.url.path)
    kind = _KINDS.get(problem.type) or _BY_STATUS.get(response.status_code, ApiError)
    wait = response.headers.get("Retry-After", "")
    return kind(problem, float(wait) if wait.isdecimal() else None, response.headers.get("X-Request-ID"))


def error_of_handshake(status: int) -> ApiError:
    """Return the error that the refusal of a stream's connection stands for."""
    detail = "the connection was refused: is the key accepted, and the address the API's?"
    return _BY_STATUS.get(status, ApiError)(problem_of_status(status, detail, "/ws"), None, None)


def problem_of_status(status: int, detail: str, instance: str) -> Problem:
    """Return the problem document of an answer that has none."""
    return Problem(type="about:blank", title=str(status), status=status, detail=detail, instance=instance)
