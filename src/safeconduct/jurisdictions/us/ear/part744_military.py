"""Part 744, military: cameras (744.9), microprocessors (744.17), military end uses and users (744.21) and military
intelligence (744.22).

Read in the texts of 2026-02-10 and 2026-09-01, which agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import (
    CODE,
    EAR99,
    code,
    country_of,
    destination,
    in_groups,
    reading_country,
)
from safeconduct.jurisdictions.us.listings import ENTITY_LIST, MEU_LIST, covers_item, entry, in_supplement_2, policy_id
from safeconduct.jurisdictions.us.users import act_of_the_ear, country_among, country_test, listings, military, users
from safeconduct.law import LawAsOf, Scope, read_since, rule
from safeconduct.model import NO, YES, Ask, Effect, Facts, Requirement, Truth, all_of, any_of, not_, truth_of, unknown

#: 744.21(a)(1): items of 744 Supp. 2. Nicaragua since 2024-03-15 (89 FR 18783).
MEU_COUNTRIES: Final = ("MM", "KH", "CN", "NI", "VE")
#: 744.21(a)(2): any item.
MEU_ALL_ITEMS: Final = ("BY", "RU")
MEU_SURVIVES: Final = ("GOV(b)(2)(i)", "GOV(b)(2)(ii)")
#: 744.22(a), beside Country Groups E:1 and E:2.
INTELLIGENCE_COUNTRIES: Final = ("BY", "MM", "KH", "CN", "RU", "VE")
CAMERAS_FOR_SOLDIERS: Final = Scope(("6A003.a.3", "6A003.a.4", "6A003.a.6"))
CAMERAS: Final = Scope(("6A002", "6A003", "8A002.d"))
MICROCIRCUITS: Final = Scope(("3A001.a", "3A001.z", "3A090", "3A991.a", "5A002", "5A004", "5A992"))
TEXTS: Final = "texts of 2026-02-10 and 2026-09-01"


@rule("us.ear.744.9.a", cites=("15 CFR 744.9(a)",), in_force=read_since("2024-04-19", source=f"89 FR 28601; {TEXTS}"))
def cameras(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for certain cameras for military end-users or military commodities.

    A license is required for certain cameras and imaging parts that a military end-user will use, or that go
    into a military commodity of ECCN 0A919.
    """
    if not act_of_the_ear(f):
        return
    c = code(f)
    if c is None or c[:5] not in ("6A003", "6A002", "0A504", "6A993", "8A002"):
        return
    item = _camera(c, f)
    if item is NO or (
        f.truth("end_use.military_deployment") is YES and f.get("activity") in ("reexport", "transfer_in_country")
    ):
        return  # (a)(2): with a unit of an A:1 government
    country = reading_country(destination(f), law)
    beyond_three = (
        Truth("UNKNOWN", frozenset((Ask("destination"),)))
        if country is None
        else truth_of(country not in ("AU", "CA", "GB"))
    )
    if beyond_three is NO:
        return
    soldiers = CAMERAS_FOR_SOLDIERS.relation(c)
    outside = beyond_three if soldiers else not_(in_groups(country, law, ("A:1",)))
    if soldiers is None and outside is NO:
        outside = unknown(Ask(CODE, tuple((x, x) for x in CAMERAS_FOR_SOLDIERS.within)))
    if outside is not NO:
        yield Requirement(
            when=all_of(item, outside, military(f)), reason="744.9", kind="744.9", survives=("GOV(b)(2)(ii)",),
            cites=("15 CFR 744.9(a)(1)(i)" if soldiers else "15 CFR 744.9(a)(1)(ii)", "15 CFR 744.9(d)"), says="us.744.9.user",
            args=(("code", c),), review_policy="us.policy.itar_policies",
        )  # fmt: skip
    yield Requirement(
        when=all_of(item, beyond_three, f.truth("end_use.military_commodity_0a919")), reason="744.9", kind="744.9",
        survives=("GOV(b)(2)(ii)",), cites=("15 CFR 744.9(a)(1)(iii)",), says="us.744.9.commodity", args=(("code", c),),
        review_policy="us.policy.itar_policies",
    )  # fmt: skip


def _camera(c: str, f: Facts) -> Truth:
    """Whether a code is one of the commodities of 744.9(a)(1)."""
    relation = CAMERAS.relation(c)
    if relation:
        return YES
    if c.startswith("6A993"):
        part = Scope(("6A993.a",)).relation(c)
        if part is False:
            return NO
        slow = f.compare("item.parameters.frame_rate", "<=", 9, "Hz")
        return slow if part else all_of(slow, unknown(Ask(CODE, (("6A993.a", "6A993.a"), ("6A993.b", "6A993.b")))))
    if c.startswith("0A504"):
        return f.truth("item.traits.incorporates_imaging_camera")
    return NO if relation is False else unknown(Ask(CODE, tuple((x, x) for x in CAMERAS.within)))


@rule("us.ear.744.17.a", cites=("15 CFR 744.17(a)",), in_force=read_since("2014-12-17", source=f"79 FR 75046; {TEXTS}"))
def microprocessors(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for fast microprocessors for military end uses and users in Group D:1.

    A license is required for microprocessors of 5 GFLOPS or more and 32 bit or more, and the software and
    technology to make them, for a military end use or user in a Country Group D:1 country.
    """
    if not act_of_the_ear(f):
        return
    c = code(f)
    if c is None or not _may_be_microprocessor(c):
        return
    there = in_groups(reading_country(destination(f), law), law, ("D:1",))
    if there is NO:
        return
    use = military(f)
    if use is NO:
        return
    yield Requirement(
        when=all_of(there, use, _microprocessor(c, f)), reason="744.17", kind="744.17", survives=("GOV(b)", "GOV(c)"),
        cites=("15 CFR 744.17(a)", "15 CFR 744.17(d)-(f)"), says="us.744.17", args=(("code", c),),
        review_policy="us.policy.presumption_of_denial",
    )  # fmt: skip


def _may_be_microprocessor(c: str) -> bool:
    """Entries under which microprocessor circuits, with or without encryption, and what makes them are classified."""
    return MICROCIRCUITS.relation(c) is not False or c[:2] in ("3D", "3E") or c[:5] in ("5D002", "5E002")


def _microprocessor(c: str, f: Facts) -> Truth:
    if c[1] == "A":
        return all_of(
            f.compare("item.parameters.processing_speed", ">=", 5, "GFLOPS"),
            f.compare("item.parameters.alu_width", ">=", 32, "bit"),
        )
    served = f.get("item.for_items")
    if served is None:
        return unknown(Ask("item.for_items", (("3A991.a.1", ("3A991.a.1",)), ("other items", ("3A991.b",)))))
    fits = [Scope(("3A991.a.1", "3A001.a.3")).relation(x) for x in served]
    return YES if True in fits else NO if all(x is False for x in fits) else unknown(Ask("item.for_items"))


@rule(
    "us.ear.744.21.a",
    cites=("15 CFR 744.21(a)",),
    in_force=read_since("2024-08-27", source=f"89 FR 68543; {TEXTS}"),
)
def military_end_use(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for a military end use or user in the countries the section names.

    A license is required for a military end use or user: for items of 744 Supp. 2 in Burma, Cambodia, China,
    Nicaragua and Venezuela, for any item in Belarus and Russia.

    EAR99 is never in the supplement. Users of those countries elsewhere are reached only when listed (744.21(b)).
    """
    if not act_of_the_ear(f):
        return
    country = country_among(destination(f), law, (*MEU_ALL_ITEMS, *MEU_COUNTRIES))
    if country is None:
        if military(f) is not NO:
            yield _meu(all_of(unknown(Ask("destination")), military(f)), f, "1")
        return
    if country in MEU_ALL_ITEMS:
        yield _meu(military(f), f, "2")
    elif country in MEU_COUNTRIES:
        if code(f) == EAR99:
            return
        use = military(f)
        if use is NO or (country == "VE" and f.truth("facts.meu.contract_before_2014_11_07") is YES):
            return  # (h)
        yield _meu(all_of(use, in_supplement_2(f, law)), f, "1")


def _meu(when: Truth, f: Facts, n: str) -> Requirement:
    return Requirement(
        when=when, reason="744.21", kind="744.21", survives=MEU_SURVIVES, cites=(f"15 CFR 744.21(a)({n})", "15 CFR 744.21(f)-(g)"),
        says=f"us.744.21.a.{n}", review_policy=f"us.policy.744.21.{n}",
    )  # fmt: skip


@rule(
    "us.ear.744.21.b.1",
    cites=("15 CFR 744.21(b)(1)(ii)", "15 CFR 748.5(c)-(f)"),
    in_force=read_since("2024-08-27", source=f"89 FR 68543; {TEXTS}"),
)
def listed_military_end_users(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required when a listed military end user is a party to the transaction.

    A license is required when an entity on the Military End-User List is a party: for items of 744 Supp. 2;
    when one that the Entity List names as a Belarusian or Russian military end user is: for any item.
    """
    if not act_of_the_ear(f):
        return
    for p, x, held in listings(f, MEU_LIST, ENTITY_LIST):
        e = entry(x.listing, law)
        if x.list == MEU_LIST:
            # The section itself says which items; an entry or request may say otherwise.
            covered = in_supplement_2(f, law) if e.covers is None else covers_item(e, f, law)
            yield Requirement(
                when=all_of(held, covered), reason="744.21", kind="744.21", survives=MEU_SURVIVES, party=p.index,
                cites=("15 CFR 744.21(b)(1)(ii)", "15 CFR 744 Supp. 7"), says="us.744.21.b.meu",
                review_policy="us.policy.744.21.1",
            )  # fmt: skip
        elif e.footnote("3") and (not e.known or "744.21(b)" in e.under):
            yield Requirement(
                when=held, reason="744.21", kind="744.21", survives=(*MEU_SURVIVES, *e.survives), party=p.index,
                cites=("15 CFR 744.21(b)(1)(ii)", "15 CFR 744 Supp. 4"), says="us.744.21.b.footnote3",
                review_policy=policy_id(e.policy) if e.policy else "us.policy.744.21.2",
            )  # fmt: skip


@rule("us.ear.744.22.a", cites=("15 CFR 744.22(a)",), in_force=read_since("2022-09-16", source=f"87 FR 57081; {TEXTS}"))
def military_intelligence(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for any item for military intelligence of the countries the section names.

    A license is required for any item for a military-intelligence end use or user in or of Belarus, Burma,
    Cambodia, China, Russia, Venezuela and the countries of Country Groups E:1 and E:2.

    Reading: an intelligence organization of such a country is taken to be one of its armed services (paragraph
    (f)(2)) unless it is stated that the end use is not military intelligence; other intelligence services fall under
    744.21. Services of these countries elsewhere are reached when the section names them: taken to be named.
    """
    if not act_of_the_ear(f):
        return
    place = destination(f)
    test = country_test(law, INTELLIGENCE_COUNTRIES, ("E:1", "E:2"))
    if place is None:
        where = Truth("UNKNOWN", frozenset((Ask("destination"),)))
    else:
        of_forces = [n for p in users(f) if (n := p.get("nationality_of_forces")) is not None]
        where = truth_of(test(place) or any(test(n) for n in of_forces))
    if where is NO:
        return
    stated = f.get("end_use.military_intelligence")
    use = f.truth("end_use.military_intelligence")
    if stated is None:
        use = any_of(use, *(truth_of(p.get("capacity") == "intelligence") for p in users(f)))
    yield Requirement(
        when=all_of(where, use), reason="744.22", kind="744.22", survives=("GOV(b)(2)(ii)",),
        cites=("15 CFR 744.22(a)", "15 CFR 744.22(f)"), says="us.744.22", review_policy="us.policy.presumption_of_denial",
        args=(("destination", country_of(place) or "?"),),
    )  # fmt: skip


RULES = (cameras, microprocessors, military_end_use, listed_military_end_users, military_intelligence)
