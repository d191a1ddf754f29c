"""What a client of Binance is told instead of an answer: a code and a message, by the exchange's own list.

Source: https://developers.binance.com/docs/binance-spot-api-docs/errors
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from fastapi import Response

from app.problems import RETRY_AFTER_S, ApiError, UnknownSymbolError
from candlestack_core.intervals import Interval

JSON = "application/json"


class BinanceError(msgspec.Struct, frozen=True, kw_only=True):
    """An error as Binance writes it."""

    code: int
    msg: str


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def illegal_characters(name: str, legal: str) -> RefusedError:
    return RefusedError(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")


def too_many_parameters(expected: int, received: int) -> RefusedError:
    return RefusedError(-1101, f"Too many parameters; expected '{expected}' and received '{received}'.")


def duplicate_values() -> RefusedError:
    return RefusedError(-1101, "Duplicate values for a parameter detected.")


def mandatory(name: str) -> RefusedError:
    return RefusedError(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def mandatory_one_of(one: str, other: str) -> RefusedError:
    return RefusedError(-1102, f"Param '{one}' or '{other}' must be sent, but both were empty/null!")


def empty(name: str) -> RefusedError:
    return RefusedError(-1105, f"Parameter '{name}' was empty.")


def invalid_interval() -> RefusedError:
    kept = ", ".join(interval.value for interval in Interval)
    return RefusedError(-1120, f"Invalid interval. Kept here are {kept}.")


def invalid_symbol() -> RefusedError:
    return RefusedError(-1121, "Invalid symbol.")


def invalid_symbol_status() -> RefusedError:
    return RefusedError(-1122, "Invalid symbolStatus.")


def bad_combination() -> RefusedError:
    return RefusedError(-1128, "Combination of optional parameters invalid.")


def invalid_data(name: str) -> RefusedError:
    return RefusedError(-1130, f"Data sent for parameter '{name}' is not valid.")


def not_known_before(name: str, known_from: int) -> RefusedError:
    return RefusedError(
        -1130, f"Data sent for parameter '{name}' is not valid: trades are known from {known_from} on."
    )


def invalid_ticker_type() -> RefusedError:
    return RefusedError(-1139, "Invalid ticker type.")


def duplicate_symbols() -> RefusedError:
    return RefusedError(-1151, "Symbol is present multiple times in the list.")


def invalid_time_unit(expected: str) -> RefusedError:
    return RefusedError(-1194, f"Invalid value for time unit; expected {expected}.")


def status_does_not_match() -> RefusedError:
    return RefusedError(-1220, "The symbol's status does not match the requested symbolStatus.")


def unsupported(what: str, status: HTTPStatus) -> RefusedError:
    return RefusedError(-1020, f"This operation is not supported: {what}.", status)


def unavailable(why: str) -> RefusedError:
    return RefusedError(-1001, f"Disconnected; {why}", HTTPStatus.SERVICE_UNAVAILABLE)


def too_many_requests() -> RefusedError:
    return RefusedError(
        -1003, "Too many requests; come back when Retry-After says.", HTTPStatus.TOO_MANY_REQUESTS
    )


def unauthorized() -> RefusedError:
    return RefusedError(-2015, "Invalid API-key.", HTTPStatus.UNAUTHORIZED)


def as_refused(error: ApiError) -> RefusedError:
    """Return an error of the platform in Binance's words."""
    if isinstance(error, UnknownSymbolError):
        return invalid_symbol()
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return too_many_requests()
    if error.status == HTTPStatus.UNAUTHORIZED:
        return unauthorized()
    return unavailable(error.detail)


def refuse(error: ApiError) -> Response:
    """Return the answer that says an error of the platform."""
    return respond(as_refused(error))


def respond(error: RefusedError) -> Response:
    """Return the answer that says an error."""
    response = Response(
        msgspec.json.encode(BinanceError(code=error.code, msg=error.message)), error.status, media_type=JSON
    )
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response
