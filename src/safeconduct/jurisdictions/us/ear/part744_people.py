"""Part 744, people and means of transport: support by US persons (744.6), stores for foreign vessels and aircraft (744.7).

Read in the texts of 2026-02-10 and 2026-09-01, which agree. "U.S. person" in 772.1 (text of 2025-01): citizens, permanent
residents, protected individuals, US juridical persons with their foreign branches, and any person in the United States.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, code, destination, in_groups, reading_country
from safeconduct.jurisdictions.us.ear.part744_computing import fab
from safeconduct.jurisdictions.us.ear.part744_military import INTELLIGENCE_COUNTRIES
from safeconduct.jurisdictions.us.ear.part744_wmd import outside_supplement_3
from safeconduct.jurisdictions.us.users import country_test, in_or_by, of_macau_or_d5, to_macau_or_d5, users
from safeconduct.law import LawAsOf, Scope, read_since, rule
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    Question,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

SOURCE: Final = "90 FR 5311; texts of 2026-02-10 and 2026-09-01"
#: 744.6(c)(2)(iii): equipment, software and technology that needs no knowledge of the use.
EQUIPMENT: Final = Scope(
    (
        "3B001.a.4", "3B001.c", "3B001.d", "3B001.f.1", "3B001.f.5", "3B001.f.6", "3B001.k", "3B001.l", "3B001.m", "3B001.n",
        "3B001.p.2", "3B001.p.4", "3B001.r", "3B002.c", "3D992", "3E992",
    )
)  # fmt: skip


def by_us_person(f: Facts) -> Truth:
    """Whether a US person acts: who asks about support by US persons says so, and who acts in the United States is one."""
    stated = f.get("facts.us_person.acts")
    if stated is not None:
        return truth_of(bool(stated))
    if (
        f.get("activity") == "us_person_support"
        or f.get("exported_from") == "US"
        or f.get("activity") in ("export", "deemed_export")
        or any(p.get("country") == "US" for p in f.parties("exporter"))
    ):
        return YES
    return unknown("facts.us_person.acts")


def _stated(f: Facts, use: Truth) -> Truth:
    """For acts other than support, the sections on each use ask the questions; here only a use that is known counts,
    so that an item outside the EAR is not held for uses nobody has spoken of."""
    return use if use is YES or f.get("activity") == "us_person_support" else NO


@rule(
    "us.ear.744.6.b", cites=("15 CFR 744.6(b)", "15 CFR 736.2(b)(7)"), in_force=read_since("2025-01-16", source=SOURCE)
)
def support(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A US person needs a license to support weapons of mass destruction or certain military intelligence.

    A US person needs a license to support nuclear explosives, missiles, chemical and biological weapons, plants
    for their precursors, or military-intelligence users of certain countries, even where no item is subject to
    the EAR.

    Only where no other agency asks for a license (paragraph (a)); that is for the person to show. No exception applies.
    """
    nuclear = _stated(f, f.truth("end_use.nuclear_explosive"))
    missiles = _stated(
        f, any_of(f.truth("end_use.missile"), f.truth("end_use.space_launch"), f.truth("end_use.wmd_delivery"))
    )
    weapons = _stated(f, f.truth("end_use.chemical_biological"))
    plant = _stated(f, f.truth("item.traits.whole_chemical_plant"))
    intelligence = _stated(f, _intelligence(f))
    if all(t is NO for t in (nuclear, missiles, weapons, plant, intelligence)):
        return
    person = by_us_person(f)
    if person is NO:
        return
    place = destination(f)
    nowhere = Truth("UNKNOWN", frozenset((Ask("destination"),)))
    # First what needs no table of countries: it is raised on any day.
    if weapons is not NO:
        yield _support(all_of(person, weapons), "3", "us.policy.744.6.weapons")
    if nuclear is not NO:
        there = nowhere if place is None else outside_supplement_3(place, law)
        yield _support(all_of(person, nuclear, there), "1", "us.policy.744.6.weapons")
    if missiles is not NO:
        there = in_or_by(f, country_test(law, groups=("D:4", "E:2")))
        # "Missiles" (772.1) reach 300 km; a range that is not known is not shown to be less.
        near = f.compare("end_use.missile_range", "<", 300, "km") is YES
        yield _support(NO if near else all_of(person, missiles, there), "2", "us.policy.744.6.weapons")
    if plant is not NO:
        outside = not_(in_groups(reading_country(place, law), law, ("A:3",)))
        yield _support(all_of(person, plant, outside), "4", "us.policy.744.6.weapons")
    if intelligence is not NO and f.truth("facts.us_person.government_duties") is not YES:  # (d)(2)
        there = in_or_by(f, country_test(law, INTELLIGENCE_COUNTRIES, ("E:1", "E:2")))
        if there is NO:
            test = country_test(law, INTELLIGENCE_COUNTRIES, ("E:1", "E:2"))
            there = truth_of(any((n := p.get("nationality_of_forces")) is not None and test(n) for p in users(f)))
        # (d) closes (b)(1) to (4) to exceptions, not (b)(5): GOV (b)(2)(ii), which 744.22(c) leaves, lifts it too.
        yield _support(all_of(person, intelligence, there), "5", "us.policy.presumption_of_denial", ("GOV(b)(2)(ii)",))


def _intelligence(f: Facts) -> Truth:
    use = f.truth("end_use.military_intelligence")
    if f.get("end_use.military_intelligence") is None:
        use = any_of(use, *(truth_of(p.get("capacity") == "intelligence") for p in users(f)))
    return use


def _support(when: Truth, n: str, policy: str, survives: tuple[str, ...] = NO_EXCEPTION) -> Requirement:
    return Requirement(
        when=when, reason=f"744.6(b)({n})", kind="744.6", survives=survives, beyond_scope=True,
        cites=(f"15 CFR 744.6(b)({n})", "15 CFR 744.6(b)(6)"), says=f"us.744.6.b.{n}", review_policy=policy,
    )  # fmt: skip


@rule(
    "us.ear.744.6.c.2",
    cites=("15 CFR 744.6(c)(2)", "15 CFR 744.6(d)"),
    in_force=read_since("2025-01-16", source=SOURCE),
)
def support_of_fabs(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A US person needs a license to help fabs of Macau or Group D:5 with items outside the EAR.

    A US person needs a license to ship, move, facilitate or service items outside the EAR for fabs of advanced
    or unknown node of Macau or Country Group D:5 entities, and certain equipment to these destinations for any
    use.
    """
    supporting = f.get("activity") == "us_person_support"
    if not supporting and f.get("facts.us_person.acts") is not True:
        return
    there = to_macau_or_d5(f, law)
    if there is NO:
        return
    if f.truth("facts.us_person.works_for_partner_company") is YES:  # (d)(4)
        return
    c = code(f)
    relation = None if c is None else EQUIPMENT.relation(c)
    if relation is not False and f.truth("facts.us_person.government_duties") is not YES:
        named = tuple((x, x) for x in EQUIPMENT.within if c is None or x.startswith(c))
        scope = YES if relation else unknown(Ask(CODE, named))
        yield _fab(all_of(there, scope, not_(f.truth("facts.us_person.servicing_only"))), "iii")
    production = f.truth("end_use.ic_production")
    if (f.truth("end_use.advanced_node_ic") is NO and production is NO) or f.truth("facts.ic.back_end_only") is YES:
        return
    entity = of_macau_or_d5(f, law)
    if entity is NO:
        return
    known, open_node = fab(f)
    yield _fab(all_of(there, entity, known), "i")
    if not open_node:
        return
    category_3 = unknown(Ask(CODE)) if c is None else truth_of(c[:1] == "3" and c[1:2] in "BCDE")
    yield _fab(all_of(there, entity, production, category_3), "ii")


def _fab(when: Truth, n: str) -> Requirement:
    return Requirement(
        when=when, reason=f"744.6(c)(2)({n})", kind="744.6", survives=NO_EXCEPTION, beyond_scope=True,
        cites=(f"15 CFR 744.6(c)(2)({n})", "15 CFR 744.6(c)(3)"), says=f"us.744.6.c.2.{n}", review_policy="us.policy.744.23",
    )  # fmt: skip


@rule(
    "us.ear.744.7",
    cites=("15 CFR 744.7(a)",),
    in_force=read_since("2024-10-23", source="89 FR 84777; texts of 2026-02-10 and 2026-09-01"),
    not_modeled=True,
)
def vessels_and_aircraft(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Items for a foreign vessel or aircraft must be free to each country it belongs to.

    Items for a foreign vessel or aircraft in a port must be free, or under an exception, to the countries where
    it lies, where it is registered and that control, lease or charter it; ask for each of them.
    """
    if f.get("activity") == "us_person_support":
        return
    yield Question(when=f.truth("end_use.foreign_vessel_or_aircraft"), hold=True, kind="not_modeled", says="us.744.7")


RULES = (support, support_of_fabs, vessels_and_aircraft)
