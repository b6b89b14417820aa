"""15 CFR 746.9: Syria, before and after 2025-09-02."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from safeconduct.jurisdictions.us.common import EAR99, code, country_of, destination
from safeconduct.jurisdictions.us.ear.part746_shared import (
    BAG_A_TO_D,
    NOT_CIVIL,
    deemed,
    ear99,
    food_or_medicine,
    nothing_moves,
    paragraphs,
)
from safeconduct.law import LawAsOf, rule, since
from safeconduct.law.provision import InForce
from safeconduct.model import Block, Effect, Facts, Period, Requirement, any_of, not_

#: 746.9(b)(1)-(8); (b)(1), License Exception SPP, is for EAR99 items.
SURVIVES: Final = (
    "TMP(a)(3)", "TMP(a)(7)", "TMP(a)(9)", "TMP(a)(10)", "TMP(a)(11)(ii)", "RPL(a)", "GOV(b)(2)", "GOV(c)", "GOV(d)",
    *paragraphs("TSU", "abcg"), *BAG_A_TO_D, *paragraphs("AVS", "abcd"), "CCD",
)  # fmt: skip
#: 746.9(b)(1)-(5) as it stood until 2025-09-02.
SURVIVED: Final = ("TMP(a)(9)", "GOV(b)(2)", *paragraphs("TSU", "abc"), *BAG_A_TO_D, "AVS(a)(4)")
EASED: Final = since("2025-09-02", source="90 FR 42320")
STRICT: Final = InForce(
    Period(None, date(2025, 9, 2)), date(2017, 12, 27), "82 FR 61157, in the text of 2025-01; until 90 FR 42320"
)


def _requirement(f: Facts, survives: tuple[str, ...], policy: str) -> Iterator[Effect]:
    if country_of(destination(f)) != "SY" or nothing_moves(f):
        return
    if deemed(f):
        yield Requirement(
            when=not_(ear99(f)), reason="746.9", kind="746.9", survives=survives, says="us.746.9.deemed",
            review_policy=policy,
        )  # fmt: skip
        return
    yield Requirement(
        when=not_(food_or_medicine(f)), reason="746.9", kind="746.9", survives=survives, says="us.746.9",
        review_policy=policy,
    )  # fmt: skip


@rule("us.ear.746.9.a", cites=("15 CFR 746.9(a)", "15 CFR 746.9(b)", "15 CFR 736.2(b)(6)"), in_force=EASED)
def syria(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to send any item subject to the EAR to Syria, except EAR99 food and medicine.

    License Exception SPP lifts it for EAR99 items since 2025-09-02. EAR99 technology and source code may be released
    to a Syrian national.
    Reading: the section names exports and reexports; a transfer inside Syria is taken in by 736.2(b)(6).
    """
    survives = (*SURVIVES, "SPP") if code(f) == EAR99 else SURVIVES
    yield from _requirement(f, survives, "us.policy.746.9")


@rule("us.ear.746.9.a.until_2025_09_02", cites=("15 CFR 746.9(a)", "15 CFR 746.9(b)"), in_force=STRICT)
def syria_before(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Until 2025-09-02 a license was required to send any item subject to the EAR to Syria, with few exceptions.

    The requirement is today's; the exceptions were fewer, and License Exception SPP did not exist.
    """
    yield from _requirement(f, SURVIVED, "us.policy.746.9.until_2025_09_02")


@rule("us.ear.746.9.b", cites=("15 CFR 746.9(b)(3)", "15 CFR 746.9(b)(7)", "15 CFR 742 Supp. 2"), in_force=EASED)
def syrian_forces(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """License Exceptions RPL and AVS may not serve Syrian police, military or intelligence end users or uses."""
    if country_of(destination(f)) != "SY" or nothing_moves(f) or deemed(f) or code(f) == EAR99:
        return
    users = [p.is_in("capacity", NOT_CIVIL) for p in f.parties("end_user", "ultimate_consignee")]
    uses = [f.truth(f"end_use.{x}") for x in ("military", "military_intelligence", "law_enforcement")]
    yield Block(bars=("RPL", "AVS"), when=any_of(*users, *uses), says="us.746.9.forces")


RULES = (syria, syria_before, syrian_forces)
