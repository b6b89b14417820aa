"""15 CFR 740.11: License Exception GOV. Each paragraph is an exception of its own, since parts 744 and 746 keep some only.

It is the open door most often overlooked, so (b)(2)(ii) is listed for every line to an agency of the US Government and
(c)(2) for every line to a cooperating government, even where nobody speaks of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import ccl
from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    controlled,
    in_any,
    is_so,
    lift,
    made_for,
    need,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, covers, entry_of, rule
from safeconduct.law.conditions import evaluate
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

PROGRAM: Final = "facts.gov.program"
STATE: Final = ("government", "armed_forces", "police", "intelligence", "csirt")
#: Entries that GOV serves under (b)(2)(i) and (ii) alone.
FIREARMS: Final = ("0A501", "0A506", "0A507", "0A508", "0A509")
CYBERSECURITY: Final = ("4A005", "4D004", "4E001.c", "5A001.j")
CYBERSECURITY_FOR: Final = {
    "4D001": ("4A005", "4D004"), "4E001": ("4A005", "4D001", "4D004"), "5B001": ("5A001.j",), "5D001": ("5A001.j", "5B001"),
    "5E001": ("5A001.j", "5D001"),
}  # fmt: skip
STA_BARRED: Final = (
    "0A501.a", "0A501.b", "0A501.c", "0A501.d", "0A501.e", "0A506", "0A507", "0A509", "0A981", "0A982", "0A983", "0A503", "0E504",
    "0E982",
)  # fmt: skip


def on_list(f: Facts, law: LawAsOf, c: str, table: str, fact: str) -> Truth:
    """Whether an item stands on the Sensitive or Very Sensitive List; what the rows leave open is asked."""
    said = f.get(fact)
    if said is not None:
        return truth_of(bool(said))
    clist = ccl(law)
    found: list[Truth] = []
    for row in law.rows(table):
        listed = row["code"]
        if covers(listed, c):
            inside = YES
        elif covers(c, listed):
            inside = under(c, (listed,))
        else:
            continue
        if row.get("when") is not None:
            inside = all_of(inside, evaluate(row["when"], f, clist))
        elif row.get("partial"):
            inside = unknown(fact)
        found.append(inside)
    return any_of(*found)


def sensitive(f: Facts, law: LawAsOf, c: str) -> Truth:
    return on_list(f, law, c, "us.774.supp6", "item.traits.sensitive_list")


def very_sensitive(f: Facts, law: LawAsOf, c: str) -> Truth:
    return on_list(f, law, c, "us.774.supp7", "item.traits.very_sensitive_list")


def _cybersecurity(f: Facts, law: LawAsOf, c: str) -> Truth:
    """An item of 740.22(b)(1)."""
    listed = under(c, CYBERSECURITY)
    entry = entry_of(c)
    if listed is YES or entry not in CYBERSECURITY_FOR:
        return listed
    return any_of(listed, made_for(f, law, *CYBERSECURITY_FOR[entry]))


def _us_agency(f: Facts) -> bool:
    return any(p.get("capacity") == "us_government" for p in f.parties("ultimate_consignee", "end_user"))


def _spoken(f: Facts, *programs: str) -> bool:
    return f.get(PROGRAM) in programs


# -- (a) safeguards --------------------------------------------------------------------------------------------
@rule("us.ear.740.11.a", cites=("15 CFR 740.11(a)",), in_force=READ)
def safeguards(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (a): commodities and software to the IAEA or Euratom for international safeguards.

    Not Very Sensitive List or EI items; Sensitive List and 600 series items only to Country Group A:5.
    """
    if not _spoken(f, "iaea", "euratom") or (s := shipment(f, law)) is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.11(a)"
    a5 = truth_of(in_any(s.country, law, "A:5"))
    seats = ("LU",) if f.get(PROGRAM) == "euratom" else ("AT", "CA", "JP")
    placed = any_of(truth_of(s.place in seats), f.condition("facts.gov.organization_keeps_control"))
    yield lift(
        "GOV(a)", cite,
        (
            is_so(placed, cite + "(1)(i)-(iii)", "us.740.c.gov_safeguards"),
            *_excluded(f, law, s, a5, cite + "(2)"),
        ),
    )  # fmt: skip


def _excluded(f: Facts, law: LawAsOf, s: Shipment, spared: Truth, cite: str) -> Iterator[Condition | None]:
    """Sensitive and 600 series items unless spared, Very Sensitive List and EI items."""
    if not s.eccn:
        return
    listed = sensitive(f, law, s.code)
    if listed is not NO:
        yield is_so(any_of(not_(listed), spared), cite, "us.740.c.gov_sensitive")
    very = very_sensitive(f, law, s.code)
    if very is not NO:
        yield is_so(not_(very), cite, "us.740.c.gov_very_sensitive")
    if s.entry_in(("5A002", "5A004", "5D002", "5E002")):
        yield is_so(not_(controlled(f, law, s.code, "EI")), cite, "us.740.c.gov_encryption")
    if s.series == "600":
        yield is_so(spared, cite, "us.740.c.gov_600")
    if s.entry_in(FIREARMS):
        yield is_so(NO, "15 CFR 740.11", "us.740.c.gov_firearms")


# -- (b) the US Government ----------------------------------------------------------------------------------------
def _e_forces(f: Facts, law: LawAsOf, s: Shipment) -> Condition | None:
    """Note 2 to (b)(2): not to or for military, police, intelligence of a government in group E:1 or E:2."""
    if not in_any(s.country, law, "E:1", "E:2"):
        return None
    forces = any_of(
        *(
            p.is_in("capacity", ("armed_forces", "police", "intelligence"))
            for p in f.parties("ultimate_consignee", "end_user")
        )
    )
    bad = all_of(controlled(f, law, s.code, "NS", "MT", "CB", "NP", "FC", "AT"), forces)
    return is_so(not_(bad), "15 CFR 740.11(b)(2) Note 2", "us.740.c.gov_e_forces")


@rule("us.ear.740.11.b.2.i", cites=("15 CFR 740.11(b)(2)(i)",), in_force=READ)
def personal_use(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (b)(2)(i): for the personal use of US forces or officials, their families and household employees."""
    if not _spoken(f, "personal_use") or (s := shipment(f, law)) is None or s.deemed:
        return
    yield lift("GOV(b)(2)(i)", "15 CFR 740.11(b)(2)(i)", (_e_forces(f, law, s),))


@rule("us.ear.740.11.b.2.ii", cites=("15 CFR 740.11(b)(2)(ii)",), in_force=READ)
def us_agency(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (b)(2)(ii): made by or consigned to an agency of the US Government for its official use alone.

    Not when the agency only forwards for somebody else. A 0x5zz item to Country Group E:1 only for its official use.
    """
    if not (stated(f, "facts.gov.consigned_to_us_government") or _us_agency(f)) or (s := shipment(f, law)) is None:
        return
    cite = "15 CFR 740.11(b)(2)(ii)"
    yield lift(
        "GOV(b)(2)(ii)", cite,
        (need(f, "facts.gov.consigned_to_us_government", cite, "us.740.c.gov_us"), _e_forces(f, law, s)),
    )  # fmt: skip


_BEHALF: Final = {
    # program: (symbol, conditions as (fact, message), items left out)
    "us_contract_us_person": ("GOV(b)(2)(iii)(A)", (("us_contract", "gov_contract"), ("to_us_person", "gov_us_person"))),
    "cooperative_program": (
        "GOV(b)(2)(iii)(B)", (("us_contract", "gov_contract"), ("written_authorization", "gov_written")),
    ),
    "assistance_program": (
        "GOV(b)(2)(iii)(C)",
        (("us_contract", "gov_contract"), ("written_authorization", "gov_written"), ("returns_in_four_years", "gov_four_years")),
    ),
    "acsa": ("GOV(b)(2)(iii)(D)", (("us_contract", "gov_contract"), ("written_authorization", "gov_written"))),
    "gfe": ("GOV(b)(2)(iii)(E)", (("us_contract", "gov_contract"), ("not_to_foreign_person", "gov_gfe"))),
    "dod_doe_directive": ("GOV(b)(2)(iv)", (("written_authorization", "gov_directive"),)),
    "fms_pickup": ("GOV(b)(2)(v)", (("delivered_in_us_and_military_carriage", "gov_fms"),)),
    "contract_technology": ("GOV(b)(2)(vi)", (("us_contract", "gov_contract"),)),
    "contract_microelectronics": ("GOV(b)(2)(vii)", (("us_contract", "gov_contract"),)),
}  # fmt: skip


@rule(
    "us.ear.740.11.b.2.iii",
    cites=("15 CFR 740.11(b)(2)(iii)", "15 CFR 740.11(b)(2)(iv)-(vii)"),
    in_force=READ,
)
def for_us_government(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (b)(2)(iii)-(vii): for, on behalf of or at the direction of the US Government, under its program or contract.

    (iii)(B) leaves out CW and CB items; (iii)(D) technology; (vi) is for technology and leaves out that to develop or make
    600 series items; (vii) is for microelectronics.
    """
    program = f.get(PROGRAM)
    if program not in _BEHALF or (s := shipment(f, law)) is None:
        return
    symbol, needs = _BEHALF[program]
    cite = f"15 CFR 740.11{symbol[3:]}"
    conditions: list[Condition | None] = [need(f, f"facts.gov.{x}", cite, f"us.740.c.{m}") for x, m in needs]
    if program == "cooperative_program":
        conditions.append(is_so(not_(controlled(f, law, s.code, "CW", "CB")), cite + "(4)", "us.740.c.gov_no_cw"))
    if program == "acsa":
        conditions.append(is_so(truth_of(s.group != "E"), cite, "us.740.c.gov_goods_only"))
    if program == "contract_technology":
        conditions.append(is_so(truth_of(s.group in ("", "E")), cite, "us.740.c.gov_technology"))
        if s.series == "600":
            purposes = f.get("item.purposes")
            fine = (
                unknown("item.purposes")
                if purposes is None
                else truth_of(not set(purposes) & {"development", "production"})
            )
            conditions.append(is_so(fine, cite, "us.740.c.gov_600_technology"))
    if program == "contract_microelectronics":
        conditions.append(
            is_so(truth_of(s.code[:1] == "3" or s.code == "EAR99"), cite, "us.740.c.gov_microelectronics")
        )
    if s.entry_in(FIREARMS):
        conditions.append(is_so(NO, "15 CFR 740.11", "us.740.c.gov_firearms"))
    conditions.append(_e_forces(f, law, s))
    yield lift(symbol, cite, conditions, duties=("us.740.duty.gov_eei",) if "(iii)" in symbol else ())


# -- (c) cooperating governments and NATO ---------------------------------------------------------------------------
def _cooperating(law: LawAsOf, country: object) -> bool:
    return isinstance(country, str) and (country in ("SG", "TW") or law.group("us.A:1").includes(country))


def _government_user(f: Facts, s: Shipment) -> tuple[PartyView | None, str | None]:
    """The agency the item is consigned to, and whose it is (its country; else the destination)."""
    for p in f.parties("ultimate_consignee", "end_user"):
        if p.get("capacity") in STATE:
            country = p.get("nationality_of_forces") or p.get("country") or s.country
            return p, str(country)
    return None, None


@rule("us.ear.740.11.c.2", cites=("15 CFR 740.11(c)(2)", "15 CFR 740.11(c)(1)", "15 CFR 740.11(c)(3)"), in_force=READ)
def cooperating_government(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (c)(2): to an agency of a cooperating government (group A:1, Singapore, Taiwan) or NATO for its official use.

    (i) within the territory of a cooperating government; (ii) its military, and agencies of NATO, anywhere; (iii) its
    missions in Country Group B. (c)(3) leaves out: Very Sensitive List, EI, NP, 6A002.a.1.c and its technology, what
    740.20(b)(2)(ii) bars from STA, cybersecurity items; Sensitive List and 600 series items unless for a government of A:5
    or NATO.
    """
    nato = _spoken(f, "nato")
    if not nato and not any(p.get("capacity") in STATE for p in f.parties("ultimate_consignee", "end_user")):
        return
    s = shipment(f, law)
    if s is None or s.deemed:
        return
    user, country = _government_user(f, s)
    if not nato and (user is None or not _cooperating(law, country)):
        return
    cite = "15 CFR 740.11(c)(2)"
    military = user is not None and (user.get("capacity") == "armed_forces" or f.get("end_use.military") is True)
    place: Condition | None
    if nato or military:
        symbol, place = "GOV(c)(2)(ii)", None
    elif _spoken(f, "diplomatic_mission"):
        symbol = "GOV(c)(2)(iii)"
        place = is_so(truth_of(in_any(s.country, law, "B")), cite + "(iii)", "us.740.c.group_b", destination=s.place)
    else:
        symbol = "GOV(c)(2)(i)"
        place = is_so(
            truth_of(_cooperating(law, s.country)), cite + "(i)", "us.740.c.gov_territory", destination=s.place
        )
    a5 = truth_of(nato or (country is not None and in_any(country, law, "A:5")))
    yield lift(
        symbol, f"15 CFR 740.11{symbol[3:]}",
        (
            need(f, "facts.gov.official_use", f"15 CFR 740.11{symbol[3:]}", "us.740.c.gov_official"),
            place,
            *_excluded(f, law, s, a5, "15 CFR 740.11(c)(3)(i)-(iii), (v)"),
            *_excluded_c(f, law, s),
        ),
    )  # fmt: skip


def _excluded_c(f: Facts, law: LawAsOf, s: Shipment) -> Iterator[Condition | None]:
    if not s.eccn:
        return
    imaging = under(s.code, ("6A002.a.1.c",))
    if s.entry_in(("6E001", "6E002")):
        imaging = made_for(f, law, "6A002.a.1.c")
    if imaging is not NO:
        yield is_so(not_(imaging), "15 CFR 740.11(c)(3)(iv)", "us.740.c.gov_imaging")
    np = controlled(f, law, s.code, "NP")
    if np is not NO:
        yield is_so(not_(np), "15 CFR 740.11(c)(3)(vi)", "us.740.c.gov_np")
    barred = under(s.code, STA_BARRED)
    if s.entry_in(("0A502", "0A508")):
        barred = f.compare("item.parameters.barrel_length", "<", 18, "in")
    if barred is not NO:
        yield is_so(not_(barred), "15 CFR 740.11(c)(3)(vii)", "us.740.c.gov_sta_barred")
    cyber = _cybersecurity(f, law, s.code)
    if cyber is not NO:
        yield is_so(not_(cyber), "15 CFR 740.11(c)(3)(viii)", "us.740.c.gov_cyber")


# -- (d), (e) -----------------------------------------------------------------------------------------------------
@rule("us.ear.740.11.d", cites=("15 CFR 740.11(d)",), in_force=READ)
def chemical_inspections(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (d): to the OPCW, and by it, for international inspections under the Chemical Weapons Convention.

    Not samples collected here, nor what has left its use; 600 series items only to Country Group A:5.
    """
    if not _spoken(f, "opcw") or (s := shipment(f, law)) is None:
        return
    cite = "15 CFR 740.11(d)"
    placed = any_of(truth_of(s.place == "NL" or s.deemed), f.condition("facts.gov.organization_keeps_control"))
    yield lift(
        "GOV(d)", cite,
        (
            is_so(placed, cite + "(1)", "us.740.c.gov_opcw"),
            is_so(truth_of(in_any(s.country, law, "A:5")), cite + "(2)(iii)", "us.740.c.gov_600") if s.series == "600" else None,
        ),
    )  # fmt: skip


@rule("us.ear.740.11.e", cites=("15 CFR 740.11(e)",), in_force=READ)
def space_station(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GOV (e): commodities of 9A004 needed on short notice on the International Space Station, to its launch sites.

    France, Japan, Kazakhstan and Russia; within 45 days of the complete request; for no maker that builds it into other items.
    """
    if not _spoken(f, "iss") or (s := shipment(f, law)) is None or s.deemed or not s.entry_in(("9A004",)):
        return
    cite = "15 CFR 740.11(e)"
    yield lift(
        "GOV(e)", cite,
        (
            is_so(truth_of(s.place in ("FR", "JP", "KZ", "RU")), cite + "(3)", "us.740.c.gov_iss_place", destination=s.place),
            need(f, "facts.gov.iss_short_notice", cite + "(2)", "us.740.c.gov_iss_notice"),
            need(f, "facts.gov.iss_launcher", cite + "(4)", "us.740.c.gov_iss_launcher"),
        ),
        duties=("us.740.duty.iss_six_months",),
    )  # fmt: skip


RULES = (
    safeguards, personal_use, us_agency, for_us_government, cooperating_government, chemical_inspections, space_station,
)  # fmt: skip
