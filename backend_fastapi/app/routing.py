"""How the query of a request reaches its route."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from app.problems import BadQueryError, bad_parameters

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class QueryRoute(APIRoute):
    """A route that takes its query as one model, services, and the request, or some of these.

    It is declared as FastAPI's own are, which the contract is made from. But FastAPI looks at each request for
    parameters of every kind that there might be, which took a third of the time of a small answer.
    """

    def get_route_handler(self) -> Handle:
        taken = self.dependant
        others = (*taken.path_params, *taken.header_params, *taken.cookie_params, *taken.body_params)
        assert not others, f"{self.path} takes more than a query and services"
        services: list[tuple[Any, Any]] = [(each.name, each.call) for each in taken.dependencies]
        queries: list[tuple[Any, Any]] = [
            (each.name, each.field_info.annotation) for each in taken.query_params
        ]

        async def handle(request: Request) -> Response:
            arguments: dict[str, Any] = {name: await find(request) for name, find in services}
            for name, model in queries:
                arguments[name] = _read(request, model)
            if taken.request_param_name is not None:
                arguments[taken.request_param_name] = request
            response: Response = await self.endpoint(**arguments)
            return response

        return handle


def _read(request: Request, model: type[BaseModel]) -> BaseModel:
    """Return the query of a request; of a parameter that is repeated the last counts.

    Raises:
        BadQueryError: it is not what the model says.
    """
    query = request.scope["query_string"].decode("latin-1")
    try:
        return model.model_validate(dict(parse_qsl(query, keep_blank_values=True)))
    except ValidationError as error:
        raise BadQueryError(bad_parameters(error)) from None
