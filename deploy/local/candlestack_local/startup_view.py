"""What a person sees while the platform starts: a live table at a terminal, a line for each news elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

_FRAMES_PER_S = 8


class StartupView:
    """Shows which parts are ready, after how many seconds, and what the others wait for."""

    def __init__(self, console: Console, names: Sequence[str]) -> None:
        self._console = console
        self._started = time.monotonic()
        self._reasons: dict[str, str | None] = dict.fromkeys(names, "starting")
        self._ready_after_s: dict[str, float] = {}
        self._note = ""
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=_FRAMES_PER_S)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._note = ""
        if self._console.is_terminal:
            self._live.stop()

    def show(self, reasons: Mapping[str, str | None]) -> None:
        """Take in why the named parts are not ready; None where they are."""
        for name, reason in reasons.items():
            if reason is None and name not in self._ready_after_s:
                self._ready_after_s[name] = time.monotonic() - self._started
                if not self._console.is_terminal:
                    self._console.print(f"{name}: ready after {self._ready_after_s[name]:.1f} s")
            self._reasons[name] = reason

    def note(self, text: str) -> None:
        """Show what is awaited besides the parts."""
        if text != self._note and not self._console.is_terminal:
            self._console.print(text)
        self._note = text

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, reason in self._reasons.items():
            if reason is None:
                mark: Text | Spinner = Text("✔", style="green")
                words = Text(f"{self._ready_after_s[name]:.1f} s", style="dim")
            else:
                mark, words = Spinner("dots"), Text(reason, style="yellow")
            table.add_row(mark, name, words)
        if self._note:
            table.add_row(Spinner("dots"), self._note)
        return table
