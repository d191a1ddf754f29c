"""Named scenarios: faults that belong together, each after its time. They stand in `scenarios.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from candlestack_simulator.faults.kinds import AnyFault


class Step(msgspec.Struct, frozen=True):
    """A fault and when it begins, in seconds after the scenario does."""

    fault: AnyFault
    after_s: Annotated[float, Meta(ge=0, le=3_600)] = 0.0


class Scenario(msgspec.Struct, frozen=True):
    """What happens, in words and in faults."""

    what: str
    steps: tuple[Step, ...]


@cache
def scenarios() -> dict[str, Scenario]:
    """Return the scenarios by name."""
    text = files("candlestack_simulator.faults").joinpath("scenarios.toml").read_text("utf-8")
    return msgspec.convert(
        {name: _shaped(table) for name, table in tomllib.loads(text).items()}, dict[str, Scenario]
    )


def _shaped(table: dict[str, Any]) -> dict[str, Any]:
    """A fault stands in the file with its `after_s` beside its other fields."""
    steps = [
        {"after_s": fault.get("after_s", 0), "fault": {k: v for k, v in fault.items() if k != "after_s"}}
        for fault in table["faults"]
    ]
    return {"what": table["what"], "steps": steps}
