"""Which parts of the platform can do their work, and what the others wait for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from candlestack_local.programs import Program
from candlestack_local.starter import times
from candlestack_local.supervisor import ProcessInfo, ProcessState


def readiness(programs: Sequence[Program], processes: Mapping[str, ProcessInfo]) -> dict[str, str | None]:
    """Ask all programs at once; return by name None where one is ready or done, else why not."""

    def ask(program: Program) -> str | None:
        return _reason(program, processes.get(program.name))

    with ThreadPoolExecutor(max(len(programs), 1), thread_name_prefix="probe") as pool:
        reasons = list(pool.map(ask, programs))
    return {program.name: reason for program, reason in zip(programs, reasons, strict=True)}


def _reason(program: Program, info: ProcessInfo | None) -> str | None:
    if info is None:
        return "not started"
    if info.state is ProcessState.EXITED and program.is_task:
        return None if info.exit_code == 0 else f"failed with exit code {info.exit_code}, is tried again"
    if info.state is ProcessState.EXITED:
        return f"ended with exit code {info.exit_code}"
    if info.state not in (ProcessState.STARTING, ProcessState.RUNNING):
        return info.state.lower()
    if info.waits_s:
        return f"{_deaths(info)}; is started again in {math.ceil(info.waits_s)} s"
    reason = "at work" if program.probe is None else program.probe()
    return f"{reason}; {_deaths(info)}" if reason and info.deaths else reason


def _deaths(info: ProcessInfo) -> str:
    return f"died {times(info.deaths)} (make logs SERVICE={info.name})"
