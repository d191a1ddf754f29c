"""Recordings that name their market and their REST requests: rotated files of both markets, replayed together."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from candlestack_simulator import wire
from candlestack_simulator.checksum import book_checksum
from candlestack_simulator.market import SeededMarket
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.source import MARKETS, Market
from candlestack_simulator.testing import Clock, Seconds, replays_of
from candlestack_simulator.usdm_wire import UsdmWire

STREAMED_MS = 4_000
STREAMS = [
    f"{pair}@{kind}"
    for pair in ("btcusdt", "ethusdt")
    for kind in ("depth@100ms", "bookTicker", "aggTrade", "kline_1m")
]


class Recorded:
    """What was written of one market, line by line, and what is true of it."""

    def __init__(self, market: Market, source: SeededMarket, start_ms: int) -> None:
        self.source = source
        self.sent: list[tuple[str, Any]] = []
        self.lines: list[str] = []
        paths = {"spot": "/api/v3/depth", "usdm": "/fapi/v1/depth"}
        for symbol in ("BTCUSDT", "ETHUSDT"):
            book = source.depth(symbol, 1000, age_ms=STREAMED_MS)
            if market == "usdm":
                body = UsdmWire(source.pairs()).depth(book)
            else:
                levels = {"bids": wire.levels(book.bids), "asks": wire.levels(book.asks)}
                body = {"lastUpdateId": book.last_update_id, **levels}
            request = f"{paths[market]}?symbol={symbol}&limit=1000"
            self.lines.append(f"{start_ms}000000 {json.dumps({'request': request, 'body': body})}")
        write = UsdmWire(source.pairs()).payload if market == "usdm" else wire.stream_payload
        for emission in source.emissions(STREAMS, start_ms - 1, source.now_ms()):
            payload = write(emission)
            self.sent.append((emission.stream, json.loads(payload)))
            envelope = wire.combined(emission.stream, payload).decode()
            self.lines.append(f"{emission.event_time}000000 {envelope}")


def write_rotated(folder: Path, market: Market, lines: list[str]) -> None:
    """Write two files with a header each; the second repeats the end of the first, as overlapping connections do."""
    header = f'1 {{"recording":{{"market":"{market}","version":1}}}}'
    half = len(lines) // 2
    for number, part in enumerate((lines[:half], lines[half - 20 :])):
        text = "\n".join([header, '2 {"event":"connected","url":"wss://host/stream"}', *part]) + "\n"
        (folder / f"{market}_{number}.jsonl.gz").write_bytes(gzip.compress(text.encode()))


@pytest.mark.parametrize("into_slot_ms", [0, 3, 50])
def test_what_was_recorded_of_both_markets_is_sent_again_with_the_same_books(
    tmp_path: Path, clock: Clock, into_slot_ms: int
) -> None:
    start_ms = clock.ms + into_slot_ms
    clock.ms = start_ms + STREAMED_MS
    spot = SeededMarket(7, clock=clock)
    sources: dict[Market, SeededMarket] = {"spot": spot, "usdm": spot.usdm()}
    recorded = {market: Recorded(market, sources[market], start_ms) for market in MARKETS}
    for market in MARKETS:
        write_rotated(tmp_path, market, recorded[market].lines)

    seconds = Seconds()
    replays = replays_of(load_tapes(f"{tmp_path}/*.jsonl.gz"), seconds)
    replays["spot"].start()
    seconds.now = STREAMED_MS
    for market, replay in replays.items():
        truth = recorded[market]
        by_stream: dict[str, list[Any]] = {stream: [] for stream in STREAMS}
        for emission in replay.emissions(STREAMS, 0, replay.now_ms()):
            by_stream[emission.stream].append(json.loads(wire.stream_payload(emission)))
        assert by_stream == {
            stream: [body for sent, body in truth.sent if sent == stream] for stream in STREAMS
        }
        for symbol in ("BTCUSDT", "ETHUSDT"):
            for update_id in [body["u"] for stream, body in truth.sent if _is_diff_of(stream, symbol)][1:]:
                book, true = replay.depth_at(symbol, update_id), truth.source.depth_at(symbol, update_id)
                assert book is not None
                assert true is not None
                assert book_checksum(book.bids, book.asks) == book_checksum(true.bids, true.asks)


def _is_diff_of(stream: str, symbol: str) -> bool:
    return stream == f"{symbol.lower()}@depth@100ms"
