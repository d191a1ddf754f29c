"""The control of faults: `/sim/faults` and `/sim/scenarios`.

| request | answer |
|---|---|
| `POST /sim/faults` with a fault, `{"kind": "cut", ...}` | 201 and the fault |
| `GET /sim/faults` | `{"faults": [...]}`: those in force and the last ones that are over |
| `GET /sim/faults/{id}` | the fault |
| `DELETE /sim/faults`, `DELETE /sim/faults/{id}` | `{"cleared": n}` |
| `GET /sim/scenarios` | `{name: {"what", "steps"}}` |
| `POST /sim/scenarios/{name}` | 201 and `{"faults": [...]}`: those that begin at once |

A fault is answered as it was sent, with `id`, `active`, `affected` (connections, frames or requests so far) and
`remaining`. A wrong one is answered 400 and names the field.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from candlestack_simulator.errors import ApiError
from candlestack_simulator.faults.board import FaultBoard, Injected
from candlestack_simulator.faults.kinds import AnyFault
from candlestack_simulator.faults.scenarios import scenarios


class FaultControl:
    """Answers under `/sim/faults` and `/sim/scenarios`."""

    def __init__(self, board: FaultBoard) -> None:
        self._board = board
        self._waiting: set[asyncio.TimerHandle] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sim/faults", self._inject),
            web.get("/sim/faults", self._list),
            web.delete("/sim/faults", self._clear),
            web.get("/sim/faults/{id}", self._show),
            web.delete("/sim/faults/{id}", self._clear_one),
            web.get("/sim/scenarios", self._scenarios),
            web.post("/sim/scenarios/{name}", self._play),
        ]

    async def _inject(self, request: web.Request) -> web.Response:
        try:
            fault = msgspec.json.decode(await request.read(), type=AnyFault)
        except msgspec.MsgspecError as error:
            raise ApiError(-1135, f"Invalid JSON Request: {error}") from None
        return _json(_told(self._board.inject(fault)), 201)

    async def _list(self, _request: web.Request) -> web.Response:
        return _json({"faults": [_told(injected) for injected in self._board.listed()]})

    async def _show(self, request: web.Request) -> web.Response:
        return _json(_told(self._known(request)))

    async def _clear(self, _request: web.Request) -> web.Response:
        for waiting in self._waiting:
            waiting.cancel()
        self._waiting.clear()
        return _json({"cleared": self._board.clear()})

    async def _clear_one(self, request: web.Request) -> web.Response:
        return _json({"cleared": self._board.clear(self._known(request).number)})

    async def _scenarios(self, _request: web.Request) -> web.Response:
        return _json(scenarios())

    async def _play(self, request: web.Request) -> web.Response:
        scenario = scenarios().get(request.match_info["name"])
        if scenario is None:
            raise ApiError(-1000, f"No such scenario: {request.match_info['name']}.", 404)
        loop = asyncio.get_running_loop()
        begun = []
        for step in scenario.steps:
            if step.after_s:
                self._waiting.add(loop.call_later(step.after_s, self._board.inject, step.fault))
            else:
                begun.append(_told(self._board.inject(step.fault)))
        return _json({"faults": begun}, 201)

    def _known(self, request: web.Request) -> Injected:
        """Return the fault that the path names, or raise ApiError 404."""
        number = request.match_info["id"]
        for injected in self._board.listed():
            if str(injected.number) == number:
                return injected
        raise ApiError(-1000, f"No such fault: {number}.", 404)


def _told(injected: Injected) -> dict[str, Any]:
    fault: dict[str, Any] = msgspec.to_builtins(injected.fault)
    return {
        "id": injected.number,
        "active": injected.active,
        "affected": injected.affected,
        "remaining": injected.remaining,
        **fault,
    }


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
