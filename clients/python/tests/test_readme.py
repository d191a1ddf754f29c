"""Every example of the README runs as it stands."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from api_records import book, candle, trade
from api_under_test import Api
from api_world import World
from waiting import eventually

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@contextmanager
def market(world: World) -> Iterator[None]:
    """A minute closes, trades happen and the book changes, again and again."""
    over = threading.Event()

    def happen() -> None:
        for number in count(1):
            world.publish(candle("BTCUSDT", number), trade("ETHUSDT", number), book("BTCUSDT", number))
            if over.wait(0.2):
                return

    thread = threading.Thread(target=happen)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_every_example_runs(
    api: Api,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    world.store_in_mongo(*(candle("BTCUSDT", minute) for minute in range(-180, 0)))
    with market(world):
        eventually(lambda: api.ask("/latest", symbol="BTCUSDT").status == 200, "a price of BTCUSDT")
        for example in EXAMPLES:
            exec(compile(example.replace("http://localhost:8000", api.url), "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert len(EXAMPLES) == 4
    assert "decimal[38,8]" in printed
    assert (tmp_path / "btcusdt.parquet").read_bytes().startswith(b"PAR1")
    assert "1m 100.5 closed" in printed
    assert "Lost" not in printed
