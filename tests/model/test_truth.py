"""Kleene's strong logic against its truth table, and what an unknown remembers."""

from __future__ import annotations

import copy
import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.model import NO, YES, Ask, Truth, all_of, any_of, not_, truth_of, unknown

# Kleene's tables (Introduction to Metamathematics, section 64): N no, U unknown, Y yes.
AND = {"YY": "Y", "YU": "U", "YN": "N", "UY": "U", "UU": "U", "UN": "N", "NY": "N", "NU": "N", "NN": "N"}
OR = {"YY": "Y", "YU": "Y", "YN": "Y", "UY": "Y", "UU": "U", "UN": "U", "NY": "Y", "NU": "U", "NN": "N"}
NOT = {"Y": "N", "U": "U", "N": "Y"}


def letter(t: Truth) -> str:
    return "Y" if t is YES else "N" if t is NO else "U"


def value(letter_: str, fact: str = "a") -> Truth:
    return {"Y": YES, "N": NO, "U": unknown(fact)}[letter_]


truths = st.one_of(st.just(YES), st.just(NO), st.sets(st.sampled_from("abcd"), min_size=1).map(lambda s: unknown(*s)))


@pytest.mark.parametrize("pair", AND)
def test_and_or_follow_the_table(pair: str) -> None:
    left, right = value(pair[0], "a"), value(pair[1], "b")
    assert letter(all_of(left, right)) == AND[pair]
    assert letter(any_of(left, right)) == OR[pair]


@pytest.mark.parametrize("one", NOT)
def test_not_follows_the_table(one: str) -> None:
    assert letter(not_(value(one))) == NOT[one]


@given(st.lists(truths, max_size=6))
def test_many_are_folded_like_pairs(parts: list[Truth]) -> None:
    conj, disj = "Y", "N"
    for p in parts:
        conj, disj = AND[conj + letter(p)], OR[disj + letter(p)]
    assert letter(all_of(*parts)) == conj
    assert letter(any_of(*parts)) == disj


@given(st.lists(truths, max_size=5), st.randoms())
def test_order_does_not_matter(parts: list[Truth], random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(parts)
    random.shuffle(mixed)
    assert all_of(*parts) == all_of(*mixed)
    assert any_of(*parts) == any_of(*mixed)


@given(st.lists(truths, max_size=5))
def test_de_morgan(parts: list[Truth]) -> None:
    assert not_(all_of(*parts)) == any_of(*(not_(p) for p in parts))


@given(st.lists(truths, min_size=1, max_size=5))
def test_an_unknown_asks_for_exactly_the_open_facts(parts: list[Truth]) -> None:
    asked = frozenset(a for p in parts for a in p.asks)
    for got in (all_of(*parts), any_of(*parts)):
        assert got.asks == (asked if got.is_unknown else frozenset())
    assert all(not_(p).asks == p.asks for p in parts)


def test_a_truth_has_no_truth_value() -> None:
    for t in (YES, NO, unknown("a")):
        with pytest.raises(TypeError, match="is YES"):
            bool(t)


def test_empty_conjunction_holds_and_empty_disjunction_does_not() -> None:
    assert all_of() is YES
    assert any_of() is NO


def test_unknowns_are_equal_by_what_they_ask() -> None:
    assert unknown("a") == unknown("a")
    assert unknown("a") != unknown("b")
    assert unknown(Ask("a", (("x", "x"),))) != unknown("a")
    assert len({YES, NO, unknown("a"), unknown("a"), truth_of(True), truth_of(False)}) == 3


def test_yes_and_no_stay_single_objects_when_copied_or_pickled() -> None:
    for t in (YES, NO):
        assert copy.deepcopy(t) is t
        assert copy.copy(t) is t
        assert pickle.loads(pickle.dumps(t)) is t
    open_ = unknown("a", Ask("b"))
    assert pickle.loads(pickle.dumps(open_)) == open_
    assert pickle.loads(pickle.dumps(open_)).is_unknown


def test_the_tables_here_are_complete() -> None:
    assert set(AND) == set(OR) == {a + b for a, b in itertools.product("YUN", repeat=2)}
