"""The organization's own records: holding parties against them, showing them, checking them.

Names are compared here, before rules run; rules see which record a party may be, never what it is called.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from safeconduct.law.overlay import CELL, DECIDED, NAMED, REFUSED, HouseMatch
from safeconduct.lawdata.names import keys
from safeconduct.lawdata.overlay import Letter, Overlay, PartyRecord, fold_id
from safeconduct.model import Owner, Period

if TYPE_CHECKING:
    from safeconduct.acts.request import ParsedLine

APPROVED = "house.approved"


def match_house(overlay: Overlay, line: ParsedLine) -> dict[str, Any]:
    """Put beside each party of a line the records it may be (the cell ``parties[].house``), and say so.

    A record counts on the days of its period, and on a line without a day. A party without name and identifier is
    left unmatched: whether it was refused is then unknown.

    Returns:
        ``{"overlay", "parties": [{"party", "candidates": [...]}], "notes": [...]}`` for the answer.
    """
    count = line.cells.get("parties")
    given = line.request.get("parties")
    day = line.cells.get("date")
    found: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for i in range(count if isinstance(count, int) else 0):
        raw = given[i] if isinstance(given, list) and i < len(given) and isinstance(given[i], Mapping) else {}
        party = _Party(line.cells, i, raw)
        if not party.keys and not party.ids:
            continue
        matches: dict[tuple[str, str], tuple[HouseMatch, str]] = {}
        seen: set[str] = set()
        for record, how in party.records(overlay):
            if record.id in seen:  # by a surer way before
                continue
            seen.add(record.id)
            if not _holds(record.period, day):
                continue
            if record.decision == "approved":
                if how != "owner":
                    notes.append(_note(i, record, how))
                continue
            matches.setdefault((REFUSED, record.id), (HouseMatch(REFUSED, record.id, how), record.name))
        for letter, named in party.letters(overlay):
            if _holds(letter.period, day):
                matches.setdefault((NAMED, letter.name), (HouseMatch(NAMED, letter.name, "name"), named))
        line.cells[f"parties[{i}].{CELL}"] = tuple(m for m, _ in matches.values())
        if matches:
            decided = line.cells.get(f"parties[{i}].{DECIDED}")
            found.append({"party": i, "candidates": [_candidate(m, name, decided) for m, name in matches.values()]})
    return {"overlay": overlay.name, "parties": found, "notes": notes}


def _holds(period: Period, day: Hashable) -> bool:
    return not isinstance(day, date) or period.covers(day)


def _candidate(match: HouseMatch, name: str, decided: Hashable) -> dict[str, Any]:
    certain = match.how == "id" or (decided is None and match.how == "name_and_country") or decided is True
    status = "true_match" if certain else "open" if decided is None else "false_positive"
    return {"list": match.list, "entry": match.entry, "name": name, "how": match.how, "status": status}


def _note(party: int, record: PartyRecord, how: str) -> dict[str, Any]:
    says = record.says or "The organization approved this party."
    return {
        "party": party, "list": APPROVED, "entry": record.id, "how": how, "says": f"{says} (a note: it releases nothing)",
        "cites": [record.origin.cite],
    }  # fmt: skip


class _Party:
    """One party's names and identifiers as the request gives them."""

    def __init__(self, cells: Mapping[str, Hashable], i: int, raw: Mapping[str, Any]) -> None:
        name = cells.get(f"parties[{i}].name")
        self.country = cells.get(f"parties[{i}].country")
        self.keys = _keys([name, *_texts(raw.get("aliases"))])
        self.ids = {fold_id(x) for x in (*_texts(raw.get("id")), *_texts(raw.get("identifiers")))} - {""}
        owners = cells.get(f"parties[{i}].owners")
        self.owners = _keys([o.name for o in owners if isinstance(o, Owner)] if isinstance(owners, tuple) else [])

    def records(self, overlay: Overlay) -> Iterator[tuple[PartyRecord, str]]:
        """Records it may be, the surest way first; each once a way."""
        for i in sorted(self.ids):
            for r in overlay.by_id.get(i, ()):
                yield r, "id"
        for key in self.keys:
            for r in overlay.by_key.get(key, ()):
                yield r, "name_and_country" if r.country is not None and r.country == self.country else "name"
        for key in self.owners:
            for r in overlay.by_key.get(key, ()):
                yield r, "owner"

    def letters(self, overlay: Overlay) -> Iterator[tuple[Letter, str]]:
        for letter in overlay.letters:
            for named in letter.parties:
                if not {*self.keys, *self.owners}.isdisjoint(keys(named)):
                    yield letter, named


def _keys(names: list[Any]) -> list[str]:
    clean = [n[:1000].encode("utf-8", "replace").decode() for n in names if isinstance(n, str)]
    return list(dict.fromkeys(k for n in clean for k in keys(n)))


def _texts(value: Any) -> list[str]:
    """Every text in a value of any shape; whole numbers as text."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, int) and not isinstance(value, bool):
        return [str(value)]
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in _texts(v)]
    return [t for v in value for t in _texts(v)] if isinstance(value, (list, tuple)) else []


def describe(overlay: Overlay, day: date | None = None) -> dict[str, Any]:
    """What an overlay holds, entry by entry; with a day, whether each holds on it."""

    def base(record: Any) -> dict[str, Any]:
        p: Period = record.period
        out = {
            "file": record.origin.file, "date": record.origin.date.isoformat(), "author": record.origin.author,
            "from": p.start.isoformat() if p.start else None, "until": p.end.isoformat() if p.end else None,
        }  # fmt: skip
        return out | ({"holds": p.covers(day)} if day else {})

    return {
        "name": overlay.name, "folder": str(overlay.folder), "digest": overlay.digest,
        "rules": [
            {"name": r.name, "jurisdiction": r.jurisdiction, "effect": r.effect, "says": r.says, "when": r.when}
            | ({"fact": f"facts.house.{r.name}", "ask": r.ask} if r.effect == "question" else {}) | base(r)
            for r in overlay.rules
        ],
        "letters": [
            {"name": x.name, "jurisdiction": x.jurisdiction, "section": x.section,
             "covers": {k: list(v) for k in ("items", "parties", "destinations", "uses") if (v := getattr(x, k))}} | base(x)
            for x in overlay.letters
        ],
        "parties": [
            {"id": p.id, "name": p.name, "country": p.country, "decision": p.decision, "ids": list(p.ids), "says": p.says}
            | ({"effect": p.effect} if p.effect else {}) | base(p)
            for p in overlay.parties
        ],
        "ignored": list(overlay.ignored),
    }  # fmt: skip
