"""Part 744, weapons: nuclear (744.2), rockets and drones (744.3), chemical and biological (744.4), naval reactors (744.5),
and what the government informed the exporter of (the "is informed" paragraphs of all sections).

Read in the texts of 2026-02-10 and 2026-09-01, which agree; each rule is known since the last amendment its section cites.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from safeconduct.jurisdictions.us.common import (
    CODE,
    EAR99,
    code,
    country_of,
    destination,
    in_groups,
    is_eccn,
    reading_country,
)
from safeconduct.jurisdictions.us.users import act_of_the_ear, country_test, in_or_by
from safeconduct.law import LawAsOf, Scope, read_since, rule
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
)

#: Exceptions that a section lets overcome its own requirement, by section. The rest keep none.
SURVIVES: Final[Mapping[str, tuple[str, ...]]] = {
    "744.9": ("GOV(b)(2)(ii)",),
    "744.17": ("GOV(b)", "GOV(c)"),
    "744.21": ("GOV(b)(2)(i)", "GOV(b)(2)(ii)"),
    "744.22": ("GOV(b)(2)(ii)",),
}
TEXTS: Final = "texts of 2026-02-10 and 2026-09-01"


@rule(
    "us.ear.744.2.a",
    cites=("15 CFR 744.2(a)",),
    in_force=read_since("2014-08-07", source=f"79 FR 46324; {TEXTS}"),
)
def nuclear_end_uses(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for an item that will be used in certain nuclear activities outside the countries of 744 Supp. 3.

    Civil power reactors under safeguards are not among them; reprocessing, heavy water, isotope separation and fuel
    with plutonium are, safeguarded or not.
    """
    if not act_of_the_ear(f):
        return
    uses = [
        ("1", f.truth("end_use.nuclear_explosive")),
        ("2", f.truth("end_use.unsafeguarded_nuclear")),
        ("3", f.truth("end_use.fuel_cycle")),
    ]
    if all(u is NO for _, u in uses):
        return
    place = destination(f)
    outside = Truth("UNKNOWN", frozenset((Ask("destination"),))) if place is None else outside_supplement_3(place, law)
    for n, use in uses:
        yield Requirement(
            when=all_of(use, outside), reason=f"744.2(a)({n})", kind="744.2", survives=NO_EXCEPTION,
            cites=(f"15 CFR 744.2(a)({n})",), says=f"us.744.2.a.{n}", review_policy="us.policy.744.2",
        )  # fmt: skip


def outside_supplement_3(place: str, law: LawAsOf) -> Truth:
    """Whether a place is none of the countries of 744 Supp. 3, nor a territory of one. On days that the table of
    territories does not cover a territory counts as outside: the requirement is raised."""
    named = law.index("us.744.supp3", "country")
    if country_of(place) in named:
        return NO
    return YES if not law.covers("us.territories") else truth_of(reading_country(place, law) not in named)


@rule(
    "us.ear.744.3.a",
    cites=("15 CFR 744.3(a)",),
    in_force=read_since("2021-01-15", source=f"86 FR 4871; {TEXTS}"),
)
def missile_end_uses(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for an item for certain rocket systems and unmanned aircraft.

    A license is required for an item that will be used in rocket systems or unmanned aircraft: of 300 km or
    more, or of unknown range, in or by a Country Group D:4 country, and anywhere for delivering weapons of mass
    destruction.
    """
    if not act_of_the_ear(f):
        return
    delivery = f.truth("end_use.wmd_delivery")
    rockets = any_of(f.truth("end_use.missile"), f.truth("end_use.space_launch"))
    yield Requirement(
        when=all_of(delivery, not_(f.truth("end_use.nato_nuclear_program"))) if delivery is not NO else NO,
        reason="744.3(a)(2)", kind="744.3", survives=NO_EXCEPTION, cites=("15 CFR 744.3(a)(2)",), says="us.744.3.a.2",
        review_policy="us.policy.744.3",
    )  # fmt: skip
    if rockets is NO:
        return
    there = in_or_by(f, country_test(law, groups=("D:4",)))
    if there is NO:
        return
    far = f.compare("end_use.missile_range", ">=", 300, "km")
    # (a)(3): a range, or a use for delivery, that the exporter cannot determine needs a license as well.
    n = "1" if far is YES else "3"
    if far is NO and not delivery.is_unknown:
        return
    yield Requirement(
        when=all_of(rockets, there), reason=f"744.3(a)({n})", kind="744.3", survives=NO_EXCEPTION,
        cites=(f"15 CFR 744.3(a)({n})",), says=f"us.744.3.a.{n}", review_policy="us.policy.744.3",
    )  # fmt: skip


@rule(
    "us.ear.744.4.a",
    cites=("15 CFR 744.4(a)",),
    in_force=read_since("2021-01-15", source=f"86 FR 4871; {TEXTS}"),
)
def chemical_biological_end_uses(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for an item for chemical or biological weapons or plants for their precursors.

    A license is required for an item that will be used in chemical or biological weapons anywhere, or in a
    whole plant for chemical weapons precursors of ECCN 1C350 outside Country Group A:3.
    """
    if not act_of_the_ear(f):
        return
    yield Requirement(
        when=f.truth("end_use.chemical_biological"), reason="744.4(a)", kind="744.4", survives=NO_EXCEPTION,
        says="us.744.4.a", review_policy="us.policy.744.4",
    )  # fmt: skip
    plant = f.truth("item.traits.whole_chemical_plant")
    if plant is NO:
        return
    yield Requirement(
        when=all_of(plant, not_(in_groups(reading_country(destination(f), law), law, ("A:3",)))), reason="744.4(a)",
        kind="744.4", survives=NO_EXCEPTION, says="us.744.4.plant", review_policy="us.policy.744.4",
    )  # fmt: skip


@rule(
    "us.ear.744.5.a",
    cites=("15 CFR 744.5(a)",),
    in_force=read_since("2008-11-18", source=f"73 FR 68326; {TEXTS}"),
)
def naval_reactors(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for technology, and what is made for it, for a foreign maritime nuclear propulsion project.

    Reading: the section speaks of "certain technology" and then counts machinery, devices, components and equipment
    developed for such plants among it; goods are therefore caught as well. The other reading catches technology only.
    """
    if not act_of_the_ear(f):
        return
    yield Requirement(
        when=f.truth("end_use.maritime_nuclear_propulsion"), reason="744.5", kind="744.5", survives=NO_EXCEPTION,
        says="us.744.5.a", review_policy="us.policy.744.5",
    )  # fmt: skip


@rule(
    "us.ear.744.informed",
    cites=(
        "15 CFR 744.2(b)", "15 CFR 744.3(b)", "15 CFR 744.4(b)", "15 CFR 744.6(c)(1)", "15 CFR 744.9(b)", "15 CFR 744.11(c)",
        "15 CFR 744.17(b)", "15 CFR 744.21(b)", "15 CFR 744.22(b)", "15 CFR 744.23(b)",
    ),
    in_force=read_since("2025-01-16", source=f"90 FR 5311 (744.6); {TEXTS}"),
)  # fmt: skip
def informed_by_the_government(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required where the government informed the exporter that this shipment, item or user needs one.

    No notice is no clearance: the sections' own prohibitions run beside this one. A notice covers what it says
    (``covers``: codes, countries, or words, which are taken to cover the line); with nothing said it covers the line.
    """
    notices = f.get("informed")
    if notices is None:
        yield Requirement(
            when=f.truth("informed"), reason="744", kind="744", survives=NO_EXCEPTION, says="us.744.informed_unknown"
        )
        return
    for notice in notices:
        if not isinstance(notice, Mapping):
            notice = {}
        section = str(notice.get("section") or "744").replace("15 CFR", "").strip()
        base = section.partition("(")[0]
        survives = SURVIVES.get(base, NO_EXCEPTION)
        place = country_of(destination(f))
        if base == "744.2" and place is not None and place in law.index("us.744.supp3", "country"):
            survives = ("TSU(a)", "TSU(b)")  # 744.2(c)
        yield Requirement(
            when=_covered(notice.get("covers"), f, law), reason=section, kind=base, survives=survives,
            cites=(f"15 CFR {section}",), says="us.744.informed", args=(("section", section),), review_policy="us.policy.notice",
            beyond_scope=base == "744.6",
        )  # fmt: skip


def _covered(what: Any, f: Facts, law: LawAsOf) -> Truth:
    if what is False:
        return NO
    if isinstance(what, Mapping):
        parts = []
        for key, value in what.items():
            values = value if isinstance(value, tuple) else (value,)
            if key in ("eccns", "codes", "items"):
                parts.append(_codes(tuple(str(v) for v in values), f))
            elif key in ("countries", "destinations", "destination"):
                place = destination(f)
                parts.append(
                    Truth("UNKNOWN", frozenset((Ask("destination"),)))
                    if place is None
                    else truth_of(place in values or country_of(place) in values)
                )
        return all_of(*parts)
    values = what if isinstance(what, tuple) else (what,)
    if what and all(isinstance(v, str) and (is_eccn(v) or v == EAR99) for v in values):
        return _codes(tuple(values), f)
    return YES


def _codes(codes: tuple[str, ...], f: Facts) -> Truth:
    if not all(is_eccn(x) or x == EAR99 for x in codes):
        return YES
    c = code(f)
    relation = None if c is None else c in codes if c == EAR99 else Scope(codes).relation(c)
    return (
        Truth("UNKNOWN", frozenset((Ask(CODE, tuple((x, x) for x in codes[:8])),)))
        if relation is None
        else truth_of(relation)
    )


RULES = (nuclear_end_uses, missile_end_uses, chemical_biological_end_uses, naval_reactors, informed_by_the_government)
