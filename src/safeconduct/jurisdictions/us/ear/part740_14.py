"""15 CFR 740.14: License Exception BAG, for what travelers take along. Spoken of when a fact of it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    open_number,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, any_of, not_, truth_of

#: The reasons for control that gifts and unaccompanied baggage must be free of.
REGIME: Final = ("CB", "MT", "NS", "NP", "EI")


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
    shot = under(s.code, ("0A505.b", "0A505.c"))  # shotgun shells, of which (e)(1) asks no declaration and no count
    part = "(1)" if shotgun or shot is YES else "(3)"
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
    elif resident is not NO and shot is not YES:
        conditions.append(need(f, "facts.bag.declared", cite + "(3)(v)", "us.740.c.declared"))
    if resident is not NO and shot is not YES and (shells or stated(f, "facts.bag.cartridges")):
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


RULES = (
    baggage,
    firearms_in_baggage,
    armor_in_baggage,
)
