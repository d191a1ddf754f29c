"""The trades of a pair over a whole recording, in recorded time, and candles made from them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

from candlestack_simulator.replay.errors import RecordingError
from candlestack_simulator.replay.track import Key
from candlestack_simulator.source import E8, Candle, Coverage, Trade


class TradeHistory:
    """Trades in order of their ids, each with the time it was sent.

    A trade is sent after it happened; what is known at a time are the trades that were sent until then.
    """

    def __init__(
        self,
        symbol: str,
        sent: Sequence[tuple[Key, Trade]],
        coverage: Coverage,
        passed_over: Sequence[int] = (),
    ) -> None:
        """Take the trades with the keys they are sent at, and what the recording covers of the pair.

        `passed_over` are ids, ascending, that were recorded but are no trades of the market.

        Raises:
            RecordingError: when trade times run backwards.
        """
        self.symbol = symbol
        self.trades = [trade for _, trade in sent]
        self.sent_ms = [key[0] for key, _ in sent]
        self.times = [trade.time_ms for trade in self.trades]
        self._coverage = coverage
        for before, after in pairwise(self.trades):
            if after.time_ms < before.time_ms:
                raise RecordingError(f"{symbol}: trade {after.trade_id} is earlier than the one before it")
        self._ids = [trade.trade_id for trade in self.trades]
        self._prices = [trade.price_e8 for trade in self.trades]
        self._holes = [
            (before.time_ms, after.time_ms)
            for before, after in pairwise(self.trades)
            if after.trade_id - before.trade_id - 1
            != bisect_left(passed_over, after.trade_id) - bisect_left(passed_over, before.trade_id)
        ]
        taken = [not trade.buyer_is_maker for trade in self.trades]
        base = [trade.quantity_e8 for trade in self.trades]
        quote = [trade.price_e8 * trade.quantity_e8 for trade in self.trades]
        self._base = _sums(base)
        self._quote = _sums(quote)
        self._taker_base = _sums([amount * buy for amount, buy in zip(base, taken, strict=True)])
        self._taker_quote = _sums([amount * buy for amount, buy in zip(quote, taken, strict=True)])

    def known(self, now_ms: int) -> int:
        """Return how many trades were sent until a time, that time included."""
        return bisect_right(self.sent_ms, now_ms)

    def from_id(self, first_id: int, limit: int, now_ms: int) -> list[Trade]:
        """Return up to `limit` known trades from an id on."""
        first = bisect_left(self._ids, first_id)
        return self.trades[first : min(first + limit, self.known(now_ms))]

    def newest(self, limit: int, now_ms: int) -> list[Trade]:
        """Return the newest `limit` known trades."""
        known = self.known(now_ms)
        return self.trades[max(0, known - limit) : known]

    def between(self, start_ms: int, end_ms: int, now_ms: int) -> list[Trade]:
        """Return the known trades with `start_ms <= time < end_ms`."""
        last = min(bisect_left(self.times, end_ms), self.known(now_ms))
        return self.trades[bisect_left(self.times, start_ms) : last]

    def candle(self, interval: str, open_time: int, length_ms: int, now_ms: int) -> Candle | None:
        """Return the candle of `[open_time, open_time + length_ms)` as it is known at a time.

        None before the first trade, and inside of a hole of the recording. Quote amounts are summed exactly
        and cut to eight decimals.
        """
        end = open_time + length_ms
        first = bisect_left(self.times, open_time)
        whole = bisect_left(self.times, end)
        last = min(whole, self.known(now_ms))
        if open_time > now_ms:
            return None
        if last > first:
            prices = self._prices[first:last]
            shape = prices[0], max(prices), min(prices), prices[-1]
            ids = self._ids[first], self._ids[last - 1]
        elif 0 < first <= last and not self._lies_in_hole(open_time, end):
            shape = (self._prices[first - 1],) * 4
            ids = -1, -1
        else:
            return None
        return Candle(
            symbol=self.symbol,
            interval=interval,
            open_time=open_time,
            close_time=end - 1,
            open_e8=shape[0],
            high_e8=shape[1],
            low_e8=shape[2],
            close_e8=shape[3],
            volume_e8=self._base[last] - self._base[first],
            quote_volume_e8=(self._quote[last] - self._quote[first]) // E8,
            trades=last - first,
            taker_buy_volume_e8=self._taker_base[last] - self._taker_base[first],
            taker_buy_quote_volume_e8=(self._taker_quote[last] - self._taker_quote[first]) // E8,
            first_trade_id=ids[0],
            last_trade_id=ids[1],
            closed=now_ms >= end and last == whole,
            partial=self._is_partial(open_time, end),
        )

    def _is_partial(self, start_ms: int, end_ms: int) -> bool:
        covered_until = self._coverage.end_ms
        return (
            start_ms < self._coverage.start_ms
            or (covered_until is not None and end_ms > covered_until)
            or any(start_ms <= after and before < end_ms for before, after in self._holes)
        )

    def _lies_in_hole(self, start_ms: int, end_ms: int) -> bool:
        return any(before < start_ms and end_ms <= after for before, after in self._holes)


def _sums(amounts: Sequence[int]) -> list[int]:
    """Return the sums of the first 0, 1, 2, ... amounts."""
    return list(accumulate(amounts, initial=0))
