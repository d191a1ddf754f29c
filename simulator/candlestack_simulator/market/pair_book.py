"""The book of one pair over time: what it is in a slot, what changes into it, and under which update ids."""

from __future__ import annotations

from candlestack_simulator.market.book import Book, BookModel, Levels, changed_levels
from candlestack_simulator.market.history import PairHistory
from candlestack_simulator.market.sequence import UpdateSequence
from candlestack_simulator.market.time_grid import DAY_MS, SLOT_MS
from candlestack_simulator.market.usdm_sequence import UsdmSequence
from candlestack_simulator.source import BookTicker, Depth, DepthDiff


class PairBook:
    """The books of one pair. The book of slot s is in force throughout `[100 s, 100 s + 100)` ms.

    Its diff and its best prices are sent at the slot's first ms, before the slot's trades, which print at its
    touch.
    """

    def __init__(self, seed: int, history: PairHistory) -> None:
        self._history = history
        self._pair = history.listing.pair
        self._model = BookModel(seed, history.listing)
        self._sequence: UpdateSequence | UsdmSequence = (
            UpdateSequence(history.listing.halts, history.start_ms)
            if history.listing.market == "spot"
            else UsdmSequence(seed, history.listing.label, history.start_ms)
        )

    def depth(self, time_ms: int, limit: int) -> Depth:
        """Return the best `limit` levels a side of the book that stands at a time."""
        slot = self._sequence.standing_slot(time_ms // SLOT_MS)
        return self._depth_of_slot(slot, self._sequence.id_at(time_ms), limit)

    def depth_at(self, update_id: int, now_ms: int) -> Depth | None:
        """Return the whole book with this last update id; None where none had it up to `now_ms`."""
        slot = self._sequence.slot_of(update_id)
        if slot is None or slot * SLOT_MS > now_ms:
            return None
        return self._depth_of_slot(slot, update_id, None)

    def diff(self, slot: int) -> DepthDiff | None:
        """Return what changes from the book before into a slot's; None in a halt."""
        if self._sequence.is_halted(slot):
            return None
        before, after = self._book(self._sequence.standing_slot(slot - 1)), self._book(slot)
        return DepthDiff(
            self._pair.symbol,
            self._sequence.first_id(slot),
            self._sequence.final_id(slot),
            slot * SLOT_MS,
            self._levels(changed_levels(before.bids, after.bids, descending=True)),
            self._levels(changed_levels(before.asks, after.asks, descending=False)),
            self._sequence.previous_final_id(slot),
        )

    def ticker_change(self, slot: int) -> BookTicker | None:
        """Return a slot's best bid and ask where they differ from the slot before; None in a halt."""
        if self._sequence.is_halted(slot):
            return None
        before = self._best(self._sequence.standing_slot(slot - 1))
        after = self._best(slot)
        if before == after:
            return None
        return BookTicker(self._pair.symbol, self._sequence.final_id(slot), *after)

    def _book(self, slot: int) -> Book:
        day = self._history.day(slot * SLOT_MS // DAY_MS)
        return self._model.book(slot, day.bid_in_slot(slot))

    def _best(self, slot: int) -> tuple[int, int, int, int]:
        book = self._book(slot)
        tick, lot = self._pair.tick_e8, self._pair.lot_e8
        (bid_prices, bid_lots), (ask_prices, ask_lots) = book.bids, book.asks
        return (
            int(bid_prices[0]) * tick,
            int(bid_lots[0]) * lot,
            int(ask_prices[0]) * tick,
            int(ask_lots[0]) * lot,
        )

    def _depth_of_slot(self, slot: int, update_id: int, limit: int | None) -> Depth:
        book = self._book(slot)
        (bid_prices, bid_lots), (ask_prices, ask_lots) = book.bids, book.asks
        return Depth(
            self._pair.symbol,
            update_id,
            slot * SLOT_MS,
            self._levels((bid_prices[:limit], bid_lots[:limit])),
            self._levels((ask_prices[:limit], ask_lots[:limit])),
        )

    def _levels(self, levels: Levels) -> list[tuple[int, int]]:
        tick, lot = self._pair.tick_e8, self._pair.lot_e8
        prices, lots = levels
        return [
            (price * tick, quantity * lot)
            for price, quantity in zip(prices.tolist(), lots.tolist(), strict=True)
        ]
