"""Trades from an id on, as far back as they are held."""

from __future__ import annotations

from app.compat.binance import errors
from app.compat.binance.parameters import Parameters
from app.compat.binance.rows import trade_row
from app.compat.binance.schemas import TradeRow
from app.compat.binance.service import TRADES_LARGEST, BinanceService


async def historical_trades(service: BinanceService, parameters: Parameters) -> list[TradeRow]:
    """Return the first trades from `fromId` on, the newest without it; from before those held it is refused."""
    symbol = parameters.symbol()
    limit = parameters.limit(default=500, largest=TRADES_LARGEST)
    first_id = parameters.number("fromId")
    listing = await service.listing(symbol)
    held = (await service.trades.newest(symbol, TRADES_LARGEST)).trades
    if first_id is None:
        found = held[-limit:]
    else:
        if held and first_id < held[0].trade_id:
            raise errors.not_known_before("fromId", held[0].trade_id)
        found = [trade for trade in held if trade.trade_id >= first_id][:limit]
    return [trade_row(trade, listing) for trade in found]
