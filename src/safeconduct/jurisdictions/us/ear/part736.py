"""Part 736: general prohibitions that no other part repeats. Four and five to seven are in parts 744 and 746.

Read in the texts of 2026-02-10 and 2026-09-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import (
    DEEMED,
    EXPORTS,
    ccl,
    code,
    country_of,
    destination,
    in_groups,
    is_eccn,
    reading_country,
)
from safeconduct.jurisdictions.us.ear.content import license_to
from safeconduct.jurisdictions.us.ear.lists import code_in_list, members
from safeconduct.law import LawAsOf, Scope, between, covers, entry_of, read_since, rule, since
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Condition,
    Effect,
    Facts,
    Lift,
    Prohibition,
    Question,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
)

TEXT: Final = "eCFR 2026-02-10 and 2026-09-24"
GO6: Final = since("2024-09-06", source="General Order 6 names its day; read in eCFR 2026-09-24")
TRANSIT: Final = "736.2(b)(8)(ii)"


@rule("us.ear.736.2.b.8", cites=("15 CFR 736.2(b)(8)",), in_force=read_since("2026-02-10", source=TEXT))
def in_transit(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item may pass through certain countries only if it could go to them without a license or under an exception.

    Reading: the exceptions found for the line are found for its destination, so none of them is taken to serve the
    country of transit; an exception that does lifts the prohibition (736.2(b)(8)(i)).
    """
    if f.get("activity") not in EXPORTS:
        return
    route = f.get("route")
    if route is None:
        open_ = f.is_in("route", ())
        if open_ is not NO:
            yield Question(asks=tuple(open_.asks), then=(_transit("", ""),), says="us.736.2.b.8.route")
        return
    listed = members(law, TRANSIT, "country")
    through = [p for p in route if country_of(p) in listed and p != f.get("destination")]
    if not through:
        return
    c = code(f)
    if c is None:
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.no_classification")
        return
    for place in through:
        yield _transit(c, place, license_to(c, place, law, f))


def _transit(c: str, place: str, when: object = None) -> Requirement:
    return Requirement(
        when=when if isinstance(when, Truth) else YES, reason="736.2(b)(8)", kind="736.2(b)(8)", survives=NO_EXCEPTION,
        cites=("15 CFR 736.2(b)(8)",), says="us.736.2.b.8", args=(("code", c), ("place", place)),
    )  # fmt: skip


@rule(
    "us.ear.736.2.b.7.i.B",
    cites=("15 CFR 736.2(b)(7)(i)(B)", "15 CFR 745.1"),
    in_force=read_since("2026-02-10", source=TEXT),
    not_modeled=True,
)
def schedule_1(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Exports of Schedule 1 chemicals need a notice in advance and a report a year, part 745, beside the license."""
    c = code(f)
    if c is None or not covers("1C351", c) or f.get("activity") != "export":
        return
    clist = ccl(law)
    listed = any_of(*(clist.in_scope(Scope((x,)), c) for x in ("1C351.d.15", "1C351.d.16")))
    yield Question(hold=True, kind="not_modeled", when=listed, says="us.736.2.b.7.i.B")


@rule("us.ear.736.2.b.9", cites=("15 CFR 736.2(b)(9)",), in_force=read_since("2026-02-10", source=TEXT))
def terms_and_orders(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No one may act against an order, or against the terms of a license or exception under which an item stands."""
    yield Prohibition(when=f.truth("conduct.against_order_or_terms"), reason="736.2(b)(9)", says="us.736.2.b.9")


@rule(
    "us.ear.736.2.b.10",
    cites=("15 CFR 736.2(b)(10)", "15 CFR 764.2(e)"),
    in_force=read_since("2026-02-10", source=TEXT),
)
def knowledge_of_violation(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No one may go on with an item knowing that a violation has occurred, is about to occur or is intended."""
    yield Prohibition(when=f.truth("conduct.known_violation"), reason="736.2(b)(10)", says="us.736.2.b.10")


def _go6(f: Facts, law: LawAsOf, symbol: str, covered: Truth, conditions: tuple[Condition, ...]) -> Iterator[Effect]:
    """A general license of General Order 6: lifts what 742 requires; what it does not overcome (744.11, 744.21 and the
    other end uses, (f)(5)(i)) does not name it among what survives. Yearly report: 743.7, 743.8."""
    if covered is not NO:
        yield Lift(
            symbol=symbol,
            when=covered,
            conditions=conditions,
            cites=(f"15 CFR 736 Supp. 1 (f)({symbol[-2]})",),
            says="us.736.go6",
            duties=("us.736.go6.report",),
        )


def _said(met: Truth, says: str) -> Condition:
    return Condition(met=met, cites=("15 CFR 736 Supp. 1 (f)",), says=says)


def _wary_person(f: Facts, law: LawAsOf) -> Truth:
    return in_groups(reading_country(destination(f), law), law, ("D:1", "D:5"))


@rule("us.ear.736.supp1.f.1", cites=("15 CFR 736 Supp. 1 (f)(1)", "15 CFR 736 Supp. 1 (f)(5)"), in_force=GO6)
def gaafet_work(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General Order 6: 3E905 technology may go on to work in A:5 and A:6 countries that began by 2024-09-06."""
    c = code(f)
    if c is None or entry_of(c) != "3E905" or f.get("activity") not in EXPORTS:
        return
    there = in_groups(reading_country(destination(f), law), law, ("A:5", "A:6"))
    yield from _go6(
        f,
        law,
        "GO6(f)(1)",
        there,
        (
            _said(f.condition("facts.go6.work_began_by_2024_09_06"), "us.736.go6.began"),
            _said(not_(f.condition("facts.go6.directed_from_d1_d5")), "us.736.go6.directed"),
        ),
    )


@rule("us.ear.736.supp1.f.2", cites=("15 CFR 736 Supp. 1 (f)(2)", "15 CFR 736 Supp. 1 (f)(5)"), in_force=GO6)
def gaafet_employees(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General Order 6: 3E905 technology may be released to D:1 and D:5 nationals already employed on 2024-09-06."""
    c = code(f)
    if c is None or entry_of(c) != "3E905" or f.get("activity") not in DEEMED:
        return
    yield from _go6(
        f,
        law,
        "GO6(f)(2)",
        _wary_person(f, law),
        (
            _said(f.condition("person.employed_before_2024_09_07"), "us.736.go6.employed"),
            _said(not_(f.condition("person.proscribed")), "us.736.go6.proscribed"),
            _said(not_(f.condition("facts.go6.directed_from_d1_d5")), "us.736.go6.directed"),
        ),
    )


@rule("us.ear.736.supp1.f.3", cites=("15 CFR 736 Supp. 1 (f)(3)", "15 CFR 736 Supp. 1 (f)(5)"), in_force=GO6)
def quantum_employees(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General Order 6: quantum software and technology may be released to D:1 and D:5 nationals."""
    c = code(f)
    if c is None or not is_eccn(c) or f.get("activity") not in DEEMED:
        return
    covered = code_in_list(law, "736 Supp. 1 (f)(3)", c, f)
    if covered is not NO:
        covered = all_of(covered, _wary_person(f, law))
    proscribed = _said(not_(f.condition("person.proscribed")), "us.736.go6.proscribed")
    yield from _go6(f, law, "GO6(f)(3)", covered, (proscribed,))


@rule(
    "us.ear.736.supp1.g",
    cites=("15 CFR 736 Supp. 1 (g)",),
    in_force=between("2025-09-29", "2025-11-10", source="90 FR 47201; stayed by 90 FR 50857, and expired 2025-12-01"),
    not_modeled=True,
)
def affiliates_license(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General Order 7 let some trade with unlisted daughters of listed entities go on for a time; it only released."""
    yield Question(kind="not_modeled", when=NO, says="us.736.supp1")


@rule(
    "us.ear.736.supp1", cites=("15 CFR 736 Supp. 1",), in_force=read_since("2026-02-10", source=TEXT), not_modeled=True
)
def general_orders(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General Orders 1, 3 and 5 speak of old reexport authorizations, old license conditions and State Department approvals."""
    yield Question(hold=True, kind="not_modeled", when=f.truth("conduct.general_order_applies"), says="us.736.supp1")


RULES: Final = (
    schedule_1, in_transit, terms_and_orders, knowledge_of_violation, gaafet_work, gaafet_employees, quantum_employees,
    affiliates_license, general_orders,
)  # fmt: skip
