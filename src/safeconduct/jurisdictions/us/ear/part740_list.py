"""List-based exceptions: LVS, GBS, TSR, APP. The entry of the item says whether it offers them and for what.

They are listed whenever the entry may offer them, with the condition that fails where one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from safeconduct.jurisdictions.us.common import ccl
from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    made_for,
    need,
    offered,
    open_amount,
    open_number,
    shipment,
    stated,
)
from safeconduct.law import LawAsOf, entry_of, rule
from safeconduct.law.control_list import ExceptionRow
from safeconduct.model import (
    NO,
    YES,
    Ask,
    Condition,
    Effect,
    Facts,
    Money,
    Truth,
    all_of,
    any_of,
    truth_of,
    unknown,
)

NS_ONLY: Final = frozenset({"NS"})
REPORT: Final = ("us.740.duty.743_1",)
#: Country Group B less these for GBS and TSR.
NOT_GBS: Final = ("SD", "UA")
#: Adjusted Peak Performance limits in WT for released technology, 740.7(c)(3), (d)(3): tier -> (development, use).
APP_LIMITS: Final = {"1": (175, 500), "3": (50, 140)}


@dataclass(frozen=True, slots=True)
class YearSum:
    """Reads whether this year's shipments and this line stay within a limit in dollars; None when one is not known."""

    path: str
    value: str
    limit: Decimal

    def __call__(self, facts: Facts) -> bool | None:
        amounts = [m.in_("USD") if isinstance(m := facts.peek(p), Money) else None for p in (self.path, self.value)]
        known = [a for a in amounts if a is not None]
        return None if len(known) < 2 else sum(known) <= self.limit


def _year(f: Facts, limit: Decimal) -> Truth:
    path = "facts.lvs.shipped_this_year"
    got = f.note(YearSum(path, "item.value", limit))
    if got is None:
        ask = Ask(path, (("nothing", Money(Decimal(0), "USD")), ("the limit", Money(limit, "USD"))))
        return unknown(ask) if not stated(f, path) else unknown(Ask("item.value"))
    return truth_of(bool(got))


@rule("us.ear.740.3", cites=("15 CFR 740.3",), in_force=READ)
def limited_value(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """LVS: commodities worth no more than the limit of the entry may go to Country Group B.

    The limit is per order and entry, and twelve times as much a calendar year for one consignee; an order is not split to
    meet it. The line's value stands for the order unless ``facts.lvs.split_from_order_of`` says more.
    """
    s = shipment(f, law, "LVS")
    if s is None or s.deemed:
        return
    offers, rows = offered(f, law, s, "LVS")
    if offers is NO:
        return
    cite = rows[0].cite
    conditions: list[Condition | None] = [
        _group_b(s, law, "15 CFR 740.3(b)"),
        is_so(offers, cite, "us.740.c.offered", entry=entry_of(s.code), symbol="LVS") if offers is not YES else None,
    ]
    conditions.append(
        is_so(_within(f, law, s, rows, "item.value"), "15 CFR 740.3(d)(1)", "us.740.c.lvs_order", limit=_shown(rows))
    )
    split = "facts.lvs.split_from_order_of"
    if stated(f, split):
        whole = _within(f, law, s, rows, split)
        conditions.append(is_so(whole, "15 CFR 740.3(d)(1)(ii)", "us.740.c.lvs_split", limit=_shown(rows)))
    year = _within(f, law, s, rows, "")
    conditions.append(is_so(year, "15 CFR 740.3(d)(2)", "us.740.c.lvs_year", limit=_shown(rows)))
    if entry_of(s.code) == "5A002":
        encryption = controlled(f, law, s.code, "EI")
        if encryption is not NO:
            conditions.append(
                need(f, "facts.lvs.spare_for_exported_system", "15 CFR 740.3(d)(5)", "us.740.c.lvs_spare")
            )
    yield lift("LVS", "15 CFR 740.3", conditions, duties=REPORT)


def _within(f: Facts, law: LawAsOf, s: Shipment, rows: tuple[ExceptionRow, ...], path: str) -> Truth:
    """Whether an amount (blank: the year's sum) keeps the limit of a row that bears on the item."""
    limits = sorted({Decimal(r.limit) for r in rows if r.limit})
    clist = ccl(law)
    found = []
    for limit in limits:
        kept = open_amount(f, path, "<=", int(limit)) if path else _year(f, 12 * limit)
        if len(limits) > 1 and kept is not NO:
            bears = any_of(*(clist.holds(r, s.code, f) for r in rows if r.limit and Decimal(r.limit) == limit))
            kept = all_of(kept, bears)
        found.append(kept)
    return any_of(*found)


def _shown(rows: tuple[ExceptionRow, ...]) -> str:
    return " or ".join(sorted({f"${int(r.limit):,}" for r in rows if r.limit}))


def _group_b(s: Shipment, law: LawAsOf, cite: str, but: tuple[str, ...] = ()) -> Condition:
    met = in_any(s.country, law, "B") and s.country not in but
    says = "us.740.c.group_b_but" if but else "us.740.c.group_b"
    return is_so(truth_of(met), cite, says, destination=s.place)


@rule("us.ear.740.4", cites=("15 CFR 740.4",), in_force=READ)
def group_b_shipments(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """GBS: commodities of an entry that says so may go to Country Group B less Sudan and Ukraine, if only NS stands."""
    s = shipment(f, law, "GBS")
    if s is None or s.deemed:
        return
    offers, rows = offered(f, law, s, "GBS")
    if offers is NO:
        return
    yield lift(
        "GBS", "15 CFR 740.4",
        (
            _group_b(s, law, "15 CFR 740.4", NOT_GBS),
            None if offers is YES else is_so(offers, rows[0].cite, "us.740.c.offered", entry=entry_of(s.code), symbol="GBS"),
        ),
        kinds=NS_ONLY, duties=REPORT,
    )  # fmt: skip


@rule("us.ear.740.6", cites=("15 CFR 740.6",), in_force=READ)
def restricted_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TSR: technology and software of an entry that says so may go to Country Group B on a written assurance.

    Less Sudan and Ukraine, and if only NS stands. The assurance keeps what is released from nationals of D:1, E:1 and E:2 and
    its NS-controlled direct product from those groups; for 3E069 also from D:5, Macau and the places named in that entry.
    """
    s = shipment(f, law, "TSR")
    if s is None:
        return
    offers, rows = offered(f, law, s, "TSR")
    if offers is NO:
        return
    yield lift(
        "TSR", "15 CFR 740.6",
        (
            _group_b(s, law, "15 CFR 740.6(a)", NOT_GBS),
            None if offers is YES else is_so(offers, rows[0].cite, "us.740.c.offered", entry=entry_of(s.code), symbol="TSR"),
            need(f, "facts.tsr.written_assurance", "15 CFR 740.6(a)", "us.740.c.tsr_assurance"),
        ),
        kinds=NS_ONLY, duties=() if s.deemed else REPORT,
    )  # fmt: skip


@rule("us.ear.740.7", cites=("15 CFR 740.7",), in_force=READ)
def computers(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APP: computers may go to Computer Tier 1; their technology and software to group A:5, or be released below limits.

    Tier 3 (India, Israel, the United Arab Emirates, Vietnam...) has no eligible computers, only releases of technology and
    source code (740.7(d)).
    """
    s = shipment(f, law, "APP")
    if s is None or not s.entry_in(("4A003", "4D001", "4E001")):
        return
    offers, rows = offered(f, law, s, "APP")
    if offers is NO:
        return
    tier = law.index("us.740.7.tiers", "country").get(s.country)
    number = tier[0]["tier"] if tier else ""
    conditions: list[Condition | None] = [
        None if offers is YES else is_so(offers, rows[0].cite, "us.740.c.offered", entry=entry_of(s.code), symbol="APP")
    ]
    if s.group == "A":
        conditions.append(
            is_so(truth_of(number == "1"), "15 CFR 740.7(c)(1)", "us.740.c.app_tier1", destination=s.place)
        )
    else:
        conditions.append(_app_technology(f, law, s, number))
        computers = NO if s.under(("4E001.c",)) else made_for(f, law, "4A003")
        if stated(f, "item.for_items") or computers is NO:
            conditions.append(is_so(computers, "15 CFR 740.7(a)(2)", "us.740.c.app_computers"))
        conditions.append(need(f, "facts.app.access_restricted", "15 CFR 740.7(b)(2)(ii)", "us.740.c.app_access"))
        if s.deemed:
            conditions.append(free_of(f, "facts.app.visa_expired", "15 CFR 740.7(b)(6)", "us.740.c.app_visa"))
    yield lift("APP", "15 CFR 740.7", conditions, duties=("us.740.duty.app_no_reexport", *REPORT))


def _app_technology(f: Facts, law: LawAsOf, s: Shipment, tier: str) -> Condition:
    if tier == "1" and in_any(s.country, law, "A:5"):
        return is_so(YES, "15 CFR 740.7(c)(3)(i)", "us.740.c.app_a5", destination=s.place)
    cite = "15 CFR 740.7(c)(3)" if tier == "1" else "15 CFR 740.7(d)(3)"
    if tier not in APP_LIMITS or not s.deemed:
        return is_so(NO, cite, "us.740.c.app_release_only", destination=s.place)
    development, use = APP_LIMITS[tier]
    path = "item.parameters.for_adjusted_peak_performance"
    if not stated(f, path) and stated(f, "item.parameters.adjusted_peak_performance"):
        path = "item.parameters.adjusted_peak_performance"
    within = open_number(f, path, "<=", development, "WT")
    if within is not YES:
        purposes = f.get("item.purposes")
        if purposes is None:
            only_use = unknown(Ask("item.purposes", (("use only", ("use",)), ("development", ("development",)))))
        else:
            only_use = truth_of(bool(purposes) and not set(purposes) & {"development", "production"})
        within = any_of(within, all_of(only_use, open_number(f, path, "<=", use, "WT")))
    return is_so(within, cite, "us.740.c.app_limit", development=development, use=use)


RULES = (limited_value, group_b_shipments, restricted_technology, computers)
