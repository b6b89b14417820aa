"""Part 738: the Commerce Country Chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import ccl, chart_country, code, dest_truth, destination, is_eccn
from safeconduct.law import LawAsOf, read_since, rule
from safeconduct.model import Ask, Effect, Facts, Question, Requirement, all_of

#: Where part 742 explains each reason for control.
POLICY_SECTIONS: Final = {
    "NS": "15 CFR 742.4", "MT": "15 CFR 742.5", "NP": "15 CFR 742.3", "CB": "15 CFR 742.2", "RS": "15 CFR 742.6",
    "CC": "15 CFR 742.7", "FC": "15 CFR 742.17",
}  # fmt: skip


@rule(
    "us.ear.738.4",
    cites=("15 CFR 738.4(a)",),
    in_force=read_since("2025-09-30", source="90 FR 47189; chart of 2026-07-23 and 2026-08-07"),
)
def country_chart(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required where the Country Chart marks the destination for a reason for control of the item."""
    if f.get("activity") == "us_person_support":
        return
    c = code(f)
    if c is None:
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.no_classification")
        return
    if not is_eccn(c):
        return
    clist = ccl(law)
    if not clist.knows(c):
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.unknown_code", args=(("code", c),))
        return
    place = destination(f)
    rows = [r for r in clist.requirements(c) if r.column is not None]
    if place is None:
        if rows:
            yield Question(asks=(Ask("destination"),), hold=True, says="us.no_destination")
        return
    marks = law.index("us.country_chart", "country").get(chart_country(place, law))
    if marks is None:
        yield Question(asks=(Ask("destination"),), hold=True, says="us.no_chart_row", args=(("destination", place),))
        return
    marked = frozenset(marks[0]["columns"].split())
    for row in rows:
        if row.column not in marked:
            continue
        held = clist.holds(row, c, f)
        if row.dest is not None:
            held = all_of(dest_truth(row.dest, place, law, f), held)
        cites = ("15 CFR 738.4(a)", row.cite, POLICY_SECTIONS.get(row.reason, "15 CFR 742"))
        yield Requirement(
            when=held, reason=row.column or "", kind=row.reason, cites=cites, says="us.chart", basis=row.basis,
            args=(("code", c), ("column", row.column), ("destination", place)), review_policy=f"us.policy.{row.reason}",
        )  # fmt: skip


RULES = (country_chart,)
