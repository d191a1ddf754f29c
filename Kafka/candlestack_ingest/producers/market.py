"""What a producer listens to: the source behind the exchange, the pairs, and what the source can vouch for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from candlestack_core.intervals import MINUTE_MS
from candlestack_core.logging import get_logger
from candlestack_core.messages import Completeness
from candlestack_core.messages import Market as MarketName
from candlestack_core.names import SOURCE_BINANCE, SOURCE_REPLAY
from candlestack_core.settings import DEFAULT_SYMBOLS, BadSettingError, ExchangeSettings
from candlestack_ingest.exchange.binance.rest import Coverage, SpotRest, UsdmRest
from candlestack_ingest.exchange.binance.rest_client import RestError

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Market:
    """The source (`binance`, `simulator`, `replay`), the pairs, and the edges of a recording, if it is one."""

    source: str
    symbols: tuple[str, ...]
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    name: MarketName = "spot"

    def completeness(self, symbol: str, open_time: int, covered: Completeness) -> Completeness:
        """Return `covered`, or `partial` for a minute that a recording holds only a part of."""
        coverage = self.coverage.get(symbol)
        if coverage is None or (
            coverage.start_ms <= open_time
            and (coverage.end_ms is None or open_time + MINUTE_MS <= coverage.end_ms)
        ):
            return covered
        return "partial"


def choose_symbols(wanted: tuple[str, ...], listed: frozenset[str], source: str) -> tuple[str, ...]:
    """Return the pairs to listen to.

    Pairs that were asked for by name must be listed. With none named, a recording gives all its pairs, any
    other exchange those of the platform's 15 that it lists.

    Raises:
        BadSettingError: naming the pairs of SYMBOLS that the exchange does not list.
    """
    if unknown := [symbol for symbol in wanted if symbol not in listed]:
        raise BadSettingError("SYMBOLS", f"the exchange does not list {', '.join(unknown)}")
    if wanted:
        return wanted
    if source == SOURCE_REPLAY:
        return tuple(sorted(listed))
    if missing := [symbol for symbol in DEFAULT_SYMBOLS if symbol not in listed]:
        _LOG.warning("the exchange does not list some of the usual pairs", symbols=missing)
    symbols = tuple(symbol for symbol in DEFAULT_SYMBOLS if symbol in listed)
    if not symbols:
        raise BadSettingError("SYMBOLS", "the exchange lists none of the usual pairs; name those you want")
    return symbols


async def open_market(rest: SpotRest, settings: ExchangeSettings) -> Market:
    """Ask the exchange what it is and which pairs it lists; waits for it as long as it takes.

    Raises:
        BadSettingError: naming the pairs of SYMBOLS that the exchange does not list.
    """
    source, coverage = SOURCE_BINANCE, dict[str, Coverage]()
    if settings.exchange != SOURCE_BINANCE:
        simulated = await rest.simulated_source()
        source = simulated.source
        coverage = simulated.coverage if source == SOURCE_REPLAY else {}
    listed = frozenset(info.symbol for info in (await rest.exchange_info()).symbols)
    symbols = choose_symbols(settings.symbols, listed, source)
    _LOG.info("market opened", source=source, symbols=list(symbols))
    return Market(source, symbols, coverage)


async def open_futures(rest: UsdmRest, wanted: tuple[str, ...], source: str) -> Market | None:
    """Ask for the futures of the same exchange; None where it lists none of those that are wanted.

    Other than a pair of spot, a contract that is not listed is left out: the usual six need not all be there.
    """
    try:
        listed = {info.symbol for info in (await rest.exchange_info()).symbols}
    except RestError as error:
        _LOG.warning("the exchange has no futures", reason=str(error))
        return None
    if missing := [symbol for symbol in wanted if symbol not in listed]:
        _LOG.warning("the exchange does not list some of the futures", symbols=missing)
    symbols = tuple(symbol for symbol in wanted if symbol in listed)
    return Market(source, symbols, name="usdm") if symbols else None
