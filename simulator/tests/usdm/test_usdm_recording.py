"""A recording of USD-M futures: served as it came, with a book that every recorded best price agrees with."""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left
from pathlib import Path

from candlestack_simulator.replay.book import BookHistory
from candlestack_simulator.replay.loading import load_tapes
from candlestack_simulator.replay.messages import parse_e8
from candlestack_simulator.replay.tape import PairTape
from candlestack_simulator.source import DepthDiff
from candlestack_simulator.testing import Seconds, replay_of, replays_of, running, until

FOREVER_S = 1e6


def recorded(folder: Path, stream: str) -> list[bytes]:
    """Return the payloads of a stream, cut out of the file's lines without any decoding."""
    mark = f'{{"stream":"{stream}","data":'.encode()
    with gzip.open(folder / "usdm" / "btcusdt_20240808.gz") as lines:
        return [line.strip().partition(mark)[2][:-1] for line in lines if mark in line]


async def test_the_recorded_diffs_are_sent_under_the_name_that_there_is_now(
    usdm_tapes: dict[str, PairTape], recorded_streams: Path
) -> None:
    seconds = Seconds()
    recording = replay_of(usdm_tapes, seconds)
    spot = replay_of(usdm_tapes, seconds)
    async with running(spot, usdm=recording) as exchange:
        connection = await exchange.connect("/usdm/public/stream?streams=btcusdt@depth@100ms")

        async def subscribed() -> bool:
            return bool((await exchange.get("/sim/source"))["markets"]["usdm"]["streams"])

        await until(subscribed)
        recording.start()
        seconds.now = 20.0
        expected = recorded(recorded_streams, "btcusdt@depth@0ms")[:200]
        for payload in expected:
            message = await connection.receive_json()
            assert (message["stream"], message["data"]) == ("btcusdt@depth@100ms", json.loads(payload))
        book = await exchange.get("/fapi/v1/depth", symbol="BTCUSDT", limit=1000)
        truth = await exchange.get(
            "/sim/truth/book", market="usdm", symbol="BTCUSDT", update_id=book["lastUpdateId"]
        )
        assert [len(book["bids"]), len(book["asks"])] == [1000, 1000]
        assert [len(text.partition(".")[2]) for text in book["bids"][0]] == [1, 3]
        assert float(truth["best_bid"][0]) == float(book["bids"][0][0])


def test_every_recorded_best_price_of_a_diffs_end_is_the_books(
    usdm_tapes: dict[str, PairTape], recorded_streams: Path
) -> None:
    history: BookHistory = usdm_tapes["BTCUSDT"].book
    finals = [diff.final_update_id for diff in history.diffs]
    agreed = 0
    for payload in recorded(recorded_streams, "btcusdt@bookTicker"):
        ticker = json.loads(payload)
        place = bisect_left(finals, ticker["u"])
        if place == len(finals) or finals[place] != ticker["u"]:
            continue
        book = history.depth(1, history.diffs[place].key[0])
        if book.last_update_id != ticker["u"]:
            continue
        best = (*book.bids[0], *book.asks[0])
        assert best == tuple(parse_e8(ticker[name]) for name in ("b", "B", "a", "A"))
        agreed += 1
    assert agreed > 100


def test_both_markets_of_one_recording_run_on_one_clock(recorded_streams: Path, tmp_path: Path) -> None:
    parts: dict[str, list[bytes]] = {"spot_1": [], "spot_2": [], "usdm_1": [], "usdm_2": []}
    for market, path in (("spot", "spot/btcusdt_20240808.gz"), ("usdm", "usdm/btcusdt_20240808.gz")):
        with gzip.open(recorded_streams / path) as lines:
            head = [next(lines) for _ in range(4000)]
        parts[f"{market}_1"], parts[f"{market}_2"] = head[:2000], head[1900:]
    for name, lines_of_part in parts.items():
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(b"".join(lines_of_part)))
    tapes = load_tapes(f"{tmp_path}/*.jsonl.gz")
    seconds = Seconds()
    recordings = replays_of(tapes, seconds)
    recordings["spot"].start()
    seconds.now = FOREVER_S
    assert recordings["spot"].now_ms() == recordings["usdm"].now_ms()
    assert recordings["usdm"].ended()
    for market, recording in recordings.items():
        finals = [diff.final_update_id for diff in tapes[market]["BTCUSDT"].book.diffs]
        assert finals == sorted(set(finals))
        assert recording.depth("BTCUSDT", 10).last_update_id == finals[-1]


def test_a_diff_keeps_what_it_continues(usdm_tapes: dict[str, PairTape]) -> None:
    first, second = (diff.decoded("BTCUSDT") for diff in usdm_tapes["BTCUSDT"].book.diffs[:2])
    assert isinstance(second, DepthDiff)
    assert second.previous_final_update_id == first.final_update_id < second.first_update_id
