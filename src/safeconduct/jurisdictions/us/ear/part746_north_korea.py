"""15 CFR 746.4: North Korea."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import country_of, destination
from safeconduct.jurisdictions.us.ear.part746_shared import (
    BAG_A_TO_D,
    food_or_medicine,
    nothing_moves,
    paragraphs,
)
from safeconduct.law import LawAsOf, read_since, rule
from safeconduct.model import YES, Block, Effect, Facts, Requirement, not_

#: 746.4(c)(1)-(6).
SURVIVES: Final = (
    "TMP(a)(9)", "GOV(a)", "GOV(b)(2)", "GFT", *paragraphs("TSU", "ab"), *BAG_A_TO_D, "AVS(a)(4)",
)  # fmt: skip
#: The text has stood since its last amendment, 79 FR 32625.
READ: Final = read_since("2014-06-05", source="79 FR 32625; texts of 2025-01, 2026-02-10 and 2026-09-24")


@rule("us.ear.746.4.a", cites=("15 CFR 746.4(a)", "15 CFR 736.2(b)(6)"), in_force=READ)
def north_korea(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to send any item subject to the EAR to North Korea, except EAR99 food and medicine.

    Reading: the section names exports and reexports; a transfer inside North Korea is taken in by 736.2(b)(6).
    """
    if country_of(destination(f)) != "KP" or nothing_moves(f):
        return
    luxury = f.get("item.traits.luxury_good") is True
    yield Requirement(
        when=not_(food_or_medicine(f)), reason="746.4", kind="746.4", survives=SURVIVES, says="us.746.4",
        review_policy="us.policy.746.4.luxury" if luxury else "us.policy.746.4",
    )  # fmt: skip


@rule("us.ear.746.4.c.3", cites=("15 CFR 746.4(c)(3)", "15 CFR 746.4(b)(1)", "15 CFR 746 Supp. 1"), in_force=READ)
def no_luxury_gifts(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """License Exception GFT may not be used to send luxury goods to North Korea."""
    if country_of(destination(f)) != "KP" or nothing_moves(f) or f.truth("item.traits.gift") is not YES:
        return
    yield Block(bars=("GFT",), when=f.truth("item.traits.luxury_good"), says="us.746.4.luxury")


RULES = (north_korea, no_luxury_gifts)
