"""Exceptions for sanctioned destinations and cybersecurity: SPP, AGR, CCD, SCP, ACE, MED (15 CFR 740.5, 740.18-740.23)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_12 import CCD_CUBA, CCD_RUSSIA
from safeconduct.jurisdictions.us.ear.part740_common import (
    GOVERNMENT,
    READ,
    capacity_is,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    need_not,
    no_government,
    offered,
    only_anti_terrorism,
    open_number,
    shipment,
    stated,
)
from safeconduct.law import LawAsOf, entry_of, rule, since
from safeconduct.model import (
    NO,
    YES,
    Condition,
    Effect,
    Facts,
    PartyView,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

OCCUPIED: Final = ("UA-43", "UA-40", "UA-14", "UA-09")
PURPOSE: Final = "facts.scp.purpose"
#: What 740.21 authorizes by purpose: paragraph, and the facts each asks for.
SCP: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "private_sector": ("(b)(1)", ("private_sector_use",)),
    "civil_society_donation": ("(c)(1)", ("independent_of_government",)),
    "traveler": ("(c)(2)", ("returns_in_time",)),
    "human_rights": ("(c)(3)", ()),
    "telecommunications": ("(d)(1)", ("private_users",)),
    "us_news_bureau": ("(d)(3)", ()),
    "software_development": ("(d)(4)", ("private_users",)),
    "business_presence": ("(e)(1)", ("ofac_presence",)),
    "tools_of_trade": ("(f)(1)", ("returns_in_time",)),
    "exhibition": ("(f)(4)", ("returns_in_time",)),
    "container": ("(f)(5)", ("returns_in_time",)),
}  # fmt: skip


@rule("us.ear.740.5", cites=("15 CFR 740.5",), in_force=since("2025-09-02", source="90 FR 42320"))
def syria(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """SPP: items designated EAR99 may go to Syria, unless part 744 asks a license of its own."""
    if f.get("destination") != "SY":
        return
    s = shipment(f, law)
    if s is not None and s.code == "EAR99" and not s.deemed:
        yield lift("SPP", "15 CFR 740.5", ())


def _no_officials(f: Facts, cite: str) -> Condition:
    users = f.parties("end_user", "ultimate_consignee")
    met = not_(any_of(*(p.truth("official_or_party_member") for p in users)))
    return is_so(met, cite, "us.740.c.no_officials")


@rule("us.ear.740.18", cites=("15 CFR 740.18",), in_force=READ)
def farm_goods_to_cuba(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AGR: agricultural commodities of EAR99 to Cuba under a contract, after notice without objection, within 12 months.

    Donations and commercial samples need no contract.
    """
    if f.get("destination") != "CU" or not stated(
        f, "item.traits.agricultural_commodity", "facts.agr.contract", "facts.agr.notice_cleared"
    ):
        return
    s = shipment(f, law)
    if s is None or s.deemed:
        return
    cite = "15 CFR 740.18"
    donation = f.truth("facts.agr.donation_or_sample")
    months = open_number(f, "facts.agr.contract_months", "<=", 12, "months")
    weapons = any_of(*(f.truth(f"end_use.{x}") for x in ("chemical_biological", "nuclear_explosive", "missile")))
    yield lift(
        "AGR", cite,
        (
            need(f, "item.traits.agricultural_commodity", cite + "(a)(1)", "us.740.c.agr_definition"),
            is_so(truth_of(s.code == "EAR99"), cite + "(a)(2)", "us.740.c.ear99"),
            None if donation is YES else need(f, "facts.agr.contract", cite + "(a)(3)", "us.740.c.agr_contract"),
            is_so(months, cite + "(a)(4)", "us.740.c.agr_months"),
            need(f, "facts.agr.notice_cleared", cite + "(c)(5)", "us.740.c.agr_notice"),
            is_so(not_(weapons), cite + "(b)(2)", "us.740.c.agr_weapons"),
        ),
    )  # fmt: skip


@rule("us.ear.740.19", cites=("15 CFR 740.19",), in_force=READ)
def consumer_devices(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """CCD: consumer computers, phones, software and the like to Belarus, Cuba, Russia, Syria, not to their officials.

    Some kinds to Cuba and Syria only ((b)(9)-(18)). Outside Syria organizations only if independent and non-governmental.
    Reading: a private company is not for that reason an independent non-governmental organization.
    """
    if f.get("destination") not in ("BY", "CU", "RU", "SY") or f.truth("item.traits.consumer_device") is not YES:
        return
    s = shipment(f, law)
    if s is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.19"
    wide = s.place in ("CU", "SY")
    eligible = truth_of(s.code == "EAR99" or s.under(CCD_CUBA if wide else CCD_RUSSIA))
    users = f.parties("end_user", "ultimate_consignee")
    person: list[Condition | None] = []
    if s.place != "SY":
        each = [any_of(p.is_in("capacity", ("individual",), strict=True), p.truth("independent_ngo")) for p in users]
        fit = all_of(*each) if users else unknown("parties[0].capacity")
        person = [is_so(fit, cite + "(c)(1)-(2)", "us.740.c.ccd_user"), _no_officials(f, cite + "(c)(2)")]
    source = f.get("item.kind") == "source_code"
    yield lift(
        "CCD", cite,
        (
            is_so(eligible, cite + "(b)", "us.740.c.ccd_items", destination=s.place),
            is_so(NO, cite + "(b)(7)-(8)", "us.740.c.ccd_source") if source else None,
            *person,
        ),
    )  # fmt: skip


@rule("us.ear.740.21", cites=("15 CFR 740.21",), in_force=READ)
def cuban_people(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """SCP: EAR99 and AT-only items for Cuban people, their private sector, civil society, media and communications.

    (b)(2) sold to individuals for their own use, not officials; (b)(1) for the private sector; (c), (d), (e), (f) by the
    purpose stated. The paragraph is part of the symbol. Reading: what a private firm buys for its own use serves private
    business; whether it mainly earns for the state is the exporter's to know.
    """
    if f.get("destination") != "CU":
        return
    s = shipment(f, law)
    if s is None or s.deemed:
        return
    only = only_anti_terrorism(f, law, s.code)
    stated_purpose = f.get(PURPOSE)
    if stated_purpose is None and only is NO:
        return
    asks: tuple[str, ...] = ()
    capacities = {p.get("capacity") for p in f.parties("end_user")}
    if stated_purpose is not None:
        paragraph, asks = SCP[stated_purpose]
    elif "private" in capacities:
        paragraph, asks = SCP["private_sector"]
    elif "news_media" in capacities:
        paragraph = "(d)(2)"
    elif f.truth("end_use.own_consumption") is YES:
        paragraph = "(b)(2)"
    else:
        return
    cite = f"15 CFR 740.21{paragraph}"
    conditions: list[Condition | None] = [is_so(only, f"15 CFR 740.21{paragraph[:3]}", "us.740.c.only_at")]
    if paragraph == "(b)(2)":
        conditions += [
            is_so(capacity_is(f, "individual"), cite, "us.740.c.scp_individual"),
            _no_officials(f, cite),
            need_not(f, "item.traits.gift", cite, "us.740.c.scp_sold") if stated(f, "item.traits.gift") else None,
        ]
    if paragraph in ("(c)(2)", "(f)(1)", "(f)(4)", "(f)(5)"):
        conditions.append(free_of(f, "facts.tmp.order_received", "15 CFR 740.21(f)", "us.740.c.tmp_order"))
    for x in asks:
        met = f.condition(f"facts.scp.{x}")
        if x == "private_sector_use":
            met = any_of(met, f.truth("end_use.own_consumption"))
        conditions.append(is_so(met, cite, f"us.740.c.scp_{x}"))
    yield lift(f"SCP{paragraph}", cite, conditions)


@rule("us.ear.740.22", cites=("15 CFR 740.22",), in_force=READ)
def cybersecurity(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ACE: cybersecurity items, not to E:1, E:2; not to governments in group D but some response teams; with limits in D:1, D:5.

    Private users in D:1 or D:5 only for vulnerability disclosure or incident response, for releases, and, for all but the
    5A001.j family, in finance, insurance, medicine or US subsidiaries. Never for use without the owner's leave.
    """
    s = shipment(f, law, "ACE")
    if s is None or not s.eccn or s.code[:1] not in ("4", "5"):
        return
    offers, rows = offered(f, law, s, "ACE")
    if offers is NO:
        return
    cite = "15 CFR 740.22"
    in_d = in_any(s.country, law, "D:1", "D:2", "D:3", "D:4", "D:5")
    users = f.parties("end_user", "ultimate_consignee")
    favored = all_of(*(_favored(p) for p in users)) if users else NO
    response = any_of(f.truth("end_use.cyber_incident"), f.truth("facts.ace.vulnerability_disclosure"))
    government = not_(no_government(f)) if not users else any_of(*(_cyber_government(p) for p in users))
    conditions: list[Condition | None] = [
        is_so(
            truth_of(not in_any(s.country, law, "E:1", "E:2")),
            cite + "(c)(1)",
            "us.740.c.enc_place",
            destination=s.place,
        ),
        None
        if offers is YES
        else is_so(offers, rows[0].cite, "us.740.c.offered", entry=entry_of(s.code), symbol="ACE"),
    ]
    if in_d:
        csirt = all_of(*(p.is_in("capacity", ("csirt",), strict=True) for p in users)) if users else NO
        team = all_of(truth_of(in_any(s.country, law, "A:6")), csirt, response)
        police = NO
        if in_any(s.country, law, "A:6"):
            police = f.truth("facts.ace.digital_artifacts_to_police")
        conditions.append(
            is_so(any_of(not_(government), favored, team, police), cite + "(c)(2)", "us.740.c.ace_government")
        )
    if in_any(s.country, law, "D:1", "D:5"):
        first = truth_of(s.entry_in(("4A005", "4D001", "4D004", "4E001")))
        fine = any_of(government, truth_of(s.deemed), response, all_of(first, favored))
        conditions.append(is_so(fine, cite + "(c)(4)", "us.740.c.ace_private", destination=s.place))
    conditions.append(free_of(f, "end_use.unauthorized_access", cite + "(c)(5)", "us.740.c.enc_intrusion"))
    yield lift("ACE", cite, conditions)


def _favored(p: PartyView) -> Truth:
    """A favored end user of 740.22(b)(3): a US subsidiary, a bank, an insurer, a civil medical institution."""
    medical = p.is_in("capacity", ("hospital",), strict=True)
    return any_of(p.truth("subsidiary_of_us_company"), p.truth("favored_cyber_user"), medical)


def _cyber_government(p: PartyView) -> Truth:
    """A government end user of 740.22(b)(4): an agency, an international organization, a utility or arms firm a quarter owned.

    Reading: state-owned parties are taken for governments, since only some of them (utilities, transport, arms) are.
    """
    agency = p.is_in("capacity", (*GOVERNMENT, "international_organization", "state_owned"))
    return any_of(agency, p.compare("government_share", ">=", 25, "%"))


@rule("us.ear.740.23", cites=("15 CFR 740.23",), in_force=READ)
def medical_devices(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """MED: EAR99 medical devices and replacement parts to Russia, Belarus, Crimea, DNR, LNR; not to proscribed persons.

    Not for making anything; parts only to replace or maintain, no more in store than in use; with a verified distribution.
    Reading: the one fact for devices, parts and accessories is read as a device unless ``replacement_part`` is stated.
    """
    if f.get("destination") not in ("RU", "BY", *OCCUPIED) or f.truth("item.traits.medical_device") is not YES:
        return
    s = shipment(f, law)
    if s is None or s.deemed:
        return
    cite = "15 CFR 740.23"
    parties = f.parties("purchaser", "intermediate_consignee", "ultimate_consignee", "end_user")
    forces = ("armed_forces", "police", "intelligence")  # military end users of 744.17(e) and 744.21(g)
    proscribed = any_of(*(any_of(p.truth("proscribed"), p.is_in("capacity", forces)) for p in parties))
    part = f.truth("facts.med.replacement_part")
    yield lift(
        "MED", cite,
        (
            is_so(truth_of(s.code == "EAR99"), cite + "(a)", "us.740.c.ear99"),
            is_so(not_(proscribed), cite + "(b)(1)", "us.740.c.med_proscribed"),
            free_of(f, "facts.med.for_production", cite + "(b)(2)-(3)", "us.740.c.med_production"),
            need(f, "facts.med.parts_within_use", cite + "(a)(1)-(2)", "us.740.c.med_parts") if part is YES else None,
        ),
        duties=("us.740.duty.med_verify", "us.740.duty.med_records"),
    )  # fmt: skip


RULES = (syria, farm_goods_to_cuba, consumer_devices, cuban_people, cybersecurity, medical_devices)
