"""15 CFR 740.12: License Exception GFT, for gift parcels and humanitarian donations; spoken of when a fact of it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    capacity_is,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    open_amount,
    open_number,
    shipment,
    stated,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, any_of, not_, truth_of

#: The reasons for control that gifts and unaccompanied baggage must be free of.
REGIME: Final = ("CB", "MT", "NS", "NP", "EI")


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


RULES = (
    gift_parcel,
    humanitarian_donation,
)
