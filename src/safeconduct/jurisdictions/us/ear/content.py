"""What an item needs to another place: controlled US content (734 Supp. 2(a)(1)) and countries of transit (736.2(b)(8)).

Only the chart, part 742 and part 746 are asked, never part 744. Where a row's condition is not known of a part, the
part counts as controlled: more content never frees an item.
"""

from __future__ import annotations

from typing import Final

from safeconduct.jurisdictions.us.common import (
    EAR99,
    ccl,
    chart_country,
    country_of,
    dest_truth,
    in_groups,
    is_eccn,
    is_usml,
    reading_country,
)
from safeconduct.jurisdictions.us.ear.lists import controlled_only_for_at
from safeconduct.jurisdictions.us.ear.part746_shared import in_supplement
from safeconduct.law import LawAsOf
from safeconduct.law.control_list import RequirementRow
from safeconduct.model import NO, YES, Facts, Truth, all_of, any_of

#: Embargoes that reach every item, EAR99 too (746.2, 746.4, 746.6, 746.9; food and medicine aside).
EVERYTHING: Final = ("CU", "KP", "SY")
#: Embargoes that reach every item of the list (746.7, 746.8).
LISTED_ONLY: Final = ("IR", "RU", "BY")
#: Supplements by HS code that reach EAR99 items to Russia and Belarus (746.8(a)(5)-(7)).
RUSSIA_LISTS: Final = ("us.746.supp4", "us.746.supp5", "us.746.supp6")
#: 740.4: GBS is for Country Group B, not these.
NOT_GBS: Final = ("SD", "UA")


def rows_to(c: str, place: str, law: LawAsOf, f: Facts) -> list[RequirementRow]:
    """The rows of an entry that may require a license to a place, by the chart or beside it."""
    marks = law.index("us.country_chart", "country").get(chart_country(place, law) or "", ())
    marked = frozenset(marks[0]["columns"].split()) if marks else frozenset()
    out = []
    for row in ccl(law).requirements(c):
        if row.column is not None:
            if row.column in marked or (
                row.column in ("AT1", "AT2") and reading_country(place, law) in ("IR", "KP", "SY")
            ):
                out.append(row)
        elif (
            row.off
            and not ({"part", "review_only", "entity_list_footnote"} & set(row.dest or ()))
            and dest_truth(row.dest, place, law, f) is not NO
        ):
            out.append(row)
    return out


def counts(c: str, place: str, law: LawAsOf, f: Facts) -> bool:
    """Whether US content of this classification is controlled to the destination of the foreign item.

    Left out: what could go without a license or under GBS, and, from a country of 746 Supp. 3 to Russia or Belarus,
    content controlled for anti-terrorism reasons only or EAR99 (746.8(a)(12)(iii)(B)).
    """
    country = reading_country(place, law)
    if country in EVERYTHING or place != country_of(place):
        return True
    from_partner = (
        country_of(f.get("exported_from")) in law.index("us.746.supp3", "country") if country in ("RU", "BY") else False
    )
    if c == EAR99 or not is_eccn(c):
        return is_usml(c) or (country in ("RU", "BY") and not from_partner)
    if country in LISTED_ONLY:
        return not (from_partner and (controlled_only_for_at(c, f, ccl(law)) is YES or c.startswith("9A991")))
    clist = ccl(law)
    caught = [r for r in rows_to(c, place, law, f) if clist.in_scope(r.scope, c) is not NO]
    if not caught:
        return False
    only_ns = all(r.reason == "NS" and r.off is None for r in caught)
    gbs = only_ns and country not in NOT_GBS and in_groups(country, law, ("B",)) is YES and _gbs(c, law)
    return not gbs


def _gbs(c: str, law: LawAsOf) -> bool:
    """Whether the entry offers GBS for the code without condition."""
    clist = ccl(law)
    rows = clist.exceptions(c, "GBS")
    if any(not r.allow and clist.in_scope(r.scope, c) is not NO for r in rows):
        return False
    return any(r.allow and r.when is None and r.dest is None and clist.in_scope(r.scope, c) is YES for r in rows)


def license_to(c: str, place: str, law: LawAsOf, f: Facts) -> Truth:
    """Whether the item itself would need a license to a place (chart, 742, 746)."""
    country = reading_country(place, law)
    if country in EVERYTHING:
        return YES
    if c == EAR99 or not is_eccn(c):
        if country not in ("RU", "BY"):
            return NO
        return any_of(*(in_supplement(f, law, table) for table in RUSSIA_LISTS))
    if country in LISTED_ONLY:
        return YES
    clist = ccl(law)
    return any_of(*(all_of(_there(r, place, law, f), clist.holds(r, c, f)) for r in rows_to(c, place, law, f)))


def _there(row: RequirementRow, place: str, law: LawAsOf, f: Facts) -> Truth:
    return YES if row.dest is None else dest_truth(row.dest, place, law, f)
