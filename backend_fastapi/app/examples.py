"""An example of each answer, for the documentation."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from app.access.gate import TooManyRequestsError, UnauthorizedError
from app.book.schemas import OrderBook
from app.candles.schemas import Ohlc, OhlcCandle
from app.completeness.schemas import Completeness, HoleInStream, StreamCompleteness
from app.health.schemas import Components, ComponentState, Liveness, Readiness
from app.jobs.schemas import JobRun, JobRuns, JobState
from app.problems import BadParameter, BadQueryError, UnavailableError, UnknownSymbolError
from app.ranking.schemas import RankingList
from app.status.schemas import Status, StreamStatus
from app.symbols.schemas import SymbolInfo, Symbols
from app.trades.schemas import TradeList
from candlestack_core.messages import Candle, RankedPair, Trade
from candlestack_core.names import SOURCE_BINANCE, backfill_source, roll_up_job

NOON: Final = 1_767_268_800_000
"""2026-01-01 12:00 UTC."""
_MINUTE_MS: Final = 60_000
_PAIR: Final = "BTCUSDT"
_UP = ComponentState(state="up", reason=None)

_CANDLE = Candle(
    symbol=_PAIR,
    interval="1m",
    open_time=NOON,
    close_time=NOON + _MINUTE_MS - 1,
    open="87650.1",
    high="87672",
    low="87641.53",
    close="87660.04",
    volume="12.50031",
    quote_volume="1095770.6180124",
    trades=2_841,
    taker_buy_volume="6.1",
    taker_buy_quote_volume="534719.3605",
    closed=False,
    version=NOON + 41_003,
    source=SOURCE_BINANCE,
    completeness="complete",
)
_BACKFILLED = msgspec.structs.replace(
    _CANDLE,
    open_time=NOON - _MINUTE_MS,
    close_time=NOON - 1,
    closed=True,
    version=NOON + 2_000,
    source=backfill_source(SOURCE_BINANCE),
    completeness="backfilled",
)
_READY = Readiness(
    status="ready",
    source="binance",
    simulated=False,
    components=Components(kafka=_UP, redis=_UP, mongodb=_UP),
    reasons={},
)

_ROLLED_UP = JobRun(
    job=roll_up_job("1h"),
    interval="1h",
    start=NOON - 3_600_000,
    end=NOON,
    symbols=[_PAIR],
    started_at=NOON + 5_120,
    finished_at=NOON + 9_462,
    seconds=4.342,
    outcome="succeeded",
    rows_in=60,
    rows_out=1,
    reason=None,
)

_OF_TYPES: Final = (
    _CANDLE,
    Ohlc(
        symbol=_PAIR,
        interval="1m",
        candles=[OhlcCandle(**msgspec.structs.asdict(candle)) for candle in (_BACKFILLED, _CANDLE)],
    ),
    TradeList(
        symbol=_PAIR,
        trades=[
            Trade(
                symbol=_PAIR,
                trade_id=5_600_123_456,
                price="87660.04",
                quantity="0.00117",
                quote_quantity="102.5622468",
                time=NOON + 40_871,
                buyer_is_maker=True,
                source=SOURCE_BINANCE,
            )
        ],
    ),
    OrderBook(
        market="spot",
        symbol=_PAIR,
        bids=[("87660.03", "1.20461"), ("87659.5", "0.004")],
        asks=[("87660.04", "0.88215"), ("87661", "2")],
        state="synced",
        last_update_id=81_234_567_890,
        checksum=3_735_928_559,
        event_time=NOON + 41_000,
        age=87,
        bid_limit="86990.2",
        ask_limit="88410.77",
        source=SOURCE_BINANCE,
    ),
    Symbols(
        source="binance",
        simulated=False,
        symbols=[
            SymbolInfo(
                symbol=_PAIR,
                markets=["spot", "usdm"],
                source="binance",
                simulated=False,
                price_decimals=2,
                quantity_decimals=5,
            )
        ],
    ),
    RankingList(
        ranking="top_gainers",
        time=NOON - _MINUTE_MS,
        source=SOURCE_BINANCE,
        supply_time=NOON - 86_400_000,
        rows=[
            RankedPair(
                rank=1,
                symbol="SOLUSDT",
                price="141.52",
                change_percent="6.41",
                volume="3180012.417",
                quote_volume="447201133.50291",
                market_cap="78941000000",
            )
        ],
        reason=None,
    ),
    Completeness(
        start_time=NOON - 60 * _MINUTE_MS,
        end_time=NOON,
        streams=[
            StreamCompleteness(
                market="spot",
                stream="trade",
                symbol=_PAIR,
                minutes_known=60,
                minutes_unknown=0,
                expected=104_201,
                received=104_150,
                filled=51,
                missing=0,
            )
        ],
        holes=[
            HoleInStream(
                market="spot",
                stream="trade",
                symbol=_PAIR,
                minute=NOON - 17 * _MINUTE_MS,
                first_id=5_600_090_000,
                last_id=5_600_090_050,
                count=51,
                how="rest",
                filled_at=NOON - 17 * _MINUTE_MS + 2_310,
            )
        ],
        truncated=False,
    ),
    Status(
        time=NOON + 41_087,
        ready=_READY,
        streams=[
            StreamStatus(
                market="spot",
                stream="depth",
                symbol=_PAIR,
                source="binance",
                simulated=False,
                time=NOON + 41_000,
                age=87,
                lag=12,
                state="synced",
            )
        ],
    ),
    JobRuns(
        time=NOON + 41_087,
        jobs=[JobState(job=_ROLLED_UP.job, latest=_ROLLED_UP, succeeded_at=_ROLLED_UP.finished_at)],
        runs=[_ROLLED_UP],
        truncated=False,
    ),
    Liveness(status="alive", source="binance", simulated=False),
    _READY,
)
BY_TYPE: Final[dict[type[msgspec.Struct], Any]] = {
    type(answer): msgspec.to_builtins(answer) for answer in _OF_TYPES
}

_PROBLEMS: Final = (
    UnknownSymbolError("BTCUSD", [_PAIR, "ETHUSDT"]).problem("/latest?symbol=BTCUSD"),
    BadQueryError(
        [BadParameter(parameter="limit", reason="Input should be greater than or equal to 1")]
    ).problem("/ohlc?symbol=BTCUSDT&limit=0"),
    UnauthorizedError().problem("/latest?symbol=BTCUSDT"),
    TooManyRequestsError(3).problem("/latest?symbol=BTCUSDT"),
    UnavailableError({"redis": "Connection refused"}).problem("/trades?symbol=BTCUSDT"),
)
PROBLEMS: Final[dict[int, Any]] = {problem.status: msgspec.to_builtins(problem) for problem in _PROBLEMS}
