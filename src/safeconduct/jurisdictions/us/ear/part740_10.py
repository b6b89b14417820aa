"""15 CFR 740.10: License Exception RPL, for one-for-one replacement parts and for servicing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
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
from safeconduct.model import Condition, Effect, Facts, any_of, not_, truth_of

PARTS: Final = (
    "facts.rpl.one_for_one", "facts.rpl.original_lawful", "facts.rpl.old_destroyed_or_returned", "facts.rpl.for_stock",
)  # fmt: skip


def _duties(s: Shipment) -> tuple[str, ...]:
    special = s.series == "600" or s.entry_in(("2A983", "2A984", "2D983", "2D984"))
    return ("us.740.duty.rpl_records",) if special else ()


def _not_d5(s: Shipment, law: LawAsOf, cite: str) -> Condition | None:
    if s.series not in ("600", "9x515"):
        return None
    return is_so(truth_of(not in_any(s.country, law, "D:5")), cite, "us.740.c.not_d5", destination=s.place)


@rule("us.ear.740.10.a", cites=("15 CFR 740.10(a)",), in_force=READ)
def replacement_parts(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """RPL (a): a part goes one for one to repair what was lawfully exported; the old one is destroyed or returned.

    Never for stock, never an improvement; to E:1 not for aircraft, NS-controlled or detection equipment.
    """
    if not stated(f, *PARTS) or stated(f, "facts.rpl.servicing", "facts.rpl.defective_replaced"):
        return
    s = shipment(f, law)
    if s is None or s.deemed or s.group in ("D", "E"):
        return
    cite = "15 CFR 740.10(a)"
    e1 = in_any(s.country, law, "E:1")
    nuclear = any_of(*(f.truth(f"end_use.{x}") for x in ("nuclear_explosive", "unsafeguarded_nuclear", "fuel_cycle")))
    spared = s.country in law.index("us.744.supp3", "country")
    yield lift(
        "RPL(a)", cite,
        (
            need(f, "facts.rpl.one_for_one", cite + "(2)(ii)", "us.740.c.rpl_one"),
            need(f, "facts.rpl.original_lawful", cite + "(2)(ii)", "us.740.c.rpl_lawful"),
            need(f, "facts.rpl.old_destroyed_or_returned", cite + "(2)(iii)", "us.740.c.rpl_old"),
            need_not(f, "item.traits.enhances", cite + "(2)(i)", "us.740.c.not_enhanced"),
            need_not(f, "facts.rpl.for_stock", cite + "(3)(ii)", "us.740.c.rpl_stock"),
            free_of(f, "facts.rpl.license_forbids", cite + "(3)(i)", "us.740.c.rpl_license"),
            None if spared else is_so(not_(nuclear), cite + "(3)(iii)", "us.740.c.rpl_nuclear"),
            need_not(f, "facts.rpl.for_aircraft_or_ns_item", cite + "(3)(iv)-(vi)", "us.740.c.rpl_e1") if e1 else None,
            _not_d5(s, law, cite + "(3)(viii)"),
        ),
        duties=_duties(s),
    )  # fmt: skip


@rule("us.ear.740.10.b.2", cites=("15 CFR 740.10(b)(2)",), in_force=READ)
def serviced(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """RPL (b)(2): what was sent for servicing goes back, not improved; not to group E:1.

    To Country Group D:1 (not China) only by the licensee of the original, for the same use and user.
    """
    if not stated(f, "facts.rpl.servicing"):
        return
    s = shipment(f, law)
    if s is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.10(b)(2)"
    d1 = in_any(s.country, law, "D:1") and s.country != "CN"
    yield lift(
        "RPL(b)(2)", cite,
        (
            need(f, "facts.rpl.servicing", cite + "(ii)", "us.740.c.rpl_serviced"),
            need_not(f, "item.traits.enhances", cite + "(i)", "us.740.c.not_enhanced"),
            need(f, "facts.rpl.original_lawful", "15 CFR 740.10(b)(1)", "us.740.c.rpl_lawful"),
            is_so(truth_of(not in_any(s.country, law, "E:1")), cite + "(iv)", "us.740.c.not_e1", destination=s.place),
            need(f, "facts.rpl.same_licensee_and_user", cite + "(iii)", "us.740.c.rpl_d1") if d1 else None,
            _not_d5(s, law, "15 CFR 740.10(b)(1)"), _firearms(f, s),
        ),
        duties=_duties(s),
    )  # fmt: skip


@rule("us.ear.740.10.b.3", cites=("15 CFR 740.10(b)(3)",), in_force=READ)
def defective_replaced(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """RPL (b)(3): an item replaces one found defective, under the original's authorization, free of charge; not to E:1."""
    if not stated(f, "facts.rpl.defective_replaced"):
        return
    s = shipment(f, law)
    if s is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.10(b)(3)"
    grouped = in_any(s.country, law, "B", "D:1")
    d1 = in_any(s.country, law, "D:1") and s.country != "CN"
    yield lift(
        "RPL(b)(3)", cite,
        (
            need(f, "facts.rpl.defective_replaced", cite + "(i)", "us.740.c.rpl_defective"),
            need(f, "facts.rpl.original_lawful", cite + "(i)(B)", "us.740.c.rpl_lawful"),
            need_not(f, "facts.rpl.for_stock", cite + "(i)(C)", "us.740.c.rpl_stock"),
            need_not(f, "item.traits.enhances", cite + "(i)(D)", "us.740.c.not_enhanced"),
            is_so(truth_of(not in_any(s.country, law, "E:1")), cite + "(i)(E)", "us.740.c.not_e1", destination=s.place),
            _not_d5(s, law, cite + "(i)(F)"),
            need(f, "facts.rpl.free_of_charge", cite + "(ii)(B)", "us.740.c.rpl_free") if grouped else None,
            need(f, "facts.rpl.within_warranty", cite + "(ii)(B)", "us.740.c.rpl_warranty") if d1 else None,
            need(f, "facts.rpl.old_destroyed_or_returned", cite + "(ii)(C)", "us.740.c.rpl_old") if grouped else None,
            _firearms(f, s),
        ),
        duties=_duties(s),
    )  # fmt: skip


def _firearms(f: Facts, s: Shipment) -> Condition | None:
    if not s.entry_in(("0A501", "0A502", "0A506", "0A507", "0A508")):
        return None
    return need(f, "facts.tmp.firearms_import_papers", "15 CFR 740.10(b)(4)", "us.740.c.import_papers")


RULES = (replacement_parts, serviced, defective_replaced)
