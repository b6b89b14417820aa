"""15 CFR 740.13: License Exception TSU, for technology and software. Each paragraph is spoken of when a fact of it is stated."""

from __future__ import annotations

from collections.abc import Iterator

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    need_not,
    shipment,
    stated,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, Effect, Facts, not_, truth_of


@rule("us.ear.740.13.a", cites=("15 CFR 740.13(a)",), in_force=READ)
def operation_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (a): the least technology or object code needed to install, run, maintain or repair what was lawfully exported.

    Reading: the fact's own question covers the lawful export and the minimum; source code is not operation software.
    """
    if (
        not stated(f, "item.traits.operation_minimum")
        or (s := shipment(f, law)) is None
        or s.group not in ("", "D", "E")
    ):
        return
    cite = "15 CFR 740.13(a)"
    source = f.get("item.kind") == "source_code"
    yield lift(
        "TSU(a)", cite,
        (
            need(f, "item.traits.operation_minimum", cite + "(1), (2)(i)(A)", "us.740.c.tsu_minimum"),
            is_so(NO, cite + "(2)(i)(B)", "us.740.c.tsu_object") if source else None,
        ),
        duties=_tsu_records(s),
    )  # fmt: skip


def _tsu_records(s: Shipment) -> tuple[str, ...]:
    return ("us.740.duty.tsu_records",) if s.entry_in(("2D983", "2D984", "2E983", "2E984")) else ()


@rule("us.ear.740.13.b", cites=("15 CFR 740.13(b)",), in_force=READ)
def sales_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (b): data of the usual kind that supports an offer and does not show how to design or make the item."""
    if not stated(f, "facts.tsu.sales_technology") or (s := shipment(f, law)) is None or s.group not in ("", "E"):
        return
    cite = "15 CFR 740.13(b)(2)(i)"
    conditions = (
        need(f, "facts.tsu.sales_technology", cite + "(A)", "us.740.c.tsu_sales"),
        need_not(f, "facts.tsu.discloses_design", cite + "(B)", "us.740.c.tsu_design"),
    )
    yield lift("TSU(b)", "15 CFR 740.13(b)", conditions)


@rule("us.ear.740.13.c", cites=("15 CFR 740.13(c)",), in_force=READ)
def software_update(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (c): updates that only correct errors, to the consignee of the original, without new functions."""
    if not stated(f, "item.traits.software_update") or (s := shipment(f, law)) is None or s.group not in ("", "D"):
        return
    cite = "15 CFR 740.13(c)"
    yield lift(
        "TSU(c)", cite,
        (
            need(f, "item.traits.software_update", cite, "us.740.c.tsu_update"),
            need(f, "facts.tsu.same_consignee", cite, "us.740.c.tsu_consignee"),
            need_not(f, "item.traits.enhances", cite, "us.740.c.not_enhanced"),
        ),
        duties=_tsu_records(s),
    )  # fmt: skip


@rule("us.ear.740.13.d", cites=("15 CFR 740.13(d)",), in_force=READ)
def mass_market_software(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (d): software sold to the public from stock and installed without help, not to group E:1; no EI or MT software."""
    if not stated(f, "item.traits.mass_market") or (s := shipment(f, law)) is None or s.group != "D" or s.deemed:
        return
    cite = "15 CFR 740.13(d)"
    ei = controlled(f, law, s.code, "EI")
    mt = controlled(f, law, s.code, "MT")
    yield lift(
        "TSU(d)", cite,
        (
            need(f, "item.traits.mass_market", cite + "(3)(ii)", "us.740.c.tsu_mass"),
            is_so(truth_of(not in_any(s.country, law, "E:1")), cite + "(3)(i)", "us.740.c.not_e1", destination=s.place),
            None if ei is NO else is_so(not_(ei), cite + "(2)", "us.740.c.tsu_no_ei"),
            None if mt is NO else is_so(not_(mt), cite + "(2)", "us.740.c.tsu_no_mt"),
        ),
    )  # fmt: skip


@rule("us.ear.740.13.f", cites=("15 CFR 740.13(f)",), in_force=READ)
def university_employee(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (f): release by a US university to its bona fide full-time employee living here, not a national of group D:5.

    No EI technology, no MT technology or source code. Nationality is read from every citizenship stated, else from the place
    the release counts as going to.
    """
    if f.get("activity") != "deemed_export" or f.get("person.employer_kind") != "university":
        return
    s = shipment(f, law)
    if s is None or s.group not in ("D", "E"):
        return
    cite = "15 CFR 740.13(f)"
    citizenships = f.get("person.citizenships") or ()
    national = any(in_any(str(c), law, "D:5") or c == "HK" for c in (*citizenships, s.country))
    secret = controlled(f, law, s.code, "MT", *(("EI",) if s.group == "E" else ()))
    yield lift(
        "TSU(f)", cite,
        (
            is_so(f.is_in("person.employment", ("bona_fide_full_time_employee",), strict=True), cite + "(3)", "us.740.c.tsu_employee"),
            need(f, "person.us_abode_throughout", cite + "(2)(i)", "us.740.c.tsu_abode"),
            is_so(truth_of(not national), cite + "(2)(ii)", "us.740.c.tsu_national", destination=s.place),
            need(f, "person.informed_in_writing", cite + "(2)(iii)", "us.740.c.tsu_told"),
            None if secret is NO else is_so(not_(secret), cite + "(4)(ii)", "us.740.c.tsu_secret"),
        ),
    )  # fmt: skip


@rule("us.ear.740.13.g", cites=("15 CFR 740.13(g)",), in_force=READ)
def copies(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSU (g): copies of technology that was authorized for the same recipient, at most with editorial changes."""
    if (
        not stated(f, "facts.tsu.copy_for_same_recipient")
        or (s := shipment(f, law)) is None
        or s.group not in ("", "E")
    ):
        return
    cite = "15 CFR 740.13(g)"
    yield lift(
        "TSU(g)", cite,
        (
            need(f, "facts.tsu.copy_for_same_recipient", cite, "us.740.c.tsu_copy"),
            free_of(f, "facts.tsu.used_in_violation", cite + "(3)", "us.740.c.tsu_violation"),
        ),
    )  # fmt: skip


RULES = (
    operation_technology,
    sales_technology,
    software_update,
    mass_market_software,
    university_employee,
    copies,
)
