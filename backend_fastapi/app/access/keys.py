"""API keys: who a request is from. Only hashes of the keys are kept.

`python -m app.access.keys NAME` makes a key and prints it with the entry for the setting.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sys
from collections.abc import Mapping

KEY_BYTES = 32


def hash_of(key: str) -> str:
    """Return the hash of a key, as the settings hold it.

    A key is drawn at random and long: nobody finds it by trying, so it needs neither salt nor a slow hash.
    """
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


class ApiKeys:
    """The keys that are accepted; with none every request is."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        """Take the hash of each key by the name of its owner."""
        self._hashes = dict(hashes)

    @property
    def required(self) -> bool:
        return bool(self._hashes)

    def owner(self, key: str) -> str | None:
        """Return whose key it is; None where it is nobody's. Takes as long whichever it is."""
        offered, found = hash_of(key), None
        for name, expected in self._hashes.items():
            if hmac.compare_digest(offered, expected):
                found = name
        return found


def main() -> None:
    """Make a key."""
    if len(sys.argv) != 2 or not sys.argv[1].isidentifier():
        raise SystemExit("usage: python -m app.access.keys NAME")
    key = secrets.token_urlsafe(KEY_BYTES)
    sys.stdout.write(
        f"key, for its owner alone: {key}\nentry of API_KEYS:        {sys.argv[1]}:{hash_of(key)}\n"
    )


if __name__ == "__main__":
    main()
