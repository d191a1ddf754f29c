"""Problem documents (RFC 9457): the answer to every request that cannot be served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from app.stream.messages import CloseCode

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2


class BadParameter(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter that cannot be used, and why; the empty name stands for the query as a whole."""

    parameter: str
    reason: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document. `type` names the kind of problem, `detail` says what is the matter this time.

    `errors` names the bad parameters of a 422, `known_symbols` the pairs there are with a 404 for one that is
    unknown, or not in that market, `unavailable` the parts that are away with a 503, and why.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[BadParameter] | None = None
    known_symbols: list[str] | None = None
    unavailable: dict[str, str] | None = None


class ApiError(Exception):
    """An error that a request ends with; its subclasses are the kinds of problem there are."""

    kind = "about:blank"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = "Internal server error"
    close_code = CloseCode.UNAVAILABLE
    """What a socket is closed with instead."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers: Mapping[str, str] = {}
        """Of the answer."""

    def problem(self, instance: str) -> Problem:
        return Problem(
            type=self.kind, title=self.title, status=self.status, detail=self.detail, instance=instance
        )


class UnknownSymbolError(ApiError):
    """The pair is none of those that are known."""

    kind = "urn:candlestack:problem:unknown-symbol"
    status = HTTPStatus.NOT_FOUND
    title = "Unknown symbol"
    close_code = CloseCode.UNKNOWN_SYMBOL

    def __init__(self, symbol: str, known: Sequence[str]) -> None:
        names = ", ".join(known) or "none yet"
        super().__init__(f"{symbol!r} is not a known pair; known: {names}")
        self.known = list(known)

    def problem(self, instance: str) -> Problem:
        return msgspec.structs.replace(super().problem(instance), known_symbols=self.known)


class NotInMarketError(ApiError):
    """The pair is known, but not in that market."""

    kind = "urn:candlestack:problem:not-in-market"
    status = HTTPStatus.NOT_FOUND
    title = "Not in this market"
    close_code = CloseCode.UNKNOWN_SYMBOL

    def __init__(self, symbol: str, market: str, known: Sequence[str]) -> None:
        names = ", ".join(known) or "none yet"
        super().__init__(f"{symbol} is not in the {market} market; known there: {names}")
        self.known = list(known)

    def problem(self, instance: str) -> Problem:
        return msgspec.structs.replace(super().problem(instance), known_symbols=self.known)


class NoDataError(ApiError):
    """The pair is known, and nothing of what was asked for has been seen yet."""

    kind = "urn:candlestack:problem:no-data-yet"
    status = HTTPStatus.NOT_FOUND
    title = "No data yet"


class BadQueryError(ApiError):
    """The query cannot be understood."""

    kind = "urn:candlestack:problem:bad-query"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Bad query"
    close_code = CloseCode.BAD_REQUEST

    def __init__(self, errors: Sequence[BadParameter]) -> None:
        super().__init__("; ".join(f"{error.parameter or 'query'}: {error.reason}" for error in errors))
        self.errors = list(errors)

    def problem(self, instance: str) -> Problem:
        return msgspec.structs.replace(super().problem(instance), errors=self.errors)


class UnavailableError(ApiError):
    """What the answer would be made from is away."""

    kind = "urn:candlestack:problem:unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Temporarily unavailable"

    def __init__(self, unavailable: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} is away: {reason}" for name, reason in unavailable.items()))
        self.unavailable = dict(unavailable)

    def problem(self, instance: str) -> Problem:
        return msgspec.structs.replace(super().problem(instance), unavailable=self.unavailable)


class NotReadYetError(ApiError):
    """What the answer would be made from has not been read yet, and will be."""

    kind = "urn:candlestack:problem:not-read-yet"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Not read yet"


def install(app: FastAPI) -> None:
    """Make every error of an application a problem document."""
    app.add_exception_handler(ApiError, _on_api_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_error)


def respond_to(request: Request, error: ApiError) -> Response:
    """Return the answer to a request that ends with an error."""
    return _respond(error.problem(_instance(request)), error.headers)


def respond_to_fault(request: Request) -> Response:
    """Return the answer to a request that failed here; what went wrong inside is nobody else's business."""
    return _respond(ApiError("the server could not answer; its log says why").problem(_instance(request)))


def bad_parameters(error: ValidationError) -> list[BadParameter]:
    """Return what is wrong with a query, parameter by parameter."""
    return [
        BadParameter(
            parameter=".".join(str(part) for part in problem["loc"]),
            reason=str(problem["msg"]).removeprefix("Value error, "),
        )
        for problem in error.errors()
    ]


def _on_api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return respond_to(request, error)


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = Problem(
        type="about:blank",
        title=HTTPStatus(error.status_code).phrase,
        status=error.status_code,
        detail=str(error.detail),
        instance=_instance(request),
    )
    return _respond(problem, error.headers)


def _on_error(request: Request, _error: Exception) -> Response:
    # Starlette raises it again, and the server logs it with its traceback.
    return respond_to_fault(request)


def _instance(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(
        msgspec.json.encode(problem), problem.status, dict(headers or {}), media_type=MEDIA_TYPE
    )
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
