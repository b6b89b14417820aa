"""Part 738: the Commerce Country Chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from safeconduct.jurisdictions.us.common import (
    ccl,
    chart_country,
    code,
    dest_truth,
    destination,
    in_groups,
    is_eccn,
    is_usml,
    reading_country,
)
from safeconduct.law import LawAsOf, Scope, covers, entry_of, read_since, rule
from safeconduct.law.conditions import evaluate
from safeconduct.law.control_list import stated
from safeconduct.model import NO, Ask, Effect, Facts, Question, Requirement, Truth, all_of, not_

#: Where part 742 explains each reason for control.
POLICY_SECTIONS: Final = {
    "NS": "15 CFR 742.4", "MT": "15 CFR 742.5", "NP": "15 CFR 742.3", "CB": "15 CFR 742.2", "RS": "15 CFR 742.6",
    "CC": "15 CFR 742.7", "FC": "15 CFR 742.17",
}  # fmt: skip


@rule(
    "us.ear.738.4",
    cites=(
        "15 CFR 738.4(a)",
        "15 CFR 742.2(a)(1)-(3)",
        "15 CFR 742.3(a)",
        "15 CFR 742.4(a)(1)-(3)",
        "15 CFR 742.5(a)",
        "15 CFR 742.6(a)(1)-(4)",
        "15 CFR 742.7(a)(1)-(3)",
        "15 CFR 742.17(a)",
    ),
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
        if destination(f) is None:  # EAR99 is free to most places, not to all
            yield Question(asks=(Ask("destination"),), hold=True, says="us.no_destination")
        return
    clist = ccl(law)
    for late in law.index("us.ccl.unread", "entry").get(entry_of(c), ()):  # an amendment this edition does not hold
        args = (("code", c), ("amendment", late["fr_cite"]))
        yield Question(hold=True, kind="not_modeled", says="us.unread", args=args)
    if not clist.knows(c):
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.unknown_code", args=(("code", c),))
        return
    place = destination(f)
    rows = [r for r in clist.requirements(c) if r.column is not None]
    if place is None:  # rows beside the chart, part 746 and part 744 turn on it as well
        yield Question(asks=(Ask("destination"),), hold=True, says="us.no_destination")
        return
    if reading_country(place, law) == "US":  # no row, and nothing leaves: part 734 says so (734.18(a)(4), 772.1)
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
        if row.column == "RS1" and row.entry == "6A003" and held is not NO:
            held = all_of(held, not_(authorized_camera(c, place, f, law)))
        cites = ("15 CFR 738.4(a)", row.cite, POLICY_SECTIONS.get(row.reason, "15 CFR 742"))
        yield Requirement(
            when=held, reason=row.column or "", kind=row.reason, cites=cites, says="us.chart", basis=row.basis,
            args=(("code", c), ("column", row.column), ("destination", place)), review_policy=f"us.policy.{row.reason}",
        )  # fmt: skip


def authorized_camera(c: str, place: str, f: Facts, law: LawAsOf) -> Truth:
    """Whether a BIS license of 742.6(a)(2)(iii) or (v) lets a camera of 6A003.b.4.b go to a Country Group A:1 country
    without a further license for RS reasons."""
    if not covers("6A003.b.4.b", c):
        return NO
    country = reading_country(place, law)
    return all_of(in_groups(country, law, ("A:1",)), f.truth("facts.camera.bis_authorization"))


def _notes(f: Facts, law: LawAsOf, kind: str) -> Iterator[Mapping[str, Any]]:
    """Notes of the chart of one kind that name the destination and may name the item."""
    c, place = code(f), destination(f)
    if f.get("activity") == "us_person_support" or c is None or place is None or not is_eccn(c):
        return
    country = chart_country(place, law)
    for note in law.rows("us.country_chart.notes"):
        if note["kind"] == kind and country in note["countries"]:
            yield note


@rule(
    "us.ear.738.supp1.n7",
    cites=("15 CFR 738 Supp. 1 n. 7", "15 CFR 742.6(a)(4)(i)"),
    in_force=read_since("2025-09-30", source="90 FR 47189"),
)
def india(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is still required to India for RS2 reasons for certain cameras and satellite parts, though the cell is blank."""
    for note in _notes(f, law, "column"):
        c = code(f) or ""
        clist = ccl(law)
        named = clist.in_scope(Scope.of(note["scope"]), c)
        if named is NO:
            continue
        for row in clist.requirements(c):
            if row.column == note["column"]:
                yield Requirement(
                    when=all_of(named, clist.holds(row, c, f)), reason=note["column"], kind=row.reason, basis=row.basis,
                    cites=("15 CFR 738 Supp. 1 n. 7", row.cite), says="us.chart.n7", args=(("code", c),),
                    review_policy=f"us.policy.{row.reason}",
                )  # fmt: skip


@rule(
    "us.ear.738.supp1.n10",
    cites=("15 CFR 738 Supp. 1 n. 10",),
    in_force=read_since("2025-09-30", source="90 FR 47189"),
)
def firearms(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for firearms and related items to Australia and the United Kingdom, though the cells are blank.

    Reading: the note names no reason for control, so exceptions that are limited to reasons do not reach it.
    """
    for note in _notes(f, law, "requirement"):
        c = code(f) or ""
        clist = ccl(law)
        held = clist.in_scope(Scope.of(note["scope"]), c)
        if held is not NO and note["when"] is not None:
            held = all_of(held, evaluate(note["when"], f, clist))
        yield Requirement(
            when=held, reason="738 Supp. 1 n. 10", kind="738", cites=("15 CFR 738 Supp. 1 n. 10",), says="us.chart.n10",
            args=(("code", c), ("destination", destination(f))), review_policy="us.policy.RS", basis=note["basis"],
        )  # fmt: skip


@rule(
    "us.ear.772.1.kind",
    cites=("15 CFR 738.2(b)", "15 CFR 772.1"),
    in_force=read_since("2025-01-27", source="eCFR 2025-01 and 2026-09-24"),
)
def kind_fits_group(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """The kind of item must fit the product group of its code: A, B, C commodities, D software, E technology."""
    c = code(f)
    kind = f.get("item.kind")
    if c is None or kind is None or not is_eccn(c):
        return
    fits = {"D": ("software", "source_code"), "E": ("technology",)}.get(c[1], ("commodity",))
    # Some entries of group A to C name software or technology of their own; those are told by their own D and E entries.
    if kind not in fits:
        yield Question(
            asks=(Ask("item.kind"), Ask("item.classification.us")), hold=True, says="us.kind_conflict",
            args=(("code", c), ("kind", kind)),
        )  # fmt: skip


@rule(
    "us.ear.738.2.reasons",
    cites=("15 CFR 738.2(d)(2)", "15 CFR 734.3(c)"),
    in_force=read_since("2025-01-27", source="eCFR 2025-01 and 2026-09-24"),
)
def reasons_fit_code(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Reasons for control stated for an item must be reasons of its entry; EAR99 has none."""
    given = f.get("item.reasons")
    c = code(f) if given else None
    if not given or c is None or is_usml(c):
        return
    entry: Mapping[str, Any] | None = None
    if is_eccn(c):
        entry = ccl(law).entries.get(entry_of(c))
        if entry is None:  # the chart asks for another code
            return
    known = frozenset(entry["reasons"]) if entry is not None else frozenset()
    rows = ccl(law).requirements(c) if entry is not None else ()
    odd = tuple(r for r in given if r.rstrip("0123456789") not in known and not any(stated(x, (r,)) for x in rows))
    if odd:
        yield Question(
            asks=(Ask("item.reasons"), Ask("item.classification.us")), hold=True, says="us.reasons_conflict",
            args=(("code", c), ("reasons", odd)),
        )  # fmt: skip


def _turns_on_served_items(condition: Any) -> bool:
    if isinstance(condition, Mapping):
        return "for" in condition or any(_turns_on_served_items(x) for x in condition.values())
    return isinstance(condition, (list, tuple)) and any(_turns_on_served_items(x) for x in condition)


@rule(
    "us.ear.774.for_items",
    cites=("15 CFR 738.2(d)(2)", "15 CFR 774 Supp. 1"),
    in_force=read_since("2025-01-27", source="eCFR 2025-01 and 2026-09-24"),
)
def served_items_fit_code(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Software or technology must serve an item that its entry names: where it serves none, the code is not right.

    Reading: an entry whose reasons for control, other than AT, all turn on the items served says nothing of software
    or technology for other items; such a code with such items is a contradiction, not a release. The entries from
    xx990 on are for AT reasons as a whole and take in what serves other items.
    """
    c = code(f)
    if c is None or not is_eccn(c) or c[1] not in "DE" or c[2:4] == "99" or f.get("item.for_items") is None:
        return
    clist = ccl(law)
    rows = [r for r in clist.requirements(c) if r.reason != "AT"]
    if any(_turns_on_served_items(r.when) for r in rows) and all(clist.holds(r, c, f) is NO for r in rows):
        yield Question(
            asks=(Ask("item.for_items"), Ask("item.classification.us")), hold=True, says="us.for_items_conflict",
            args=(("code", c),),
        )  # fmt: skip


RULES = (country_chart, india, firearms, kind_fits_group, reasons_fit_code, served_items_fit_code)
