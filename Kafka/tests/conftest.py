"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from candlestack_ingest.completeness import sink
from candlestack_ingest.stores import candles, realtime

PATIENCE_S = 240.0


@pytest.fixture(scope="module")
def patient_stores() -> Iterator[None]:
    """Give the stores time that a busy machine lets stand: a test writes once, where the writers write again."""
    with pytest.MonkeyPatch.context() as patch:
        for store in (candles, realtime, sink):
            patch.setattr(store, "TIMEOUT_S", PATIENCE_S)
        patch.setattr(candles, "CONNECT_TIMEOUT_MS", round(PATIENCE_S * 1000))
        yield
