"""Records as the topics carry them, for the tests of the stores."""

from __future__ import annotations

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.kafka import Record
from candlestack_core.messages import Candle, Trade, encode
from candlestack_core.topics import KLINE_1M, TRADES

START = 1_700_000_040_000 // MINUTE_MS * MINUTE_MS


def candle(
    minute: int, version: int, *, closed: bool = True, symbol: str = "BTCUSDT", close: str = "1.5"
) -> Candle:
    open_time = START + minute * MINUTE_MS
    return Candle(
        symbol=symbol,
        interval="1m",
        open_time=open_time,
        close_time=open_time + MINUTE_MS - 1,
        open="1",
        high="2",
        low="0.5",
        close=close,
        volume="10",
        quote_volume="15",
        trades=3,
        taker_buy_volume="4",
        taker_buy_quote_volume="6",
        closed=closed,
        version=version,
        source="simulator",
        completeness="complete",
    )


def trade(trade_id: int, symbol: str = "BTCUSDT") -> Trade:
    return Trade(
        symbol=symbol,
        trade_id=trade_id,
        price="1.5",
        quantity="2",
        quote_quantity="3",
        time=START + trade_id,
        buyer_is_maker=False,
        source="simulator",
    )


def record(message: Candle | Trade, offset: int = 0) -> Record:
    topic = KLINE_1M if isinstance(message, Candle) else TRADES
    return Record(
        topic=topic,
        partition=0,
        offset=offset,
        timestamp=START,
        key=message.symbol.encode(),
        value=encode(message),
        headers=(),
    )
