"""15 CFR 746.7: Iran, and OFAC's authorization beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import EAR99, ccl, code, country_of, destination, is_eccn
from safeconduct.jurisdictions.us.ear.part746_partners import only_as_direct_product
from safeconduct.jurisdictions.us.ear.part746_shared import (
    deemed,
    direct_product,
    foreign_made,
    from_supplement_3,
    in_supplement,
    nothing_moves,
)
from safeconduct.law import LawAsOf, covers, read_since, rule
from safeconduct.model import (
    NO,
    YES,
    Ask,
    Condition,
    Effect,
    Facts,
    Lift,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: The text has stood since its last amendment.
READ: Final = read_since("2024-07-26", source="89 FR 60565; texts of 2025-01, 2026-02-10 and 2026-09-24")
#: Columns that the section names.
COLUMNS: Final = frozenset(
    ["CB1", "CB2", "CB3", "NP1", "NP2", "NS1", "NS2", "MT1", "RS1", "RS2", "CC1", "CC2", "CC3", "AT1", "AT2"]
)  # fmt: skip
#: Entries that the section names beside the columns.
ENTRIES: Final = (
    "0A503", "0A980", "0A982", "0A983", "0E982", "1C355", "1C395", "1C980", "1C982", "1C983", "1C984", "2A994", "2D994",
    "2E994", "5A001.f.1", "5A980", "5D980", "5E980",
)  # fmt: skip
#: No license exception may be used, 746.7(c); OFAC's authorization counts as BIS's, 746.7(a)(2).
OFAC: Final = "OFAC authorization"
SURVIVES: Final = (OFAC,)
POLICY: Final = "us.policy.746.7"


def _to_iran(f: Facts) -> bool:
    return country_of(destination(f)) == "IR" and not nothing_moves(f)


@rule("us.ear.746.7.a.1.i", cites=("15 CFR 746.7(a)(1)(i)", "15 CFR 746.7(c)"), in_force=READ)
def iran_list(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Iran for items of the Commerce Control List with any of the columns the section names."""
    if not _to_iran(f):
        return
    c = code(f)
    if c is None or not is_eccn(c):
        return
    named: Truth = NO
    if any(covers(e, c) for e in ENTRIES):
        named = YES
    else:
        clist = ccl(law)
        named = any_of(*(clist.holds(r, c, f) for r in clist.requirements(c) if r.column in COLUMNS))
    yield Requirement(
        when=all_of(named, not_(only_as_direct_product(f, law))), reason="746.7(a)(1)(i)", kind="746.7", survives=SURVIVES,
        says="us.746.7.list", args=(("code", c),), review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.746.7.a.1.ii", cites=("15 CFR 746.7(a)(1)(ii)", "15 CFR 746 Supp. 7"), in_force=READ)
def iran_supplement_7(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Iran for items of Supplement 7 to part 746, EAR99 or not."""
    if not _to_iran(f) or deemed(f):
        return
    listed = in_supplement(f, law, "us.746.supp7")
    if listed is NO:
        return
    yield Requirement(
        when=all_of(listed, not_(only_as_direct_product(f, law))), reason="746.7(a)(1)(ii)", kind="746.7",
        survives=SURVIVES, says="us.746.7.supp7", review_policy=POLICY,
    )  # fmt: skip


@rule(
    "us.ear.746.7.a.1.iii",
    cites=("15 CFR 746.7(a)(1)(iii)", "15 CFR 746.7(a)(1)(iv)", "15 CFR 734.9(j)"),
    in_force=READ,
)
def iran_direct_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for foreign-made items under the Iran foreign direct product rule.

    Free are reexports from countries of Supplement 3; EAR99 food, medicine and medical devices; what is incident to
    communications and would meet the terms of an OFAC authorization; and whatever would have met one.
    """
    if not _to_iran(f) or deemed(f) or not foreign_made(f):
        return
    c = code(f)
    free = [from_supplement_3(f, law), f.truth("facts.ofac.would_authorize")]
    if c == EAR99:
        free += [f.truth(f"item.traits.{x}") for x in ("food", "medicine", "medical_device")]
        scope = in_supplement(f, law, "us.746.supp7")
    elif c is None:
        scope = unknown(Ask("item.classification.us"))
    else:
        scope = any_of(truth_of(c[:1] in "3456789"), in_supplement(f, law, "us.746.supp7"))
    yield Requirement(
        when=all_of(not_(any_of(*free)), scope, direct_product(f, "3456789")), reason="746.7(a)(1)(iii)", kind="746.7",
        survives=SURVIVES, says="us.746.7.fdp", review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.746.7.a.2", cites=("15 CFR 746.7(a)(2)", "15 CFR 742.8(a)(5)"), in_force=READ)
def ofac_authorization(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """OFAC's authorization of an export or reexport to Iran counts as BIS's: no second license is needed."""
    if not _to_iran(f):
        return
    yield Lift(
        symbol=OFAC, says="us.746.7.ofac",
        conditions=(Condition(f.condition("facts.ofac.authorized"), ("15 CFR 746.7(a)(2)",), "us.746.7.ofac_condition"),),
    )  # fmt: skip


@rule("us.ear.746.7.e", cites=("15 CFR 746.7(e)", "31 CFR 560.204", "31 CFR 560.205"), in_force=READ)
def iran_without_ofac(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """What OFAC's Iran regulations forbid without OFAC's authorization is a violation of the EAR too, license or not.

    From the United States everything falls under those regulations. A reexport from abroad does where a US person
    takes part or 31 CFR 560.205 covers the item: that is asked. A release to an Iranian national does when it is
    known to be meant for Iran (31 CFR 560.418, from memory).
    Reading: the answer is a license requirement whose agency is OFAC, since an authorization of OFAC makes it lawful;
    the other reading calls it prohibited.
    """
    if not _to_iran(f):
        return
    if deemed(f):
        meant = f.truth("facts.ofac.release_meant_for_iran")
        yield Requirement(
            when=all_of(not_(f.truth("facts.ofac.authorized")), meant), reason="746.7(e)", kind="746.7", agency="OFAC",
            survives=SURVIVES, says="us.746.7.e.deemed", cites=("15 CFR 746.7(e)", "31 CFR 560.418"),
            review_policy="us.policy.746.7.ofac", basis="memory",
        )  # fmt: skip
        return
    activity = f.get("activity")
    leaves_us = activity == "export" or f.get("exported_from") == "US"
    reached = YES if leaves_us else f.truth("facts.ofac.itsr_applies")
    yield Requirement(
        when=all_of(not_(f.truth("facts.ofac.authorized")), reached), reason="746.7(e)", kind="746.7", agency="OFAC",
        survives=SURVIVES, says="us.746.7.e", review_policy="us.policy.746.7.ofac",
    )  # fmt: skip


RULES = (iran_list, iran_supplement_7, iran_direct_product, ofac_authorization, iran_without_ofac)
