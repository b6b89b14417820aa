"""The rows of the control list and the chart against the requirements of an answer, both ways (US tables)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from safeconduct.checker.places import marks, reads, within
from safeconduct.law import ControlList, LawAsOf, NotCovered, covers, entry_of
from safeconduct.law.control_list import RequirementRow
from safeconduct.lawdata import EditionError
from safeconduct.model import NO, YES, Facts, Truth, all_of, not_

CODE: Final = "item.classification.us"
CHART_RULE: Final = "us.ear.738.4"
#: Off-chart rows that make a requirement by themselves: scope, condition and destination decide, nothing else.
PLAIN_OFF: Final[Mapping[str, str]] = {
    "742.2": "742.2(a)(4)", "742.6(a)(9)": "742.6(a)(9)", "742.6(a)(7)": "742.6(a)(7)", "742.6(a)(12)": "742.6(a)(12)",
    "742.6(a)": "742.6(a)", "742.7": "742.7", "742.11": "742.11", "742.13": "742.13", "742.14": "742.14", "742.15": "742.15",
    "742.18": "742.18", "746.1(b)": "746.1(b)",
}  # fmt: skip
#: Off-chart reasons that a row must stand behind, and the name the row gives the paragraph.
BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    **{reason: (off,) for off, reason in PLAIN_OFF.items()},
    "742.6(a)(5)": ("746.3",), "742.4(a)(4)": ("742.4(a)(4)",), "742.6(a)(6)(i)": ("742.6(a)(6)(i)",),
    "742.6(a)(6)(iii)(A)": ("742.6(a)(6)(iii)(A)",), "742.6(a)(6)(iii)(B)": ("742.6(a)(6)(iii)(B)",),
    "742.4(a)(5)": ("742.4(a)(5)",), "742.6(a)(10)": ("742.6(a)(10)",), "742.6(a)(11)": ("742.6(a)(11)",),
}  # fmt: skip
#: Reasons whose row's destination is not the line's destination alone.
ELSEWHERE: Final = ("742.6(a)(11)",)


def control_faults(
    facts: Facts, law: LawAsOf, effects: Sequence[Mapping[str, Any]], silent: frozenset[str]
) -> Iterator[str]:
    """Requirements that no row carries, and rows whose requirement is left out.

    Args:
        effects: of the whole trail. silent: rules that say a table does not cover the day.
    """
    code, place = facts.peek(CODE), facts.peek("destination")
    found = [(e, False) for e in effects if e["effect"] == "requirement"]
    found += [
        (t, True) for e in effects if e["effect"] == "question" for t in e["then"] if t["effect"] == "requirement"
    ]
    if not isinstance(code, str) or not isinstance(place, str):
        yield from (
            f"{e['rule']}: {e['reason']} without code and destination" for e, _ in found if e["rule"] == CHART_RULE
        )
        return
    try:
        clist = ControlList.load(law, "us.ccl", CODE, lambda path, spec, f: within(spec, _place(path, f), law))
        if not clist.knows(code):
            rows: tuple[RequirementRow, ...] = ()
        else:
            rows = clist.requirements(code)
        on = marks(place, law) if reads(place, law) != "US" else frozenset()
    except (NotCovered, EditionError):
        return
    person = facts.peek("activity") == "us_person_support"
    if CHART_RULE not in silent and not person:
        yield from _chart(facts, law, clist, code, place, rows, on or frozenset(), found)
    yield from _off(facts, law, clist, code, place, () if person else rows, found, silent)


def _place(path: str, f: Facts) -> str | None:
    where = f.peek(path)
    if where is None and path == "exported_from" and f.peek("activity") in ("export", "deemed_export"):
        return "US"
    return where if isinstance(where, str) else None


def _chart(
    facts: Facts, law: LawAsOf, clist: ControlList, code: str, place: str, rows: Sequence[RequirementRow],
    on: frozenset[str], found: Sequence[tuple[Mapping[str, Any], bool]],
) -> Iterator[str]:  # fmt: skip
    mine = [(e["reason"], e["kind"], open_) for e, open_ in found if e["rule"] == CHART_RULE]
    due: dict[tuple[str, str], Truth] = {}
    for row in rows:
        if row.column is None or row.column not in on:
            continue
        held = all_of(within(row.dest, place, law), clist.holds(row, code, facts))
        if row.column == "RS1" and row.entry == "6A003" and covers("6A003.b.4.b", code):
            friendly = within({"groups": ["A:1"]}, place, law)
            held = all_of(held, not_(all_of(friendly, facts.truth("facts.camera.bis_authorization"))))
        if held is NO:
            continue
        key = (row.column, row.reason)
        due[key] = YES if YES in (held, due.get(key)) else held
        if (row.column, row.reason, held is not YES) not in mine:
            yield (
                f"{CHART_RULE}: {code} has {row.reason} in column {row.column}, which is marked for {place}, "
                f"and the requirement is left out"
            )
    for column, kind, open_ in mine:
        if (column, kind) not in due:
            why = (
                f"the chart does not mark {place}" if column not in on else f"no row of {entry_of(code)} covers {code}"
            )
            yield f"{CHART_RULE}: requirement {column} ({kind}): {why}"
        elif not open_ and due[column, kind] is not YES:
            yield f"{CHART_RULE}: requirement {column} ({kind}): its row is still open on these facts"


def _off(
    facts: Facts, law: LawAsOf, clist: ControlList, code: str, place: str, rows: Sequence[RequirementRow],
    found: Sequence[tuple[Mapping[str, Any], bool]], silent: frozenset[str],
) -> Iterator[str]:  # fmt: skip
    reasons = {(e["reason"], e["kind"], open_) for e, open_ in found}
    for row in rows:
        reason = PLAIN_OFF.get(row.off or "")
        if row.column is not None or reason is None:
            continue
        held = all_of(within(row.dest, place, law), clist.holds(row, code, facts))
        if held is not NO and (reason, row.reason, held is not YES) not in reasons and not silent:
            yield f"{reason}: the row of {row.entry} for {row.reason} reaches {code} to {place}, and its requirement is left out"
    for e, open_ in found:
        names = BEHIND.get(e["reason"])
        if names is None or not any(c.startswith("15 CFR 774 Supp. 1") for c in e["cites"]):
            continue
        near = [r for r in rows if r.off in names and r.reason == e["kind"]]
        states = [
            all_of(YES if e["reason"] in ELSEWHERE else within(r.dest, place, law), clist.holds(r, code, facts))
            for r in near
        ]
        if all(h is NO for h in states):
            yield f"{e['rule']}: requirement {e['reason']}: no row of {entry_of(code)} reaches {code} to {place}"
        elif not open_ and YES not in states:
            yield f"{e['rule']}: requirement {e['reason']}: its row is still open on these facts"
