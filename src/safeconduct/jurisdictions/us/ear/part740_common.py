"""What the rules of part 740 share: the shipment, what its item is controlled for, what its entry offers.

An exception is listed when the entry of the item offers it, when a fact that belongs to it is stated, or when it
is possible and commonly overlooked. Its conditions are read with ``Facts.condition``: absent means open.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any, Final

from safeconduct.jurisdictions.us.common import (
    DEEMED,
    TRANSACTION_PARTIES,
    ccl,
    chart_country,
    code,
    dest_truth,
    destination,
    is_eccn,
    reading_country,
    series_of,
)
from safeconduct.law import LawAsOf, between, covers, entry_of, since
from safeconduct.law.conditions import evaluate
from safeconduct.law.control_list import ExceptionRow
from safeconduct.law.provision import InForce
from safeconduct.model import (
    ANY_EXCEPTION,
    NO,
    YES,
    Ask,
    Block,
    Condition,
    Facts,
    Lift,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: Part 740 was read in the texts of 2026-02-10 and 2026-09-24, which agree where nothing else is said. No earlier text was
#: read: before it nothing is offered, which can only ask for a license too many.
READ: Final[InForce] = since(
    "2026-02-10", source="eCFR 2026-02-10 and 2026-09-24; earlier texts not read, nothing offered"
)
#: What an amendment between the two texts changed, the day not seen: the older form until the newer text.
OLDER: Final[InForce] = between("2026-02-10", "2026-09-24", source="eCFR 2026-02-10; otherwise on 2026-09-24")
NEWER: Final[InForce] = since("2026-09-24", source="eCFR 2026-09-24; the day of the amendment was not seen")
#: The United Arab Emirates and STA.
UAE_2026: Final[InForce] = since("2026-07-10", source="91 FR 43038")
GOVERNMENT: Final = ("government", "armed_forces", "police", "intelligence", "csirt", "us_government")
FOREIGN_GOVERNMENT: Final = (
    "government",
    "armed_forces",
    "police",
    "intelligence",
    "csirt",
    "international_organization",
)
ALL_REASONS: Final = ("NS", "MT", "NP", "CB", "RS", "CC", "FC", "UN", "CW", "EI", "SI", "SL", "SS", "FP")


@dataclass(frozen=True, slots=True)
class Shipment:
    """The cheap deciding facts of one line, all known: activity, code, place and the country whose groups it reads."""

    activity: str | None
    code: str
    place: str
    country: str

    @property
    def eccn(self) -> bool:
        return is_eccn(self.code)

    @property
    def deemed(self) -> bool:
        return self.activity in DEEMED

    @property
    def group(self) -> str:
        """Product group: ``A`` to ``E``, or blank for EAR99."""
        return self.code[1] if self.eccn else ""

    @property
    def series(self) -> str | None:
        return series_of(self.code) if self.eccn else None

    def under(self, codes: Iterable[str]) -> bool:
        """Whether the item is classified under one of the codes."""
        return any(covers(c, self.code) for c in codes)

    def entry_in(self, entries: Iterable[str]) -> bool:
        return entry_of(self.code) in entries


def shipment(f: Facts, law: LawAsOf, offers: str = "", entries: Container[str] = ()) -> Shipment | None:
    """The line as part 740 looks at it; None when code or destination is not known, or nothing is shipped.

    Args:
        offers: None too where the item's entry cannot offer this list-based exception. entries: None too where the
            item is in none of these entries. Both are seen before the destination is read, so that a rule which has
            nothing to say of an item is remembered once for all destinations.
    """
    c = code(f)
    if c is None or (entries and entry_of(c) not in entries):
        return None
    if offers and not may_offer(law, c, offers):
        return None
    activity = f.get("activity")
    if activity == "us_person_support":
        return None
    place = destination(f)
    if place is None:
        return None
    country = reading_country(place, law)
    return None if country is None else Shipment(activity, c, place, country)


def may_offer(law: LawAsOf, c: str, symbol: str) -> bool:
    """Whether some statement of the entry allows the exception for the code or for a paragraph under it."""
    if not is_eccn(c):
        return False
    return any(row.allow and row.scope.relation(c) is not False for row in ccl(law).exceptions(c, symbol))


def in_any(country: str, law: LawAsOf, *groups: str) -> bool:
    return any(law.group(f"us.{g}").includes(country) for g in groups)


def under(c: str, codes: Iterable[str]) -> Truth:
    """Whether a code lies under one of the codes; unknown when it is too short to tell."""
    out = NO
    for k in codes:
        if covers(k, c):
            return YES
        if covers(c, k):
            out = unknown(Ask("item.classification.us", ((k, k),)))
    return out


def controlled(f: Facts, law: LawAsOf, c: str, *reasons: str) -> Truth:
    """Whether the item is controlled for one of the reasons, anywhere (the rows of its entry)."""
    if not is_eccn(c):
        return NO
    clist = ccl(law)
    rows = [r for r in clist.requirements(c) if r.reason in reasons and not (r.dest or {}).get("review_only")]
    return any_of(*(clist.holds(r, c, f) for r in rows))


def required(f: Facts, law: LawAsOf, s: Shipment, *reasons: str) -> Truth:
    """Whether a license is required for one of the reasons to this destination, by chart or off it."""
    if not s.eccn:
        return NO
    clist = ccl(law)
    row = law.index("us.country_chart", "country").get(chart_country(s.place, law))
    marks = frozenset(row[0]["columns"].split()) if row else frozenset()
    found = []
    for r in clist.requirements(s.code):
        if r.reason not in reasons or (r.column is not None and r.column not in marks):
            continue
        there = YES if r.dest is None else destination_holds(r.dest, s, law, f)
        if there is not NO:
            found.append(all_of(there, clist.holds(r, s.code, f)))
    return any_of(*found)


def destination_holds(spec: Any, s: Shipment, law: LawAsOf, f: Facts) -> Truth:
    """Whether a destination scope of a list row takes in the destination."""
    if spec is None:
        return YES
    if "without_column" in spec:
        row = law.index("us.country_chart", "country").get(chart_country(s.place, law))
        return truth_of(not row or spec["without_column"] not in row[0]["columns"].split())
    if set(spec) & {"review_only", "entity_list_footnote", "part"}:
        return NO
    return dest_truth(spec, s.place, law, f)


def only_anti_terrorism(f: Facts, law: LawAsOf, c: str) -> Truth:
    """EAR99, or controlled for anti-terrorism reasons alone."""
    return YES if c == "EAR99" else not_(controlled(f, law, c, *ALL_REASONS))


def made_for(f: Facts, law: LawAsOf, *codes: str) -> Truth:
    """Whether software or technology is for items of these paragraphs."""
    return evaluate({"for": {"in": list(codes), "out": [], "reason": None}}, f, ccl(law))


def offered(f: Facts, law: LawAsOf, s: Shipment, symbol: str) -> tuple[Truth, tuple[ExceptionRow, ...]]:
    """Whether the entry of the item offers a list-based exception there, and the rows that (may) allow it."""
    if not s.eccn:
        return NO, ()
    clist = ccl(law)
    allow: list[Truth] = []
    deny: list[Truth] = []
    usable: list[ExceptionRow] = []
    for row in clist.exceptions(s.code, symbol):
        if row.allow is None:
            continue
        there = destination_holds(row.dest, s, law, f)
        held = all_of(there, clist.holds(row, s.code, f)) if there is not NO else NO
        if held is not NO and row.not_reasons:
            held = all_of(held, not_(controlled(f, law, s.code, *row.not_reasons)))
        if not row.allow:
            deny.append(held)
        elif held is not NO:
            allow.append(held)
            usable.append(row)
    return all_of(any_of(*allow), not_(any_of(*deny))), tuple(usable)


# -- conditions -----------------------------------------------------------------------------------------------
def need(f: Facts, path: str, cite: str, says: str) -> Condition:
    """A condition that a stated fact meets; absent is open."""
    return Condition(f.condition(path), (cite,), says)


def need_not(f: Facts, path: str, cite: str, says: str) -> Condition:
    """A condition that a stated fact would break; absent is open."""
    return Condition(not_(f.condition(path)), (cite,), says)


def free_of(f: Facts, path: str, cite: str, says: str) -> Condition:
    """A condition about what the exporter knows: absent is open until diligence is complete."""
    return Condition(not_(f.truth(path)), (cite,), says)


def is_so(met: Truth, cite: str, says: str, **args: object) -> Condition:
    return Condition(met, (cite,), says, tuple(args.items()))


def open_number(f: Facts, path: str, op: str, limit: int | str, unit: str = "") -> Truth:
    """A comparison as a condition: absent is open whatever the fact's policy."""
    got = f.compare(path, op, limit, unit)
    return got if stated(f, path) else unknown(*(got.asks or (Ask(path),)))


def open_amount(f: Facts, path: str, op: str, limit: int | str) -> Truth:
    """A limit in dollars as a condition: absent, or without dollars, is open."""
    got = f.amount(path, op, limit)
    return got if stated(f, path) else unknown(*(got.asks or (Ask(path),)))


@dataclass(frozen=True, slots=True)
class _Stated:
    """Reads only whether a fact is stated."""

    path: str

    def __call__(self, facts: Facts) -> bool:
        return facts.peek(self.path) is not None


def stated(f: Facts, *paths: str) -> bool:
    """Whether one of the facts is stated at all, so that its exception is spoken of."""
    return any(_is_stated(f, p) for p in paths)


def _is_stated(f: Facts, path: str) -> bool:
    fact = f.vocabulary.get(path)
    if fact is not None and fact.kind in ("bool", "enum", "country"):
        return f.get(path) is not None  # few values: the plain reading is the cheaper one
    return bool(f.note(_Stated(path)))


def purpose(f: Facts, path: str, *values: str) -> Truth:
    """An enum fact as a condition: absent is open."""
    return f.is_in(path, values, strict=True)


# -- parties --------------------------------------------------------------------------------------------------
def seat_in_embargoed(f: Facts, law: LawAsOf) -> Truth:
    """Whether a party to the transaction, or its ultimate parent, is headquartered in Macau or Country Group D:5."""
    seats = seats_of(law, "D:5", "MO", "HK")
    return any_of(*(_seat(f, p, seats) for p in ("headquarters", "ultimate_parent.headquarters")))


def seats_of(law: LawAsOf, group: str, *more: str) -> tuple[str, ...]:
    return tuple(sorted({*law.group(f"us.{group}").members, *more}))


def _seat(f: Facts, path: str, seats: tuple[str, ...]) -> Truth:
    parties = f.parties(*TRANSACTION_PARTIES)
    if not parties:
        return NO if f.diligent else unknown(Ask(f"parties[0].{path}"))
    return any_of(*(p.is_in(path, seats) for p in parties))


def no_government(f: Facts, *, private: bool = False) -> Truth:
    """Whether no end user or ultimate consignee is a foreign government or an organization of governments.

    ``private``: firms a government owns or controls count too. Capacity not known: open, or no once diligent.
    """
    parties = f.parties("end_user", "ultimate_consignee")
    if not parties:
        return YES if f.diligent else unknown(Ask("parties[0].capacity"))
    barred = (*FOREIGN_GOVERNMENT, "state_owned") if private else FOREIGN_GOVERNMENT
    return not_(any_of(*(p.is_in("capacity", barred) for p in parties)))


def capacity_is(f: Facts, *values: str, roles: tuple[str, ...] = ("end_user", "ultimate_consignee")) -> Truth:
    """Whether an end user or ultimate consignee has one of these capacities; absent is open."""
    parties = f.parties(*roles)
    if not parties:
        return unknown(Ask("parties[0].capacity"))
    return any_of(*(p.is_in("capacity", values, strict=True) for p in parties))


#: Not a license exception: what part 740 bars does not touch it.
OFAC: Final = "OFAC authorization"


def bar(
    *,
    but: tuple[str, ...] = (),
    bars: tuple[str, ...] = ANY_EXCEPTION,
    when: Truth = YES,
    says: str = "",
    args: tuple[tuple[str, object], ...] = (),
    cites: tuple[str, ...] = (),
    party: int | None = None,
) -> Block:
    """A bar on license exceptions, except ``but``. The general licenses of 736 Supp. 1 are no exceptions of part 740."""
    return Block(bars=bars, but=(*but, OFAC, "GO6"), when=when, says=says, args=args, cites=cites, party=party)


def lift(
    symbol: str,
    cite: str,
    conditions: Iterable[Condition | None],
    *,
    says: str = "",
    kinds: frozenset[str] | None = None,
    duties: tuple[str, ...] = (),
    more_cites: tuple[str, ...] = (),
) -> Lift:
    """An exception with its conditions; those already met and without a word of their own stay in the list."""
    return Lift(
        symbol=symbol, cites=(cite, *more_cites), conditions=tuple(c for c in conditions if c is not None), kinds=kinds,
        duties=duties, says=says,
    )  # fmt: skip
