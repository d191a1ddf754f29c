"""The debug consumer: `tail`, `topics`, `describe` and `book`. It reads only; no offset is ever committed."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from candlestack_core.kafka import KafkaError, Record, open_consumer
from candlestack_core.kafka.cluster import Cluster
from candlestack_core.messages import Market
from candlestack_core.settings import KafkaSettings, RedisSettings, load, variable_name
from candlestack_core.topics import DEAD_LETTER, KLINE_1M, ORDERBOOK_UPDATE, TRADES
from candlestack_ingest.inspection.books import BookShelf, book_view
from candlestack_ingest.inspection.errors import InspectionError
from candlestack_ingest.inspection.records import as_json, as_line, decoders, is_of
from candlestack_ingest.inspection.start import begin_at, parse_start
from candlestack_ingest.inspection.tables import groups_table, partitions_table, retention_text, topics_table
from candlestack_ingest.inspection.tail import Progress, Until, follow

REPORT_EVERY_S = 10.0
WIDTH_IN_A_FILE = 200
INTERRUPTED = 130

_HELP = f"""Look into the platform: what the topics hold, how far their readers are, how the books stand.

It reads only, and no offset is ever committed. Examples:

\b
  debug_consumer.py topics
  debug_consumer.py tail {TRADES} --symbol BTCUSDT
  debug_consumer.py tail {DEAD_LETTER} --from 1h
  debug_consumer.py tail {ORDERBOOK_UPDATE} --from start --until-end --json | jq .value.market
  debug_consumer.py describe {KLINE_1M}
  debug_consumer.py book BTCUSDT
"""

app = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_IN_A_FILE)
_errors = Console(stderr=True, highlight=False)


class ShownMarket(StrEnum):
    """Which markets' books are shown."""

    BOTH = "both"
    SPOT = "spot"
    USDM = "usdm"

    @property
    def names(self) -> list[Market]:
        match self:
            case ShownMarket.SPOT:
                return ["spot"]
            case ShownMarket.USDM:
                return ["usdm"]
            case ShownMarket.BOTH:
                return ["spot", "usdm"]


@contextmanager
def _one_line_errors(settings: KafkaSettings | None = None) -> Iterator[None]:
    """End with exit code 1 and one line on stderr, whatever cannot be had; quietly when nobody reads on."""
    try:
        yield
    except InspectionError as error:
        reason = str(error)
    except KafkaError as error:
        where = settings.kafka_bootstrap if settings else "the broker"
        variable = variable_name(KafkaSettings, "kafka_bootstrap")
        reason = f"no answer from Kafka at {where} ({variable}): {error}"
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # Python would flush at its end, and complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    else:
        return
    _errors.print(Text(f"debug-consumer: {' '.join(reason.split())}", "red"), soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def _cluster(settings: KafkaSettings) -> Iterator[Cluster]:
    # Each attempt to connect would be a line of its own; the error says it once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    cluster = Cluster(settings)
    try:
        yield cluster
    finally:
        cluster.close()


def _known(cluster: Cluster, names: list[str]) -> list[str]:
    """Return topic names that exist, each once.

    Raises:
        InspectionError: naming one that does not.
    """
    present = cluster.topic_names()
    for name in names:
        if name not in present:
            raise InspectionError(f"no topic is called {name}; there are: {', '.join(present) or 'none'}")
    return list(dict.fromkeys(names))


@app.command()
def tail(
    *,
    topics: Annotated[list[str], typer.Argument(help="Topics to follow.", metavar="TOPIC...")],
    symbol: Annotated[list[str] | None, typer.Option(help="Only this symbol; may be repeated.")] = None,
    start: Annotated[
        str, typer.Option("--from", help="end, start, an age (5m), a time in ISO 8601 or epoch ms.")
    ] = "end",
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop where the topics end now.")] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many records shown.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop after so many seconds.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Follow topics: each record decoded on one line, the rate and the lag below.

    Without --from nothing is shown until something new arrives.
    """
    settings = load(KafkaSettings)
    with _one_line_errors(settings):
        place = parse_start(start, time.time_ns() // 1_000_000)
        with _cluster(settings) as cluster:
            names = _known(cluster, topics)
        # The second client of the interface: what it reads, services with the first one wrote.
        consumer = open_consumer(settings.model_copy(update={"kafka_client": "kafka-python"}))
        try:
            ranges = begin_at(consumer, names, place)
            ends = {partition: end for partition, (begin, end) in ranges.items() if begin < end}
            symbols = frozenset(map(str.upper, symbol or ()))
            with _reported() as report:
                progress = follow(
                    consumer,
                    Until(limit, seconds, ends if until_end else None),
                    wanted=lambda record: not symbols or is_of(record, symbols),
                    show=_shown(settings.kafka_topic, as_objects=json),
                    report=report,
                )
            _errors.print(Text(str(progress), "dim"))
        finally:
            consumer.close()


def _shown(candle_topic: str, *, as_objects: bool) -> Callable[[Record], None]:
    known = decoders(candle_topic)

    def show(record: Record) -> None:
        if as_objects:
            _out.file.write(f"{as_json(record).decode()}\n")
            return
        line = as_line(record, known.get(record.topic))
        if _out.is_terminal:
            _out.print(line, soft_wrap=True)
        else:
            _out.file.write(f"{line.plain}\n")

    return show


@contextmanager
def _reported() -> Iterator[Callable[[Progress], None]]:
    """Give what shows the progress: below the records at a terminal, as lines on stderr elsewhere."""
    console = _out if _out.is_terminal else _errors
    if console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            yield lambda progress: live.update(Text(str(progress), "reverse"))
        return
    due = time.monotonic() + REPORT_EVERY_S

    def report(progress: Progress) -> None:
        nonlocal due
        _out.file.flush()
        if time.monotonic() >= due:
            due = time.monotonic() + REPORT_EVERY_S
            _errors.print(str(progress))

    yield report


@app.command()
def topics() -> None:
    """List the topics: partitions, records, size, retention, and the lag of each consumer group."""
    settings = load(KafkaSettings)
    with _one_line_errors(settings), _cluster(settings) as cluster:
        _out.print(topics_table(cluster.topics(), cluster.groups()))


@app.command()
def describe(topic: Annotated[str, typer.Argument(help="The topic.")]) -> None:
    """Describe a topic: retention, the offsets and size of each partition, the lag of each consumer group."""
    settings = load(KafkaSettings)
    with _one_line_errors(settings), _cluster(settings) as cluster:
        state = cluster.topics(_known(cluster, [topic]))[0]
        _out.print(Text.assemble((state.name, "bold"), f": {retention_text(state)}"))
        _out.print(partitions_table(state))
        readers = groups_table(state, cluster.groups())
        _out.print(readers if readers.row_count else "no consumer group has committed here")


@app.command()
def book(
    symbol: Annotated[str, typer.Argument(help="The symbol, e.g. BTCUSDT.")],
    market: Annotated[ShownMarket, typer.Option(help="Of which market.")] = ShownMarket.BOTH,
    once: Annotated[bool, typer.Option("--once", help="Show it once instead of watching it.")] = False,
    every: Annotated[float, typer.Option(min=0.05, help="Seconds between two looks.")] = 0.5,
) -> None:
    """Watch a book in Redis: its best three levels, trust state, age and checksum, or that it is absent."""
    with _one_line_errors():
        shelf = BookShelf(load(RedisSettings))
        try:
            view = _books(shelf, symbol.upper(), market)
            if once:
                _out.print(view)
                return
            with Live(view, console=_out, auto_refresh=False) as live:
                while True:
                    time.sleep(every)
                    live.update(_books(shelf, symbol.upper(), market), refresh=True)
        finally:
            shelf.close()


def _books(shelf: BookShelf, symbol: str, market: ShownMarket) -> Group:
    now_ms = time.time_ns() // 1_000_000
    return Group(*(book_view(name, symbol, shelf.book(name, symbol), now_ms) for name in market.names))


def main() -> None:
    """Run the debug consumer."""
    app(prog_name="debug_consumer.py")
