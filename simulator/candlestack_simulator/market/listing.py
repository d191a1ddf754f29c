"""The pairs of spot: 15 that never sleep, and two thin ones with empty minutes and halts; and six of USD-M futures.

Ticks and lots are those that Binance listed for these names in 2023 (futures: 2024); prices, volumes and moves
are of the order that these markets have known. All of it is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from candlestack_simulator.market.halts import DailyHalt, FixedHalt, HaltSchedule
from candlestack_simulator.source import E8, Market, Pair

ORDERS_PER_BLOCK = 8
TRADES_PER_BLOCK = 12
"""Taker orders come in blocks of 8, filled by 12 trades (see `fills`): a constant number of both a day."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A pair and what its market is like.

    `anchor_ticks` is the price about which the pair wanders, `daily_move` the standard deviation of a day's
    logarithmic return, `blocks_per_day` the constant number of blocks of taker orders a day. `trade_lots` is
    the median trade, `level_lots` the median amount of a book level, `level_ticks` the mean distance from
    one level to the next. `sleepless` pairs trade in every minute.
    """

    pair: Pair
    anchor_ticks: int
    daily_move: float
    blocks_per_day: int
    trade_lots: float
    level_lots: float
    level_ticks: int
    spread_ticks: int
    sleepless: bool
    halts: HaltSchedule
    market: Market = "spot"

    @property
    def symbol(self) -> str:
        return self.pair.symbol

    @property
    def label(self) -> str:
        """The name under which the pair's keys are derived: one symbol is a pair of each market."""
        return self.symbol if self.market == "spot" else f"{self.market}:{self.symbol}"

    @property
    def orders_per_day(self) -> int:
        return self.blocks_per_day * ORDERS_PER_BLOCK

    @property
    def trades_per_day(self) -> int:
        return self.blocks_per_day * TRADES_PER_BLOCK

    @property
    def quote_unit_e8(self) -> int:
        """The quote amount of one lot at one tick, times 10^8: a whole number for every pair."""
        return self.pair.tick_e8 * self.pair.lot_e8 // E8


def list_pair(  # noqa: PLR0917 - its calls below are the rows of a table
    base: str,
    tick: str,
    lot: str,
    price: float,
    daily_move: float,
    trades_per_day: int,
    trade_value: float,
    level_ticks: int,
    *,
    spread_ticks: int = 1,
    sleepless: bool = True,
    halts: HaltSchedule | None = None,
) -> Listing:
    """Build the listing of `base` against USDT.

    `trade_value` is the median trade in USDT; a median level of the book holds ten of them. Raises ValueError
    where quote amounts would need more than 8 decimals, or trades a day are not whole blocks.
    """
    pair = Pair(f"{base}USDT", base, "USDT", int(Decimal(tick) * E8), int(Decimal(lot) * E8))
    if pair.tick_e8 * pair.lot_e8 % E8:
        raise ValueError(f"{pair.symbol}: a lot at one tick is not a whole number of 10^-8 {pair.quote}")
    if trades_per_day % TRADES_PER_BLOCK:
        raise ValueError(f"{pair.symbol}: trades a day must be a multiple of {TRADES_PER_BLOCK}")
    trade_lots = trade_value / (price * float(lot))
    return Listing(
        pair=pair,
        anchor_ticks=round(price / float(tick)),
        daily_move=daily_move,
        blocks_per_day=trades_per_day // TRADES_PER_BLOCK,
        trade_lots=trade_lots,
        level_lots=10 * trade_lots,
        level_ticks=level_ticks,
        spread_ticks=spread_ticks,
        sleepless=sleepless,
        halts=halts if halts is not None else HaltSchedule(),
    )


# The halt of the whole exchange on 2023-03-24, 12:40 to 14:00 UTC, is the model of the fixed one.
_PAST_HALT = FixedHalt.between("2023-03-24T12:40", "2023-03-24T14:00")
_DCR_HALTS = HaltSchedule((_PAST_HALT,), (DailyHalt(start_minute=2 * 60 + 10, minutes=5),))
_GNO_HALTS = HaltSchedule((_PAST_HALT,), (DailyHalt(start_minute=14 * 60 + 30, minutes=3),))


def list_futures(  # noqa: PLR0917 - its calls below are the rows of a table
    base: str,
    tick: str,
    lot: str,
    decimals: tuple[int, int],
    price: float,
    trades_per_day: int,
    trade_value: float,
    level_ticks: int,
) -> Listing:
    """Build the listing of the USD-M perpetual of `base`; `decimals` are those of its prices and amounts.

    Its price follows the spot pair's (`basis`), so it has no anchor and no moves of its own.
    """
    listing = list_pair(base, tick, lot, price, 0.0, trades_per_day, trade_value, level_ticks)
    pair = replace(listing.pair, price_decimals=decimals[0], quantity_decimals=decimals[1])
    return replace(listing, pair=pair, market="usdm")


# fmt: off
LISTINGS: tuple[Listing, ...] = (
    #         base     tick       lot      price  move  trades/day value level
    list_pair("BTC",  "0.01",    "0.00001", 64_000, .024, 259_200, 250, 48),
    list_pair("ETH",  "0.01",    "0.0001",   3_100, .031, 172_800, 250,  4),
    list_pair("BNB",  "0.1",     "0.001",      580, .026,  86_400, 200,  1),
    list_pair("SOL",  "0.01",    "0.01",       150, .040, 129_600, 180,  1),
    list_pair("ADA",  "0.0001",  "0.1",       0.55, .036,  64_800, 120,  1),
    list_pair("XRP",  "0.0001",  "1",         0.92, .034, 103_680, 200,  1),
    list_pair("DOGE", "0.00001", "1",         0.16, .042,  86_400, 150,  2),
    list_pair("AVAX", "0.01",    "0.01",        28, .041,  43_200, 120,  1),
    list_pair("DOT",  "0.001",   "0.01",       6.2, .036,  43_200, 100,  1),
    list_pair("LINK", "0.001",   "0.01",        15, .038,  43_200, 100,  2),
    list_pair("LTC",  "0.01",    "0.001",       88, .032,  43_200, 110,  1),
    list_pair("TRX",  "0.00001", "0.1",       0.21, .022,  43_200,  90,  2),
    list_pair("BCH",  "0.1",     "0.001",      420, .036,  34_560, 100,  1),
    list_pair("ATOM", "0.001",   "0.01",       7.4, .036,  34_560,  80,  1),
    list_pair("NEAR", "0.001",   "0.1",        4.8, .045,  34_560, 100,  1),
    list_pair("DCR",  "0.01",    "0.001",       16, .040,     720,  40,  1,
              spread_ticks=3, sleepless=False, halts=_DCR_HALTS),
    list_pair("GNO",  "0.1",     "0.001",      210, .034,     360,  40,  1,
              spread_ticks=2, sleepless=False, halts=_GNO_HALTS),
)

USDM_LISTINGS: tuple[Listing, ...] = (
    #            base    tick      lot     decimals   price  trades/day value level
    list_futures("BTC",  "0.1",    "0.001", (2, 3), 64_000, 345_600, 400, 5),
    list_futures("ETH",  "0.01",   "0.001", (2, 3),  3_100, 259_200, 350, 4),
    list_futures("BNB",  "0.01",   "0.01",  (3, 2),    580,  64_800, 250, 5),
    list_futures("SOL",  "0.01",   "0.01",  (4, 2),    150, 129_600, 250, 1),
    list_futures("ADA",  "0.0001", "1",     (5, 0),   0.55,  43_200, 150, 1),
    list_futures("XRP",  "0.0001", "0.1",   (4, 1),   0.92,  86_400, 220, 1),
)
# fmt: on
