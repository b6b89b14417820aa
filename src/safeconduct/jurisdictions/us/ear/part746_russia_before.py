"""15 CFR 746.8 and 746.5 before 2024-11-01: what is known of Russia and Belarus, and questions for the rest."""

from __future__ import annotations

from collections.abc import Iterator

from safeconduct.jurisdictions.us.common import EAR99, code, country_of, destination, is_eccn
from safeconduct.jurisdictions.us.ear.part746_russia import DESTINATIONS, OIL_AND_GAS, place, to_russia
from safeconduct.jurisdictions.us.ear.part746_shared import nothing_moves
from safeconduct.law import LawAsOf, between, entry_of, rule
from safeconduct.model import NO_EXCEPTION, Effect, Facts, Question, Requirement


def _earlier(f: Facts, basis: str) -> Requirement:
    return Requirement(
        reason="746.8(a)(1)", kind="746.8", survives=NO_EXCEPTION, says="us.746.8.earlier", args=place(f), basis=basis,
        review_policy="us.policy.746.8.denial",
    )  # fmt: skip


@rule(
    "us.ear.746.8.a.1.from_2022_02_24",
    cites=("15 CFR 746.8(a)(1)",),
    in_force=between("2022-02-24", "2024-11-01", source="87 FR 12226"),
)
def russia_2022(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """From 2022-02-24 a license was required to Russia for items with an ECCN of categories 3 to 9.

    The exceptions of those days were not read: none is offered.
    """
    c = code(f)
    if to_russia(f) and country_of(destination(f)) == "RU" and c is not None and is_eccn(c) and c[:1] in "3456789":
        yield _earlier(f, "read")


@rule(
    "us.ear.746.8.a.1.from_2022_03_02",
    cites=("15 CFR 746.8(a)(1)",),
    in_force=between("2022-03-02", "2024-11-01", source="87 FR 13048", basis="memory"),
)
def belarus_2022(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """From 2022-03-02 a license was required to Belarus for items with an ECCN of categories 3 to 9."""
    c = code(f)
    if to_russia(f) and country_of(destination(f)) == "BY" and c is not None and is_eccn(c) and c[:1] in "3456789":
        yield _earlier(f, "memory")


@rule(
    "us.ear.746.8.a.1.from_2022_04_08",
    cites=("15 CFR 746.8(a)(1)",),
    in_force=between("2022-04-08", "2024-11-01", source="87 FR 22130", basis="memory"),
)
def all_categories_2022(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """From 2022-04-08 a license was required to Russia and Belarus for items with an ECCN of categories 0 to 2 too."""
    c = code(f)
    if to_russia(f) and c is not None and is_eccn(c) and c[:1] in "012":
        yield _earlier(f, "memory")


@rule(
    "us.ear.746.8.until_2024_11_01",
    cites=("15 CFR 746.8", "15 CFR 746.5", "15 CFR 746.10"),
    in_force=between("2022-02-24", "2024-11-01", source="87 FR 12226; 89 FR 51644; 89 FR 87282"),
)
def russia_not_read(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Between 2022-02-24 and 2024-11-01 the lists for Russia and Belarus grew many times; those texts were not read.

    Until 2024-06-12 the industrial and luxury goods stood in 746.5 and 746.10, folded into 746.8 then (89 FR 51644).
    """
    if country_of(destination(f)) not in DESTINATIONS or nothing_moves(f):
        return
    yield Question(hold=True, kind="not_covered", says="us.746.8.not_read")


@rule(
    "us.ear.746.5.until_2022_02_24",
    cites=("15 CFR 746.5",),
    in_force=between("2014-08-06", "2022-02-24", source="79 FR 45675", basis="memory"),
)
def russia_before_2022(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Before 2022-02-24 section 746.5 held the oil and gas rules for Russia; its text was not read."""
    c = code(f)
    if to_russia(f) and country_of(destination(f)) == "RU" and (c is None or c == EAR99 or entry_of(c) in OIL_AND_GAS):
        yield Question(hold=True, kind="not_covered", says="us.746.5.not_read")


RULES = (russia_2022, belarus_2022, all_categories_2022, russia_not_read, russia_before_2022)
