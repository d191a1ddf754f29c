"""`python Kafka/history_fetch.py [--symbols A,B] [--hours N]`: the newest history made whole.

First the holes of 1m history are filled by REST, then the realtime window is refilled from it, and only then is
cleared what does not belong: what readers see is never empty meanwhile. Run twice, the second run changes nothing.
Exit code 0: all that the exchange has is there; 1: not, and the log says why; 2: an argument or a setting cannot be
used.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass

import aiohttp
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from candlestack_core.intervals import MINUTE_MS, Interval
from candlestack_core.job_runs import recorded_run
from candlestack_core.kafka import KafkaError, open_producer
from candlestack_core.kafka.create_topics import ensure_topics
from candlestack_core.logging import Logger, configure_logging
from candlestack_core.names import JOB_HISTORY_FETCH
from candlestack_core.service import Health
from candlestack_core.settings import (
    BadSettingError,
    ExchangeSettings,
    KafkaSettings,
    MongoSettings,
    RedisSettings,
    ServiceSettings,
    SimulatorSettings,
    load,
)
from candlestack_core.weight import WeightBudget
from candlestack_ingest.consumers.sink import StoreAwayError
from candlestack_ingest.exchange.binance.endpoints import Endpoints
from candlestack_ingest.exchange.binance.rest import SpotRest
from candlestack_ingest.history.clearing import Followed, clear
from candlestack_ingest.history.filling import Filling, Wanted, fill_holes, until_stored
from candlestack_ingest.history.minutes import Minutes, Run
from candlestack_ingest.history.window import newest_open_time, refill
from candlestack_ingest.producers.market import Market, open_market
from candlestack_ingest.producers.outbox import Outbox, Refusals
from candlestack_ingest.producers.runtime import clock_ms
from candlestack_ingest.stores import candles, realtime

LARGEST_HOURS = 168
LEFT_TO_THE_STREAM_MS = 2 * MINUTE_MS
"""The newest minutes may still be on their way."""
EXCHANGE_TIMEOUT_S = 60.0
STORED_TIMEOUT_S = 60.0
FLUSH_S = 20.0


class ExchangeAwayError(Exception):
    """The exchange does not answer."""


@dataclass(frozen=True)
class Settings:
    """What the command works with."""

    exchange: ExchangeSettings
    simulator: SimulatorSettings
    kafka: KafkaSettings
    mongo: MongoSettings
    redis: RedisSettings

    @property
    def window_ms(self) -> int:
        return self.redis.realtime_window_hours * realtime.HOUR_MS


@dataclass(frozen=True)
class Filled:
    """How many 1m candles were sent, how many of them MongoDB has, and whether the exchange answered for all."""

    sent: int
    stored: int
    answered: bool

    @property
    def fault(self) -> str | None:
        """Why the history is not whole; None where it is."""
        if not self.answered:
            return "the exchange refused candles"
        missing = self.sent - self.stored
        return f"{missing} candles that were sent are not in MongoDB" if missing else None


async def fetch(
    settings: Settings, log: Logger, only: tuple[str, ...] = (), hours: int | None = None
) -> bool:
    """Fill, refill and clear; tell whether everything is there that the exchange has.

    Raises:
        BadSettingError: a pair that was asked for is not one of the platform's.
        ExchangeAwayError, KafkaError, PyMongoError, RedisError, StoreAwayError: something is away.
    """
    endpoint = Endpoints.spot(settings.exchange, settings.simulator)
    with candles.connect(settings.mongo) as mongo, realtime.connect(settings.redis) as redis:
        minutes = Minutes(mongo[settings.mongo.mongo_db])
        async with aiohttp.ClientSession() as session:
            rest = SpotRest(session, endpoint.rest, WeightBudget(settings.exchange.rest_weight_per_minute))
            try:
                async with asyncio.timeout(EXCHANGE_TIMEOUT_S):
                    market = await open_market(rest, settings.exchange)
                    server_time = await rest.server_time()
            except TimeoutError:
                raise ExchangeAwayError(f"{endpoint.rest} does not answer") from None
            if unknown := [symbol for symbol in only if symbol not in market.symbols]:
                raise BadSettingError("--symbols", f"not among the platform's pairs: {', '.join(unknown)}")
            symbols = only or market.symbols
            span = _span(server_time, hours or settings.exchange.backfill_hours)
            wanted = Wanted(symbols, span, server_time)
            with recorded_run(
                mongo[settings.mongo.mongo_db],
                JOB_HISTORY_FETCH,
                interval=Interval.M1.value,
                start=span[0],
                end=span[1] + MINUTE_MS,
                symbols=symbols,
            ) as run:
                filled = await _fill(settings, (market, rest), minutes, wanted, log)
                run.figures = {"rows_in": filled.sent, "rows_out": filled.stored}
                run.failure = filled.fault
                run.figures |= _refill_and_clear(settings, redis, minutes, market, only=only, log=log)
    return filled.fault is None


def _refill_and_clear(
    settings: Settings,
    redis: Redis,
    minutes: Minutes,
    market: Market,
    *,
    only: tuple[str, ...],
    log: Logger,
) -> dict[str, int]:
    """Bring the realtime window up to what MongoDB has, then remove what does not belong; count both."""
    sink = realtime.RealtimeSink(redis, settings.redis, settings.kafka.kafka_topic)
    sink.open()
    symbols = only or market.symbols
    refilled = sum(refill(redis, sink, minutes, symbol, settings.window_ms) for symbol in symbols)
    newest = {symbol: newest_open_time(redis, minutes, symbol) for symbol in market.symbols}
    followed = Followed(
        spot=frozenset(market.symbols),
        futures=frozenset(settings.exchange.futures_symbols),
        newest={symbol: time for symbol, time in newest.items() if time is not None},
        window_ms=settings.window_ms,
    )
    removed = clear(redis, followed, only)
    log.info("realtime window refilled", candles=refilled)
    log.info("cleared", keys=len(removed), first=removed[:10])
    return {"refilled": refilled, "removed": len(removed)}


def _span(server_time: int, hours: int) -> Run:
    last = (server_time - LEFT_TO_THE_STREAM_MS) // MINUTE_MS * MINUTE_MS - MINUTE_MS
    return last - hours * realtime.HOUR_MS + MINUTE_MS, last


async def _fill(
    settings: Settings, exchange: tuple[Market, SpotRest], minutes: Minutes, wanted: Wanted, log: Logger
) -> Filled:
    """Fill the holes of a span by what the exchange has."""
    await asyncio.to_thread(ensure_topics, settings.kafka)
    refusals = Refusals()
    producer = open_producer(
        settings.kafka, max_pending=settings.exchange.producer_buffer_messages, on_refused=refusals
    )
    outbox = Outbox(producer, Health(), clock_ms, refusals)
    serving = asyncio.create_task(outbox.run())
    try:
        filling = Filling(*exchange, outbox, settings.kafka.kafka_topic, clock_ms)
        sent, whole = await fill_holes(filling, minutes, wanted)
    finally:
        serving.cancel()
        await outbox.close(FLUSH_S)
    missing = await until_stored(minutes, sent, STORED_TIMEOUT_S)
    if missing:
        log.error("what was sent is not in MongoDB; does the candle writer run?", minutes=missing)
    total = sum(map(len, sent.values()))
    filled = Filled(total, total - sum(missing.values()), answered=whole)
    log.info("history is whole" if filled.fault is None else "history is not whole", filled=total)
    return filled


def main() -> None:
    """Run the command; ends the process."""
    parser = argparse.ArgumentParser(
        prog="history_fetch", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--symbols", default="", metavar="PAIRS", help="separated by commas; none: all")
    parser.add_argument(
        "--hours",
        type=int,
        choices=range(1, LARGEST_HOURS + 1),
        metavar="N",
        help=f"how far back holes are filled, 1 to {LARGEST_HOURS}; none: BACKFILL_HOURS",
    )
    arguments = parser.parse_args()
    only = tuple(dict.fromkeys(s.strip().upper() for s in arguments.symbols.split(",") if s.strip()))
    service = load(ServiceSettings)
    settings = Settings(
        *(load(ExchangeSettings), load(SimulatorSettings), load(KafkaSettings)),
        *(load(MongoSettings), load(RedisSettings)),
    )
    log = configure_logging("history-fetch", service.log_level, service.log_format)
    try:
        whole = asyncio.run(fetch(settings, log, only, arguments.hours))
    except BadSettingError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except (ExchangeAwayError, KafkaError, PyMongoError, RedisError, StoreAwayError) as error:
        log.error("cannot go on", reason=str(error)[:500] or type(error).__name__)
        raise SystemExit(1) from None
    raise SystemExit(0 if whole else 1)
