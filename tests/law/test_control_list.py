"""Scopes of rows, conditions of rows, and what a short code leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fictitious.edition import write_edition

from safeconduct.law import ControlList, Law, Scope, covers, entry_of
from safeconduct.law.conditions import ConditionError, evaluate
from safeconduct.law.control_list import exception_stated
from safeconduct.lawdata import Edition
from safeconduct.model import NO, YES, Fact, Facts, Quantity, Truth, Vocabulary, truth_of, unknown

CODE = "item.classification.fr"
V = Vocabulary(
    [
        Fact("loud", "bool", "", "unknown", "?", "t"),
        Fact("soft", "bool", "", "not_known", "?", "t"),
        Fact("claimed", "bool", "", "not_claimed", "?", "t"),
        Fact("diligence", "enum complete", "", "unknown", "?", "t"),
        Fact("size", "quantity", "mm", "unknown", "?", "t"),
        Fact("place", "country", "", "unknown", "?", "t"),
        Fact("tags", "list of text", "", "unknown", "?", "t"),
        Fact("item.agent", "text", "", "unknown", "?", "t"),
        Fact("item.for_items", "list of text", "", "unknown", "?", "t"),
        Fact("item.reasons", "list of text", "", "unknown", "?", "t"),
        Fact("item.traits.mt_controlled", "bool", "", "unknown", "?", "t"),
    ]
)


def facts(**cells: Any) -> Facts:
    return Facts({k.replace("__", "."): v for k, v in cells.items()}, V)


@pytest.fixture(scope="module")
def clist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlList]:
    folder: Path = write_edition(tmp_path_factory.mktemp("law") / "e")
    law = Law(Edition(folder)).at(date(2023, 1, 1))

    def place(path: str, spec: Any, f: Facts) -> Truth:
        where = f.get(path)
        return unknown(path) if where is None else truth_of(where in spec["countries"])

    return ControlList(law, "freedonia.list", CODE, place)


# -- codes and scopes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("scope", "code", "covered"),
    [
        ("3A001", "3A001", True), ("3A001", "3A001.b.2", True), ("3A001.b", "3A001.b.2.a", True), ("3A001.b.2", "3A001.b", False),
        ("3A001.b.2", "3A001.b.20", False), ("3A001", "3A0011", False), ("3A001.b.1", "3A001.b.10", False),
    ],
)  # fmt: skip
def test_a_code_covers_itself_and_what_is_under_it(scope: str, code: str, covered: bool) -> None:
    assert covers(scope, code) is covered


@pytest.mark.parametrize(
    ("within", "without", "code", "relation"),
    [
        (("*",), (), "M1.a", True),
        (("*",), ("M1.a",), "M1.a", False),  # "entire entry, except" is a scope
        (("*",), ("M1.a",), "M1.a.1", False),
        (("*",), ("M1.a",), "M1.b", True),
        (("*",), ("M1.a",), "M1", None),  # the entry alone does not tell
        (("*",), ("M1.a.1",), "M1.a", None),
        (("M1.a", "M1.c"), (), "M1.c.3", True),
        (("M1.a", "M1.c"), (), "M1.b", False),
        (("M1.a",), (), "M1", None),
        (("M1.a.1",), (), "M1.a", None),
        (("M1.a.1",), (), "M1.b", False),
        (("M1.a",), ("M1.a.2",), "M1.a.2.x", False),
        (("M1.a",), ("M1.a.2",), "M1.a.1", True),
        (("M1.a",), ("M1.a.2",), "M1.a", None),
        (("M1.a",), ("M1.a.2",), "M1.a.20", True),  # .20 is not under .2
    ],
)
def test_scopes(within: tuple[str, ...], without: tuple[str, ...], code: str, relation: bool | None) -> None:
    assert Scope(within, without).relation(code) is relation


code_parts = st.lists(st.sampled_from(["a", "b", "1", "2"]), max_size=4).map(lambda p: ".".join(["M1", *p]))


@given(st.lists(code_parts, min_size=1, max_size=3), st.lists(code_parts, max_size=2), code_parts, code_parts)
def test_what_is_settled_for_a_code_is_settled_for_all_under_it(
    within: list[str], without: list[str], code: str, below: str
) -> None:
    scope = Scope(tuple(within), tuple(without))
    lower = code + below.removeprefix("M1")
    if scope.relation(code) is not None:
        assert scope.relation(lower) is scope.relation(code)
    # An open relation is open for a reason: a code named by the scope lies below.
    else:
        assert any(covers(code, s) and s != code for s in (*within, *without))


def test_entry_of() -> None:
    assert entry_of("3A001.b.2.a") == entry_of("3A001") == "3A001"


def test_a_short_code_asks_for_the_paragraph(clist: ControlList) -> None:
    got = clist.in_scope(Scope(("M1.a",)), "M1")
    (ask,) = got.asks
    assert ask.fact == CODE
    assert {v for _, v in ask.options} == {"M1.a", "M1.b"}
    assert clist.knows("M1.b")
    assert not clist.knows("M1.c")
    assert list(clist.leaves("M1")) == ["M1.a", "M1.b"]


# -- conditions ----------------------------------------------------------------------------------------------
def test_boolean_leaves_read_absence_by_the_vocabulary(clist: ControlList) -> None:
    for path, bare, diligent in (("loud", None, None), ("soft", None, NO), ("claimed", NO, NO)):
        cond = {"fact": path, "is": True}
        for f, expected in ((facts(), bare), (facts(diligence="complete"), diligent)):
            got = evaluate(cond, f, clist)
            assert got.is_unknown if expected is None else got is expected
        assert evaluate(cond, facts(**{path: True}), clist) is YES
        assert evaluate(cond, facts(**{path: False}), clist) is NO
        assert evaluate({"fact": path, "is": False}, facts(**{path: False}), clist) is YES


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [("<", YES, NO, NO), ("<=", YES, YES, NO), (">", NO, NO, YES), (">=", NO, YES, YES), ("==", NO, YES, NO)],
)
@pytest.mark.parametrize("limit", ["18", 18, 18.0])
def test_limits_are_strict_as_written(
    clist: ControlList, op: str, below: Truth, at: Truth, above: Truth, limit: object
) -> None:
    cond = {"fact": "size", "op": op, "value": limit, "unit": "mm"}
    for value, expected in (
        ("17.999999999999999999", below),
        ("18", at),
        ("18.00", at),
        ("18.000000000000000001", above),
    ):
        assert evaluate(cond, facts(size=Quantity(Decimal(value), "mm")), clist) is expected
    assert evaluate(cond, facts(), clist).is_unknown
    assert evaluate(cond, facts(size=Quantity(Decimal(17), "in")), clist).is_unknown


def test_choice_and_list_leaves(clist: ControlList) -> None:
    assert evaluate({"fact": "place", "in": ["AA", "BB"]}, facts(place="BB"), clist) is YES
    assert evaluate({"fact": "place", "in": ["AA", "BB"]}, facts(place="CC"), clist) is NO
    assert evaluate({"fact": "place", "is": "AA"}, facts(place="AA"), clist) is YES
    assert evaluate({"fact": "place", "is": "AA"}, facts(), clist).is_unknown
    assert evaluate({"fact": "tags", "any_of": ["x", "y"]}, facts(tags=("y", "z")), clist) is YES
    assert evaluate({"fact": "tags", "any_of": ["x", "y"]}, facts(tags=()), clist) is NO
    assert evaluate({"fact": "tags", "any_of": ["x", "y"]}, facts(), clist).is_unknown
    assert evaluate({"fact": "place", "countries": ["AA"]}, facts(place="AA"), clist) is YES
    assert evaluate({"fact": "place", "countries": ["AA"]}, facts(), clist).is_unknown


def test_agents_by_name_or_paragraph(clist: ControlList) -> None:
    cond = {"agent": ["ricin", "1C351.d.5"]}
    assert evaluate(cond, facts(item__agent="Ricin"), clist) is YES
    assert evaluate(cond, facts(item__agent="1C351.d.5.a"), clist) is YES
    assert evaluate(cond, facts(item__agent="1C351.d.50"), clist) is NO
    assert evaluate(cond, facts(item__agent="abrin"), clist) is NO
    assert evaluate(cond, facts(), clist).is_unknown


def test_what_software_or_technology_is_for(clist: ControlList) -> None:
    cond = {"for": {"in": ["M1.a"], "out": ["M1.a.2"], "reason": None}}
    for codes, expected in (
        (("M1.a",), None),
        (("M1.a.1",), YES),
        (("M1.a.2",), NO),
        (("M1.b",), NO),
        ((), NO),
        (("M1",), None),
    ):
        got = evaluate(cond, facts(item__for_items=codes), clist)
        assert got.is_unknown if expected is None else got is expected, codes
    assert evaluate(cond, facts(item__for_items=("M1.b", "M1.a.1")), clist) is YES
    assert evaluate(cond, facts(), clist).is_unknown
    # "only": one item outside the scope is enough to fail.
    only = {"for": {**cond["for"], "only": True}}
    assert evaluate(only, facts(item__for_items=("M1.b", "M1.a.1")), clist) is NO
    assert evaluate(only, facts(item__for_items=("M1.a.1",)), clist) is YES


def test_for_with_a_reason_asks_whether_the_other_item_is_controlled_for_it(clist: ControlList) -> None:
    def ask(code: str, reason: str) -> Truth:
        return evaluate({"for": {"in": ["M1"], "out": [], "reason": reason}}, facts(item__for_items=(code,)), clist)

    assert ask("M1.a", "music") is YES
    assert ask("M1.b", "music") is NO
    assert ask("M1.b", "loud").is_unknown  # its loudness is another item's


def test_meeting_the_parameters_of_other_entries(clist: ControlList) -> None:
    cond = {"meets": {"reason": "MT", "entries": ["7A103"]}}
    assert evaluate(cond, facts(), clist).is_unknown
    assert evaluate(cond, facts(**{"item.traits.mt_controlled": True}), clist) is YES
    assert evaluate(cond, facts(item__reasons=("NS", "MT")), clist) is YES
    assert evaluate(cond, facts(item__reasons=("NS",)), clist) is NO


def test_conditions_nest_by_kleene(clist: ControlList) -> None:
    yes, no, open_ = {"fact": "loud", "is": True}, {"not": {"fact": "loud", "is": True}}, {"fact": "soft", "is": True}
    f = facts(loud=True)
    assert evaluate({"all": [yes, no]}, f, clist) is NO
    assert evaluate({"all": [yes, open_]}, f, clist).is_unknown
    assert evaluate({"all": [no, open_]}, f, clist) is NO
    assert evaluate({"any": [yes, open_]}, f, clist) is YES
    assert evaluate({"any": [no, open_]}, f, clist).is_unknown
    assert evaluate({"not": open_}, f, clist).is_unknown
    assert evaluate({"all": []}, f, clist) is YES
    assert evaluate({"any": []}, f, clist) is NO


@pytest.mark.parametrize("cond", [{}, {"fakt": "loud"}, {"fact": "loud"}, {"fact": "loud", "equals": 3}])
def test_a_form_nobody_knows_is_a_fault(clist: ControlList, cond: dict[str, Any]) -> None:
    with pytest.raises(ConditionError, match="condition"):
        evaluate(cond, facts(), clist)


def test_a_row_holds_where_its_scope_and_its_condition_do(clist: ControlList) -> None:
    music, loud = clist.requirements("M1")
    assert clist.holds(music, "M1.a", facts()) is YES
    assert clist.holds(music, "M1.b", facts()) is NO
    assert clist.holds(loud, "M1.b", facts()).is_unknown
    v = "item.parameters.loudness"
    assert clist.holds(loud, "M1.b", facts(**{v: Quantity(Decimal("100.1"), "dB")})) is YES
    assert clist.holds(loud, "M1.b", facts(**{v: Quantity(Decimal(100), "dB")})) is NO
    # The reasons stated for the item settle what its parameters leave open, and only that.
    assert clist.holds(loud, "M1.b", facts(item__reasons=("loud",))) is YES
    assert clist.holds(loud, "M1.b", facts(item__reasons=())) is NO
    assert clist.holds(loud, "M1.b", facts(item__reasons=("loud",), **{v: Quantity(Decimal(1), "dB")})) is NO


def test_an_exception_is_stated_when_one_row_allows_it_and_none_denies_it(clist: ControlList) -> None:
    from safeconduct.law.control_list import ExceptionRow

    def row(allow: bool, scope: str, when: Any = None) -> ExceptionRow:
        return ExceptionRow(
            "M1", "GBS", allow, Scope((scope,)), when, "3000" if allow else None, (), None, "List", "read"
        )

    def stated(*rows: ExceptionRow, f: Facts | None = None, code: str = "M1.a") -> Truth:
        return exception_stated(rows, clist, code, f or facts())[0]

    assert stated() is NO
    assert stated(row(True, "*")) is YES
    assert stated(row(False, "*")) is NO
    assert stated(row(True, "*"), row(False, "M1.a")) is NO
    assert stated(row(True, "*"), row(False, "M1.b")) is YES
    assert stated(row(True, "M1.b")) is NO
    loud = {"fact": "loud", "is": True}
    assert stated(row(True, "*"), row(False, "*", loud)).is_unknown
    assert stated(row(True, "*"), row(False, "*", loud), f=facts(loud=True)) is NO
    assert stated(row(True, "*"), row(False, "*", loud), f=facts(loud=False)) is YES
    assert [r.limit for r in exception_stated([row(True, "M1.a"), row(True, "M1.b")], clist, "M1.a", facts())[1]] == [
        "3000"
    ]
