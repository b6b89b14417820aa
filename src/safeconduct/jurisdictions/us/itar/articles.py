"""22 CFR 120-130, minimal: defense articles need the State Department's license; debarred parties; proscribed countries.

Read in the text of 2025-01: 123.1(a), 126.1(a)-(d), 127.7 (the tables of 126.1(d) were not in it; Country Group D:5 of the EAR
follows them, note to 740 Supp. 1, and stands in their place here).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import code, destination, in_groups, is_usml, reading_country
from safeconduct.jurisdictions.us.listings import DEBARRED
from safeconduct.law import LawAsOf, NotCovered, read_since, rule
from safeconduct.model import NO, NO_EXCEPTION, YES, Effect, Facts, Question, Requirement

SOURCE: Final = "text of 2025-01"


@rule("us.itar.123.1", cites=("22 CFR 123.1(a)",), in_force=read_since("2022-09-01", source=SOURCE))
def defense_articles(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A defense article on the US Munitions List needs the approval of the Directorate of Defense Trade Controls."""
    c = code(f)
    if not is_usml(c):
        return
    denied = _proscribed(f, law)
    yield Requirement(
        reason="22 CFR 123.1", kind="ITAR", survives=NO_EXCEPTION, agency="DDTC", beyond_scope=True, args=(("code", c),),
        cites=("22 CFR 123.1(a)", "22 CFR 126.1(a)") if denied else ("22 CFR 123.1(a)",),
        says="us.itar.126.1" if denied else "us.itar.123.1", review_policy="us.policy.itar.denial" if denied else "us.policy.itar",
    )  # fmt: skip


def _proscribed(f: Facts, law: LawAsOf) -> bool:
    """Whether the destination is one of 126.1, as Country Group D:5 shows them; a policy, so never a reason to stop."""
    place = destination(f)
    if place is None:
        return False
    try:
        return in_groups(reading_country(place, law), law, ("D:5",)) is YES
    except NotCovered:
        return False


@rule("us.itar.127.7", cites=("22 CFR 127.7",), in_force=read_since("2016-12-05", source=f"81 FR 87430; {SOURCE}"))
def debarred_parties(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A debarred person may take no part in what the ITAR govern; for items under the EAR the debarment is a warning only."""
    munitions = is_usml(code(f))
    for p in f.parties():
        for x in p.listed_on(DEBARRED):
            match = x.is_true_match
            if match is NO:
                continue
            if munitions:
                yield Requirement(
                    when=match, reason="22 CFR 127.7", kind="ITAR", survives=NO_EXCEPTION, agency="DDTC", beyond_scope=True,
                    party=p.index, says="us.itar.127.7", review_policy="us.policy.itar.debarred",
                )  # fmt: skip
            else:
                yield Question(when=match, kind="red_flag", says="us.itar.127.7.ear", party=p.index)


@rule(
    "us.itar.exemptions",
    cites=("22 CFR 123.4", "22 CFR 123.16-123.19", "22 CFR 125.4", "22 CFR 126.4-126.6", "22 CFR 126.18"),
    in_force=read_since("2022-09-01", source=SOURCE),
    not_modeled=True,
)  # fmt: skip
def exemptions(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """The exemptions of the ITAR are not worked out here."""
    if is_usml(code(f)) and f.get("facts.itar.exemption") is not None:
        yield Question(hold=True, kind="not_modeled", says="us.itar.exemptions")


RULES = (defense_articles, debarred_parties, exemptions)
