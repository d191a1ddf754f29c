"""Records in words: what each topic's values say, on one line for people or as one JSON object for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import singledispatch
from typing import Any

import msgspec
from rich.text import Text

from candlestack_core.kafka import Record
from candlestack_core.messages import (
    Book,
    Candle,
    DeadLetter,
    DepthDiff,
    Level,
    MarketData,
    Trade,
    decode_book,
    decode_candle,
    decode_dead_letter,
    decode_depth_diff,
    decode_listing,
    decode_market_data,
    decode_trade,
)
from candlestack_core.topics import DEAD_LETTER, LISTINGS, MARKET_DATA, ORDERBOOK, ORDERBOOK_UPDATE, TRADES

Decode = Callable[[bytes], object]

LONGEST_PAYLOAD = 160
"""Characters that are shown of bytes which nothing is known about."""
STATE_STYLES: Mapping[str, str] = {
    "synced": "green",
    "resyncing": "yellow",
    "stale": "yellow",
    "starved": "red",
}


def decoders(candle_topic: str) -> dict[str, Decode]:
    """Return what reads the values of each topic; `candle_topic` is the setting KAFKA_TOPIC."""
    return {
        candle_topic: decode_candle,
        TRADES: decode_trade,
        ORDERBOOK_UPDATE: decode_depth_diff,
        ORDERBOOK: decode_book,
        MARKET_DATA: decode_market_data,
        LISTINGS: decode_listing,
        DEAD_LETTER: decode_dead_letter,
    }


def clock(time_ms: int) -> str:
    """Return the time of day of an epoch time, UTC, to the millisecond; the number itself where it is no date."""
    try:
        return f"{datetime.fromtimestamp(time_ms / 1000, UTC):%H:%M:%S.%f}"[:-3]
    except (ValueError, OverflowError, OSError):
        return str(time_ms)


def is_of(record: Record, symbols: frozenset[str]) -> bool:
    """Tell whether a record is of one of some symbols: by its key, or by the `symbol` in its value."""
    if (record.key or b"").decode(errors="replace").upper() in symbols:
        return True
    try:
        return msgspec.json.decode(record.value, type=_OfSymbol).symbol.upper() in symbols
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False


class _OfSymbol(msgspec.Struct):
    symbol: str


def as_line(record: Record, decode: Decode | None) -> Text:
    """Return a record on one line: where it is, when it arrived, its key, and what it says."""
    line = Text.assemble(
        (f"{record.topic}/{record.partition}@{record.offset} ", "dim"),
        (f"{clock(record.timestamp)} ", "cyan"),
        (f"{(record.key or b'-').decode(errors='replace')} ", "bold"),
    )
    try:
        value = msgspec.json.decode(record.value) if decode is None else decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return line.append_text(
            Text.assemble((f"not understood: {error}: ", "red"), _shortened(record.value))
        )
    return line.append_text(describe(value))


def as_json(record: Record) -> bytes:
    """Return a record as one JSON object; a value that is no JSON is given as text."""
    try:
        msgspec.json.decode(record.value)
        value: object = msgspec.Raw(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = record.value.decode(errors="backslashreplace")
    return msgspec.json.encode(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "key": None if record.key is None else record.key.decode(errors="backslashreplace"),
            "headers": {name: header.decode(errors="backslashreplace") for name, header in record.headers},
            "value": value,
        }
    )


@singledispatch
def describe(value: Any) -> Text:
    """Return what a value says; one of no known type is shown as it is."""
    return Text(msgspec.json.encode(value).decode())


@describe.register
def _(candle: Candle) -> Text:
    return Text.assemble(
        f"{candle.interval} {clock(candle.open_time)[:5]} ",
        _prices(candle.open, candle.high, candle.low, candle.close, candle.volume),
        ("closed " if candle.closed else "forming ", "green" if candle.closed else "yellow"),
        f"{candle.trades} trades, {candle.source}, {candle.completeness}",
    )


@describe.register
def _(data: MarketData) -> Text:
    figures = (f"{amount:f}" for amount in (data.open, data.high, data.low, data.close, data.volume))
    return Text.assemble(f"{clock(data.timestamp)[:8]} ", _prices(*figures), data.source)


def _prices(open_: str, high: str, low: str, close: str, volume: str) -> Text:
    return Text(f"O {open_} H {high} L {low} C {close} V {volume} ")


@describe.register
def _(trade: Trade) -> Text:
    side, style = ("sold", "red") if trade.buyer_is_maker else ("bought", "green")
    return Text.assemble(
        f"#{trade.trade_id} {clock(trade.time)} ",
        (f"{side} ", style),
        f"{trade.quantity} at {trade.price}, {trade.source}",
    )


@describe.register
def _(diff: DepthDiff) -> Text:
    follows = "" if diff.previous_final_update_id is None else f" after {diff.previous_final_update_id}"
    return Text(
        f"{diff.market} {diff.first_update_id}..{diff.final_update_id}{follows} {clock(diff.event_time)} "
        f"{len(diff.bids)} bids {len(diff.asks)} asks, {diff.source}"
    )


@describe.register
def _(book: Book) -> Text:
    return Text.assemble(
        f"{book.market} ",
        (f"{book.state} ", STATE_STYLES[book.state]),
        f"{book.last_update_id} {clock(book.event_time)} bid {_best(book.bids)} ask {_best(book.asks)}, "
        f"{len(book.bids)}+{len(book.asks)} levels, checksum {book.checksum:08x}, {book.source}",
    )


def _best(side: list[Level]) -> str:
    return f"{side[0][0]} x {side[0][1]}" if side else "none"


@describe.register
def _(letter: DeadLetter) -> Text:
    return Text.assemble(
        f"{clock(letter.time)} ", (f"{letter.reason}: ", "red"), _shortened(letter.original(), letter.size)
    )


def _shortened(payload: bytes, size: int | None = None) -> str:
    text = payload[:LONGEST_PAYLOAD].decode(errors="backslashreplace").replace("\n", "\\n")
    whole = len(payload) if size is None else size
    return text if whole <= LONGEST_PAYLOAD else f"{text}... ({whole} bytes)"
