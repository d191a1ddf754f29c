"""What a record tells the ledger: ids that came, or that a book is in sequence. Prices are not looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

import msgspec

from candlestack_core.intervals import LAST_TIME_MS, MINUTE_MS
from candlestack_core.kafka import Record
from candlestack_core.messages import BookState, Id, Market, Source, Symbol, TimeMs
from candlestack_core.names import HEADER_RECEIVED, HEADER_SENT, backfill_source
from candlestack_core.topics import ORDERBOOK, ORDERBOOK_UPDATE, TRADES
from candlestack_ingest.completeness.minutes import StreamKey, Synced
from candlestack_ingest.completeness.runs import Run
from candlestack_ingest.consumers.records import minute_candle
from candlestack_ingest.consumers.sink import NotUnderstoodError

_BACKFILL: Final = backfill_source("")


class _Trade(msgspec.Struct, gc=False):
    """The fields of `messages.Trade` that are asked for here."""

    symbol: Symbol
    trade_id: Id
    time: TimeMs
    source: Source


class _Diff(msgspec.Struct, gc=False):
    """The fields of `messages.DepthDiff` that are asked for here."""

    market: Market
    symbol: Symbol
    first_update_id: Id
    final_update_id: Id
    previous_final_update_id: Id | None
    event_time: TimeMs
    source: Source


class _Book(msgspec.Struct, gc=False):
    """The fields of `messages.Book` that are asked for here."""

    market: Market
    symbol: Symbol
    last_update_id: Id
    state: BookState


class Sighting(NamedTuple):
    """Ids of one stream that came within one minute; `run.at` says when, in ms, where REST brought them."""

    key: StreamKey
    open_time: int
    run: Run
    source: str
    """Where they come from: for what REST brought, the exchange that was asked."""
    by_rest: bool


class BookSighting(NamedTuple):
    """The depth of a book was in sequence at an update id."""

    key: StreamKey
    synced: Synced


Told = Sighting | BookSighting | None
_Message = TypeVar("_Message")

_decode_trade = msgspec.json.Decoder(_Trade).decode
_decode_diff = msgspec.json.Decoder(_Diff).decode
_decode_book = msgspec.json.Decoder(_Book).decode


def told_by_candle(record: Record) -> Told:
    """Return the minute that a closed candle accounts for; None for a forming one.

    Raises:
        NotUnderstoodError: the record is no 1m candle.
    """
    candle = minute_candle(record)
    if not candle.closed:
        return None
    key = StreamKey("spot", "kline_1m", candle.symbol)
    return _sighting(key, candle.open_time, (candle.open_time, candle.open_time), candle.source, record)


def told_by_trade(record: Record) -> Told:
    """Return the id of a trade.

    Raises:
        NotUnderstoodError: the record is no trade.
    """
    trade = _decode(_decode_trade, record)
    key = StreamKey("spot", "trade", trade.symbol)
    return _sighting(key, trade.time, (trade.trade_id, trade.trade_id), trade.source, record)


def told_by_diff(record: Record) -> Told:
    """Return the update ids that a depth diff accounts for.

    On USD-M ids are not contiguous: those since the previous diff are this one's.

    Raises:
        NotUnderstoodError: the record is no depth diff, or its ids are not those of one.
    """
    diff = _decode(_decode_diff, record)
    first = diff.first_update_id
    if diff.market == "usdm":
        if diff.previous_final_update_id is None:
            raise NotUnderstoodError("a diff of USD-M without the id of the one before it")
        first = diff.previous_final_update_id + 1
    if first > diff.final_update_id:
        raise NotUnderstoodError(f"update ids from {first} to {diff.final_update_id}")
    key = StreamKey(diff.market, "depth", diff.symbol)
    return _sighting(key, diff.event_time, (first, diff.final_update_id), diff.source, record)


def told_by_book(record: Record) -> Told:
    """Return up to where a book is in sequence; None while it is not.

    Raises:
        NotUnderstoodError: the record is no book.
    """
    book = _decode(_decode_book, record)
    if book.state != "synced":
        return None
    key = StreamKey(book.market, "depth", book.symbol)
    return BookSighting(key, Synced(book.last_update_id, _time(record, HEADER_SENT)))


def readers(candle_topic: str) -> Mapping[str, Callable[[Record], Told]]:
    """Return what reads the records of each topic of the ledger."""
    return {
        candle_topic: told_by_candle,
        TRADES: told_by_trade,
        ORDERBOOK_UPDATE: told_by_diff,
        ORDERBOOK: told_by_book,
    }


def _sighting(key: StreamKey, time_ms: int, ids: tuple[int, int], source: str, record: Record) -> Sighting:
    if time_ms > LAST_TIME_MS:
        raise NotUnderstoodError(f"the time {time_ms} is after the year 9999")
    open_time = time_ms - time_ms % MINUTE_MS
    if source.startswith(_BACKFILL):
        run = Run(*ids, _time(record, HEADER_RECEIVED))
        return Sighting(key, open_time, run, source.removeprefix(_BACKFILL), by_rest=True)
    return Sighting(key, open_time, Run(*ids), source, by_rest=False)


def _time(record: Record, header: str) -> int:
    """Return the time that a header holds; the record's arrival at the broker where it has none."""
    time_ms = record.time_header(header)
    return record.timestamp if time_ms is None else time_ms


def _decode(decode: Callable[[bytes], _Message], record: Record) -> _Message:
    try:
        return decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotUnderstoodError(str(error)) from None
    except RecursionError:
        raise NotUnderstoodError("nested too deeply") from None
