"""Bulk history: `python Spark/batch/history_backfill.py [--start T | --months N] [--end T] [--symbols A,B]`.

Months from the exchange's archives and, where there is none yet, from REST go into the lake; from there the longer
candles are rolled up and MongoDB is filled with the newest KLINE_1M_DAYS days of 1m and with all longer candles.
Months that are in the lake are not fetched again: a run that was ended goes on where it was. Exit code 0: everything
is there; 1: not, and stderr, the log and `job_runs` say what is missing; 2: an argument or a setting cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from candlestack_core.job_runs import recorded_run
from candlestack_core.names import JOB_HISTORY_BACKFILL
from candlestack_core.settings import (
    DEFAULT_SYMBOLS,
    ExchangeSettings,
    MongoSettings,
    SimulatorSettings,
    SparkSettings,
    load,
)
from candlestack_spark.arguments import Arguments, BadArgumentError, Window, window_of
from candlestack_spark.history.addresses import Addresses
from candlestack_spark.history.backfill import Backfill
from candlestack_spark.history.fetch import ArchiveFetch
from candlestack_spark.history.plan import plan_of
from candlestack_spark.history.rest import ExchangeError, RestHistory
from candlestack_spark.lake.files import Lake
from candlestack_spark.process import JobError, run_job
from candlestack_spark.session import Spark
from candlestack_spark.stores.mongo import connected

LARGEST_MONTHS: Final = 240


def _parser() -> Arguments:
    parser = Arguments(prog="history_backfill", description=__doc__)
    parser.add_window()
    parser.add_argument(
        "--months", metavar="N", help="whole months before the present one; none: HISTORY_MONTHS"
    )
    parser.add_argument(
        "--recheck", action="store_true", help="fetch finished months again where the checksum has changed"
    )
    return parser


def _months(text: str | None, window: Window, default: int) -> int:
    if text is None:
        return default
    if window.start is not None:
        raise BadArgumentError("--months and --start exclude each other")
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_MONTHS:
        raise BadArgumentError(f"--months {text!r} is not a number from 1 to {LARGEST_MONTHS}")
    return int(text)


def _configured(
    exchange: ExchangeSettings, simulator: SimulatorSettings, listed: Iterable[str]
) -> Sequence[str]:
    replayed = exchange.exchange == "simulator" and simulator.replay_recording
    return exchange.symbols or (sorted(listed) if replayed else DEFAULT_SYMBOLS)


def run(arguments: Sequence[str] | None = None) -> str | None:
    """Fetch history as the command line says; return what is missing, None where all is there.

    Raises:
        BadArgumentError: an argument cannot be used; nothing was done.
        BadSettingError: a setting cannot be used; nothing was done.
        JobError: the exchange or the lake cannot be reached.
    """
    options = _parser().parse_args(arguments)
    window = window_of(options)
    exchange, simulator = load(ExchangeSettings), load(SimulatorSettings)
    settings, mongo = load(SparkSettings), load(MongoSettings)
    months = _months(options.months, window, settings.history_months)
    addresses = Addresses.of(exchange, simulator, settings)
    rest = RestHistory(addresses.rest, exchange.rest_weight_per_minute)
    try:
        now_ms, listed = rest.server_time(), rest.pairs()
    except ExchangeError as error:
        raise JobError(f"the exchange gives no usable answer: {error}") from error
    configured = _configured(exchange, simulator, listed)
    plan = plan_of(
        window,
        months=months,
        listed=listed,
        configured=configured,
        now_ms=now_ms,
        kept_days=settings.kline_1m_days,
    )
    fetch = ArchiveFetch(Lake(settings.lake), addresses.archives, addresses.source, now_ms, options.recheck)
    with (
        connected(mongo) as store,
        recorded_run(
            store.database,
            JOB_HISTORY_BACKFILL,
            interval=None,
            start=plan.start,
            end=plan.end,
            symbols=plan.symbols,
        ) as record,
        Spark(settings, "candlestack history") as spark,
    ):
        try:
            return Backfill(
                plan, fetch=fetch, rest=rest, store=store, mongo=mongo, spark=spark, run=record
            ).run()
        except OSError as error:
            raise JobError(f"the lake {settings.lake} cannot be used: {error}") from error


def main() -> None:
    """Fetch history; ends the process."""
    run_job("history-backfill", run)
