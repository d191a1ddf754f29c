"""How the exchange lists a pair: its assets, its precision, and the steps of its prices and amounts."""

from __future__ import annotations

import msgspec

from candlestack_core.decimals import NotCanonicalError, canonical
from candlestack_core.messages import Listing
from candlestack_ingest.exchange.binance.frames import FrameError


class _Filter(msgspec.Struct, frozen=True):
    filterType: str  # noqa: N815 - Binance's name
    tickSize: str | None = None  # noqa: N815
    stepSize: str | None = None  # noqa: N815


class _Entry(msgspec.Struct, frozen=True):
    symbol: str
    status: str
    baseAsset: str  # noqa: N815
    quoteAsset: str  # noqa: N815
    baseAssetPrecision: int  # noqa: N815
    quoteAssetPrecision: int  # noqa: N815
    filters: list[_Filter]


def listing_of(entry: msgspec.Raw, *, source: str, time: int) -> Listing:
    """Return what an entry of `exchangeInfo` says; `time` in ms is when the exchange said it.

    Raises:
        FrameError: when it is no entry, or lacks PRICE_FILTER or LOT_SIZE.
    """
    try:
        read = msgspec.json.decode(entry, type=_Entry)
        filters = {each.filterType: each for each in read.filters}
        return msgspec.convert(
            {
                "symbol": read.symbol,
                "status": read.status,
                "base_asset": read.baseAsset,
                "quote_asset": read.quoteAsset,
                "base_precision": read.baseAssetPrecision,
                "quote_precision": read.quoteAssetPrecision,
                "tick_size": canonical(filters["PRICE_FILTER"].tickSize or ""),
                "step_size": canonical(filters["LOT_SIZE"].stepSize or ""),
                "entry": entry,
                "time": time,
                "source": source,
            },
            Listing,
        )
    except KeyError as error:
        raise FrameError(f"the pair has no filter {error}") from None
    except (msgspec.DecodeError, NotCanonicalError) as error:
        raise FrameError(str(error)) from None
