"""Applying for a license: where, with what information and which papers (part 748), and how long it is valid (750.7)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, country_of, destination, is_eccn, series_of
from safeconduct.law import LawAsOf, NotCovered, Result, entry_of
from safeconduct.model import YES, Duty, Facts, Requirement

DutyRule = Callable[[Facts, LawAsOf, Result], Iterator[Duty]]

#: 748.10(a)(3) and (1): value from which an application for China needs the ministry's statement, in dollars.
PRC_STATEMENT: Final = 50_000
PRC_CAMERAS: Final = 5_000
#: 748.9(c)(1)(viii).
NO_SUPPORT: Final = ("5A002", "5A004", "5B002")
#: Paragraphs of 748.8 by entry, with Supplement 2 to part 748 under the same letter.
BY_ENTRY: Final = {
    "a": ("1C350", "1C351", "1C353", "1C354", "1C355", "1C395", "1C450"), "b": ("5A980", "5D980", "5E980", "5A001"),
    "h": ("2B001", "2B006", "2B008", "2D001", "2D002", "2B201", "2B206"), "m": ("2B007", "2B207"), "y": ("9A515",),
}  # fmt: skip


def guarded(fn: DutyRule) -> DutyRule:
    """A duty whose table does not cover the day says so instead of failing."""

    @functools.wraps(fn)
    def run(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
        try:
            yield from fn(f, law, result)
        except NotCovered as gap:
            yield Duty("check_day", (gap.table.cite,), "us.duty.not_covered", (("table", gap.table.id),))

    return run


def code_of(f: Facts) -> str | None:
    """The US classification as stated."""
    value = f.get(CODE)
    return value if isinstance(value, str) else None


def _own_license(result: Result) -> bool:
    return result.outcome == "license_required" and any(
        isinstance(e, Requirement) and not e.agency for e in result.effects
    )


@guarded
def license_application(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    if result.outcome != "license_required":
        return
    agencies = sorted({e.agency for e in result.effects if isinstance(e, Requirement) and e.agency})
    for agency in agencies:
        yield Duty(
            "apply_to_agency", ("15 CFR 734.3(b)(1)",) if agency != "OFAC" else ("15 CFR 746.7(a)(2)", "15 CFR 746.7(e)"),
            "us.duty.ofac_iran" if agency == "OFAC" else "us.duty.agency", (("agency", agency),),
        )  # fmt: skip
    if not _own_license(result) or "OFAC" in agencies:
        return
    yield Duty("apply_for_license", ("15 CFR 748.1", "15 CFR 748.4", "15 CFR 748.5", "15 CFR 748.6"), "us.duty.apply")
    yield from _special_information(f)
    yield from _support_documents(f, law)
    short_supply = any(isinstance(e, Requirement) and e.kind == "SS" for e in result.effects)
    case = "short supply items" if short_supply else "general rule"
    years = [r for r in law.rows("us.validity") if r["subject"] == "license validity" and r["case"] == case]
    if years:
        yield Duty("license_validity", ("15 CFR 750.7(g)",), "us.duty.validity", (("period", years[0]["period"]),))


def _support_documents(f: Facts, law: LawAsOf) -> Iterator[Duty]:
    c = code_of(f)
    if c is None or not is_eccn(c) or f.get("item.kind") in ("software", "source_code", "technology"):
        return
    if entry_of(c) in NO_SUPPORT:
        return
    place = country_of(destination(f))
    if place == "CN":
        if entry_of(c) == "6A003":
            over = f.amount("item.value", ">", PRC_CAMERAS)
        elif c[:2] == "4A":
            over = YES
        else:
            over = f.amount("item.value", ">", PRC_STATEMENT)
        if over is YES or over.is_unknown:
            yield Duty("prc_statement", ("15 CFR 748.10(a)", "15 CFR 748.11(a)(2)"), "us.duty.prc_statement")
    if place == "HK":
        yield Duty("hong_kong_permit", ("15 CFR 748.13(a)(1)",), "us.duty.hong_kong")
    if series_of(c) == "0x5zz":
        yield Duty("import_certificate", ("15 CFR 748.12",), "us.duty.import_certificate")
    if series_of(c) == "600" and place != "CN":
        yield Duty("consignee_statement", ("15 CFR 748.11(a)(1)",), "us.duty.consignee_statement")


def _special_information(f: Facts) -> Iterator[Duty]:
    """Paragraphs of 748.8 that the item or the act brings in; named, not spelled out."""
    c = code_of(f)
    letters = set()
    if f.get("activity") == "reexport":
        letters.add("l")
    if f.get("activity") == "transfer_in_country":
        letters.add("v")
    if f.get("activity") == "us_person_support":
        letters.add("d")
    if f.get("item.kind") == "technology":
        letters.add("o")
    if f.get("facts.tmp.purpose") is not None:
        letters.add("p")
    if c is not None and is_eccn(c):
        letters |= {letter for letter, entries in BY_ENTRY.items() if entry_of(c) in entries}
        if c[0] in "45" and c[1] == "A":
            letters.add("c")
        if series_of(c) == "0x5zz":
            letters.add("z")
        if series_of(c) == "600":
            letters.add("t")
    if letters:
        cites = tuple(x for n in sorted(letters) for x in (f"15 CFR 748.8({n})", f"15 CFR 748 Supp. 2({n})"))
        yield Duty("special_information", cites, "us.duty.special_information", (("letters", tuple(sorted(letters))),))
