"""Gifts, unrestricted technology, baggage, craft, permissive reexports: GFT, TSU, BAG, AVS, APR (15 CFR 740.12-740.16).

Each is spoken of when a fact of its own is stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import ccl
from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    capacity_is,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    need_not,
    only_anti_terrorism,
    open_amount,
    open_number,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Question, Truth, all_of, any_of, not_, truth_of

REGIME: Final = ("CB", "MT", "NS", "NP", "EI")


# -- GFT ----------------------------------------------------------------------------------------------------------
@rule("us.ear.740.12.a", cites=("15 CFR 740.12(a)",), in_force=READ)
def gift_parcel(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GFT (a): a gift of at most $800 from one person to another or a charity, one a month; no regime-controlled item.

    To Cuba nothing of the Commerce Control List but what 740.19(b) names, not to its officials, and food without limit of
    value and number.
    """
    if f.truth("item.traits.gift") is not YES or (s := shipment(f, law)) is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.12(a)"
    food = s.place == "CU" and f.truth("item.traits.food") is YES
    conditions: list[Condition | None] = [
        is_so(capacity_is(f, "individual", "university", "hospital"), cite + "(1)", "us.740.c.gft_donee"),
        None if food else is_so(open_amount(f, "item.value", "<=", 800), cite + "(2)(iv)", "us.740.c.gft_value"),
        None
        if food
        else is_so(open_number(f, "facts.gft.parcels_this_month", "<", 1), cite + "(2)(iii)", "us.740.c.gft_month"),
        free_of(f, "end_use.resale", cite + "(1)", "us.740.c.gft_resale"),
        free_of(f, "facts.gft.military_clothing", cite + "(2)(i)(A)(3)", "us.740.c.gft_clothing")
        if in_any(s.country, law, "D:1", "E:2")
        else None,
    ]
    regime = controlled(f, law, s.code, *REGIME)
    if regime is not NO:
        conditions.append(is_so(not_(regime), cite + "(2)(i)(A)(2)", "us.740.c.gft_regime"))
    if s.place == "CU":
        conditions += [
            is_so(truth_of(s.code == "EAR99" or s.under(CCD_CUBA)), cite + "(2)(i)(A)(1)", "us.740.c.gft_cuba"),
            _no_officials(f, cite + "(2)(v)"),
        ]
    yield lift("GFT(a)", cite, conditions, duties=("us.740.duty.gft_marks",))


#: Control list paragraphs named in 740.19(b).
CCD_RUSSIA: Final = ("5A992.c", "4A994.b", "5A991", "5D992.c", "4D994", "5D991")
CCD_CUBA: Final = (*CCD_RUSSIA, "5A992", "5A991.b.4", "3A991.p", "4A994.l")


def _no_officials(f: Facts, cite: str) -> Condition:
    users = f.parties("end_user", "ultimate_consignee")
    met = not_(any_of(*(p.truth("official_or_party_member") for p in users)))
    return is_so(met, cite, "us.740.c.no_officials")


@rule("us.ear.740.12.b", cites=("15 CFR 740.12(b)", "15 CFR 740 Supp. 2"), in_force=READ)
def humanitarian_donation(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GFT (b): donations by experienced US charities for basic human needs, of the kinds in 740 Supp. 2.

    No NS, CB, NP, MT or CC item, no large project.
    """
    if (
        not stated(f, "facts.gft.humanitarian_donation")
        or (s := shipment(f, law)) is None
        or s.deemed
        or s.group == "E"
    ):
        return
    cite = "15 CFR 740.12(b)"
    regime = controlled(f, law, s.code, "NS", "CB", "NP", "MT", "CC")
    yield lift(
        "GFT(b)", cite,
        (
            need(f, "facts.gft.humanitarian_donation", cite + "(3)-(4)", "us.740.c.gft_donation"),
            need(f, "facts.gft.supplement_2_item", cite + "(6)", "us.740.c.gft_supp2"),
            None if regime is NO else is_so(not_(regime), cite + "(5)(i)", "us.740.c.gft_regime"),
            free_of(f, "facts.gft.large_project", cite + "(5)(ii)", "us.740.c.gft_project"),
        ),
        duties=("us.740.duty.gft_records",),
    )  # fmt: skip


# -- TSU ----------------------------------------------------------------------------------------------------------
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


# -- BAG ----------------------------------------------------------------------------------------------------------
_BAG: Final = (
    "facts.bag.accompanied",
    "facts.bag.returns",
    "facts.bag.citizen_or_resident",
    "facts.bag.brought_in_by_traveler",
)
FIREARM_ENTRIES: Final = ("0A501", "0A502", "0A505", "0A506", "0A507", "0A508", "0A509")
ARMOR: Final = ("1A613.c", "1A613.d", "1A607.f", "1A607.x")


def _baggage(f: Facts, law: LawAsOf, *facts: str) -> Shipment | None:
    if not stated(f, *(facts or _BAG)):
        return None
    s = shipment(f, law)
    return None if s is None or s.deemed else s


@rule("us.ear.740.14.b", cites=("15 CFR 740.14(b)-(d)", "15 CFR 740.14(f)-(g)"), in_force=READ)
def baggage(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """BAG: the traveler's own things and tools of trade, brought back; encryption not to E:1; technology for US persons.

    Unaccompanied: no CB, MT, NS, EI, NP item to D:1-D:4 or E:1. Symbols follow the special provision: (f) for EI items, (g)
    for technology, (d) for unaccompanied baggage, else (b).
    """
    s = _baggage(f, law)
    if s is None or s.entry_in(FIREARM_ENTRIES) or s.under(ARMOR):
        return
    cite = "15 CFR 740.14"
    ei = controlled(f, law, s.code, "EI")
    alone = f.get("facts.bag.accompanied") is False
    symbol = "BAG(g)" if s.group == "E" else "BAG(f)" if ei is not NO else "BAG(d)" if alone else "BAG(b)"
    conditions: list[Condition | None] = [
        need(f, "facts.bag.returns", cite + "(b)", "us.740.c.bag_returns"),
        free_of(f, "end_use.resale", cite + "(c)(3)", "us.740.c.bag_sale"),
    ]
    if alone:
        barred = in_any(s.country, law, "D:1", "D:2", "D:3", "D:4", "E:1")
        regime = controlled(f, law, s.code, *REGIME)
        if barred and regime is not NO:
            conditions.append(is_so(not_(regime), cite + "(d)", "us.740.c.bag_unaccompanied", destination=s.place))
    else:
        conditions.insert(0, need(f, "facts.bag.accompanied", cite + "(a)", "us.740.c.bag_accompanied"))
    if symbol == "BAG(g)":
        conditions.append(need(f, "facts.bag.citizen_or_resident", cite + "(b)(4), (g)(1)", "us.740.c.us_person"))
        conditions.append(need(f, "facts.tmp.technology_secured", cite + "(g)(2)", "us.740.c.tmp_secured"))
    if ei is not NO:
        place = truth_of(not in_any(s.country, law, "E:1"))
        conditions.append(is_so(any_of(not_(ei), place), cite + "(f), (g)(4)", "us.740.c.not_e1", destination=s.place))
    yield lift(symbol, cite, conditions)


@rule("us.ear.740.14.e", cites=("15 CFR 740.14(e)",), in_force=READ)
def firearms_in_baggage(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """BAG (e): up to three firearms and 1,000 rounds with a US citizen or resident, declared and brought back.

    Shotguns of 18 inches or more. A nonresident takes only what he or she brought in.
    """
    s = _baggage(f, law, *_BAG, "facts.bag.firearms", "facts.bag.cartridges", "facts.bag.declared")
    if s is None or not s.entry_in(FIREARM_ENTRIES):
        return
    cite = "15 CFR 740.14(e)"
    shotgun = s.entry_in(("0A502", "0A508"))
    shells = s.entry_in(("0A505",))
    part = "(1)" if shotgun else "(3)"
    resident = f.condition("facts.bag.citizen_or_resident")
    if resident is NO:
        conditions: list[Condition | None] = [
            need(f, "facts.bag.brought_in_by_traveler", cite + "(2), (4)", "us.740.c.bag_brought")
        ]
    else:
        conditions = [is_so(resident, cite + part, "us.740.c.us_person")]
    conditions.append(need(f, "facts.bag.accompanied", cite + part + "(iii)", "us.740.c.bag_accompanied"))
    if resident is not NO:
        three = open_number(f, "facts.bag.firearms", "<=", 3)
        conditions.append(is_so(three, cite + part + "(i)", "us.740.c.three_firearms"))
        conditions.append(need(f, "facts.bag.returns", cite + part + "(iv)", "us.740.c.bag_returns"))
        conditions.append(free_of(f, "end_use.resale", cite + part + "(iv)", "us.740.c.bag_sale"))
    if shotgun:
        long = f.compare("item.parameters.barrel_length", ">=", 18, "in")
        conditions.append(is_so(long, cite + "(1)", "us.740.c.long_shotgun"))
    else:
        conditions.append(need(f, "facts.bag.declared", cite + "(3)(v)", "us.740.c.declared"))
    if shells or (resident is not NO and stated(f, "facts.bag.cartridges")):
        rounds = open_number(f, "facts.bag.cartridges", "<=", 1000)
        conditions.append(is_so(rounds, cite + "(3)(i)", "us.740.c.thousand_rounds"))
    if shells:
        listed = under(s.code, ("0A505.a", "0A505.b", "0A505.c"))
        conditions.append(is_so(listed, cite, "us.740.c.tmp_ammunition"))
    yield lift("BAG(e)", cite, conditions)


@rule("us.ear.740.14.h", cites=("15 CFR 740.14(h)",), in_force=READ)
def armor_in_baggage(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """BAG (h): one set of body armor or protective gear with a US person; to D:5 only in support of the US Government.

    To Iraq also under its government's direct authorization.
    """
    s = _baggage(f, law, *_BAG, "facts.bag.sets")
    if s is None or not s.under(ARMOR):
        return
    d5 = in_any(s.country, law, "D:5")
    part = "(h)(2)" if d5 else "(h)(1)"
    cite = f"15 CFR 740.14{part}"
    support = f.condition("facts.bag.us_government_contract")
    if s.place == "IQ":
        support = any_of(support, f.condition("facts.bag.iraq_authorization"))
    yield lift(
        f"BAG{part}", cite,
        (
            need(f, "facts.bag.citizen_or_resident", cite, "us.740.c.us_person"),
            is_so(open_number(f, "facts.bag.sets", "<=", 1), cite, "us.740.c.one_set"),
            is_so(support, cite, "us.740.c.us_contract") if d5 else None,
            free_of(f, "end_use.resale", cite, "us.740.c.bag_sale"),
        ),
    )  # fmt: skip


# -- AVS ----------------------------------------------------------------------------------------------------------
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
    fine = s.place != "CU" and (s.country == "CN" or not in_any(s.country, law, "D:1"))
    number = "(1)" if stated(f, "facts.avs.craft") else "(2)"
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


# -- APR ----------------------------------------------------------------------------------------------------------
APR_NOT: Final = ("0A919", "6A002", "6A003", "3A001.z")


def _reexport(f: Facts, law: LawAsOf) -> Shipment | None:
    return shipment(f, law) if f.get("activity") == "reexport" else None


def _telecom_mmic(f: Facts, s: Shipment) -> Truth:
    """An item of 3A001.b.2 or b.3 that is not for civil telecommunications."""
    listed = under(s.code, ("3A001.b.2", "3A001.b.3"))
    return NO if listed is NO else all_of(listed, not_(f.truth("item.traits.civil_telecom_use")))


def _controlled_to_a1(f: Facts, law: LawAsOf, s: Shipment) -> Truth:
    """Whether the item is controlled for export to Country Group A:1: a column of its entry is marked for a member."""
    clist = ccl(law)
    chart = law.index("us.country_chart", "country")
    marked = {c for m in law.group("us.A:1").members for r in chart.get(m, ()) for c in r["columns"].split()}
    return any_of(
        *(
            clist.holds(r, s.code, f)
            for r in clist.requirements(s.code)
            if r.column in marked or (r.dest or {}).get("all")
        )
    )


@rule("us.ear.740.16.a", cites=("15 CFR 740.16(a)",), in_force=READ)
def from_a1(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (a): reexport of commodities from a country of group A:1 with its authorization, to B or D:1, of NS items.

    To B (not D:2, D:3, D:4) only what needs no license to A:1; not to North Korea. No NP, CB, MT, SI, CC items, none of the
    entries named, nothing received under STA (740.20(e)).
    """
    s = _reexport(f, law)
    if s is None or s.group not in ("A", "B", "C"):
        return
    place = f.get("exported_from")
    if not stated(f, "facts.apr.authorized_by_government") or (
        place is not None and not in_any(str(place), law, "A:1")
    ):
        return
    cite = "15 CFR 740.16(a)"
    ns = controlled(f, law, s.code, "NS")
    to_b = in_any(s.country, law, "B") and not in_any(s.country, law, "D:2", "D:3", "D:4")
    to_d1 = in_any(s.country, law, "D:1") and s.country != "KP"
    there = any_of(all_of(truth_of(to_b), not_(_controlled_to_a1(f, law, s))), truth_of(to_d1))
    barred = any_of(
        controlled(f, law, s.code, "NP", "CB", "MT", "SI", "CC"), under(s.code, APR_NOT), _telecom_mmic(f, s),
        truth_of(s.series == "0x5zz"),
    )  # fmt: skip
    origin = f.is_in("exported_from", tuple(sorted(law.group("us.A:1").members)), strict=True)
    yield lift(
        "APR(a)", cite,
        (
            None if origin is YES else is_so(origin, cite, "us.740.c.apr_from"),
            need(f, "facts.apr.authorized_by_government", cite + "(1)", "us.740.c.apr_authorized"),
            is_so(not_(barred), cite + "(2)", "us.740.c.apr_items"),
            is_so(all_of(ns, there), cite + "(3)", "us.740.c.apr_place", destination=s.place),
            free_of(f, "facts.apr.received_under_sta", "15 CFR 740.20(e)", "us.740.c.apr_sta"),
        ),
    )  # fmt: skip


@rule("us.ear.740.16.b", cites=("15 CFR 740.16(b)",), in_force=READ)
def among_a1(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (b): reexport of commodities to and among countries of group A:1, for use there.

    No NP or MT items, none of 0A919, 6A002, 3A001.b.2, .b.3 (but civil telecommunications) or .z, 0x5zz; 0A504 without
    image intensifier; 6A003 cameras as consumer products, or below 111,001 elements to be embedded in civil ones.
    """
    s = _reexport(f, law)
    if s is None or s.group not in ("A", "B", "C") or not in_any(s.country, law, "A:1"):
        return
    cite = "15 CFR 740.16(b)"
    barred = any_of(
        controlled(f, law, s.code, "NP", "MT"), under(s.code, ("0A919", "6A002", "3A001.z")), _telecom_mmic(f, s),
        truth_of(s.series == "0x5zz"),
    )  # fmt: skip
    conditions: list[Condition | None] = [is_so(not_(barred), cite + "(2)", "us.740.c.apr_items")]
    if s.entry_in(("6A003",)):
        small = all_of(
            open_number(f, "item.parameters.focal_plane_elements", "<=", 111_000),
            f.condition("end_use.embedding_in_civil_product"),
        )
        packaged = f.condition("item.traits.embedded_in_civil_product")
        conditions.append(is_so(any_of(packaged, small), cite + "(3)", "us.740.c.apr_camera"))
    conditions.append(free_of(f, "facts.apr.received_under_sta", "15 CFR 740.20(e)", "us.740.c.apr_sta"))
    yield lift("APR(b)", cite, conditions)


@rule("us.ear.740.16.c", cites=("15 CFR 740.16(c)",), in_force=READ)
def under_license(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (c): reexport under the terms of an unused license that allows direct shipment there."""
    if stated(f, "facts.apr.unused_license") and _reexport(f, law) is not None:
        cite = "15 CFR 740.16(c)"
        yield lift("APR(c)", cite, (need(f, "facts.apr.unused_license", cite, "us.740.c.apr_license"),))


@rule("us.ear.740.16.d", cites=("15 CFR 740.16(d)", "15 CFR 740.16(f)"), in_force=READ, not_modeled=True)
def as_if_from_us(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (d), from Australia, Canada or the UK as if from the United States, and (f), to them where no license is needed."""
    if f.get("activity") == "reexport" and f.get("exported_from") in ("AU", "CA", "GB"):
        yield Question(kind="not_modeled", says="us.740.not_modeled.apr_d")


@rule("us.ear.740.16.e", cites=("15 CFR 740.16(e)",), in_force=READ)
def back_to_us(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (e): any item may be reexported to the United States."""
    if f.get("destination") == "US" and _reexport(f, law) is not None:
        yield lift("APR(e)", "15 CFR 740.16(e)", ())


@rule("us.ear.740.16.h", cites=("15 CFR 740.16(h)",), in_force=READ)
def spares_with_foreign_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (h): US spare parts up to 10 percent of the value go with a foreign product that has US parts."""
    if stated(f, "facts.apr.spares_share") and (s := _reexport(f, law)) is not None and s.group not in ("D", "E"):
        cite = "15 CFR 740.16(h)"
        share = open_number(f, "facts.apr.spares_share", "<=", 10, "%")
        yield lift("APR(h)", cite, (is_so(share, cite, "us.740.c.apr_spares"),))


@rule("us.ear.740.16.j", cites=("15 CFR 740.16(j)",), in_force=READ)
def nuclear_among_a4(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (j): reexport of NP column 1 items to, among and from countries of group A:4, not to D:2 or E:2.

    From outside A:1 no NS item to D:1.
    """
    s = _reexport(f, law)
    if s is None or not s.eccn:
        return
    clist = ccl(law)
    np = any_of(*(clist.holds(r, s.code, f) for r in clist.requirements(s.code) if r.column == "NP1"))
    if np is NO:
        return
    cite = "15 CFR 740.16(j)"
    a1 = tuple(sorted(law.group("us.A:1").members))
    a4 = tuple(sorted(law.group("us.A:4").members))
    within = YES if in_any(s.country, law, "A:4") else f.is_in("exported_from", a4, strict=True)
    conditions: list[Condition | None] = [
        None if np is YES else is_so(np, cite, "us.740.c.apr_np1"),
        is_so(within, cite, "us.740.c.apr_a4"),
        is_so(
            truth_of(not in_any(s.country, law, "D:2", "E:2")),
            cite + "(2)",
            "us.740.c.apr_np_place",
            destination=s.place,
        ),
    ]
    if in_any(s.country, law, "D:1"):
        ns = controlled(f, law, s.code, "NS")
        conditions.append(
            is_so(any_of(not_(ns), f.is_in("exported_from", a1, strict=True)), cite + "(1)", "us.740.c.apr_np_d1")
        )
    yield lift("APR(j)", cite, conditions)


RULES = (
    gift_parcel, humanitarian_donation, operation_technology, sales_technology, software_update, mass_market_software,
    university_employee, copies, baggage, firearms_in_baggage, armor_in_baggage, aircraft_sojourn, vessel_sojourn,
    permanent_equipment, inertial_for_civil_aircraft, airline_installations, transit_of_cuba_and_research_spacecraft, from_a1,
    among_a1, under_license, as_if_from_us, back_to_us, spares_with_foreign_product, nuclear_among_a4,
)  # fmt: skip
