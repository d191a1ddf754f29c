"""Reading recordings: both text formats, what is refused, and how files join."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from candlestack_simulator.replay import RecordingError
from candlestack_simulator.replay.lines import MarketLine, SnapshotLine, StreamLine, read_lines
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.replay.tape import PairTape

SNAPSHOT = '{"lastUpdateId":7,"bids":[["1.0","2.0"]],"asks":[["3.0","4.0"]]}'


def trade_line(number: int, time_ms: int, pair: str = "AAAUSDT", **fields: Any) -> str:
    data = {
        "e": "trade",
        "E": time_ms,
        "s": pair,
        "t": number,
        "p": "1.50",
        "q": "2.0",
        "T": time_ms,
        "m": True,
    }
    stream = f"{pair.lower()}@trade"
    return f"{time_ms}000000 {json.dumps({'stream': stream, 'data': data | fields})}"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_lines_with_a_time_in_nanoseconds(tmp_path: Path) -> None:
    payload = '{"e":"trade",  "E":1}'
    path = write(
        tmp_path / "a",
        f'1723161253937085768 {{"stream":"btcusdt@trade","data":{payload}}}',
        f"1723161254206652067 {SNAPSHOT}",
        '1723161254206652067 {"result":null,"id":1}',
        "",
    )
    expected = [StreamLine("btcusdt@trade", payload.encode()), SnapshotLine(None, SNAPSHOT.encode())]
    assert list(read_lines(path)) == expected


def test_lines_with_a_time_in_seconds(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a",
        "wss://stream.binance.com:9443/stream?streams=btcusdt@trade <-> 1617566590.378895",
        '1617566591.32: {"stream":"btcusdt@trade","data":{}}',
        f"https://www.binance.com/api/v1/depth?symbol=BTCUSDT&limit=1000 -> 1617566592.1: {SNAPSHOT}",
        "https://www.binance.com/api/v3/exchangeInfo -> 1617566592.1: {}",
    )
    expected = [StreamLine("btcusdt@trade", b"{}"), SnapshotLine("BTCUSDT", SNAPSHOT.encode())]
    assert list(read_lines(path)) == expected


@pytest.mark.parametrize("line", ["hello", "17231612 {", "x {}", "1.5: [1]", "https://host/depth -> {}"])
def test_a_line_in_no_known_format_is_named(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "a", trade_line(1, 1000), line)
    with pytest.raises(RecordingError, match=r"/a: line 2 is not in a known format"):
        load_tapes(str(path))


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(trade_line(n, 1000 + n) for n in range(500)).encode())
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[:-20])
    with pytest.raises(RecordingError, match=r"cut\.gz: cannot be read"):
        load_tapes(str(path))


@pytest.mark.parametrize("name", ["nothing.gz", "no*.gz", ""])
def test_a_name_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RecordingError, match=r"no such recording|no recording is named"):
        load_tapes(str(tmp_path / name) if name else "")


def test_a_recording_without_served_streams_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a", f"1 {SNAPSHOT}", '2 {"stream":"btcusdt@ticker","data":{"e":"24hrTicker"}}')
    with pytest.raises(RecordingError, match="holds no message of a stream that is served"):
        load_tapes(str(path))


@pytest.mark.parametrize("fields", [{"p": "x"}, {"p": "0.000000001"}, {"t": "1"}, {"T": None}])
def test_a_malformed_message_is_named(tmp_path: Path, fields: dict[str, Any]) -> None:
    path = write(tmp_path / "a", trade_line(1, 1000, **fields))
    with pytest.raises(RecordingError, match=r"/a: a message of aaausdt@trade is malformed"):
        load_tapes(str(path))


def header(market: str) -> str:
    return f'1 {{"recording":{{"market":"{market}"}}}}'


@pytest.mark.parametrize(
    ("name", "lines", "market"),
    [
        ("a", [trade_line(1, 1000)], "spot"),
        ("a", [trade_line(1, 1000, X="MARKET")], "usdm"),
        ("usdm_a", [trade_line(1, 1000)], "usdm"),
        ("spot_a", [trade_line(1, 1000)], "spot"),
        ("a", [header("usdm"), trade_line(1, 1000)], "usdm"),
        ("usdm_a", [header("spot"), trade_line(1, 1000)], "spot"),
    ],
)
def test_a_file_is_of_the_market_that_it_names_or_shows(
    tmp_path: Path, name: str, lines: list[str], market: str
) -> None:
    tapes = load_tapes(str(write(tmp_path / name, *lines)))
    assert {found for found, pairs in tapes.items() if pairs} == {market}


def test_a_file_named_spot_with_messages_of_futures_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "spot_a", trade_line(1, 1000, X="MARKET"))
    with pytest.raises(RecordingError, match=r"spot_a: is named a recording of spot, but holds messages of"):
        load_tapes(str(path))


def test_a_rest_answer_says_whose_it_is_and_what_else_is_told_is_passed_over(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a",
        header("usdm"),
        f'2 {{"request":"/fapi/v1/depth?symbol=BTCUSDT&limit=1000","body":{SNAPSHOT}}}',
        '3 {"request":"/fapi/v1/exchangeInfo","body":{"symbols":[]}}',
        '4 {"event":"connected","url":"wss://host/public/stream?streams=btcusdt@depth@100ms"}',
    )
    assert list(read_lines(path)) == [MarketLine("usdm"), SnapshotLine("BTCUSDT", SNAPSHOT.encode())]


def test_prints_that_are_no_market_trades_leave_no_hole_and_make_no_candle(tmp_path: Path) -> None:
    lines = [
        trade_line(1, 60_000, X="MARKET"),
        trade_line(2, 60_001, X="INSURANCE_FUND", p="900.0"),
        trade_line(3, 60_002, X="MARKET"),
        trade_line(4, 60_003, X="ADL", p="0.1"),
        trade_line(5, 130_000, X="MARKET"),
    ]
    tape = load_tapes(str(write(tmp_path / "a", *lines)))["usdm"]["AAAUSDT"]
    assert [trade.trade_id for trade in tape.trades.trades] == [1, 3, 5]
    candle = tape.candle("1m", 60_000, 130_000)
    assert candle is not None
    assert (candle.high_e8, candle.low_e8, candle.trades, candle.partial) == (
        15 * 10**7,
        15 * 10**7,
        2,
        False,
    )


def test_trades_that_run_backwards_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a", trade_line(1, 1000), trade_line(2, 1001, T=999))
    with pytest.raises(RecordingError, match="AAAUSDT: trade 2 is earlier than the one before it"):
        load_tapes(str(path))["spot"]["AAAUSDT"].prepare()


def test_files_join_by_event_time_in_whatever_order_they_are_named(tmp_path: Path) -> None:
    write(tmp_path / "late.txt", *(trade_line(number, 1000 + number) for number in range(50, 100)))
    write(tmp_path / "early.txt", *(trade_line(number, 1000 + number) for number in range(50)))
    tape = load_tapes(f"{tmp_path}/late.txt, {tmp_path}/early.txt")["spot"]["AAAUSDT"]
    assert [trade.trade_id for trade in tape.trades.trades] == list(range(100))
    assert (tape.coverage.start_ms, tape.coverage.end_ms) == (1000, 1100)


def test_what_two_files_both_hold_is_replayed_once(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", *(trade_line(number, 1000 + number) for number in range(60)))
    write(tmp_path / "b.txt", *(trade_line(number, 1000 + number) for number in range(40, 100)))
    tape = load_tapes(f"{tmp_path}/*.txt")["spot"]["AAAUSDT"]
    assert [trade.trade_id for trade in tape.trades.trades] == list(range(100))
    assert len(list(tape.track("trade", 0).between(0, 2000))) == 100


def test_a_bare_snapshot_belongs_to_the_pair_whose_diffs_it_joins(tmp_path: Path) -> None:
    def diff(pair: str, first: int, last: int, time_ms: int) -> str:
        data = {"e": "depthUpdate", "E": time_ms, "s": pair, "U": first, "u": last, "b": [], "a": []}
        envelope = {"stream": f"{pair.lower()}@depth@100ms", "data": data}
        return f"{time_ms}000000 {json.dumps(envelope)}"

    path = write(
        tmp_path / "a",
        diff("AAAUSDT", 100, 109, 1000),
        diff("BBBUSDT", 1, 5, 1000),
        f"1000000001 {SNAPSHOT}",
        diff("BBBUSDT", 6, 9, 1100),
        diff("AAAUSDT", 110, 119, 1100),
    )
    tapes = load_tapes(str(path))["spot"]
    assert tapes["BBBUSDT"].book.depth(5, 1100).last_update_id == 9
    assert tapes["AAAUSDT"].book.depth(5, 1100).last_update_id == 0


def test_recorded_pairs_get_the_steps_of_their_data(
    spot_tapes: dict[str, PairTape], aggregate_tapes: dict[str, PairTape]
) -> None:
    steps = {
        symbol: (tape.pair.base, tape.pair.quote, tape.pair.tick_e8, tape.pair.lot_e8)
        for tapes in (aggregate_tapes, spot_tapes)
        for symbol, tape in tapes.items()
    }
    assert steps == {
        "BTCUSDT": ("BTC", "USDT", 10**6, 10**3),
        "ETHUSDT": ("ETH", "USDT", 10**6, 10**4),
        "DOTUSDT": ("DOT", "USDT", 10**4, 10**6),
    }
