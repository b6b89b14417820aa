"""Symbols and patterns of exceptions, periods, money, and frozen values."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.model import FrozenMap, Money, Period, Quantity, freeze, symbol_matches, thaw


@pytest.mark.parametrize(
    ("symbol", "pattern", "covered"),
    [
        ("GOV(b)(2)", "GOV(b)(2)", True),
        ("GOV(b)(2)(ii)", "GOV(b)(2)", True),
        ("GOV(b)(20)", "GOV(b)(2)", False),
        ("GOV(b)(2", "GOV(b)(2)", False),
        ("GOV", "GOV(b)", False),  # the part that the law keeps is narrower than the whole
        ("GOV(b)", "GOV", True),
        ("GOVT", "GOV", False),
        ("STA", "TSR", False),
        ("TMP(a)(9)", "TMP", True),
        ("GBS", "*", True),
        ("GBS", "", False),
        ("gov(b)", "GOV", False),
    ],
)
def test_a_pattern_covers_itself_and_what_is_under_it(symbol: str, pattern: str, covered: bool) -> None:
    assert symbol_matches(symbol, (pattern,)) is covered


def test_no_pattern_covers_nothing_and_any_of_several_is_enough() -> None:
    assert not symbol_matches("GBS", ())
    assert symbol_matches("GBS", ("LVS", "GBS"))


days = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@given(days, days, days)
def test_a_period_holds_its_first_day_and_not_its_last(a: date, b: date, day: date) -> None:
    start, end = sorted((a, b))
    if start == end:
        with pytest.raises(ValueError, match="ends before it starts"):
            Period(start, end)
        return
    p = Period(start, end)
    assert p.covers(start)
    assert not p.covers(end)
    assert p.covers(end - timedelta(days=1))
    assert not p.covers(start - timedelta(days=1))
    assert p.covers(day) == (start <= day < end)


def test_an_open_end_is_open() -> None:
    day = date(2026, 8, 3)
    assert Period().covers(date.min)
    assert Period().covers(date.max)
    assert Period(day).covers(date.max)
    assert not Period(None, day).covers(day)
    with pytest.raises(ValueError):
        Period(day, day - timedelta(days=1))


@given(days, days)
def test_neighbors_share_no_day(a: date, day: date) -> None:
    assert Period(None, a).covers(day) != Period(a, None).covers(day)


def test_money_converts_nothing_by_itself() -> None:
    assert Money(Decimal("5"), "EUR").in_("USD") is None
    assert Money(Decimal("5"), "EUR", Decimal("6")).in_("USD") == 6
    assert Money(Decimal("5"), "EUR", Decimal("6")).in_("EUR") == 5
    assert Money(Decimal("5"), "EUR", Decimal("6")).in_("GBP") is None
    assert Money(Decimal("5"), "USD").in_("USD") == 5


json_like = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(json_like)
def test_freezing_loses_nothing_and_can_be_hashed(value: object) -> None:
    frozen = freeze(value)
    hash(frozen)
    assert thaw(frozen) == value


def test_a_frozen_map_cannot_change_and_forgets_the_order_of_its_keys() -> None:
    m = FrozenMap({"b": 1, "a": 2})
    assert m == FrozenMap({"a": 2, "b": 1})
    assert hash(m) == hash(FrozenMap({"a": 2, "b": 1}))
    assert m != FrozenMap({"a": 2})
    assert dict(m) == {"a": 2, "b": 1}
    with pytest.raises(TypeError):
        m["a"] = 3  # type: ignore[index]
    with pytest.raises(KeyError):
        m["c"]


def test_values_are_shown_as_the_contract_writes_them() -> None:
    assert thaw(date(2026, 8, 3)) == "2026-08-03"
    assert thaw(Money(Decimal("4200.00"), "USD")) == {"amount": "4200.00", "currency": "USD"}
    assert thaw(Money(Decimal("5"), "EUR", Decimal("6"))) == {"amount": "5", "currency": "EUR", "usd": "6"}
    assert thaw(Quantity(Decimal("9"), "Hz")) == {"value": "9", "unit": "Hz"}
    assert thaw(frozenset({"b", "a"})) == ["a", "b"]
