"""Hashes that make the market random access: what happens anywhere follows from a key and an index alone.

Keys are derived from labels (`derive_key(seed, "BTCUSDT", "book")`), so that neither the order of the pairs
nor a pair added later changes what any other pair does.
"""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

_GOLDEN_64 = np.uint64(0x9E3779B97F4A7C15)
_PRICE_32 = np.uint32(0x9E3779B1)
_VERSION_32 = np.uint32(0x85EBCA77)


def derive_key(seed: int, *labels: str) -> int:
    """Return the 64-bit key that belongs to a seed and a path of labels."""
    text = "/".join((str(seed), *labels))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def hash64(key: int, index: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Hash each index under a key: the output function of SplitMix64 (Steele, Lea, Flood 2014)."""
    x = (index.astype(np.uint64) + np.uint64(1)) * _GOLDEN_64 + np.uint64(key)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return x


def key_prices(key: int, prices: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Fold prices (in ticks) and a key into the 32-bit words that `hash_versions` takes."""
    return prices.astype(np.uint32) * _PRICE_32 ^ np.uint32(key & 0xFFFFFFFF)


def hash_versions(
    keyed: npt.NDArray[np.uint32], versions: npt.NDArray[np.int64] | int
) -> npt.NDArray[np.uint32]:
    """Hash keyed words with a version each: 32 bits, for the book's ten thousand levels ten times a second.

    The finaliser is lowbias32 of Wellons' search for integer hashes of low bias (hash-prospector, 2018).
    """
    x = keyed ^ np.asarray(versions).astype(np.uint32) * _VERSION_32
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x
