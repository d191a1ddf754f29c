"""Remembered amounts: never other than the platform's own rule says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.decimals import NotCanonicalError, canonical, product
from candlestack_ingest.exchange.binance import amounts
from candlestack_ingest.exchange.binance.amounts import canonical_amount, trade_amounts

written = st.one_of(
    st.decimals(min_value=0, max_value=10**12, places=8).map(lambda number: f"{number:f}"),
    st.from_regex(r"[0-9]{1,22}(\.[0-9]{1,10})?", fullmatch=True),
    st.text(max_size=8),
)


@given(written)
def test_an_amount_is_what_the_rule_says_the_first_time_and_the_next(text: str) -> None:
    def outcome(judge: Callable[[str], str]) -> str:
        try:
            return judge(text)
        except NotCanonicalError as error:
            return f"refused: {error}"

    assert outcome(canonical_amount) == outcome(canonical)
    assert outcome(canonical_amount) == outcome(canonical)


@given(written, written)
def test_a_product_is_what_the_rule_says(price: str, quantity: str) -> None:
    try:
        expected = canonical(price), canonical(quantity), product(canonical(price), canonical(quantity))
        refused = "0" in expected[:2]
    except NotCanonicalError:
        refused = True
    if refused:
        with pytest.raises(NotCanonicalError):
            trade_amounts(price, quantity)
    else:
        assert trade_amounts(price, quantity) == expected


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts, "LARGEST_MEMORY", 10)
    memory = amounts._Amounts()
    for number in range(100):
        assert memory[f"{number}.50"] == f"{number}.5"
    assert len(memory) <= 10
