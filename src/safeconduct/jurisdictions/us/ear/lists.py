"""Reading the short lists that sections print, the rows of the control list that name no chart column, and footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from safeconduct.jurisdictions.us.common import CODE, ccl, code, dest_truth, destination, is_eccn
from safeconduct.jurisdictions.us.listings import entry
from safeconduct.law import ControlList, LawAsOf, Scope
from safeconduct.law.conditions import evaluate
from safeconduct.law.control_list import RequirementRow
from safeconduct.model import NO, YES, Ask, Facts, Truth, all_of, any_of, truth_of
from safeconduct.model.facts import ListingView

EAR_LISTS = "us.ear_lists"


def members(law: LawAsOf, list_id: str, kind: str = "code") -> tuple[str, ...]:
    """Members of a list that a section prints, by the paragraph that prints it.

    Raises:
        KeyError: no such list; a fault of the data or of the rule.
    """
    return tuple(r["member"] for r in law.index(EAR_LISTS, "list")[list_id] if r["kind"] == kind)


def code_in_list(law: LawAsOf, list_id: str, c: str, f: Facts) -> Truth:
    """Whether a code is on such a list; for software and technology also what it is for, where the list says so."""
    clist = ccl(law)
    rows = law.index(EAR_LISTS, "list")[list_id]
    without = tuple(r["member"] for r in rows if r["kind"] == "except")
    found = []
    for r in rows:
        if r["kind"] != "code":
            continue
        inside = clist.in_scope(Scope((r["member"],), without), c)
        if inside is not NO and r["of"]:
            inside = all_of(inside, for_any(r["of"].split(), f, clist))
        found.append(inside)
    return any_of(*found)


def for_any(codes: list[str] | tuple[str, ...], f: Facts, clist: ControlList) -> Truth:
    """Whether software or technology is for items of any of these codes."""
    return evaluate({"for": {"in": list(codes), "out": [], "reason": None}}, f, clist)


def off_chart(f: Facts, law: LawAsOf, *off: str) -> Iterator[tuple[RequirementRow, Truth]]:
    """Rows of the item's entry whose requirement is made by one of these paragraphs, not by the chart, and whether
    each bears on this item and destination (never NO)."""
    if f.get("activity") == "us_person_support":
        return
    c = code(f)
    if c is None or not is_eccn(c):
        return
    clist = ccl(law)
    rows = [r for r in clist.requirements(c) if r.off in off and r.column is None]
    if not rows:
        return
    place = destination(f)
    for row in rows:
        there = dest_truth(row.dest, place, law, f)
        if there is NO:
            continue
        held = all_of(there, clist.holds(row, c, f))
        if held is not NO:
            yield row, held


def controlled_only_for_at(c: str, f: Facts, clist: ControlList) -> Truth:
    """Whether an item of the list is controlled for anti-terrorism reasons only."""
    others = [r for r in clist.requirements(c) if r.reason != "AT"]
    if not clist.requirements(c):
        return NO
    held = any_of(*(clist.holds(r, c, f) for r in others))
    return NO if held is YES else YES if held is NO else held


def has_footnote(view: ListingView, law: LawAsOf, *footnotes: str) -> Truth:
    """Whether a listing is a true match whose entry carries one of these footnotes; an entry that nobody knows may
    carry any."""
    match = view.is_true_match
    if match is NO:
        return NO
    marks = entry(view.listing, law).footnotes
    if marks is None:
        return all_of(match, Truth("UNKNOWN", frozenset((Ask(view.party.path(f"listed[{view.n}].footnotes")),))))
    return all_of(match, truth_of(any(x in footnotes for x in marks)))


def ask_code(clist: ControlList, c: str) -> Truth:
    """Unknown: a deeper paragraph would tell."""
    return Truth("UNKNOWN", frozenset((Ask(CODE, tuple((o, o) for o in clist.children(c)[:12])),)))
