"""15 CFR 746.6: Crimea and the regions of Donetsk and Luhansk that the section covers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, EAR99, code, destination
from safeconduct.jurisdictions.us.ear.part746_partners import only_as_direct_product
from safeconduct.jurisdictions.us.ear.part746_shared import (
    BAG_A_TO_D,
    deemed,
    direct_product,
    food_or_medicine,
    foreign_made,
    from_supplement_3,
    in_supplement,
    nothing_moves,
    paragraphs,
)
from safeconduct.law import LawAsOf, covers, read_since, rule, since
from safeconduct.model import (
    NO,
    YES,
    Ask,
    Effect,
    Facts,
    Question,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: 746.6(c)(1)-(7).
SURVIVES: Final = (
    "TMP(a)(9)", "GOV(a)", "GOV(b)(2)", "GFT", *paragraphs("TSU", "ab"), *BAG_A_TO_D, "AVS(a)(4)", "AVS(d)", "MED",
)  # fmt: skip
READ: Final = read_since("2024-04-29", source="89 FR 33228; texts of 2025-01, 2026-02-10 and 2026-09-24")
CRIMEA: Final = ("UA-43", "UA-40")
COVERED: Final = {"UA-14": "Donetsk", "UA-09": "Luhansk"}


def in_region(f: Facts) -> Truth:
    """Whether the destination is Crimea, or a part of Donetsk or Luhansk that the section covers.

    The section covers the regions that the so-called republics hold; a place in these oblasts that Ukraine's
    government holds is in Ukraine. ``destination_held_by`` says which.
    """
    place = destination(f)
    if place in CRIMEA:
        return YES
    if place in COVERED:
        return f.is_in("destination_held_by", ("occupied",))
    # Ukraine without a region: only where somebody says that the place is occupied.
    return YES if place == "UA" and f.get("destination_held_by") == "occupied" else NO


def _free_software(f: Facts) -> Truth:
    """Software for personal communication over the internet, EAR99 or 5D992.c, widely available at no cost, 746.6(d)(3)."""
    claimed = f.truth("item.traits.personal_communications")
    if claimed is NO or f.get("item.kind") in ("commodity", "technology"):
        return NO
    c = code(f)
    kind = (
        unknown(Ask(CODE, ((EAR99, EAR99), ("5D992.c", "5D992.c"))))
        if c is None
        else truth_of(c == EAR99 or covers("5D992.c", c))
    )
    return all_of(claimed, f.truth("item.traits.free_of_charge"), kind)


@rule(
    "us.ear.746.6.a",
    cites=("15 CFR 746.6(a)(1)(i)", "15 CFR 746.6(a)(2)", "15 CFR 746.6(a)(5)"),
    in_force=READ,
)
def occupied_regions(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for any item subject to the EAR to Crimea and the covered parts of Donetsk and Luhansk.

    Free are EAR99 food and medicine, free software for personal communication, and what goes with deployments of
    Ukraine's government.
    """
    there = in_region(f)
    if there is NO or deemed(f) or nothing_moves(f) or f.truth("end_use.government_of_ukraine") is YES:
        return
    crimea = destination(f) in CRIMEA
    carved = any_of(food_or_medicine(f), _free_software(f), only_as_direct_product(f, law) if crimea else NO)
    yield Requirement(
        when=all_of(there, not_(carved)), reason="746.6(a)(1)(i)" if crimea else "746.6(a)(2)", kind="746.6",
        survives=SURVIVES, says="us.746.6", args=(("region", "Crimea" if crimea else "the covered region"),),
        review_policy="us.policy.746.6",
    )  # fmt: skip


@rule(
    "us.ear.746.6.a.1.ii",
    cites=("15 CFR 746.6(a)(1)(ii)", "15 CFR 746.6(a)(4)", "15 CFR 734.9(f)"),
    in_force=since("2023-05-19", source="88 FR 33422; texts of 2025-01, 2026-02-10 and 2026-09-24"),
)
def crimea_direct_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for foreign-made direct products destined to Crimea, unless they leave a partner country."""
    if destination(f) not in CRIMEA or deemed(f) or nothing_moves(f) or not foreign_made(f):
        return
    if f.truth("end_use.government_of_ukraine") is YES:
        return
    c = code(f)
    listed = any_of(in_supplement(f, law, "us.746.supp7"), f.truth("item.traits.supp6_item")) if c == EAR99 else YES
    yield Requirement(
        when=all_of(not_(from_supplement_3(f, law)), direct_product(f, "0123456789"), listed), reason="746.6(a)(1)(ii)",
        kind="746.6", survives=SURVIVES, says="us.746.6.fdp", review_policy="us.policy.746.6",
    )  # fmt: skip


@rule("us.ear.746.6.a.3", cites=("15 CFR 746.6(a)(3)",), in_force=READ)
def nationality_by_passport(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A release to a person from Crimea, Donetsk or Luhansk goes by the person's passport, not by the region.

    No passport that the United States recognizes makes a person a national of one of these regions: a release goes
    to the country of the passport. A region given as a person's status is therefore a question, not a requirement.
    """
    place = destination(f)
    if (place in CRIMEA or place in COVERED) and deemed(f) and not nothing_moves(f):
        yield Question(
            hold=True,
            asks=(Ask("person.most_recent_citizenship", (("UA", "UA"), ("RU", "RU"))),),
            says="us.746.6.passport",
        )


RULES = (occupied_regions, crimea_direct_product, nationality_by_passport)
