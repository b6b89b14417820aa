"""Part 734: foreign-made items. De minimis US content (734.4) and whether nothing makes the item subject (734.3(a)).

An item made and leaving abroad is outside the EAR unless US content (734.4), a direct product rule (734.9, in
``part734_direct``) or a notice (734.9(a)(3)) makes it subject; unknown facts leave the question open.
Read in the text of 2026-09-01.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import (
    EAR99,
    ccl,
    country_of,
    destination,
    is_eccn,
)
from safeconduct.jurisdictions.us.ear.deminimis import PARTS, above_de_minimis, exceeds, part_codes
from safeconduct.jurisdictions.us.ear.foreign import made_and_left_abroad
from safeconduct.jurisdictions.us.ear.lists import controlled_only_for_at
from safeconduct.jurisdictions.us.ear.part734_direct import (
    DIRECT_RULES,
    applies,
    subject_by_direct_rules,
)
from safeconduct.law import LawAsOf, read_since, rule, since
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Block,
    Effect,
    Facts,
    Lift,
    Question,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
)

NOT_SUBJECT: Final = ("not_subject",)


def subject_beside_equipment_rules(f: Facts, law: LawAsOf) -> Truth:
    """Whether anything but 734.4(a)(8) and 734.9(k) makes a foreign-made item subject (742.4(a)(4)(ii)(B), (C))."""
    direct = (applies(row, f, law) for row in law.rows("us.fdp_rules") if row["rule"] != "k")
    return any_of(truth_of(_informed(f)), above_de_minimis(f, law, "734.4(a)(8)"), *direct)


@rule(
    "us.ear.734.4",
    cites=("15 CFR 734.4(a)-(d)", "15 CFR 734 Supp. 2"),
    in_force=read_since("2025-01-15", source="eCFR 2026-09-01"),
)
def de_minimis(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A foreign-made item with more controlled US content than the de minimis level is subject to the EAR.

    25 percent; 10 percent to E:1 and E:2; none for the items of 734.4(a).
    """
    abroad = made_and_left_abroad(f)
    if abroad is NO:
        return
    yield Block(bars=NOT_SUBJECT, when=all_of(abroad, above_de_minimis(f, law)), says="us.734.4")
    for part in f.get(PARTS) or ():
        c = str(part.get("classification") or "?")
        if part.get("kind") in ("software", "source_code") and part.get("bundled") is True and c != EAR99:
            at_only = controlled_only_for_at(c, f, ccl(law)) if is_eccn(c) else NO
            if at_only is not YES:
                yield Question(
                    hold=True, kind="duty", says="us.734.4.bundled", args=(("code", c),), cites=("15 CFR 734.4(d)(1)",)
                )


@rule("us.ear.734.supp2.b", cites=("15 CFR 734.4(c)(3), (d)(3)", "15 CFR 734 Supp. 2(b)"),
      in_force=read_since("2025-01-15", source="eCFR 2026-09-01"))  # fmt: skip
def technology_report(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Before relying on de minimis for foreign technology commingled with US technology, a one-time report must be filed."""
    abroad = made_and_left_abroad(f)
    if abroad is NO or f.get("item.kind") not in (None, "technology"):
        return
    codes = part_codes(f)
    if codes == () or (codes is None and f.get("item.us_content.controlled_value") is None):
        return
    technology = f.is_in("item.kind", ("technology",), strict=True)
    unreported = not_(f.truth("facts.deminimis.report_filed"))
    held = all_of(abroad, technology, unreported, exceeds(f, law, 0))
    yield Block(bars=NOT_SUBJECT, when=held, says="us.734.supp2.b")


@rule(
    "us.ear.734.4.a.7",
    cites=("15 CFR 734.4(a)(7)", "31 CFR 560.215", "31 CFR 515.329"),
    in_force=read_since("2025-01-15", source="eCFR 2026-09-01"),
)
def us_owned_exporter(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """OFAC bars entities that US persons own or control from exports to Cuba and Iran, whatever the US content."""
    if made_and_left_abroad(f) is NO or country_of(destination(f)) not in ("CU", "IR"):
        return
    for p in f.parties("exporter"):
        if p.get("role") == "exporter":
            owned = any_of(p.truth("subsidiary_of_us_company"), truth_of("US" in (p.get("wholly_owned_by") or ())))
            yield Requirement(
                when=all_of(owned, not_(f.truth("facts.ofac.authorized"))),
                reason="734.4(a)(7)",
                kind="OFAC",
                survives=NO_EXCEPTION,
                agency="OFAC",
                beyond_scope=True,
                party=p.index,
                says="us.734.4.a.7",
                args=(("destination", destination(f)),),
            )


@rule("us.ear.734.9.a.3", cites=("15 CFR 734.9(a)(3)",), in_force=since("2022-02-03", source="87 FR 6024"))
def informed(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """BIS may tell a person that foreign-made items are subject to the EAR."""
    if made_and_left_abroad(f) is not NO and _informed(f):
        yield Block(bars=NOT_SUBJECT, says="us.734.9.a.3")


def _informed(f: Facts) -> bool:
    return any(str(x.get("section", "")).startswith("734.9") for x in f.get("informed") or ())


@rule(
    "us.ear.734.3.a",
    cites=("15 CFR 734.3(a)(3)-(5)",),
    in_force=since("2022-02-03", source="87 FR 6024, which made 734.9"),
)
def foreign_made(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A foreign-made item outside the United States, caught by no content or direct product rule, is not subject to the EAR."""
    abroad = made_and_left_abroad(f)
    if abroad is NO or f.get("activity") == "us_person_support":
        return
    if _informed(f):
        return
    report = NO
    if f.get("item.kind") in (None, "technology"):
        codes = part_codes(f)
        if codes or (codes is None and f.get("item.us_content.controlled_value") is not None):
            technology = f.is_in("item.kind", ("technology",), strict=True)
            report = all_of(technology, not_(f.truth("facts.deminimis.report_filed")), exceeds(f, law, 0))
    caught = any_of(above_de_minimis(f, law), subject_by_direct_rules(f, law), report)
    yield Lift(
        symbol="not_subject", when=all_of(abroad, not_(caught)), cites=("15 CFR 734.3(a)", "15 CFR 734.4", "15 CFR 734.9"),
        says="us.734.3.a",
    )  # fmt: skip


RULES: Final = (de_minimis, technology_report, us_owned_exporter, *DIRECT_RULES, informed, foreign_made)
