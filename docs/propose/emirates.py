"""740.2(a)(26), as it would be proposed: a rule in the form of those of the package."""

from __future__ import annotations

from collections.abc import Iterator

from safeconduct.law import LawAsOf, rule, since
from safeconduct.model import YES, Ask, Block, Effect, Facts, all_of, truth_of, unknown


@rule(
    "us.ear.740.2.a.26",
    cites=("15 CFR 740.2(a)(26)", "15 CFR 740 Supp. 8"),
    in_force=since("2026-07-10", source="91 FR 43038"),
)
def sta_emirates(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA to the United Arab Emirates needs an ultimate consignee and end users that are approved for it."""
    if f.get("destination") != "AE":
        return
    parties = f.parties("ultimate_consignee", "end_user")
    if not parties:
        yield Block(bars=("STA",), when=unknown(Ask("parties[0].approved_by_bis")))
    for p in parties:
        agency = all_of(
            p.is_in("capacity", ("government", "armed_forces", "police", "intelligence")),
            truth_of(p.get("country") == "AE"),
        )
        if agency is not YES and p.truth("approved_by_bis") is not YES:
            yield Block(bars=("STA",), party=p.index)


RULES = (sta_emirates,)
