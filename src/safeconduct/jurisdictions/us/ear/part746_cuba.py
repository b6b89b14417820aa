"""15 CFR 746.2: Cuba."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import country_of, destination
from safeconduct.jurisdictions.us.ear.part746_shared import deemed, ear99, nothing_moves, paragraphs
from safeconduct.law import LawAsOf, read_since, rule
from safeconduct.model import YES, Effect, Facts, Requirement, any_of, not_

#: 746.2(a)(1)(i)-(xiv).
SURVIVES: Final = (
    "TMP(a)(9)", "TMP(b)(1)(iv)", *paragraphs("TSU", "abc"), "RPL(a)", "BAG", "GOV", "GFT", *paragraphs("AVS", "abde"),
    "APR(h)", "AGR", "CCD", "SCP",
)  # fmt: skip


@rule(
    "us.ear.746.2.a",
    cites=("15 CFR 746.2(a)", "15 CFR 736.2(b)(6)"),
    in_force=read_since("2025-01-27", source="texts of 2025-01, 2026-02-10 and 2026-09-24"),
)
def cuba(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to send any item subject to the EAR to Cuba, or to release it to a Cuban national.

    EAR99 technology and source code may be released to a Cuban national, 746.2(a)(2).
    Reading: the section names exports and reexports; a transfer inside Cuba is taken in, since 736.2(b)(6) speaks of
    transfers in embargoed countries. The other reading leaves transfers to the terms of the first authorization.
    """
    if country_of(destination(f)) != "CU" or nothing_moves(f):
        return
    released = deemed(f)
    yield Requirement(
        when=not_(ear99(f)) if released else YES, reason="746.2", kind="746.2", survives=SURVIVES,
        says="us.746.2.deemed" if released else "us.746.2",
        review_policy="us.policy.746.2.medical" if _medical(f) else "us.policy.746.2",
    )  # fmt: skip


def _medical(f: Facts) -> bool:
    return any_of(f.truth("item.traits.medicine"), f.truth("item.traits.medical_device")) is YES


RULES = (cuba,)
