"""Controlled US content of a foreign-made item: how much there is, and when no amount is too small (734.4, 734 Supp. 2).

Read in the text of 2026-09-01.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from safeconduct.jurisdictions.us.common import (
    code,
    destination,
    in_groups,
    is_eccn,
    reading_country,
    series_of,
)
from safeconduct.jurisdictions.us.ear.content import counts
from safeconduct.jurisdictions.us.ear.lists import code_in_list, members
from safeconduct.jurisdictions.us.ear.part734_direct import (
    footnote_party,
)
from safeconduct.law import LawAsOf
from safeconduct.law.control_list import covers, entry_of
from safeconduct.model import (
    NO,
    Ask,
    Facts,
    Money,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
)

PARTS: Final = "item.us_content.parts"
ENCRYPTION: Final = ("5A002", "5B002", "5A004", "5D002")


@dataclass(frozen=True, slots=True)
class ShareProbe:
    """Reads US content only as the result of one comparison: more than ``limit`` percent of the item's value.

    With ``counted`` the classifications that count, the parts are added up; else the stated controlled value is used.
    """

    limit: Decimal
    counted: tuple[str, ...] | None
    path: str = "item.us_content.controlled_value"

    def __call__(self, facts: Facts) -> bool | None:
        total = facts.peek("item.us_content.total_value")
        if not isinstance(total, Money) or total.amount <= 0:
            return None
        if self.counted is None:
            held = facts.peek("item.us_content.controlled_value")
            amount = held.in_(total.currency) if isinstance(held, Money) else None
        else:
            amount = Decimal(0)
            for part in facts.peek(PARTS) or ():
                if str(part.get("classification") or "?") in self.counted:
                    value = _value(part, total.currency)
                    if value is None:
                        return None
                    amount += value
        return None if amount is None else amount * 100 > self.limit * total.amount


def _value(part: Mapping[str, Any], currency: str) -> Decimal | None:
    raw = part.get("value")
    if isinstance(raw, Money):
        return raw.in_(currency)
    try:
        return None if raw is None or isinstance(raw, bool) else Decimal(str(raw))
    except InvalidOperation:
        return None


def part_codes(f: Facts) -> tuple[str, ...] | None:
    """Classifications of the US parts, None when the parts are not known."""
    parts = f.get(PARTS)
    if parts is None:
        return None
    return tuple(dict.fromkeys(str(p.get("classification") or "?") for p in parts))


def exceeds(f: Facts, law: LawAsOf, limit: int) -> Truth:
    """Whether controlled US content is more than a percentage of the item's value."""
    codes = part_codes(f)
    place = destination(f)
    if codes is not None:
        if place is None:
            return Truth("UNKNOWN", frozenset((Ask("destination"),)))
        counted = tuple(c for c in codes if c == "?" or counts(c, place, law, f))
        if not counted:
            return NO
    else:
        counted = None
    got = f.note(ShareProbe(Decimal(limit), counted))
    if got is None:
        lacking = [p for p in ("item.us_content.total_value",) if f.get(p) is None]
        if counted is None and f.get("item.us_content.controlled_value") is None:
            lacking.append("item.us_content.controlled_value")
        return Truth("UNKNOWN", frozenset(Ask(p) for p in lacking or [PARTS]))
    return truth_of(bool(got))


def no_level(f: Facts, law: LawAsOf) -> dict[str, Truth]:
    """Where no amount of US content is too small, 734.4(a): by paragraph, whether it applies (never NO)."""
    c = code(f)
    place = reading_country(destination(f), law)
    codes = part_codes(f)
    d5 = in_groups(place, law, ("D:5",))
    embargoed = in_groups(place, law, ("E:1", "E:2"))

    def has(*tests: Truth, any_part: bool = False) -> Truth:
        """Whether some US part is as tested, given what is known of the parts."""
        if codes is None:
            return Truth("UNKNOWN", frozenset((Ask(PARTS),)))
        return truth_of(bool(codes)) if any_part else any_of(*tests)

    def parts(test: Callable[[str], bool]) -> Truth:
        unclassified = Truth("UNKNOWN", frozenset((Ask(PARTS),)))
        return has(*(unclassified if x == "?" else truth_of(bool(test(x))) for x in codes or ()))

    known = codes is not None or f.get("item.us_content.controlled_value") is None
    out: dict[str, Truth] = {}
    if c is not None and is_eccn(c):
        chips = parts(lambda x: covers("3A001", x))
        if covers("4A003.b", c) or c in ("4A003", "4A994", "4A994.b"):
            tier3 = truth_of(any(r["country"] == place for r in law.index("us.740_7_tiers", "tier").get("3", ())))
            lesser = truth_of(place in ("CU", "IR", "KP", "SY"))
            links = parts(lambda x: covers("3A001", x) or covers("4A994.j", x))
            out["734.4(a)(1)"] = any_of(
                all_of(tier3, truth_of(covers("4A003.b", c) or c == "4A003"), chips), all_of(lesser, links)
            )
        if entry_of(c) == "5E002":
            out["734.4(a)(2)"] = parts(lambda x: covers("5E002", x))
        if covers("3B993.f.1", c) or c in ("3B993", "3B993.f"):
            listing = {"JP": "2023-07-23", "NL": "2024-09-09"}  # note 1 to (a)(3)
            exempt = truth_of(f.get("exported_from") in listing)
            out["734.4(a)(3)"] = all_of(not_(exempt), f.truth("end_use.advanced_node_ic"), has(any_part=True))
        if entry_of(c) == "0A919":
            out["734.4(a)(5)"] = d5
        if entry_of(c) in ("3B001", "3B002", "3B903", "3B991", "3B992", "3B993", "3B994"):
            chip = parts(lambda x: x[:2] in ("3A", "4A", "5A"))
            equipment = code_in_list(law, "734.4(a)(8)", c, f)
            there = any_of(d5, truth_of(place == "MO"))
            out["734.4(a)(8)"] = all_of(there, equipment, chip)
            user = any_of(footnote_party(f, law, "5"), all_of(there, f.truth("end_use.advanced_node_ic")))
            out["734.4(a)(9)"] = all_of(not_(equipment), chip, user)
    if known:
        military = parts(lambda x: series_of(x) in ("600", "9x515") and ".y" not in x)
        lesser_military = parts(lambda x: series_of(x) in ("600", "9x515") and ".y" in x)
        out["734.4(a)(6)(i)"] = all_of(d5, military)
        out["734.4(a)(6)(ii)"] = all_of(any_of(embargoed, truth_of(place in ("BY", "CN", "RU"))), lesser_military)
        hot = members(law, "734.4(a)(4)")
        if c is None or f.get("item.kind") in (None, "technology"):
            out["734.4(a)(4)"] = parts(lambda x: any(covers(h, x) or covers(x, h) for h in hot))
    return {k: t for k, t in out.items() if t is not NO}


def encryption_content(f: Facts, law: LawAsOf) -> Truth:
    """734.4(b): whether US encryption content keeps the item from de minimis treatment."""
    codes = part_codes(f) or ()
    held = [x for x in codes if entry_of(x) in ENCRYPTION]
    if not held:
        return NO
    embargoed = in_groups(reading_country(destination(f), law), law, ("E:1", "E:2"))
    by_bis = f.truth("facts.enc.classified_by_bis")
    # Reading: whether BIS classified under (b)(2) or (b)(3) is not asked apart; the narrower (b)(2) is taken.
    eligible = any_of(f.truth("facts.enc.self_classified"), all_of(by_bis, not_(embargoed)))
    public = all_of(truth_of(all(entry_of(x) == "5D002" for x in held)), f.truth("facts.enc.source_published"))
    return not_(any_of(eligible, public))


def above_de_minimis(f: Facts, law: LawAsOf, leave_out: str = "") -> Truth:
    """Whether US content makes a foreign-made item subject, 734.4(a) to (d), one paragraph perhaps left out."""
    limit_25 = in_groups(reading_country(destination(f), law), law, ("E:1", "E:2"))
    share = any_of(all_of(limit_25, exceeds(f, law, 10)), all_of(not_(limit_25), exceeds(f, law, 25)))
    none_allowed = (t for paragraph, t in no_level(f, law).items() if paragraph != leave_out)
    return any_of(share, encryption_content(f, law), *none_allowed)
