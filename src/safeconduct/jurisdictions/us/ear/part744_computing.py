"""Part 744, computing: supercomputers, fabs of advanced or unknown node, advanced computing items, equipment to make circuits
(744.23).

Read in the texts of 2026-02-10 and 2026-09-01, which agree. 91 FR 1687 (2026-01-15) is the last amendment cited; it
added paragraph (d)(3)(iii), a review policy. General Order No. 4 (the license that note 1 to (a)(4) points to) is not
modeled: whoever may use it is told that a license is required.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, EAR99, code, destination, in_groups, is_eccn, reading_country
from safeconduct.jurisdictions.us.listings import ENTITY_LIST, covers_item, entry
from safeconduct.jurisdictions.us.users import (
    act_of_the_ear,
    country_test,
    in_or_by,
    listings,
    of_macau_or_d5,
    to_macau_or_d5,
)
from safeconduct.law import LawAsOf, Scope, read_since, rule
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

SUPERCOMPUTER_ITEMS: Final = ("3A001", "3A991", "4A003", "4A004", "4A994", "5A002", "5A004", "5A992")
#: 744.23(a)(3)(i)(A): the items whose performance is that of 3A090.b.
TIER_B: Final = Scope(
    (
        "3A001.z.1.b", "3A001.z.2.b", "3A001.z.3.b", "3A001.z.4.b", "3A090.b", "4A003.z.1.b", "4A003.z.2.b", "4A004.z.2",
        "4A005.z.2", "4A090.b", "5A002.z.1.b", "5A002.z.2.b", "5A002.z.3.b", "5A002.z.4.b", "5A002.z.5.b", "5A004.z.1.b",
        "5A004.z.2.b", "5A992.z.2", "5D002.z.1.b", "5D002.z.2.b", "5D002.z.3.b", "5D002.z.4.b", "5D002.z.5.b",
        "5D002.z.6.b", "5D002.z.7.b", "5D002.z.8.b", "5D002.z.9.b", "5D992.z.2",
    )
)  # fmt: skip
MEMORY: Final = Scope(("3A090.c",))
#: 744.23(c): what 740.2(a)(9)(ii) leaves, for (a)(3)(i); 740.2(a)(9)(i) leaves GOV(b), for (a)(4).
LEFT_BY_740_2: Final = (
    "TMP(a)(6)", "NAC", "ACA", "NAC/ACA", "RPL", "GOV(b)", "TSU(a)", "TSU(c)", "HBM", "AIA", "ACM",
)  # fmt: skip
GOV_B: Final = ("GOV(b)",)
#: 772.1: logic at 16/14 nm or less, DRAM at 18 nm half-pitch or less. Between, the node alone does not tell.
NODE_LOGIC, NODE_DRAM = 16, 18
POLICY: Final = "us.policy.744.23"
SOURCE: Final = "88 FR 73449 to 90 FR 4562; 91 FR 1687; texts of 2026-02-10 and 2026-09-01"
IN_FORCE: Final = read_since("2025-01-31", source=SOURCE)


@rule("us.ear.744.23.a.1", cites=("15 CFR 744.23(a)(1)",), in_force=IN_FORCE)
def supercomputers(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for circuits and computers for a supercomputer in or for Macau or Group D:5.

    A license is required for circuits, computers and their assemblies for a supercomputer in, or destined to,
    Macau or a Country Group D:5 destination, or for parts and equipment that go into one.
    """
    if not act_of_the_ear(f):
        return
    c = code(f)
    if c is None or c[:5] not in SUPERCOMPUTER_ITEMS:
        return
    yield Requirement(
        when=f.truth("end_use.supercomputer"), reason="744.23(a)(1)", kind="744.23", survives=NO_EXCEPTION,
        says="us.744.23.a.1", args=(("code", c),), review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.744.23.a.2", cites=("15 CFR 744.23(a)(2)", "15 CFR 744.23(a)(5)"), in_force=IN_FORCE)
def circuits(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for items for fabs of advanced or unknown node in Macau or Group D:5.

    A license is required for any item for making or developing circuits at a fab in Macau or a Country Group
    D:5 destination that makes advanced-node circuits, and for Category 3 equipment, materials, software and
    technology where the node is not known.

    Not for back-end steps that leave the technology level as it is, nor to entities with footnote 5, which 744.11
    covers.
    """
    if not act_of_the_ear(f):
        return
    design = f.truth("end_use.advanced_node_design")
    if design is not NO:
        yield from _design(design, f)
    production = f.truth("end_use.ic_production")
    if f.truth("end_use.advanced_node_ic") is NO and production is NO:
        return
    there = in_or_by(f, country_test(law, ("MO",), ("D:5",)))
    if there is NO:
        return
    if f.truth("facts.ic.back_end_only") is YES or any(
        held is YES and (e := entry(x.listing, law)).footnote("5") and covers_item(e, f, law) is YES
        for _, x, held in listings(f, ENTITY_LIST)
    ):
        return
    known, open_node = fab(f)
    yield Requirement(
        when=all_of(there, known), reason="744.23(a)(2)(i)", kind="744.23", survives=NO_EXCEPTION,
        cites=("15 CFR 744.23(a)(2)(i)",), says="us.744.23.a.2.i", review_policy=POLICY,
    )  # fmt: skip
    if not open_node:
        return
    c = code(f)
    category_3 = unknown(Ask(CODE)) if c is None else truth_of(c[:1] == "3" and c[1:2] in "BCDE")
    yield Requirement(
        when=all_of(there, production, category_3), reason="744.23(a)(2)(ii)", kind="744.23", survives=NO_EXCEPTION,
        cites=("15 CFR 744.23(a)(2)(ii)",), says="us.744.23.a.2.ii", review_policy=POLICY,
    )  # fmt: skip


def _design(use: Truth, f: Facts) -> Iterator[Effect]:
    """(a)(2)(iii): software and technology for computer aided design of advanced-node circuits to be made there."""
    c = code(f)
    if c is None or f.get("item.kind") == "commodity":
        return
    if c[:2] not in ("3D", "3E") and not (c == EAR99 and f.get("item.software_function") == "CAD"):
        return
    yield Requirement(
        when=use, reason="744.23(a)(2)(iii)", kind="744.23", survives=NO_EXCEPTION,
        cites=("15 CFR 744.23(a)(2)(iii)",), says="us.744.23.a.2.iii", review_policy=POLICY,
    )  # fmt: skip


def fab(f: Facts) -> tuple[Truth, bool]:
    """Whether the exporter knows of advanced-node production at the fab, and whether the node stays open to it.

    A node that nobody states is no knowledge of an advanced one (with due diligence), and leaves the node open:
    the item then needs a license if it is of Category 3, groups B to E. Layers of flash memory, the third test of
    772.1, are not read: they are stated as ``end_use.advanced_node_ic``.
    """
    stated, production = f.truth("end_use.advanced_node_ic"), f.truth("end_use.ic_production")
    if production is NO:
        return stated, False
    small = f.compare("end_use.node", "<=", NODE_LOGIC, "nm")
    large = f.compare("end_use.node", ">", NODE_DRAM, "nm")
    by_node = small if not small.is_unknown else NO
    if small is NO and large is NO:
        by_node = unknown("end_use.advanced_node_ic")
    known = any_of(stated, all_of(production, by_node))
    return known, known is not YES and large is not YES and f.get("end_use.advanced_node_ic") is not False


@rule("us.ear.744.23.a.3.i", cites=("15 CFR 744.23(a)(3)(i)",), in_force=IN_FORCE)
def advanced_computing(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for advanced computing items for entities of Macau or Group D:5 elsewhere.

    A license is required for advanced computing items of the 3A090.b tier, and high bandwidth memory, for an
    entity of Macau or a Country Group D:5 country, or whose ultimate parent is of one, wherever 742.6(a)(6)
    does not ask for it already.
    """
    if not act_of_the_ear(f):
        return
    c = code(f)
    if c is None:
        return
    tier, memory = TIER_B.relation(c), MEMORY.relation(c)
    if tier is False and memory is False:
        return
    country = reading_country(destination(f), law)
    if country is None:
        covered_by_742 = Truth("UNKNOWN", frozenset((Ask("destination"),)))
        in_d5 = covered_by_742
    else:
        in_d5 = to_macau_or_d5(f, law)
        covered_by_742 = all_of(
            in_groups(country, law, ("D:1", "D:4", "D:5")), not_(in_groups(country, law, ("A:5", "A:6")))
        )
    for letter, relation, excluded in (("A", tier, covered_by_742), ("B", memory, in_d5)):
        if relation is False or excluded is YES:
            continue
        scope = (
            YES
            if relation
            else unknown(Ask(CODE, tuple((x, x) for x in (*TIER_B.within, *MEMORY.within) if x.startswith(c))))
        )
        yield Requirement(
            when=all_of(scope, not_(excluded), of_macau_or_d5(f, law)), reason="744.23(a)(3)(i)", kind="744.23",
            survives=LEFT_BY_740_2, cites=(f"15 CFR 744.23(a)(3)(i)({letter})", "15 CFR 744.23(c)"), says="us.744.23.a.3.i",
            args=(("code", c),), review_policy=POLICY,
        )  # fmt: skip


@rule("us.ear.744.23.a.3.ii", cites=("15 CFR 744.23(a)(3)(ii)",), in_force=IN_FORCE)
def advanced_computing_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to send on 3E001 technology that an entity of Macau or Group D:5 developed.

    A license is required to send on technology of ECCN 3E001 for advanced computing items that an entity of
    Macau or a Country Group D:5 country developed, from a Country Group D:1, D:4 or D:5 country.
    """
    if (
        f.get("activity") not in ("reexport", "transfer_in_country", "deemed_reexport")
        or (code(f) or "")[:5] != "3E001"
    ):
        return
    developer = f.get("item.produced_with.developer_headquarters")
    if developer is None or not country_test(law, ("MO",), ("D:5",))(developer):
        return
    source = f.get("exported_from")
    if source is None:
        leaves = unknown(Ask("exported_from"))
    else:
        at = reading_country(source, law)
        leaves = all_of(in_groups(at, law, ("D:1", "D:4", "D:5")), not_(in_groups(at, law, ("A:5", "A:6"))))
    served = f.get("item.for_items")
    if served is None:
        for_computing = unknown(Ask("item.for_items", (("3A090.a", ("3A090.a",)), ("other items", ("3A001.b",)))))
    else:
        for_computing = truth_of(
            any(
                (x.startswith("3A090") and not x.startswith("3A090.c")) or x[:5] == "4A090" or ".z" in x for x in served
            )
        )
    yield Requirement(
        when=all_of(leaves, for_computing), reason="744.23(a)(3)(ii)", kind="744.23", survives=NO_EXCEPTION,
        says="us.744.23.a.3.ii", review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.744.23.a.4", cites=("15 CFR 744.23(a)(4)",), in_force=IN_FORCE)
def manufacturing_equipment(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for listed items for making semiconductor equipment in or by Macau or Group D:5.

    A license is required for any item on the Commerce Control List for developing or producing certain
    semiconductor manufacturing equipment in Macau or a Country Group D:5 destination, or by an entity of one
    elsewhere.
    """
    if not act_of_the_ear(f):
        return
    c = code(f)
    if c == EAR99:
        return
    use = f.truth("end_use.sme_production")
    if use is NO:
        return
    listed = unknown(Ask(CODE)) if c is None else truth_of(is_eccn(c))
    there = to_macau_or_d5(f, law)
    direct = there is not NO
    yield Requirement(
        when=all_of(listed, use, there if direct else of_macau_or_d5(f, law)), reason="744.23(a)(4)", kind="744.23",
        survives=GOV_B, cites=(f"15 CFR 744.23(a)(4)({'i' if direct else 'ii'})", "15 CFR 744.23(c)"),
        says="us.744.23.a.4.i" if direct else "us.744.23.a.4.ii", review_policy=POLICY,
    )  # fmt: skip


RULES = (supercomputers, circuits, advanced_computing, advanced_computing_technology, manufacturing_equipment)
