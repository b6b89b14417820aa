"""Duties that an outcome brings with it by itself (US): what must stand under ``duties``, and what must not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

UNITED_STATES: Final = ("US", "PR", "GU", "VI", "AS", "MP", "UM")  # 772.1, 734.18(a)(4)
GOES: Final = ("license_required", "exception_available", "no_license_required")
#: The one duty each belongs to an outcome; under any other it is out of place.
BOUND: Final[Mapping[str, tuple[str, ...]]] = {
    "do_not_proceed": ("prohibited",), "settle_questions": ("undetermined",), "apply_for_license": ("license_required",),
    "apply_to_agency": ("license_required",), "license_validity": ("license_required",), "eei_license_number": ("license_required",),
    "eei_symbol": ("exception_available",), "file_eei": GOES, "loading_document": GOES, "destination_control_statement": GOES,
}  # fmt: skip
_ECCN: Final = re.compile(r"[0-9][A-E][0-9]{3}(\.[a-z0-9]+)*$")


def duty_faults(
    outcome: str, facts: Mapping[str, Any], requirements: Sequence[Mapping[str, Any]], available: Sequence[str],
    duties: Sequence[Mapping[str, Any]],
) -> Iterator[str]:  # fmt: skip
    """Duties missing under an outcome, or out of place."""
    have = {d["duty"] for d in duties}
    if "check_day" in have:  # a table of duties does not cover the day, and the answer says so
        return
    for name in sorted(_due(outcome, facts, requirements, available) - have):
        yield f"duties: {outcome} brings {name}, which is missing"
    for name in sorted(have):
        if name in BOUND and outcome not in BOUND[name]:
            yield f"duties: {name} does not belong to {outcome}"


def _due(
    outcome: str, facts: Mapping[str, Any], requirements: Sequence[Mapping[str, Any]], available: Sequence[str]
) -> set[str]:
    due: set[str] = set() if outcome == "not_subject" else {"keep_records"}
    agencies = {r["agency"] for r in requirements if r.get("agency")}
    if outcome == "prohibited":
        due.add("do_not_proceed")
    if outcome == "undetermined":
        due.add("settle_questions")
    if outcome == "license_required":
        if agencies:
            due.add("apply_to_agency")
        if "OFAC" not in agencies and any(not r.get("agency") for r in requirements):
            due |= {"apply_for_license", "license_validity"}
    code = str(facts.get("item.classification.us") or "")
    listed = _ECCN.match(code) is not None
    place, origin = facts.get("destination"), facts.get("exported_from")
    leaves = facts.get("activity") == "export" and (origin is None or origin in UNITED_STATES)
    if outcome not in GOES or not leaves or (place or "").partition("-")[0] in UNITED_STATES:
        return due
    if outcome == "license_required":
        due.add("file_eei")  # 758.1(b)(2)
        if listed:
            due.add("eei_license_number")  # 758.1(g)(1)
    used = {re.split(r"[(/ ]", s)[0] for s in available}
    if outcome == "exception_available" and "STA" in used:
        due.add("file_eei")  # 758.1(b)(4)
    if listed and facts.get("item.kind") != "technology" and not used & {"BAG", "GFT"}:
        due.add("destination_control_statement")  # 758.6(a)(1)
    return due
