"""The command `candlestack`, which stands behind the Makefile."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from candlestack_local import airflow, checks, dashboard
from candlestack_local.configuration import Configuration
from candlestack_local.live_candle import LiveCandles
from candlestack_local.lock import compile_locks, locks
from candlestack_local.logs import show_logs
from candlestack_local.programs import programs
from candlestack_local.servers import LOOPBACK, ServerError
from candlestack_local.startup import down as stop_all
from candlestack_local.startup import up as start_all
from candlestack_local.status import status_table
from candlestack_local.supervisor import Supervisor

app = typer.Typer(help="The platform on this machine.", no_args_is_help=True, add_completion=False)

_STATE_LIMIT_BYTES = 5_000_000_000
_GB = 1_000_000_000
_WIDTH_IN_A_FILE = 160
_console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_IN_A_FILE)
_errors = Console(stderr=True, highlight=False)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """End with exit code 1 and the words of the error, without a traceback."""
    try:
        yield
    except ServerError as error:
        _errors.print(Text(f"candlestack: {error}", style="red"), soft_wrap=True)
        raise typer.Exit(1) from None


@app.command()
def up(
    timeout: Annotated[float, typer.Option(help="Seconds that each group has to become ready.")] = 600.0,
) -> None:
    """Start everything, wait until each part is ready, and show a live price."""
    began = time.monotonic()
    with _one_line_errors():
        configuration = Configuration.from_environment()
        dashboard.require_built()

        def show_live(live: LiveCandles) -> None:
            _console.print(Text(_live_line(live), style="bold green"))
            _console.print(f"live after {time.monotonic() - began:.1f} s")

        start_all(configuration, _console, timeout, show_live)
        _print_addresses(configuration)
        _console.print(f"up after {time.monotonic() - began:.0f} s")


@app.command()
def build() -> None:
    """Install what the dashboard is made of and build it, where its sources have changed."""
    with _one_line_errors():
        dashboard.build(_console.print)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def npm(context: typer.Context) -> None:
    """Run npm for the dashboard, by the locked Node: candlestack npm run check."""
    with _one_line_errors():
        raise typer.Exit(dashboard.npm(*context.args))


@app.command()
def down() -> None:
    """Stop everything; data is kept."""
    began = time.monotonic()
    with _one_line_errors():
        state = Configuration.from_environment().state
        for killed in stop_all(state):
            _console.print(f"killed, since it did not stop in time: {killed}")
        _console.print(f"stopped after {time.monotonic() - began:.1f} s; data is kept in {state.home}")


@app.command()
def status() -> None:
    """Show what runs, whether it is ready, and what it takes."""
    with _one_line_errors():
        configuration = Configuration.from_environment()
        state = configuration.state
        processes = Supervisor(state).processes()
        if not processes:
            _console.print(f"not running (source {state.source}); start it with: make up")
        else:
            _console.print(status_table(programs(configuration), processes))
        size = state.size_bytes()
        style = "red" if size > _STATE_LIMIT_BYTES else ""
        words = f"state folder {state.home}: {size / _GB:.2f} GB of {_STATE_LIMIT_BYTES / _GB:.0f} GB"
        _console.print(Text(words, style=style))


@app.command()
def logs(
    services: Annotated[list[str] | None, typer.Argument(help="Services; none: all.")] = None,
    lines: Annotated[int, typer.Option(help="Newest lines of each to begin with.")] = 20,
    follow: Annotated[bool, typer.Option(help="Go on with what is added, until interrupted.")] = True,
) -> None:
    """Show the logs of all services, or of some."""
    with _one_line_errors():
        configuration = Configuration.from_environment()
        names = [program.name for program in programs(configuration)]
        for unknown in set(services or ()) - set(names):
            raise ServerError(f"no service is called {unknown}; there are: {', '.join(names)}")
        shown = services or names
        width = max(map(len, shown))
        try:
            show_logs(
                configuration.state.logs,
                shown,
                lines,
                follow=follow,
                show=lambda service, line: _console.print(
                    Text.assemble((f"{service:{width}} ", "cyan"), line), soft_wrap=True
                ),
            )
        except KeyboardInterrupt:
            raise typer.Exit from None


@app.command()
def clean(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Stop everything and forget all data, of every source; downloads are kept."""
    with _one_line_errors():
        state = Configuration.from_environment().state
        if not state.home.exists():
            _console.print(f"nothing to forget in {state.home}")
            return
        question = f"Forget all data, logs and settings in {state.home}?"
        if not yes and not typer.confirm(question):
            raise typer.Exit(1)
        stop_all(state)
        state.forget()
        _console.print(f"forgot everything in {state.home}")


@app.command()
def test() -> None:
    """Run every check: format, lint, types, imports, lock, tests."""
    raise typer.Exit(checks.run(checks.ALL, [checks.TESTS], _console))


@app.command()
def lint() -> None:
    """Run the checks that start nothing: format, lint, types, imports."""
    raise typer.Exit(checks.run(checks.STATIC, [], _console))


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Benchmarks; none: all.")] = None,
) -> None:
    """Run the benchmarks behind the figures of the README."""
    with _one_line_errors():
        raise typer.Exit(checks.run([], checks.benchmarks(names or ()), _console))


@app.command()
def lock(
    upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest versions.")] = False,
) -> None:
    """Write the locks from the declared dependencies."""
    with _one_line_errors():
        compile_locks(upgrade=upgrade)
        for lock in locks():
            _console.print(f"wrote {lock.path}")


def _print_addresses(configuration: Configuration) -> None:
    state = configuration.state
    rows = []
    for program in programs(configuration):
        health = f"http://{LOOPBACK}:{program.health_port}/metrics" if program.health_port else None
        if addresses := [address for address in (program.address, health) if address is not None]:
            rows.append((program.name, "  ".join(addresses)))
    if configuration.runner.profile == "all":
        rows.append(("airflow login", f"{airflow.USER} / {configuration.airflow.password()}"))
    rows += [("data", str(state.data)), ("logs", f"{state.logs} (make logs)")]
    width = max(len(name) for name, _ in rows)
    for name, address in rows:
        _console.print(f"  {name:{width}}  {address}", soft_wrap=True)


def _live_line(live: LiveCandles) -> str:
    candle = live.candle
    opened = datetime.fromtimestamp(candle.open_time / 1000, UTC)
    kind = "closed" if candle.closed else "forming"
    return (
        f"live: {candle.symbol} {candle.close} ({kind} candle of {opened:%Y-%m-%d %H:%M} UTC from "
        f"{candle.source} is at the API; {live.pairs} of {live.expected} pairs)"
    )
