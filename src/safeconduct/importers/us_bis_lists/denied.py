"""Denied persons: the screening list's rows beside the Bureau's own list, and how far each order is confirmed to stand.

The feed of 2026-07-31 carries some 1,600 rows, most of them orders that had ended long before: the Bureau's own list of April
2026 has 564. A row the own list does not hold says so in `status`, and the reader of the entry decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from safeconduct.importers.us_bis_lists.read import Listed, dated_citations
from safeconduct.importers.us_csl.also import names_inside
from safeconduct.importers.us_csl.entries import Address, Entry, entry_id
from safeconduct.importers.us_csl.read import CslRow
from safeconduct.lawdata.names import normalise

__all__ = ["denied_persons"]


def denied_persons(
    rows: Sequence[CslRow], current: Sequence[Listed], earlier: Sequence[Listed], day: str | None, as_of: str | None
) -> tuple[list[Entry], dict[str, Any]]:
    """Denied persons. `status` says how far the order is confirmed to stand; see lists/README.md."""
    entries: list[Entry] = []
    by_name: dict[str, list[Listed]] = defaultdict(list)
    for one in current:
        by_name[normalise(one.name)].append(one)
    before: dict[str, list[Listed]] = defaultdict(list)
    for one in earlier:
        before[normalise(one.name)].append(one)
    told: Counter[str] = Counter()
    met: set[int] = set()
    for row in rows:
        key = normalise(row.name)
        now = [one for one in by_name.get(key, []) if _same_order(row, one)]
        # An earlier row says when the order ended only if the feed cites nothing newer, such as a renewal.
        old = {cite.cite for one in before.get(key, []) for cite in one.cites}
        newer = {cite.cite for cite in dated_citations(row.notice)} - old
        past = [] if newer else [one for one in before.get(key, []) if _same_order(row, one)]
        met |= {one.row for one in now}
        status = None
        if not now:
            status = "unconfirmed"
            ended = [one.until for one in past]
            if past and all(ended) and as_of is not None and max(end or "" for end in ended) <= as_of:
                status = "lapsed"
            elif any(cite.day and day and cite.day >= day for cite in dated_citations(row.notice)):
                status = "newer"
        told[status or "confirmed"] += 1
        entries.append(_denied_entry(row, now or past, status))
    for one in current:
        if one.row not in met:
            told["only in own publication"] += 1
            entries.append(_denied_entry(None, [one], None))
    return entries, {"orders": dict(told)}


def _same_order(row: CslRow, one: Listed) -> bool:
    """Same name is given; a citation in common, or none on a side, makes it the same order."""
    ours, theirs = {c.cite for c in dated_citations(row.notice)}, {c.cite for c in one.cites}
    return not ours or not theirs or bool(ours & theirs)


def _denied_entry(row: CslRow | None, found: Sequence[Listed], status: str | None) -> Entry:
    name = row.name if row is not None else found[0].name
    cites = {c.cite: c for one in found for c in one.cites}
    if row is not None:
        cites |= {c.cite: c for c in dated_citations(row.notice)}
    order = sorted(cites, key=lambda cite: tuple(map(int, cite.split(" FR "))))
    addresses: list[Address] = []
    for one in found:
        addresses += [address for address in one.addresses if address not in addresses]
    have = {address.country for address in addresses}
    addresses += [address for address in (row.addresses if row is not None else []) if address.country not in have]
    starts = [one.start for one in found if one.start] + ([row.start] if row is not None and row.start else [])
    ends = [one.until for one in found] or ([row.end or None] if row is not None else [])
    standard = {one.standard for one in found if one.standard is not None}
    extra: dict[str, Any] = {"status": status}
    if standard == {False} or (row is not None and row.standard_order == "N"):
        extra["order"] = "non-standard"
    country = next((address.country or "" for address in (row.addresses if row is not None else addresses)), "")
    return Entry(
        list_id="us.dpl",
        id=entry_id("dpl", "us.dpl", normalise(name), country, order[0] if order else ""),
        name=name,
        row=row.row if row is not None else found[0].row,
        aliases=list(dict.fromkeys((row.aliases if row is not None else found[0].aliases) + names_inside(name))),
        addresses=addresses,
        cites=order,
        start=min(starts, default=None),
        until=max((end for end in ends if end), default=None) if all(ends) else None,
        extra=extra,
    )
