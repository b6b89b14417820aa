"""What would change the answer: found by the engine, smallest sets only, never another transaction."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from tests.test_cases import ALL, answer, session

from safeconduct.acts.counterfactual import CLEAR, NEVER, OBTAIN, SETTLE, Counterfactuals, counterfactuals, kind_of
from safeconduct.determination import Determination

PUMP: Mapping[str, Any] = {
    "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "BR", "route": [],
    "item": {
        "kind": "commodity", "classification": {"us": "2B350.i"}, "origin": "US",
        "value": {"amount": "2400.00", "currency": "USD"},
    },
    "parties": [{"role": "end_user", "name": "Example", "country": "BR", "capacity": "university", "listed": [], "owners": []}],
    "diligence": "complete", "red_flags": [], "informed": [],
    "facts": {"lvs": {"shipped_this_year": {"amount": "0", "currency": "USD"}}},
}  # fmt: skip


@cache
def every() -> tuple[tuple[str, Determination, Counterfactuals], ...]:
    found = []
    for case in ALL:
        d = answer(case.request)
        if d.outcome in ("license_required", "undetermined"):
            found.append((case.id, d, counterfactuals(d)))
    return tuple(found)


def test_a_lower_value_is_offered_at_the_exact_limit() -> None:
    offers = counterfactuals(answer(PUMP)).offers
    assert [(c.fact, c.label) for c in offers[0].changes] == [("item.value", "<= 2000 USD")]
    assert offers[0].exceptions == ("LVS",)


def test_no_offer_touches_another_transaction() -> None:
    wrong = [
        (case, c.fact)
        for case, _, found in every()
        for o in found.offers
        for c in o.changes
        if c.fact.startswith(NEVER) or (c.fact.startswith("parties") and not c.fact.endswith(".uvl_statement"))
    ]
    assert not wrong


@pytest.mark.parametrize(
    "fact",
    ["destination", "route", "exported_from", "end_use.military", "end_use.description", "person.citizenships", "activity",
     "parties[0].role", "parties[0].country", "parties[0].name", "parties[0].listed", "parties[0].owners",
     "parties[0].capacity", "parties", "item.origin", "informed", "red_flags", "date", "facts.tmp.purpose",
     "facts.gov.program", "facts.avs.registered_in", "facts.invented"],
)  # fmt: skip
def test_what_is_never_offered(fact: str) -> None:
    assert kind_of(fact) is None


def test_every_fact_of_the_closed_lists_is_in_the_vocabulary() -> None:
    vocabulary = session().engine.vocabulary
    assert not [f for f in OBTAIN | SETTLE if vocabulary.get(f) is None]


def test_every_offer_leads_where_it_says_and_is_minimal() -> None:
    wrong = []
    for case, d, found in every():
        for o in found.offers:
            changes = {c.fact: c.value for c in o.changes}
            if (
                d.engine.determine(d.facts.replace(changes), d.jurisdiction).outcome != o.outcome
                or o.outcome not in CLEAR
            ):
                wrong.append((case, "leads elsewhere"))
            for fact in changes if len(changes) > 1 else ():
                fewer = {k: v for k, v in changes.items() if k != fact}
                if d.engine.determine(d.facts.replace(fewer), d.jurisdiction).outcome in CLEAR:
                    wrong.append((case, f"{fact} is not needed"))
    assert not wrong


def test_a_stated_property_of_the_item_is_never_turned_into_another() -> None:
    wrong = [
        (case, c.fact)
        for case, d, found in every()
        for o in found.offers
        for c in o.changes
        if c.kind == "settle" and d.facts.peek(c.fact) is not None and not c.fact.startswith("item.classification")
    ]
    assert not wrong


def test_a_code_is_only_settled_below_what_is_stated() -> None:
    for _, d, found in every():
        for o in found.offers:
            for c in o.changes:
                stated = d.facts.peek(c.fact)
                if c.fact.startswith("item.classification") and stated is not None:
                    assert str(c.value).startswith(f"{stated}.")


def test_the_same_line_gives_the_same_offers() -> None:
    d = answer(PUMP)
    assert counterfactuals(d) == counterfactuals(d)
