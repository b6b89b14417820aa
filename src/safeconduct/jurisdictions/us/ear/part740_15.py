"""15 CFR 740.15: License Exception AVS, for aircraft, vessels, their equipment and stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    only_anti_terrorism,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Question, not_, truth_of

#: Entries read as controlled for anti-terrorism reasons alone, 740.15(b)(4) note.
AVS_AT: Final = ("2B999", "3A991", "4A994", "9A991")


@rule("us.ear.740.15.a", cites=("15 CFR 740.15(a)",), in_force=READ)
def aircraft_sojourn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (a): a civil aircraft on temporary sojourn, under the operator's control, at most seven days in one country."""
    if (
        f.get("facts.avs.craft") != "aircraft"
        or not stated(f, "facts.avs.temporary_sojourn")
        or (s := shipment(f, law)) is None
    ):
        return
    us = f.get("facts.avs.registered_in") == "US"
    symbol = "AVS(a)(4)" if s.activity == "reexport" else "AVS(a)(2)" if us else "AVS(a)(1)"
    e = in_any(s.country, law, "E:1", "E:2")
    yield lift(
        symbol, "15 CFR 740.15(a)",
        (
            need(f, "facts.avs.temporary_sojourn", "15 CFR 740.15(a)(3)", "us.740.c.avs_sojourn"),
            need(f, "facts.avs.certificated_operator", "15 CFR 740.15(a)(2)", "us.740.c.avs_operator") if us and e else None,
            free_of(f, "facts.avs.foreign_military_activity", "15 CFR 740.15(a)(2)(i)(C)", "us.740.c.avs_military") if us else None,
        ),
        duties=("us.740.duty.avs_seven_days",),
    )  # fmt: skip


@rule("us.ear.740.15.d", cites=("15 CFR 740.15(d)",), in_force=READ)
def vessel_sojourn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (d): a vessel on temporary sojourn, not to group E:1; to Cuba only cargo vessels for hire; at most 14 days."""
    if (
        f.get("facts.avs.craft") != "vessel"
        or not stated(f, "facts.avs.temporary_sojourn")
        or (s := shipment(f, law)) is None
    ):
        return
    cite = "15 CFR 740.15(d)"
    yield lift(
        "AVS(d)", cite,
        (
            need(f, "facts.avs.temporary_sojourn", cite + "(3)", "us.740.c.avs_sojourn"),
            is_so(truth_of(not in_any(s.country, law, "E:1")), cite + "(5)", "us.740.c.not_e1", destination=s.place),
            need(f, "facts.avs.cargo_vessel_for_hire", cite + "(6)", "us.740.c.avs_cargo") if s.place == "CU" else None,
            free_of(f, "facts.avs.foreign_military_activity", cite + "(2)(iii)", "us.740.c.avs_military"),
        ),
        duties=("us.740.duty.avs_fourteen_days",),
    )  # fmt: skip


@rule("us.ear.740.15.b", cites=("15 CFR 740.15(b)(1)", "15 CFR 740.15(b)(2)(i)", "15 CFR 740.15(b)(4)"), in_force=READ)
def permanent_equipment(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (b): equipment and spares for use aboard a vessel or aircraft that is not of group D:1 or Cuba.

    To Cuba and Syria only EAR99 and items controlled for anti-terrorism reasons alone.
    """
    if not stated(f, "facts.avs.permanent_use_aboard", "facts.avs.stores") or (s := shipment(f, law)) is None:
        return
    if s.deemed or s.group in ("D", "E"):
        return
    stores = f.get("facts.avs.stores") is True
    symbol = "AVS(b)(3)" if stores else "AVS(b)(1)" if f.get("facts.avs.craft") == "vessel" else "AVS(b)(2)(i)"
    cite = f"15 CFR 740.15{symbol[3:]}"
    conditions: list[Condition | None] = []
    if not stores:
        barred = tuple(sorted({*law.group("us.D:1").members, "CU"}))
        conditions = [
            need(f, "facts.avs.permanent_use_aboard", cite, "us.740.c.avs_aboard"),
            is_so(not_(f.is_in("facts.avs.registered_in", barred, strict=True)), cite, "us.740.c.avs_registry"),
            free_of(f, "facts.avs.controlled_by_d1_or_cuba", cite, "us.740.c.avs_owner"),
        ]
    if s.place in ("CU", "SY"):
        treated = s.under(AVS_AT) or (s.entry_in(("5A992",)) and under(s.code, ("5A992.z",)) is NO)
        only = YES if treated else only_anti_terrorism(f, law, s.code)
        conditions.append(is_so(only, "15 CFR 740.15(b)(4)", "us.740.c.only_at"))
    yield lift(symbol, cite, conditions)


@rule("us.ear.740.15.b.2.ii", cites=("15 CFR 740.15(b)(2)(ii)", "15 CFR 746 Supp. 3"), in_force=READ)
def inertial_for_civil_aircraft(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (b)(2)(ii): 7A101 to 7A103 for civil manned aircraft, to countries in group A:2 and in 746 Supp. 3."""
    s = shipment(f, law) if (f.get("item.classification.us") or "")[:5] in ("7A101", "7A102", "7A103") else None
    if s is None or s.deemed:
        return
    placed = in_any(s.country, law, "A:2") and s.country in law.index("us.746.supp3", "country")
    if not placed and not stated(f, "end_use.civil_aircraft_production"):
        return
    cite = "15 CFR 740.15(b)(2)(ii)"
    yield lift(
        "AVS(b)(2)(ii)", cite,
        (
            is_so(truth_of(placed), cite, "us.740.c.avs_a2", destination=s.place),
            need(f, "end_use.civil_aircraft_production", cite, "us.740.c.avs_civil"),
        ),
    )  # fmt: skip


@rule("us.ear.740.15.c", cites=("15 CFR 740.15(c)",), in_force=READ)
def airline_installations(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (c): stores and spares for US, Australian, Canadian or UK craft or airlines abroad, not in Cuba or D:1 (but China)."""
    if not stated(f, "facts.avs.us_au_ca_gb_operator") or (s := shipment(f, law)) is None or s.activity != "export":
        return
    cite = "15 CFR 740.15(c)"
    number = "(1)" if stated(f, "facts.avs.craft") else "(2)"
    fine = s.place != "CU" and (s.country == "CN" or not in_any(s.country, law, "D:1"))
    if number == "(1)":  # a craft that lies outside these countries; (2) is for any foreign place
        fine = fine and s.country not in ("AU", "CA", "GB")
    yield lift(
        f"AVS(c){number}", cite + number,
        (
            need(f, "facts.avs.us_au_ca_gb_operator", cite + number, "us.740.c.avs_airline"),
            is_so(truth_of(fine), cite + number, "us.740.c.avs_airline_place", destination=s.place),
        ),
        duties=("us.740.duty.avs_eei",),
    )  # fmt: skip


@rule("us.ear.740.15.e_f", cites=("15 CFR 740.15(e)", "15 CFR 740.15(f)"), in_force=READ, not_modeled=True)
def transit_of_cuba_and_research_spacecraft(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AVS (e), cargo transiting Cuba aboard craft on sojourn, and (f), spacecraft for fundamental research."""
    route = f.get("route") or ()
    if "CU" in route or f.truth("facts.avs.research_spacecraft") is YES:
        yield Question(kind="not_modeled", says="us.740.not_modeled.avs")


RULES = (
    aircraft_sojourn,
    vessel_sojourn,
    permanent_equipment,
    inertial_for_civil_aircraft,
    airline_installations,
    transit_of_cuba_and_research_spacecraft,
)
