"""How the exchange lists a pair: its own entry, word for word but for what a client does not want to see."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import msgspec

from candlestack_core.messages import Listing

_PERMISSION_SETS = "permissionSets"


class _Permissions(msgspec.Struct, frozen=True, rename="camel"):
    """Who may trade a pair: whoever has one permission of each set."""

    permissions: list[str] = []
    permission_sets: list[list[str]] = []


def permits(listing: Listing, permissions: Iterable[str]) -> bool:
    """Tell whether one of some permissions is among those of a pair."""
    entry = msgspec.json.decode(listing.entry, type=_Permissions)
    return not set(permissions).isdisjoint([*entry.permissions, *chain.from_iterable(entry.permission_sets)])


def without_permission_sets(listing: Listing) -> msgspec.Raw:
    """Return an entry whose permission sets are empty."""
    entry = msgspec.json.decode(listing.entry, type=dict[str, msgspec.Raw])
    return msgspec.Raw(msgspec.json.encode({**entry, _PERMISSION_SETS: []}))
