"""Part 754: short supply controls, and the one license exception that part 754 itself offers.

Read in the text of 2025-01, last amended 2024-04-19; the rows of the control list of 2026-08-07 still send their readers to it.
All prohibitions and license exceptions for short supply are here (736.1, 740.1(a)): nothing of part 740 lifts them.
Only exports: a reexport needs a license where this part or the license for the export says so (754.1(c)), and this part
never does; what a license says is 736.2(b)(9).

The headings of the entries hold the conditions of the sections (oil of the reserves, unprocessed cedar, horses by sea).
Reading: an item classified there meets them. A fact that says otherwise speaks against the classification, so the item must
be classified again. The other reading, that the section's condition must be stated a second time, would ask what is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, EAR99, ccl, code, destination, is_eccn
from safeconduct.jurisdictions.us.ear.part740_common import is_so, lift, need, purpose
from safeconduct.law import LawAsOf, entry_of, read_since, rule, since
from safeconduct.law.control_list import RequirementRow
from safeconduct.law.provision import InForce
from safeconduct.model import NO, NO_EXCEPTION, YES, Ask, Effect, Facts, Question, Requirement, Truth, all_of

READ: Final[InForce] = read_since("2024-04-19", source="89 FR 28601; text of 2025-01")
PETROLEUM: Final = ("1C980", "1C982", "1C983", "1C984")
CEDAR: Final = ("1C988",)
HORSES: Final = ("0A980",)
#: Lands whose timber WRC serves, 754.4(c)(1).
FREE_LANDS: Final = ("alaska_public", "private", "tribal_trust")


def _rows(f: Facts, law: LawAsOf, entries: tuple[str, ...]) -> Iterator[tuple[RequirementRow, Truth]]:
    """Rows that send to part 754, of one of these entries, and whether each bears on this export (never NO)."""
    c = code(f)
    if c is None or not is_eccn(c) or entry_of(c) not in entries:
        return
    exported = f.is_in("activity", ("export",))
    if exported is NO:
        return
    clist = ccl(law)
    for row in clist.requirements(c):
        if row.off == "754" and (held := all_of(exported, clist.holds(row, c, f))) is not NO:
            yield row, held


def _requirement(
    f: Facts, row: RequirementRow, held: Truth, paragraph: str, says: str, policy: str, survives: tuple[str, ...] = NO_EXCEPTION
) -> Requirement:  # fmt: skip
    return Requirement(
        when=held, reason=paragraph, kind="SS", survives=survives, cites=(f"15 CFR {paragraph}", row.cite), says=says,
        args=(("code", code(f)), ("destination", destination(f))), review_policy=policy, basis=row.basis,
    )  # fmt: skip


def _other_entry(f: Facts, held: Truth, cite: str, says: str) -> Question:
    """What is stated speaks against the entry."""
    ask = Ask(CODE, ((EAR99, EAR99),))
    return Question(asks=(ask,), hold=True, when=held, cites=(cite,), says=says, args=(("code", code(f)),))


@rule(
    "us.ear.754.2",
    cites=("15 CFR 754.2", "15 CFR 754.1(b)(1)(i)"),
    in_force=since("2016-05-12", source="81 FR 29486, which left 754.2 reserved"),
)
def crude_oil(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Crude oil needs no short supply license any more: its section is reserved and its entry 1C981 is gone."""
    c = code(f)
    if c is not None and is_eccn(c) and entry_of(c) == "1C981":
        yield _other_entry(f, YES, "15 CFR 754.2", "us.754.2")


@rule("us.ear.754.3", cites=("15 CFR 754.3(a)", "15 CFR 754.3(b)"), in_force=READ)
def petroleum_products(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to all destinations for petroleum products of the Naval Petroleum Reserves, but not crude oil.

    Gas of 1C984 commingled with natural gas is left to the Department of Energy (754.1(b)(1)(ii)(D)).
    """
    for row, held in _rows(f, law, PETROLEUM):
        if row.entry == "1C984" and f.truth("facts.npr.commingled_with_natural_gas") is YES:
            yield Requirement(
                when=held, reason="754.1(b)(1)(ii)(D)", kind="agency", survives=NO_EXCEPTION, agency="DOE", beyond_scope=True,
                cites=("15 CFR 754.1(b)(1)(ii)(D)", row.cite), says="us.754.gas", args=(("code", code(f)),), basis=row.basis,
            )  # fmt: skip
        elif f.get("facts.npr.derived") is False:
            yield _other_entry(f, held, "15 CFR 754.3(a)", "us.754.not_npr")
        else:
            policy = "us.policy.754.3.b.1"
            if f.truth("facts.npr.excepted_from_act") is YES:
                policy = "us.policy.754.3.b.2"
            elif f.truth("facts.npr.presidential_finding") is YES:
                policy = "us.policy.754.3.b.1.finding"
            yield _requirement(f, row, held, "754.3(a)", "us.754.3", policy)


@rule("us.ear.754.4.a", cites=("15 CFR 754.4(a)", "15 CFR 754.4(b)", "15 CFR 754.4(e)(1)"), in_force=READ)
def red_cedar(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to all destinations for unprocessed western red cedar."""
    for row, held in _rows(f, law, CEDAR):
        if f.truth("facts.wrc.processed") is YES:
            yield _other_entry(f, held, "15 CFR 754.4(e)(1)", "us.754.processed")
        else:
            yield _requirement(f, row, held, "754.4(a)", "us.754.4", _cedar_policy(f), ("WRC",))


def _cedar_policy(f: Facts) -> str:
    """754.4(b), by the lands and the day of the contract to harvest."""
    lands = f.get("facts.wrc.harvested_from")
    if lands in FREE_LANDS:
        return "us.policy.754.4.b.3"
    before = f.get("facts.wrc.contract_before_october_1979")
    if lands is None or before is None:
        return "us.policy.754.4.b"
    return "us.policy.754.4.b.2" if before else "us.policy.754.4.b.1"


@rule("us.ear.754.4.c", cites=("15 CFR 754.4(c)",), in_force=READ)
def red_cedar_exception(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """WRC: cedar from public lands in Alaska, private lands or lands held in trust for tribes, with its papers on file.

    740.1 and 740.2 bind it like any license exception (754.4(c)(3)).
    """
    cite = "15 CFR 754.4(c)"
    for _ in _rows(f, law, CEDAR):
        lands = purpose(f, "facts.wrc.harvested_from", *FREE_LANDS)
        yield lift(
            "WRC", cite + "(1)",
            (
                is_so(lands, cite + "(1)", "us.754.c.lands"),
                need(f, "facts.wrc.statement", cite + "(2)(i)", "us.754.c.statement"),
                need(f, "facts.wrc.inspection_certificate", cite + "(2)(ii)", "us.754.c.certificate"),
            ),
            duties=("us.754.duty.wrc",),
        )  # fmt: skip


@rule("us.ear.754.5", cites=("15 CFR 754.5(a)", "15 CFR 754.5(b)"), in_force=READ)
def horses_by_sea(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to all destinations for horses exported by sea."""
    for row, held in _rows(f, law, HORSES):
        if f.get("facts.horses.by_sea") is False:
            yield _other_entry(f, held, "15 CFR 754.5(a)", "us.754.not_by_sea")
        else:
            slaughter = f.truth("facts.horses.for_slaughter")
            policy = "us.policy.754.5.b" + (".1" if slaughter is YES else ".2" if slaughter is NO else "")
            yield _requirement(f, row, held, "754.5(a)", "us.754.5", policy)


RULES: Final = (crude_oil, petroleum_products, red_cedar, red_cedar_exception, horses_by_sea)
