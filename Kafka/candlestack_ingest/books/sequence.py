"""The exchange's rules on which diff follows which, as predicates of ids alone.

`first`, `final` and `previous` are a diff's `U`, `u` and `pu`; `snapshot` is a snapshot's `lastUpdateId`; `last`
is the `u` of the diff applied before.
Sources: https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (spot) and
https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams (USD-M).
"""

from __future__ import annotations


def spot_drops(final: int, snapshot: int) -> bool:
    """Tell whether a spot snapshot already holds all of a diff."""
    return final <= snapshot


def spot_bridges(first: int, final: int, snapshot: int) -> bool:
    """Tell whether a spot diff may be the first applied to a snapshot."""
    return first <= snapshot + 1 <= final


def spot_continues(first: int, final: int, last: int) -> bool:
    """Tell whether a spot diff follows the last one; one that reaches back leaves no gap, since levels are absolute."""
    return first <= last + 1 <= final


def usdm_drops(final: int, snapshot: int) -> bool:
    """Tell whether a USD-M snapshot is beyond a diff."""
    return final < snapshot


def usdm_bridges(first: int, final: int, snapshot: int) -> bool:
    """Tell whether a USD-M diff may be the first applied to a snapshot.

    USD-M ids are not contiguous between diffs: no diff bridges a snapshot whose id falls between two of them.
    """
    return first <= snapshot <= final


def usdm_continues(previous: int | None, last: int) -> bool:
    """Tell whether a USD-M diff follows the last one."""
    return previous == last


def repeats(final: int, last: int) -> bool:
    """Tell whether a diff, of either market, holds nothing after the last one."""
    return final <= last
