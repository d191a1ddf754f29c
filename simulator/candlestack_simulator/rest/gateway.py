"""What every request passes: faults on demand, error bodies, and the header with the weight used."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from candlestack_simulator.errors import ApiError
from candlestack_simulator.faults.board import FaultBoard
from candlestack_simulator.limits import WeightLimiter
from candlestack_simulator.metrics import SimulatorMetrics
from candlestack_simulator.source import Market

API_PREFIXES: Mapping[str, Market] = {"api": "spot", "fapi": "usdm"}
WEIGHT_HEADER = "X-MBX-USED-WEIGHT-1M"


def error_response(error: ApiError) -> web.Response:
    """Return the answer that carries an error: status, `Retry-After` where there is one, code and message."""
    headers = {} if error.retry_after_s is None else {"Retry-After": str(error.retry_after_s)}
    body = msgspec.json.encode({"code": error.code, "msg": error.message})
    return web.Response(status=error.status, headers=headers, body=body, content_type="application/json")


def market_of(path: str) -> Market | None:
    """Return the market whose REST API a path belongs to, or None."""
    return API_PREFIXES.get(path.split("/", 2)[1])


def gateway(
    weights: Mapping[Market, WeightLimiter], faults: FaultBoard, metrics: SimulatorMetrics
) -> Middleware:
    """Return the middleware of the whole server; only the REST APIs have weights and faults."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        market = market_of(request.path)
        try:
            if market:
                await faults.request(market, request.path)
            response = await handler(request)
        except ApiError as error:
            response = error_response(error)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as error:
            response = error_response(ApiError(-1000, error.reason, error.status))
        if market:
            response.headers["x-mbx-used-weight"] = response.headers[WEIGHT_HEADER] = str(
                weights[market].used(request.remote or "")
            )
            path = request.match_info.route.resource
            metrics.requests.labels(path.canonical if path else "unknown", str(response.status)).inc()
        return response

    return handle
