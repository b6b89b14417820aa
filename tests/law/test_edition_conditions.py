"""The conditions of the embedded edition's rows: forms, units and polarity that a reader of rows relies on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from safeconduct.acts.session import Session
from safeconduct.jurisdictions.us.common import ccl
from safeconduct.law.conditions import evaluate
from safeconduct.lawdata import embedded_folder

DAY = date(2026, 8, 3)
TABLES = ("us.ccl.requirements", "us.ccl.exceptions", "us.ccl.sta")


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def conditions(table: str) -> list[tuple[str, Any, Mapping[str, Any]]]:
    rows = session().edition.rows(table)
    return [(f"{r['entry']} row {r['n']}", r["when"], r) for r in rows if r.get("when")]


def leaves(cond: Any, positive: bool = True) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """The leaves of a condition, each with whether it stands unnegated."""
    for key in ("all", "any"):
        if key in cond:
            for c in cond[key]:
                yield from leaves(c, positive)
            return
    if "not" in cond:
        yield from leaves(cond["not"], not positive)
        return
    yield cond, positive


@pytest.mark.parametrize("table", TABLES)
def test_every_condition_has_a_known_form(table: str) -> None:
    law = session().engine.law.at(DAY)
    clist = ccl(law)
    facts = session().engine.facts({"date": DAY})
    stated = session().engine.facts(
        {"date": DAY, "destination": "CN", "item.for_items": ("3A001.b.2",), "item.agent": "ricin"}
    )
    checked = conditions(table)
    for _, cond, _ in checked:
        evaluate(cond, facts, clist)
        evaluate(cond, stated, clist)
    assert checked or table == "us.ccl.sta"


@pytest.mark.parametrize("table", TABLES)
def test_every_limit_is_in_the_vocabularys_unit(table: str) -> None:
    """Requests are converted to the vocabulary's unit; a limit in another could never be compared."""
    wrong = []
    for where, cond, _ in conditions(table):
        for leaf, _ in leaves(cond):
            if "op" in leaf:
                fact = session().engine.vocabulary.get(leaf["fact"])
                if fact is not None and leaf.get("unit", "").casefold() not in ("", fact.unit.casefold()):
                    wrong.append(f"{where}: {leaf['fact']} in {leaf['unit']}, the vocabulary has {fact.unit}")
    assert not wrong, "\n".join(wrong)


def test_silence_does_not_free_an_item_from_a_requirement() -> None:
    """A requirement's condition must not rest on a claim: absent it would read as not so, and the row would go.

    Unless the same requirement has a part for the case that nobody claims it, for all destinations.
    """
    wrong = []
    all_of_them = conditions("us.ccl.requirements")
    unclaimed = {
        (row["entry"], row["n"], cond["not"]["fact"])
        for _, cond, row in all_of_them
        if cond.get("not", {}).get("is") is True and row["dest"] is None and row["scope"] == {"in": ["*"], "out": []}
    }
    for where, cond, row in all_of_them:
        for leaf, positive in leaves(cond):
            fact = leaf.get("fact")
            if fact is None or session().engine.vocabulary.absent(fact) != "not_claimed":
                continue
            if (row["entry"], row["n"], fact) in unclaimed:
                continue
            frees = leaf.get("is") is not False if positive else leaf.get("is") is False
            if frees:
                wrong.append(f"{where}: {leaf}")
    assert not wrong, "\n".join(wrong)


def test_silence_does_not_bring_an_exception() -> None:
    """An allowing row must not rest on the absence of a claim, nor a denying row on its presence."""
    wrong = []
    for where, cond, row in conditions("us.ccl.exceptions"):
        for leaf, positive in leaves(cond):
            fact = leaf.get("fact")
            if fact is None or session().engine.vocabulary.absent(fact) != "not_claimed":
                continue
            holds_on_silence = (leaf.get("is") is False) == positive
            if holds_on_silence == bool(row["allow"]):
                wrong.append(f"{where} {row['symbol']} allow={row['allow']}: {leaf}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", TABLES)
def test_every_fact_named_is_in_the_vocabulary(table: str) -> None:
    vocabulary = session().engine.vocabulary
    unknown = {
        leaf["fact"]
        for _, cond, _ in conditions(table)
        for leaf, _ in leaves(cond)
        if "fact" in leaf and leaf["fact"] not in vocabulary and not leaf["fact"].startswith("item.parameters.")
    }
    assert not unknown, sorted(unknown)


def test_every_scope_names_codes_of_its_entry() -> None:
    clist = ccl(session().engine.law.at(DAY))
    wrong = []
    for table in TABLES:
        for row in session().edition.rows(table):
            scope = row.get("scope") or {}
            for code in (*(scope.get("in") or ()), *(scope.get("out") or ())):
                if code != "*" and not (code.partition(".")[0] == row["entry"] and clist.knows(code)):
                    wrong.append(f"{table} {row['entry']} row {row['n']}: {code}")
    assert not wrong, "\n".join(wrong[:40])
