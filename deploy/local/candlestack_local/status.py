"""`make status`: what runs, since when, whether it can do its work, and what it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence

import psutil
from rich.table import Table
from rich.text import Text

from candlestack_local.programs import Program
from candlestack_local.readiness import readiness
from candlestack_local.servers import LOOPBACK
from candlestack_local.supervisor import ProcessInfo

_MB = 1_000_000


def status_table(programs: Sequence[Program], processes: dict[str, ProcessInfo]) -> Table:
    """Return the table of all programs; memory is PSS, in MB, with what a program has started itself."""
    reasons = readiness(programs, processes)
    table = Table("service", "state", "up", "ready", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("memory", justify="right", no_wrap=True)
    table.add_column("address", overflow="fold")
    table.add_column("health and metrics", overflow="fold")
    total = 0
    for program in programs:
        reason = reasons[program.name]
        info = processes.get(program.name)
        memory = pss_bytes(info.pid) if info is not None and info.pid is not None else 0
        total += memory
        table.add_row(
            program.name,
            _state(program, info),
            _uptime(info),
            Text("yes", style="green") if reason is None else Text(reason, style="yellow"),
            f"{memory / _MB:.0f} MB" if memory else "",
            program.address or "",
            f"http://{LOOPBACK}:{program.health_port}" if program.health_port else "",
        )
    table.add_row("", "", "", "", f"{total / _MB:.0f} MB", "", style="bold")
    return table


def pss_bytes(pid: int) -> int:
    """Return the proportional set size of a process and its descendants; 0 where it cannot be read."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in family:
        try:
            total += int(member.memory_full_info().pss)
        except (psutil.Error, AttributeError):
            continue
    return total


def _state(program: Program, info: ProcessInfo | None) -> str:
    if info is None:
        return "not started"
    if info.waits_s:
        return "waiting"
    return "done" if program.is_task and info.ended_well else info.state.lower()


def _uptime(info: ProcessInfo | None) -> str:
    if info is None or info.pid is None:
        return ""
    seconds = max(0, int(time.time() - info.started_at_s))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s"
