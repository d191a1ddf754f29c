"""Logs: one JSON object a line, the same fields from every source, nothing secret in a traceback."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from .conftest import Run

EVENTS = """
import logging
from candlestack_core.logging import configure_logging, get_logger
log = configure_logging("candle-writer", "INFO")
log.info("batch written", candles=15, symbol="BTCUSDT", raw=b"\\xff", text="two\\nlines")
log.debug("not to be seen")
get_logger("exchange").warning("reconnecting", attempt=3)
logging.getLogger("library").warning("%s of %d", "part", 7)
logging.getLogger("library").info("a library speaks")
logging.getLogger("library").debug("not to be seen")
"""

FAILURE = """
import logging
from candlestack_core.logging import configure_logging
from candlestack_core.settings import RedisSettings, load
log = configure_logging("redis-writer", form="{form}")
def connect(settings, password):
    raise ConnectionError("refused")
try:
    connect(load(RedisSettings), load(RedisSettings).redis_password)
except ConnectionError:
    log.exception("store failed")
    logging.getLogger("library").exception("library failed")
"""


def lines(run: Run, program: str) -> list[dict[str, Any]]:
    ended = run(program, {"REDIS_PASSWORD": "s3cret"})
    assert (ended.returncode, ended.stderr) == (0, "")
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_every_event_is_one_json_object_a_line_with_the_same_fields(run: Run) -> None:
    before = datetime.now(UTC)
    events = lines(run, EVENTS)
    after = datetime.now(UTC)
    assert len(events) == 4
    for event in events:
        assert {"time", "level", "service", "logger", "event"} <= set(event)
        assert event["service"] == "candle-writer"
        assert before <= datetime.fromisoformat(event["time"]) <= after
    first, second, warning, info = events
    # The fields of an event stand beside its words.
    assert (first["event"], first["level"], first["logger"]) == ("batch written", "info", "candle-writer")
    assert (first["candles"], first["symbol"], first["text"]) == (15, "BTCUSDT", "two\nlines")
    assert (second["event"], second["level"], second["attempt"]) == ("reconnecting", "warning", 3)
    assert second["logger"] == "exchange"
    # A library that logs by itself comes out in the same form.
    assert (warning["event"], warning["level"], warning["logger"]) == ("part of 7", "warning", "library")
    assert (info["event"], info["level"]) == ("a library speaks", "info")


def test_a_traceback_is_told_in_the_event_and_gives_no_password_away(run: Run) -> None:
    for event in lines(run, FAILURE.replace("{form}", "json")):
        [raised] = event["exception"]
        assert (raised["exc_type"], raised["exc_value"]) == ("ConnectionError", "refused")
        assert [frame["name"] for frame in raised["frames"]] == ["<module>", "connect"]
        assert "s3cret" not in json.dumps(event)


def test_the_form_for_a_terminal_gives_no_password_away_either(run: Run) -> None:
    ended = run(FAILURE.replace("{form}", "console"), {"REDIS_PASSWORD": "s3cret"})
    assert ended.stdout.count("ConnectionError: refused") == 2
    assert "store failed" in ended.stdout
    assert "s3cret" not in ended.stdout + ended.stderr
