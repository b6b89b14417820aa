"""Part 742: advanced computing, semiconductor equipment, quantum and other 2024 controls, model weights.

742.4(a)(4)-(5), 742.6(a)(6), (a)(10), (a)(11), (a)(13). Read in the texts of 2026-02-10 and 2026-09-01; between them
742.6(a)(6)(iii)(B) took in the United Arab Emirates (91 FR 43038, 2026-07-10).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from safeconduct.jurisdictions.us.common import (
    DEEMED,
    TRANSACTION_PARTIES,
    ccl,
    code,
    country_of,
    destination,
    in_groups,
    is_eccn,
    reading_country,
)
from safeconduct.jurisdictions.us.ear.foreign import exported_from_abroad, is_foreign_made
from safeconduct.jurisdictions.us.ear.lists import code_in_list, has_footnote, off_chart
from safeconduct.jurisdictions.us.ear.part734_foreign import subject_beside_equipment_rules
from safeconduct.law import LawAsOf, read_since, rule, since
from safeconduct.law.control_list import RequirementRow
from safeconduct.model import NO, Effect, Facts, Requirement, Truth, all_of, any_of, not_, truth_of
from safeconduct.model.facts import PartyView

#: Employees of this day stay outside 742.4(a)(5) and 742.6(a)(10), for later versions too.
GRANDFATHER_DAY: Final = date(2024, 9, 6)


def deemed(f: Facts) -> Truth:
    """Whether the act is a deemed export or reexport."""
    return f.is_in("activity", DEEMED)


def near_macau_or_d5(p: PartyView, law: LawAsOf) -> Truth:
    """Whether a party is headquartered in Macau or D:5, or its ultimate parent is."""
    return any_of(*(headquarters_in(p, field, law) for field in ("headquarters", "ultimate_parent.headquarters")))


def headquarters_in(p: PartyView, field: str, law: LawAsOf) -> Truth:
    """Whether the place in a party's field is Macau or in D:5; absence as the vocabulary says of the field."""
    place = p.get(field)
    if place is None:
        return p.is_in(field, ())
    country = reading_country(place, law)
    return any_of(truth_of(country == "MO"), in_groups(country, law, ("D:5",)))


def like_controls(f: Facts, law: LawAsOf) -> Truth:
    """742.4(a)(4)(ii)(B), (C) and 742.6(a)(6)(i)(A)(2)(ii), (iii): a foreign-made item, subject by the rule on
    equipment only, that leaves a country of 742 Supp. 4, or one with equal controls, by hands not of Macau or D:5.

    Reading: "pursuant to 734.4(a)(8) or 734.9(k)" is taken to mean that no other rule makes the item subject, so a
    foreign-made item with more US content than 734.4(d) allows is not excluded; the other reading excludes more.
    """
    from_abroad = exported_from_abroad(f)
    if from_abroad is NO:
        return NO
    foreign = is_foreign_made(f)
    if foreign is NO:
        return NO
    origin = country_of(f.get("exported_from"))
    listed = truth_of(origin in law.index("us.742.supp4", "country"))
    place = any_of(listed, f.truth("facts.sme.equal_controls"))
    if place is NO:
        return NO
    exporters = [p for p in f.parties("exporter") if p.get("role") == "exporter"]
    hands = (
        any_of(*(near_macau_or_d5(p, law) for p in exporters)) if exporters else f.truth("facts.sme.exporter_near_d5")
    )
    return all_of(from_abroad, foreign, place, not_(hands), not_(subject_beside_equipment_rules(f, law)))


def _requirement(row: RequirementRow, held: Truth, f: Facts, reason: str, policy: str) -> Requirement:
    return Requirement(
        when=held, reason=reason, kind=row.reason, cites=(f"15 CFR {reason}", row.cite), says="us.742.off_chart",
        args=(("code", code(f)), ("paragraph", reason), ("destination", destination(f))), review_policy=policy,
        basis=row.basis,
    )  # fmt: skip


@rule("us.ear.742.4.a.4", cites=("15 CFR 742.4(a)(4)",), in_force=read_since("2024-12-05", source="89 FR 96810"))
def semiconductor_equipment_ns(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for certain chip-making equipment, software and technology to and within Macau and D:5."""
    for row, held in off_chart(f, law, "742.4(a)(4)"):
        out = any_of(deemed(f), like_controls(f, law))
        yield _requirement(row, all_of(held, not_(out)), f, "742.4(a)(4)", "us.policy.744.23")


@rule("us.ear.742.6.a.6.i", cites=("15 CFR 742.6(a)(6)(i)",), in_force=read_since("2024-12-05", source="89 FR 96810"))
def semiconductor_equipment_rs(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for certain chip-making equipment and for high bandwidth memory to and within Macau and D:5."""
    for row, held in off_chart(f, law, "742.6(a)(6)(i)"):
        out = deemed(f)
        equipment = code_in_list(law, "734.4(a)(8)", code(f) or "", f)
        if equipment is not NO:
            out = any_of(out, all_of(equipment, like_controls(f, law)))
        memory = row.entry in ("3A090", "3D001", "3E001")  # (B); the other entries are equipment of (A)
        policy = "us.policy.742.6.hbm" if memory else "us.policy.744.23"
        yield _requirement(row, all_of(held, not_(out)), f, "742.6(a)(6)(i)", policy)


@rule("us.ear.742.6.a.6.ii", cites=("15 CFR 742.6(a)(6)(ii)",), in_force=read_since("2024-12-05", source="89 FR 96810"))
def technology_from_d5(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for technology to make advanced computing items that was developed by and leaves Macau or D:5."""
    for row, held in off_chart(f, law, "742.6(a)(6)(ii)"):
        yield _requirement(row, all_of(held, not_(deemed(f))), f, "742.6(a)(6)(ii)", "us.policy.744.23")


@rule(
    "us.ear.742.6.a.6.iii.A",
    cites=("15 CFR 742.6(a)(6)(iii)(A)",),
    in_force=read_since("2025-01-15", source="90 FR 4557, as 734.9 cites it"),
)
def advanced_computing_worldwide(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for the most capable advanced computing items to every destination.

    The text is in the Code on 2026-09-01. That the Bureau said on 2025-05-13 that it would not enforce the rule which
    brought it is guidance, no law, and changes no requirement here.
    """
    for row, held in off_chart(f, law, "742.6(a)(6)(iii)(A)"):
        yield _requirement(row, all_of(held, not_(deemed(f))), f, "742.6(a)(6)(iii)(A)", "us.policy.742.6.b.10.iii")


@rule(
    "us.ear.742.6.a.6.iii.B",
    cites=("15 CFR 742.6(a)(6)(iii)(B)",),
    in_force=read_since("2025-01-15", source="90 FR 4557, as 734.9 cites it"),
)
def advanced_computing_groups(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for further advanced computing items to D:1, D:4 and D:5 countries outside A:5 and A:6, and to the UAE.

    Since 2026-07-10 none is required when the ultimate consignee and all end users are entities of 740 Supp. 8.
    """
    for row, held in off_chart(f, law, "742.6(a)(6)(iii)(B)"):
        out = deemed(f)
        if reading_country(destination(f), law) == "AE" and law.covers("us.740.supp8"):
            out = any_of(out, all_approved(f))
        yield _requirement(row, all_of(held, not_(out)), f, "742.6(a)(6)(iii)(B)", "us.policy.742.6.b.10.iii")


def all_approved(f: Facts) -> Truth:
    """Whether an ultimate consignee is named and it and all end users are approved entities (740 Supp. 8)."""
    parties = f.parties("ultimate_consignee", "end_user")
    if not any(p.get("role") in (None, "ultimate_consignee") for p in parties):
        return NO
    return all_of(*(p.truth("approved_by_bis") for p in parties))


def _worldwide(f: Facts, law: LawAsOf, limited: str, full: str | None) -> Truth:
    """The exclusions of deemed exports from 742.4(a)(5) and 742.6(a)(10): whether one applies.

    (A) employees and contractors of 2024-09-06 (but not 3E905 to nationals of D:1 or D:5) who are not barred by part
    744; (B)(1) listed software and technology, unless to nationals of D:1 or D:5; (B)(2) etch software, technology.
    """
    act = deemed(f)
    if act is NO:
        return NO
    c = code(f) or ""
    wary = in_groups(reading_country(destination(f), law), law, ("D:1", "D:5"))
    in_place = all_of(
        f.truth("person.employed_before_2024_09_07"), not_(f.truth("person.proscribed")),
        not_(all_of(truth_of(c.startswith("3E905")), wary)),
    )  # fmt: skip
    parts = [in_place, all_of(not_(wary), code_in_list(law, limited, c, f))]
    if full is not None:
        parts.append(code_in_list(law, full, c, f))
    return all_of(act, any_of(*parts))


@rule(
    "us.ear.742.4.a.5",
    cites=("15 CFR 742.4(a)(5)",),
    in_force=since("2024-09-06", source="the day 742.4(a)(5)(ii)(A) names; 89 FR 72926"),
)
def worldwide_ns(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for national security reasons to every destination for quantum and other items of 2024."""
    for row, held in off_chart(f, law, "742.4(a)(5)"):
        out = _worldwide(f, law, "742.4(a)(5)(ii)(B)", None)
        yield _requirement(row, all_of(held, not_(out)), f, "742.4(a)(5)", "us.policy.742.4.b.10")


@rule(
    "us.ear.742.6.a.10",
    cites=("15 CFR 742.6(a)(10)",),
    in_force=since("2024-09-06", source="the day 742.4(a)(5)(ii)(A) names; 89 FR 72926"),
)
def worldwide_rs(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for regional stability reasons to every destination for quantum and other items of 2024."""
    for row, held in off_chart(f, law, "742.6(a)(10)"):
        out = _worldwide(f, law, "742.6(a)(10)(ii)(B)(1)", "742.6(a)(10)(ii)(B)(2)")
        yield _requirement(row, all_of(held, not_(out)), f, "742.6(a)(10)", "us.policy.742.4.b.10")


@rule("us.ear.742.6.a.11", cites=("15 CFR 742.6(a)(11)",), in_force=since("2024-12-05", source="89 FR 96810"))
def footnote_5(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for certain less capable chip-making equipment to a party listed with footnote 5.

    Items that are subject only by 734.4(a)(9) or 734.9(e)(3) fall under 744.11(a)(2)(v) instead; that they may fall
    under both is left to the requirement of 744.11.
    """
    c = code(f)
    if c is None or not is_eccn(c) or f.get("activity") == "us_person_support":
        return
    clist = ccl(law)
    rows = [r for r in clist.requirements(c) if r.off == "742.6(a)(11)"]
    if not rows:
        return
    for p in f.parties(*TRANSACTION_PARTIES):
        for listing in p.listed_on("us.entity_list"):
            hit = has_footnote(listing, law, "5")
            for row in rows:
                yield Requirement(
                    when=all_of(clist.holds(row, c, f), hit), reason="742.6(a)(11)", kind="RS", party=p.index,
                    cites=("15 CFR 742.6(a)(11)", row.cite), says="us.742.6.a.11", args=(("code", c),),
                    review_policy="us.policy.listed_entry", basis=row.basis,
                )  # fmt: skip


@rule(
    "us.ear.742.6.a.13",
    cites=("15 CFR 742.6(a)(13)",),
    in_force=since("2025-01-15", source="90 FR 4557, as 734.9 cites it"),
)
def model_weights(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for the weights of the largest artificial intelligence models to every destination.

    Not for deemed exports to permanent and regular employees of entities headquartered, and owned by entities
    headquartered, in the countries of 740 Supp. 5(a).
    """
    for row, held in off_chart(f, law, "742.6(a)(13)"):
        out = deemed(f)
        if out is not NO:
            kept = f.is_in("person.employment", ("employee", "bona_fide_full_time_employee"))
            out = all_of(out, kept, _supp5_employer(f, law))
        yield _requirement(row, all_of(held, not_(out)), f, "742.6(a)(13)", "us.policy.742.6.b.14")


def _supp5_employer(f: Facts, law: LawAsOf) -> Truth:
    place = f.get("person.employer_headquarters")
    if place is None:
        return f.is_in("person.employer_headquarters", ())
    if not law.covers("us.740.supp5"):
        return NO
    rows = law.index("us.740.supp5", "paragraph").get("a", ())
    return truth_of(country_of(place) in {r["country"] for r in rows})


RULES: Final = (
    semiconductor_equipment_ns, worldwide_ns, semiconductor_equipment_rs, technology_from_d5, advanced_computing_worldwide,
    advanced_computing_groups, worldwide_rs, footnote_5, model_weights,
)  # fmt: skip
