"""Exceptions for advanced computing and implemented controls: NAC and ACA (740.8), IEC, HBM, RFF, AIA, ACM, LPP (740.24-29).

All but RFF are stated by the entry. Where a requirement of parts 744 or 746 stands, its own list says what survives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    in_any,
    is_so,
    lift,
    need,
    need_not,
    no_government,
    offered,
    open_number,
    seat_in_embargoed,
    seats_of,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, entry_of, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Truth, all_of, any_of, not_, truth_of, unknown

#: Cumulative total processing performance one ultimate consignee may receive under LPP a calendar year.
LPP_LIMIT: Final = 26_900_000
ENC_TOO: Final = ("5A002.z", "5A004.z", "5D002.z")
RFF_NOT: Final = ("3B001", "3B002", "3B993", "3B994", "3D992", "3D993", "3D994", "3E992", "3E993", "3E994")
#: Paragraphs with the performance of 3A090.a or 4A090.a: the printed twins end in .a, or are .z.1 where there is no letter.
_TWIN_A: Final = re.compile(r"(3A090\.a|4A090\.a|4A004\.z\.1|4A005\.z\.1|5A992\.z\.1|5D992\.z\.1|\w+\.z\.\d\.a)(\.|$)")
#: Commodities that AIA and ACM take only from an approved or authorized designer (Note 1 to 3A090.a).
DESIGNER: Final = (
    "3A090.a", "5A002.z.1.a", "5A002.z.2.a", "5A002.z.3.a", "5A002.z.4.a", "5A002.z.5.a", "5A992.z.1",
)  # fmt: skip


def _embargoed(s: Shipment, law: LawAsOf) -> bool:
    return s.country == "MO" or in_any(s.country, law, "D:5")


def _stated(offers: Truth, cite: str, s: Shipment, symbol: str) -> Condition | None:
    return None if offers is YES else is_so(offers, cite, "us.740.c.offered", entry=entry_of(s.code), symbol=symbol)


def _not_datacenter(f: Facts, s: Shipment) -> Condition | None:
    if not _TWIN_A.match(s.code):
        return None
    return is_so(not_(f.truth("item.traits.datacenter_design")), "15 CFR 740.8(a)", "us.740.c.nac_datacenter")


def _encryption_too(f: Facts, s: Shipment) -> Condition | None:
    if under(s.code, ENC_TOO) is NO:
        return None
    met = any_of(
        all_of(f.condition("facts.enc.self_classified"), f.condition("facts.enc.annual_report")),
        f.condition("facts.enc.classified_by_bis"),
        open_number(f, "facts.enc.classification_request_days", ">=", 30, "days"),
    )
    return is_so(met, "15 CFR 740.8(a)(3)", "us.740.c.nac_enc")


@rule("us.ear.740.8.nac", cites=("15 CFR 740.8",), in_force=READ)
def notified_computing(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """NAC: advanced computing items not for datacenters may go to Macau, D:5 and companies seated there, after notice.

    For exports and reexports, 25 days after the notice was registered and with its confirmation.
    """
    s = shipment(f, law, "NAC")
    if s is None or s.code[:1] not in ("3", "4", "5") or s.activity not in ("export", "reexport"):
        return
    offers, rows = offered(f, law, s, "NAC")
    if offers is NO:
        return
    there = YES if _embargoed(s, law) else seat_in_embargoed(f, law)
    if there is NO:
        return
    days = open_number(f, "facts.nac.notified_days", ">=", 25, "days")
    yield lift(
        "NAC", "15 CFR 740.8",
        (
            _stated(offers, rows[0].cite, s, "NAC"),
            None if there is YES else is_so(there, "15 CFR 740.8(a)", "us.740.c.nac_seat"),
            _not_datacenter(f, s),
            need(f, "facts.nac.purchase_order", "15 CFR 740.8(a)(1)", "us.740.c.nac_order"),
            is_so(days, "15 CFR 740.8(c)(1)", "us.740.c.nac_days"),
            need(f, "facts.nac.confirmed", "15 CFR 740.8(c)(2)", "us.740.c.nac_confirmed"),
            _encryption_too(f, s),
        ),
        duties=("us.740.duty.nac_number",),
    )  # fmt: skip


@rule("us.ear.740.8.aca", cites=("15 CFR 740.8",), in_force=READ)
def authorized_computing(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ACA: advanced computing items not for datacenters may go anywhere but Macau, D:5 and companies seated there.

    Transfers inside Macau and Country Group D:5 are open to ACA too.
    """
    s = shipment(f, law, "ACA")
    if s is None or s.code[:1] not in ("3", "4", "5") or s.deemed:
        return
    offers, rows = offered(f, law, s, "ACA")
    if offers is NO:
        return
    inside = s.activity == "transfer_in_country" and _embargoed(s, law)
    if _embargoed(s, law) and not inside:
        return
    seat = NO if inside else seat_in_embargoed(f, law)
    yield lift(
        "ACA", "15 CFR 740.8",
        (
            _stated(offers, rows[0].cite, s, "ACA"),
            None if seat is NO else is_so(not_(seat), "15 CFR 740.8(a)", "us.740.c.aca_seat"),
            _not_datacenter(f, s),
            need(f, "facts.nac.purchase_order", "15 CFR 740.8(a)(1)", "us.740.c.nac_order"),
            _encryption_too(f, s),
        ),
    )  # fmt: skip


@rule("us.ear.740.24", cites=("15 CFR 740.24",), in_force=READ)
def implemented_controls(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """IEC: items of the published table may go to the destinations it names for them.

    The table (last modified 2024-09-17) is incorporated by reference and not in this edition: whether it names item and
    destination is asked.
    """
    s = shipment(f, law, "IEC")
    if s is None or not s.eccn:
        return
    offers, rows = offered(f, law, s, "IEC")
    if offers is NO:
        return
    yield lift(
        "IEC", "15 CFR 740.24",
        (
            _stated(offers, rows[0].cite, s, "IEC"),
            need(f, "facts.iec.listed_for_destination", "15 CFR 740.24(b)", "us.740.c.iec_table"),
        ),
    )  # fmt: skip


@rule("us.ear.740.25", cites=("15 CFR 740.25",), in_force=READ)
def memory(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """HBM: high bandwidth memory of 3A090.c below 3.3 GB/s/mm2 may go to the site that packages it for its designer."""
    s = shipment(f, law, "HBM")
    if s is None or not s.entry_in(("3A090",)):
        return
    offers, rows = offered(f, law, s, "HBM")
    if offers is NO:
        return
    a5 = seats_of(law, "A:5", "US")
    embargoed = seats_of(law, "D:5", "MO", "HK")
    cite = "15 CFR 740.25"
    yield lift(
        "HBM", cite,
        (
            _stated(offers, rows[0].cite, s, "HBM"),
            is_so(f.is_in("facts.hbm.exporter_headquarters", a5, strict=True), cite + "(b)", "us.740.c.hbm_exporter"),
            is_so(
                not_(f.is_in("facts.hbm.exporter_parent_headquarters", embargoed, strict=True)), cite + "(b)",
                "us.740.c.hbm_parent",
            ),
            is_so(
                open_number(f, "item.parameters.memory_bandwidth_density", "<", "3.3", "GB/s/mm2"), cite + "(c)",
                "us.740.c.hbm_density",
            ),
            need(f, "facts.hbm.bought_by_designer", cite + "(c)(1)", "us.740.c.hbm_designer") if _embargoed(s, law) else None,
            need(f, "facts.hbm.direct_to_packaging_site", cite + "(c)(2)", "us.740.c.hbm_site"),
            need(f, "facts.hbm.finished_below_3a090", cite + "(c)(2)(i)(B), (ii)(B)", "us.740.c.hbm_finished"),
            need(f, "facts.hbm.count_confirmed", cite + "(c)(2)(i)(A), (ii)(A)", "us.740.c.hbm_count"),
            need(f, "facts.hbm.intermediary_forwards_only", cite + "(d)(2)", "us.740.c.hbm_intermediary")
            if any(p.get("role") == "intermediate_consignee" for p in f.parties())
            else None,
            need_not(f, "facts.hbm.to_distributor", cite + "(d)(1)", "us.740.c.hbm_distributor"),
            is_so(not_(f.truth("end_use.advanced_node_ic")), cite + "(d)(3)", "us.740.c.hbm_node"),
        ),
        duties=("us.740.duty.hbm_red_flag",),
    )  # fmt: skip


@rule("us.ear.740.26", cites=("15 CFR 740.26",), in_force=READ)
def restricted_fab(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """RFF: some items may go to a chip fab on the Entity List whose entry points to 740.26, 45 days after notice.

    It lifts the Entity List requirement alone: none of part 742, no end-use rule, no other listed party.
    """
    if not stated(f, "facts.rff.notified_days", "facts.rff.for_listed_equipment"):
        return
    s = shipment(f, law)
    if s is None:
        return
    cite = "15 CFR 740.26"
    yield lift(
        "RFF", cite,
        (
            is_so(not_(under(s.code, RFF_NOT)), cite + "(a)", "us.740.c.rff_items"),
            need_not(f, "facts.rff.for_listed_equipment", cite + "(c)(1)", "us.740.c.rff_equipment"),
            is_so(not_(f.truth("end_use.advanced_node_ic")), cite + "(c)(2)", "us.740.c.rff_node"),
            is_so(open_number(f, "facts.rff.notified_days", ">=", 45, "days"), cite + "(d)(1)", "us.740.c.rff_days"),
        ),
        kinds=frozenset({"744.11", "744.16"}), duties=("us.740.duty.rff_change", "us.740.duty.rff_installed", "us.740.duty.rff_yearly"),
    )  # fmt: skip


@rule("us.ear.740.27", cites=("15 CFR 740.27", "15 CFR 740 Supp. 5"), in_force=READ)
def ai_authorization(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """AIA: advanced computing items may go to entities located and seated in the countries of 740 Supp. 5(a).

    Model weights (4E091) go under (a)(3) alone: to entities seated there, or with a parent there, outside Macau and D:5, into a
    facility that meets 748 Supp. 10.
    """
    s = shipment(f, law)
    if s is None or s.code[:1] not in ("3", "4", "5"):
        return
    weights = s.entry_in(("4E091",))
    offers, rows = (YES, ()) if weights else offered(f, law, s, "AIA")
    if offers is NO:
        return
    members = tuple(sorted(r["country"] for r in law.rows("us.740.supp5") if r["paragraph"] == "a"))
    cite = "15 CFR 740.27"
    users = f.parties("ultimate_consignee", "end_user")
    both = ("headquarters", "ultimate_parent.headquarters")
    join = any_of if weights else all_of
    seats = all_of(*(join(*(p.is_in(path, members, strict=True) for path in both)) for p in users))
    if not users:
        seats = unknown("parties[0].headquarters")
    conditions: list[Condition | None] = [_stated(offers, rows[0].cite, s, "AIA") if rows else None]
    if weights:
        conditions += [
            is_so(truth_of(not _embargoed(s, law)), cite + "(a)(3)(i)", "us.740.c.acm_place", destination=s.place),
            is_so(seats, cite + "(a)(3)", "us.740.c.aia_weight_seat"),
            need(f, "facts.aia.storage_guidelines", cite + "(a)(3)(ii)", "us.740.c.aia_weights"),
        ]
    else:
        located = truth_of(s.country in members)
        conditions += [
            is_so(located, cite + "(a)", "us.740.c.aia_place", destination=s.place),
            is_so(seats, cite + "(a)", "us.740.c.aia_seat"),
            need(f, "facts.aia.eccn_furnished", cite + "(b)(1)", "us.740.c.aia_eccn"),
        ]
        if s.group == "A":
            conditions.append(need(f, "facts.aia.certification", cite + "(b)(2)", "us.740.c.aia_certificate"))
        conditions.append(_designer(f, s, cite + "(a)(1)"))
    yield lift("AIA", cite, conditions, duties=("us.740.duty.aia_notice", "us.740.duty.aia_report"))


def _designer(f: Facts, s: Shipment, cite: str) -> Condition | None:
    listed = under(s.code, DESIGNER)
    if listed is NO:
        return None
    return is_so(any_of(not_(listed), f.condition("facts.approved_designer")), cite, "us.740.c.designer")


@rule("us.ear.740.28", cites=("15 CFR 740.28",), in_force=READ)
def compute_manufacturing(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ACM: advanced computing items may go to private firms to develop, make or store them for customers outside D:5."""
    s = shipment(f, law, "ACM")
    if s is None or s.code[:1] not in ("3", "4", "5"):
        return
    offers, rows = offered(f, law, s, "ACM")
    if offers is NO:
        return
    seat = seat_in_embargoed(f, law)
    cite = "15 CFR 740.28"
    yield lift(
        "ACM", cite,
        (
            _stated(offers, rows[0].cite, s, "ACM"),
            is_so(truth_of(not _embargoed(s, law)), cite + "(c)", "us.740.c.acm_place", destination=s.place),
            None if seat is NO else is_so(not_(seat), cite + "(c)", "us.740.c.aca_seat"),
            is_so(no_government(f, private=True), cite + "(d)", "us.740.c.private"),
            need(f, "facts.acm.manufacture_or_storage", cite + "(a)", "us.740.c.acm_use"),
            need(f, "facts.acm.customers_outside", cite + "(a)", "us.740.c.acm_customers"),
            need(f, "facts.acm.accounting", cite + "(e)", "us.740.c.acm_accounting"),
            _designer(f, s, cite + "(b)"),
        ),
    )  # fmt: skip


@rule("us.ear.740.29", cites=("15 CFR 740.29",), in_force=READ)
def low_performance(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """LPP: chips up to 26,900,000 TPP a calendar year may go to one ultimate consignee outside Macau and D:5.

    Exports and reexports only; the sum counts what all exporters sent it. Reading: entry 5A002 offers LPP for paragraphs that
    740.29(b) does not name; the section, which says what is eligible, is followed.
    """
    s = shipment(f, law, "LPP")
    if s is None or s.code[:1] not in ("3", "4", "5") or s.activity not in ("export", "reexport"):
        return
    offers, rows = offered(f, law, s, "LPP")
    if offers is NO:
        return
    seat = seat_in_embargoed(f, law)
    cite = "15 CFR 740.29"
    yield lift(
        "LPP", cite,
        (
            _stated(offers, rows[0].cite, s, "LPP"),
            is_so(truth_of(not _embargoed(s, law)), cite + "(c)(1)", "us.740.c.acm_place", destination=s.place),
            None if seat is NO else is_so(not_(seat), cite + "(c)(2)", "us.740.c.aca_seat"),
            is_so(
                open_number(f, "facts.lpp.cumulative_tpp", "<=", LPP_LIMIT, "TPP"), cite + "(d)", "us.740.c.lpp_sum",
                limit=f"{LPP_LIMIT:,}",
            ),
            is_so(NO, cite + "(b)", "us.740.c.lpp_items") if s.entry_in(("5A002",)) else None,
            need(f, "facts.lpp.certification", cite + "(f)", "us.740.c.lpp_certificate"),
        ),
        duties=("us.740.duty.lpp_report", "us.740.duty.lpp_notice"),
    )  # fmt: skip


RULES = (
    notified_computing, authorized_computing, implemented_controls, memory, restricted_fab, ai_authorization,
    compute_manufacturing, low_performance,
)  # fmt: skip
