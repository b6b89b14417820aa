"""What a list entry says: from the request where it states it, else from the edition's entry, else the strictest reading.

An entry is found by its id (``el:3f2a…``) or by exact name (its key, ``lawdata.names``) in the tables of party
lists, without loading them. What is worked out depends on the listing's own fields and the law alone, so that
rules stay pure. Where the edition does not cover the day, or does not know the entry, every field is None: rules
then take the strictest reading (all items, no exception).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from safeconduct.jurisdictions.us.common import CODE, EAR99, ccl, code, is_eccn
from safeconduct.jurisdictions.us.ear.part746_shared import in_supplement
from safeconduct.law import LawAsOf, NotCovered, Scope
from safeconduct.law.conditions import evaluate
from safeconduct.lawdata.names import normalise
from safeconduct.lawdata.sorted_text import find_all, find_entry
from safeconduct.model import NO, YES, Ask, Facts, Listing, Truth, all_of, any_of, freeze, not_, truth_of

ENTITY_LIST: Final = "us.entity_list"
MEU_LIST: Final = "us.meu_list"
UNVERIFIED: Final = "us.uvl"
DENIED: Final = "us.dpl"
SDN: Final = "us.ofac.sdn"
DEBARRED: Final = "us.ddtc.debarred"
ISN: Final = "us.isn"
KEYS: Final = "us.lists.keys"
#: Words a request may use for what an entry covers.
ALL_ITEMS: Final = ("all_items", "all", "all_items_subject_to_the_ear")
CCL_ITEMS: Final = ("ccl_items", "all_ccl_items", "items_on_the_ccl")
SUPPLEMENT_2: Final = ("744 Supp. 2", "us.744.supp2", "supplement_2")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it bears on a line. None everywhere: not known, read strictly.

    covers: ``lists/README.md``. footnotes, programs: as printed. survives: license exceptions the entry keeps, as
    patterns (``GOV(b)(2)``). policy: id in ``policies.csv``. under: sections the entry itself names. until: first
    day it no longer stands. order: ``non-standard`` for denial orders with terms of their own.
    """

    covers: Any = None
    footnotes: tuple[str, ...] | None = None
    programs: tuple[str, ...] | None = None
    address_only: bool | None = None
    survives: tuple[str, ...] = ()
    policy: str | None = None
    under: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    until: date | None = None
    order: str | None = None
    known: bool = False

    def footnote(self, mark: str) -> bool | None:
        return None if self.footnotes is None else mark in self.footnotes


def entry(listing: Listing, law: LawAsOf) -> Entry:
    """What the listed entry says. Fields stated in the request win over the edition's."""
    found = _of_edition(listing.list, listing.entry, law)
    return Entry(
        covers=found.covers if listing.covers is None else listing.covers,
        footnotes=found.footnotes if listing.footnotes is None else listing.footnotes,
        programs=found.programs if listing.programs is None else listing.programs,
        address_only=found.address_only if listing.address_only is None else listing.address_only,
        survives=found.survives, policy=found.policy, under=found.under, cites=found.cites, countries=found.countries,
        until=found.until, order=found.order, known=found.known,
    )  # fmt: skip


def _of_edition(list_id: str, wanted: str | None, law: LawAsOf) -> Entry:
    if not wanted or list_id not in law.edition.tables:
        return Entry()
    try:
        return law.build(f"listing {list_id} {wanted}", (list_id,), lambda: _merge(_find(list_id, wanted, law)))
    except NotCovered:
        return Entry()


def _find(list_id: str, wanted: str, law: LawAsOf) -> list[Mapping[str, Any]]:
    paths = law.edition.paths(list_id)
    line = find_entry(paths, wanted) if '"' not in wanted and "\n" not in wanted else None
    if line is not None:
        return [json.loads(line)]
    key = normalise(wanted)
    if not key or KEYS not in law.edition.tables:
        return []
    ids = sorted(
        {row.split("\t")[2] for row in find_all(law.edition.paths(KEYS), key) if row.split("\t")[1] == list_id}
    )
    lines = (find_entry(paths, i) for i in ids)
    return [json.loads(x) for x in lines if x is not None]


def _merge(rows: list[Mapping[str, Any]]) -> Entry:
    """One entry from all that bear the name: where they differ, the stricter."""
    if not rows:
        return Entry()
    first = rows[0]
    covers = [r.get("covers") for r in rows]
    exceptions = [_survives(r.get("exceptions") or ()) for r in rows]
    policies = {r.get("policy") for r in rows}
    ends = [r.get("until") for r in rows]
    return Entry(
        covers=freeze(covers[0]) if all(c == covers[0] for c in covers) else None,
        footnotes=tuple(sorted({str(n) for r in rows for n in r.get("footnotes") or ()})),
        programs=tuple(sorted({p for r in rows for p in r.get("programs") or ()})),
        address_only=all(bool(r.get("address_only")) for r in rows),
        survives=tuple(x for x in exceptions[0] if all(x in e for e in exceptions)),
        policy=first.get("policy") if len(policies) == 1 else None,
        under=tuple(sorted({u for r in rows for u in r.get("under") or ()})),
        cites=tuple(c for r in rows for c in r.get("cites") or ())[:8],
        countries=tuple(sorted({a["country"] for r in rows for a in r.get("addresses") or () if a.get("country")})),
        until=max(date.fromisoformat(e) for e in ends if e) if all(ends) else None,
        order=next((r["order"] for r in rows if r.get("order")), None),
        known=True,
    )  # fmt: skip


_PARAGRAPH = re.compile(r"740\.\d+(?P<rest>(\([a-zA-Z0-9]+\))*)$")


def _survives(exceptions: Iterable[Any]) -> tuple[str, ...]:
    """``{"symbol": "GOV", "in": ["740.11(b)(2)"]}`` as ``GOV(b)(2)``. One kept only for a use (``when``) is left
    out: it would have to be shown for this shipment."""
    found: list[str] = []
    for x in exceptions:
        if x.get("when"):
            continue
        parts = [m["rest"] for p in x.get("in") or () if (m := _PARAGRAPH.match(p))]
        found += [f"{x['symbol']}{p}" for p in parts] or [x["symbol"]]
    return tuple(dict.fromkeys(found))


def covers_item(e: Entry, f: Facts, law: LawAsOf) -> Truth:
    """Whether an entry's requirement reaches the item: "to the extent specified" (15 CFR 744.11(a))."""
    return _covers(e.covers, f, law)


def _covers(covers: Any, f: Facts, law: LawAsOf) -> Truth:
    if covers is None or covers in ALL_ITEMS:
        return YES
    if isinstance(covers, str):
        if covers in CCL_ITEMS:
            return _on_ccl(f)
        if covers in SUPPLEMENT_2:
            return in_supplement_2(f, law)
        return _within((covers,), f) if is_eccn(covers) or covers == EAR99 else YES
    if isinstance(covers, tuple):
        return any_of(*(_covers(c, f, law) for c in covers)) if covers else YES
    if not isinstance(covers, Mapping):
        return YES
    if covers.get("ccl_items"):
        extra = NO
        if covers.get("ear99_in"):
            extra = any_of(*(_in_supplement(s, f, law) for s in covers["ear99_in"]))
        return any_of(_on_ccl(f), extra)
    if "eccns" in covers:
        return _within(covers["eccns"], f)
    if "all_items_except" in covers:
        return not_(any_of(*(_left_out(x, f) for x in covers["all_items_except"])))
    if "project" in covers:
        return any_of(f.truth("end_use.oil_gas_project"), f.truth("end_use.listed_project"))
    if "supplement" in covers:
        return _in_supplement(covers["supplement"], f, law)
    return YES  # a kind this reader does not know: the strictest reading


def _on_ccl(f: Facts) -> Truth:
    c = code(f)
    return Truth("UNKNOWN", frozenset((Ask(CODE),))) if c is None else truth_of(is_eccn(c))


def _within(codes: Iterable[str], f: Facts) -> Truth:
    c = code(f)
    wanted = tuple(codes)
    if c is None:
        return Truth("UNKNOWN", frozenset((Ask(CODE, tuple((x, x) for x in wanted[:8])),)))
    if c == EAR99:
        return truth_of(EAR99 in wanted)
    relation = Scope(wanted).relation(c)
    if relation is None:
        return Truth("UNKNOWN", frozenset((Ask(CODE, tuple((x, x) for x in wanted[:8])),)))
    return truth_of(relation)


def _left_out(x: Any, f: Facts) -> Truth:
    """Whether an entry's carve-out takes the item out. What only the parties can know (a general license of OFAC,
    who released the technology) is theirs to claim."""
    if isinstance(x, str):
        return _within((x,), f)
    if isinstance(x, tuple):
        return any_of(*(_left_out(y, f) for y in x))
    if not isinstance(x, Mapping):
        return NO
    if "eccns" in x:
        # Users for whom the listed codes stay caught cannot be told apart here.
        return NO if x.get("not_for") else _within(x["eccns"], f)
    what = str(x.get("what", ""))
    claimed = f.truth("facts.entity_list.carve_out")
    if what == "ear99_food_or_medicine":
        claimed = any_of(f.truth("item.traits.food"), f.truth("item.traits.medicine"))
    if claimed is NO or not what.startswith(("ear99", "standards_release")):
        return claimed
    if what.startswith("ear99"):
        return all_of(claimed, _within((EAR99,), f))
    return claimed


def _in_supplement(name: str, f: Facts, law: LawAsOf) -> Truth:
    if name in SUPPLEMENT_2:
        return in_supplement_2(f, law)
    c = code(f)
    if c is not None and is_eccn(c):
        return NO  # the supplements of part 746 are read for what is not on the Commerce Control List
    return in_supplement(f, law, "us." + name.replace(" Supp. ", ".supp"))


def in_supplement_2(f: Facts, law: LawAsOf) -> Truth:
    """Whether the item stands in supplement no. 2 to part 744; EAR99 never does."""
    c = code(f)
    if c is None:
        return Truth("UNKNOWN", frozenset((Ask(CODE),)))
    if not is_eccn(c):
        return NO
    found = []
    for r in law.index("us.744.supp2", "eccn").get(c.partition(".")[0], ()):
        scope = Scope.of(r["scope"])
        inside = scope.relation(c)
        if inside is False:
            continue
        held = YES if inside else Truth("UNKNOWN", frozenset((Ask(CODE, tuple((x, x) for x in scope.within[:8])),)))
        found.append(held if r.get("when") is None else all_of(held, evaluate(r["when"], f, ccl(law))))
    return any_of(*found)


def ended(e: Entry, law: LawAsOf) -> bool:
    """Whether the edition says that the entry had ended before these days."""
    return e.until is not None and law.span.start is not None and e.until <= law.span.start


def tags_of(programs: tuple[str, ...] | None) -> frozenset[str] | None:
    """Program tags in one spelling: upper case, no brackets, blanks as hyphens; None when not known."""
    if programs is None:
        return None
    return frozenset(re.sub(r"\s+", "-", p.strip().strip("[]").upper()) for p in programs)


def policy_id(policy: str | None) -> str:
    return f"us.policy.el.{policy}" if policy else "us.policy.el.entry"
