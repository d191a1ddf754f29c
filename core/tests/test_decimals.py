"""Canonical decimals: one text for one value, judged by Python's Decimal."""

from __future__ import annotations

import gzip
import json
from decimal import ROUND_DOWN, Decimal, localcontext
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlestack_core.decimals import (
    AMOUNT_PATTERN,
    MAX_DECIMALS,
    MAX_INTEGER_DIGITS,
    Amount,
    NotCanonicalError,
    are_amounts,
    canonical,
    canonical_decimal,
    from_scaled,
    product,
    scaled,
)
from candlestack_core.settings import DEFAULT_SYMBOLS

UNITS = st.integers(min_value=0, max_value=10 ** (MAX_INTEGER_DIGITS + MAX_DECIMALS) - 1)
AMOUNTS = UNITS.map(from_scaled)
decode_amount = msgspec.json.Decoder(Amount).decode


@st.composite
def written(draw: st.DrawFn) -> str:
    """Draw a number as an exchange may write it: zeros in front, zeros behind, or none."""
    text = draw(AMOUNTS)
    whole, _, fraction = text.partition(".")
    whole = "0" * draw(st.integers(0, 5)) + whole
    fraction += "0" * draw(st.integers(0, 12))
    return f"{whole}.{fraction}" if fraction else whole


@given(written())
def test_the_canonical_form_has_the_same_value(text: str) -> None:
    assert Decimal(canonical(text)) == Decimal(text)


@given(written(), written())
def test_equal_values_are_written_alike_and_only_they(one: str, other: str) -> None:
    assert (canonical(one) == canonical(other)) == (Decimal(one) == Decimal(other))


@given(written())
def test_the_canonical_form_of_a_canonical_form_is_itself(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@given(written())
def test_the_message_types_take_every_canonical_form(text: str) -> None:
    assert decode_amount(msgspec.json.encode(canonical(text))) == canonical(text)


@given(written())
def test_the_message_types_take_no_other_form(text: str) -> None:
    wire = msgspec.json.encode(text)
    if text == canonical(text):
        assert decode_amount(wire) == text
    else:
        with pytest.raises(msgspec.ValidationError):
            decode_amount(wire)


@given(st.text(alphabet="0123456789.-+eE \n", max_size=45))
def test_what_the_message_types_take_is_canonical(text: str) -> None:
    try:
        amount = decode_amount(msgspec.json.encode(text))
    except msgspec.ValidationError:
        return
    assert canonical(amount) == amount


@given(st.lists(AMOUNTS | st.text("0123456789.-\n", max_size=6) | st.just(""), max_size=6))
def test_many_texts_are_judged_as_each_alone_would_be(texts: list[str]) -> None:
    def is_amount(text: str) -> bool:
        try:
            decode_amount(msgspec.json.encode(text))
        except msgspec.ValidationError:
            return False
        return True

    assert are_amounts(texts) == all(map(is_amount, texts))


@given(UNITS)
def test_scaled_integers_and_amounts_are_one_to_one(units: int) -> None:
    assert scaled(from_scaled(units)) == units
    assert canonical(from_scaled(units)) == from_scaled(units)
    assert Decimal(from_scaled(units)) == Decimal(f"{units // 10**8}.{units % 10**8:08d}")


@given(written())
def test_a_decimal_and_its_text_have_one_canonical_form(text: str) -> None:
    assert canonical_decimal(Decimal(text)) == canonical(text)


@given(
    st.integers(0, 10**18 - 1).map(from_scaled),
    st.integers(0, 10**18 - 1).map(from_scaled),
)
def test_a_product_is_exact_and_cut_off_after_8_decimals(price: str, quantity: str) -> None:
    with localcontext(prec=76):
        exact = Decimal(price) * Decimal(quantity)
        expected = exact.quantize(Decimal("1e-8"), rounding=ROUND_DOWN)
    assert Decimal(product(price, quantity)) == expected
    assert canonical(product(price, quantity)) == product(price, quantity)


@given(st.integers(0, 10**9), st.integers(0, 4), st.integers(0, 10**9), st.integers(0, 4))
def test_nothing_is_cut_off_where_the_steps_of_a_pair_have_8_decimals_together(
    price_steps: int, price_decimals: int, lots: int, quantity_decimals: int
) -> None:
    price = canonical_decimal(Decimal(price_steps).scaleb(-price_decimals))
    quantity = canonical_decimal(Decimal(lots).scaleb(-quantity_decimals))
    assert Decimal(product(price, quantity)) == Decimal(price) * Decimal(quantity)


@pytest.mark.parametrize("name", ["spot_exchangeInfo_20211012", "spot_tr_exchangeInfo_20230410"])
def test_the_steps_of_the_platforms_pairs_have_8_decimals_together(recordings: Path, name: str) -> None:
    answer = json.loads(gzip.decompress((recordings / "rest" / f"{name}.json.gz").read_bytes()))
    listed = {pair["symbol"]: pair["filters"] for pair in answer["symbols"]}
    assert set(DEFAULT_SYMBOLS) <= set(listed)
    for symbol in DEFAULT_SYMBOLS:
        filters = {entry["filterType"]: entry for entry in listed[symbol]}
        tick = canonical(filters["PRICE_FILTER"]["tickSize"])
        lot = canonical(filters["LOT_SIZE"]["stepSize"])
        assert Decimal(product(tick, lot)) == Decimal(tick) * Decimal(lot) > 0


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("65000.10000000", "65000.1"),
        ("0.50", "0.5"),
        ("0.00000000", "0"),
        ("0.000", "0"),
        ("000", "0"),
        ("007.070", "7.07"),
        ("100", "100"),
        ("0.00000001", "0.00000001"),
        ("1.000000000000", "1"),
        ("9" * 20 + "." + "9" * 8, "9" * 20 + "." + "9" * 8),
    ],
)
def test_what_exchanges_write_becomes_canonical(text: str, form: str) -> None:
    assert canonical(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "1.0\n",
        ".",
        ".5",
        "5.",
        "1.2.3",
        "1,5",
        "1_000",
        "-1",
        "+1",
        "-0",
        "1e3",
        "1E-8",
        "0x1",
        "NaN",
        "nan",
        "Infinity",
        "inf",
        "null",
        "\u0661.5",  # an Arabic-Indic digit
        "\uff11",  # a full-width digit
        "1\u0660",
        "\u00b2",  # a superscript
        "0.000000001",
        "1.123456789",
        "9" * 21,
        "1" + "0" * 20,
        "1" * 50_000,
    ],
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(NotCanonicalError):
        canonical(text)
    with pytest.raises(msgspec.ValidationError):
        decode_amount(msgspec.json.encode(text))


@given(st.text(max_size=12))
def test_any_text_is_either_canonical_afterwards_or_refused(text: str) -> None:
    try:
        form = canonical(text)
    except NotCanonicalError:
        return
    assert decode_amount(msgspec.json.encode(form)) == form
    assert Decimal(form) == Decimal(text)


@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
        "-1",
        "1e-9",
        "1e20",
        "1e-999999",
        "1e999999",
        "0e-999999",
        "123456789012345678901",
    ],
)
def test_a_decimal_that_no_amount_can_hold_is_refused(value: str) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_decimal(Decimal(value))


def test_a_negative_or_absurd_number_of_units_is_refused() -> None:
    largest = from_scaled(10**28 - 1)
    assert decode_amount(msgspec.json.encode(largest)) == largest
    for units in (-1, 10**28):
        with pytest.raises(NotCanonicalError):
            from_scaled(units)


def test_a_product_that_no_amount_can_hold_is_refused() -> None:
    with pytest.raises(NotCanonicalError):
        product("9" * 20, "10")


def test_the_pattern_allows_as_much_as_the_functions_do() -> None:
    assert f"{{0,{MAX_INTEGER_DIGITS - 1}}}" in AMOUNT_PATTERN
    assert f"{{0,{MAX_DECIMALS - 1}}}" in AMOUNT_PATTERN
