"""Recordings of Binance's streams, spot and USD-M futures, served as an exchange of their own.

A recording's payloads are sent on as they were recorded. What it lacks is made from what it has:

- klines from trades: the forming one at the end of each second that had a trade, the closed one as soon as
  the minute is over and its last trade has been sent; a minute without trades repeats the previous close;
- trades from aggregate trades: an aggregate of the ids f to l becomes l - f + 1 trades at its price, side and
  time. Ids are contiguous and every sum and count is exact; only how the quantity divides among the trades of
  one aggregate is invented (equal shares in whole lots, the rest on the last);
- aggregate trades from trades: neighbours of one time, price and side are one taker's order; their ids count
  on from the first trade id;
- futures: klines and aggregate trades from the trades of the market, without prints of other kinds, and
  `depth@0ms` under the name `depth@100ms`;
- book tickers and the one-second depth stream from the diffs of 100 ms.

After its end a recording stands still: clients hear `serverShutdown` and are closed, REST goes on answering,
and a new connection is accepted, acknowledged and pinged, but sends no market data. A client that reconnects
finds a silent exchange rather than one that throws it out again and again; `/sim/source` says `ended`.
"""

from __future__ import annotations

from candlestack_simulator.replay.errors import RecordingError
from candlestack_simulator.replay.recording import Recording

__all__ = ["Recording", "RecordingError"]
