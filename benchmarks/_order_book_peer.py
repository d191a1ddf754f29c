"""A peer's side of `order_book.py`, run by a Python of its own: `_order_book_peer.py PEER SNAPSHOT FRAMES ROUNDS`.

SNAPSHOT is a REST answer, FRAMES a file with one combined-stream frame a line. Prints the best round's
microseconds a diff and the best 10 levels a side in the end, as numbers, as JSON.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

Best = tuple[list[tuple[Any, Any]], list[tuple[Any, Any]]]


def best_of(side: Any) -> list[tuple[Any, Any]]:
    """Return the best 10 levels of a side of the C package, which cryptofeed uses too."""
    return [side.index(place) for place in range(min(10, len(side)))]


def cryptofeed(snapshot: str, frames: list[str]) -> tuple[float, Best]:
    """Its Binance feed, given the snapshot it would fetch, and each frame as its connection does."""
    from cryptofeed.defines import L2_BOOK  # noqa: PLC0415 - only this peer needs it
    from cryptofeed.exchanges import Binance  # noqa: PLC0415
    from cryptofeed.symbols import Symbols  # noqa: PLC0415

    symbol = json.loads(frames[0])["data"]["s"]
    pair = f"{symbol[:-4]}-{symbol[-4:]}"
    Symbols.set(Binance.id, {pair: symbol}, {"instrument_type": {pair: "spot"}, "tick_size": {}})
    best: Best = ([], [])

    async def read(book: Any, _receipt: float) -> None:
        nonlocal best
        best = (best_of(book.book.bids), best_of(book.book.asks))

    feed = Binance(symbols=[pair], channels=[L2_BOOK], callbacks={L2_BOOK: read})
    book = feed._parse_snapshot(pair, snapshot)
    feed._l2_book[pair], feed.last_update_id[pair] = book, book.sequence_number

    async def run() -> float:
        started = time.process_time()
        for frame in frames:
            await feed.message_handler(frame, None, 0.0)
        return time.process_time() - started

    return asyncio.run(run()), best


def python_binance(snapshot: str, frames: list[str]) -> tuple[float, Best]:
    """Its depth cache, fed as its manager feeds it, with exact decimals."""
    from binance.ws.depthcache import DepthCache  # noqa: PLC0415

    cache = DepthCache("X", Decimal)
    first = json.loads(snapshot)
    for bid in first["bids"]:
        cache.add_bid(bid)
    for ask in first["asks"]:
        cache.add_ask(ask)
    best: Best = ([], [])
    started = time.process_time()
    for frame in frames:
        data = json.loads(frame)["data"]
        if data["u"] <= first["lastUpdateId"]:
            continue
        for bid in data["b"]:
            cache.add_bid(bid)
        for ask in data["a"]:
            cache.add_ask(ask)
        best = (cache.get_bids()[:10], cache.get_asks()[:10])
    return time.process_time() - started, best


def order_book(snapshot: str, frames: list[str]) -> tuple[float, Best]:
    """The C package, with decimals as its documentation has it."""
    # By its name at run time: a benchmark has the same one.
    OrderBook = importlib.import_module("order_book").OrderBook  # noqa: N806

    first = json.loads(snapshot)
    book = OrderBook()
    book.bids = {Decimal(price): Decimal(quantity) for price, quantity in first["bids"]}
    book.asks = {Decimal(price): Decimal(quantity) for price, quantity in first["asks"]}
    best: Best = ([], [])
    started = time.process_time()
    for frame in frames:
        data = json.loads(frame)["data"]
        if data["u"] <= first["lastUpdateId"]:
            continue
        for side, levels in ((book.bids, data["b"]), (book.asks, data["a"])):
            for price_text, quantity_text in levels:
                price, quantity = Decimal(price_text), Decimal(quantity_text)
                if quantity:
                    side[price] = quantity
                elif price in side:
                    del side[price]
        best = (best_of(book.bids), best_of(book.asks))
    return time.process_time() - started, best


PEERS: dict[str, Callable[[str, list[str]], tuple[float, Best]]] = {
    "cryptofeed": cryptofeed,
    "python-binance": python_binance,
    "order-book": order_book,
}


def main() -> None:
    peer, snapshot, path, rounds = sys.argv[1:]
    text, frames = Path(snapshot).read_text(), Path(path).read_text().splitlines()
    runs = [PEERS[peer](text, frames) for _ in range(int(rounds))]
    best = [[[str(Decimal(p)), str(Decimal(q))] for p, q in side] for side in runs[-1][1]]
    print(json.dumps({"us": min(seconds for seconds, _ in runs) / len(frames) * 1e6, "best": best}))


main()
