"""No row of the License Requirements is lost: each keeps a shipment that it bears on from a clear answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.test_cases import answer, session

from safeconduct.jurisdictions.us.ear import part742, part742_advanced
from safeconduct.law import Rule

CLEAR = ("no_license_required", "exception_available", "not_subject")
DAY = "2026-08-03"
#: Rows that require nothing by themselves: a review policy; a party's listing, which has cases of its own.
OTHERWISE = ("review_only", "entity_list_footnote")


def rows() -> tuple[Mapping[str, Any], ...]:
    return session().engine.law.at(_day()).rows("us.ccl.requirements")


def _day() -> Any:
    from datetime import date

    return date.fromisoformat(DAY)


def place_for(row: Mapping[str, Any]) -> Iterator[str]:
    """A destination the row reaches."""
    dest = row["dest"] or {}
    if row["column"] is not None:
        if row["column"] in ("AT1", "AT2"):
            yield "IR"
            return
        chart = session().engine.law.at(_day()).rows("us.country_chart")
        marked = [
            r["country"] for r in chart if row["column"] in r["columns"].split() and r["country"] not in ("RU", "BY")
        ]
        yield from marked[:1]
    elif dest.get("countries"):
        yield from dest["countries"]
    elif dest.get("groups"):
        yield {"E:1": "IR", "A:5": "DE"}.get(dest["groups"][0], "CN")
    elif "cwc" in dest:
        yield "EG"
    elif dest.get("un_embargo"):
        yield "LB"
    elif dest.get("all") or "all_but" in dest:
        yield "IN"


@pytest.mark.parametrize("category", "0123456789")
def test_every_row_holds_a_shipment(category: str) -> None:
    lost = []
    for row in rows():
        if row["entry"][0] != category or set(row["dest"] or ()) & set(OTHERWISE):
            continue
        scope = row["scope"]["in"][0]
        code = row["entry"] if scope == "*" else scope
        for place in place_for(row):
            request = {
                "date": DAY, "activity": "export", "exported_from": "US", "destination": place, "diligence": "complete",
                "item": {"classification": {"us": code}, "origin": "US"}, "parties": [], "red_flags": [], "informed": [],
            }  # fmt: skip
            # A row may speak of reexports only. Exceptions may make an answer clear; what must not happen is that
            # nothing was found to lift.
            acts = [answer({**request, **act}) for act in ({}, {"activity": "reexport", "exported_from": "CN"})]
            if all(d.outcome in CLEAR and not d.combined.requirements for d in acts):
                lost.append(
                    f"{row['entry']} row {row['n']} {row['reason']} {row['column'] or row['off']}: {code} to {place}"
                )
    assert not lost, "\n".join(lost[:30])


def test_each_paragraph_has_one_rule() -> None:
    rules: tuple[Rule, ...] = (*part742.RULES, *part742_advanced.RULES)
    assert len({r.id for r in rules}) == len(rules)
    assert all(r.says for r in rules)
