"""How the exchange lists the pairs, into Kafka: at the start, and again now and then, for it changes."""

from __future__ import annotations

import asyncio

from candlestack_core.logging import get_logger
from candlestack_core.messages import encode
from candlestack_core.topics import LISTINGS
from candlestack_ingest.exchange.binance.frames import FrameError
from candlestack_ingest.exchange.binance.listings import listing_of
from candlestack_ingest.exchange.binance.rest_client import RestError
from candlestack_ingest.producers.feed import Context

_LOG = get_logger(__name__)

EVERY_S = 300.0
"""So long a realtime store that lost its data is without them, and a changed filter unknown."""
ORIGIN = "rest:exchangeInfo"


async def send_listings(context: Context) -> None:
    """Ask the exchange how it lists the pairs, and send what it says, until cancelled."""
    while True:
        try:
            await _send(context)
        except RestError as error:
            _LOG.error("the exchange refused its list of pairs", reason=str(error))
        await asyncio.sleep(EVERY_S)


async def _send(context: Context) -> None:
    market, outbox = context.market, context.outbox
    listed = await context.rest.listed(market.symbols)
    now = context.clock_ms()
    for entry in listed.symbols:
        try:
            listing = listing_of(entry, source=market.source, time=now)
        except FrameError as error:
            await outbox.dead_letter(bytes(entry), origin=ORIGIN, reason=str(error), received_ms=now)
        else:
            await outbox.send(LISTINGS, listing.symbol, encode(listing), received_ms=now)
