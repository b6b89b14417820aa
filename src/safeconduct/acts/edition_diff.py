"""What changed from one edition to another, in words a compliance officer reads.

Each table is compared as it stood on the last day it was read for: rows that began or ended between the two are
told with their day. Tables without a reading of their own are compared row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from safeconduct.acts.edition_diff_base import (
    ORIGIN,
    Change,
    Row,
    Side,
    few,
    field_changes,
    freeze,
    from_to,
    pairs,
    parted,
)
from safeconduct.acts.edition_diff_law import (
    country_chart,
    country_groups,
    entries,
    exceptions,
    paragraphs,
    requirements,
    sta,
)
from safeconduct.lawdata.store import Edition
from safeconduct.lawdata.values import DatedValue, read_values

#: Names of lists in a sentence; a list that is not here is named by its id.
LISTS: Final = {
    "us.entity_list": "the Entity List", "us.uvl": "the Unverified List", "us.meu_list": "the Military End-User List",
    "us.dpl": "the Denied Persons List", "us.ofac.sdn": "OFAC's SDN List", "us.ofac.ssi": "OFAC's SSI List",
    "us.ofac.cmic": "OFAC's NS-CMIC List", "us.ofac.mbs": "OFAC's NS-MBS List", "us.ofac.plc": "OFAC's PLC List",
    "us.ofac.cap": "OFAC's CAPTA List", "us.ofac.fse": "OFAC's FSE List", "us.isn": "the nonproliferation sanctions",
    "us.ddtc.debarred": "the parties debarred under the ITAR",
}  # fmt: skip


def diff(old: Edition, new: Edition, prefix: str | None = None) -> dict[str, Any]:
    """The changes between two editions by table.

    Args:
        prefix: only tables whose id is this or begins with it and a dot.
    Returns:
        ``{"old", "new", "tables": [{"table", "cite", "old_as_of", "new_as_of", "changes": [{"kind", "subject", "text"}]}]}``;
        only tables with a change.
    """
    a, b = Side(old), Side(new)
    b.names = a.names | b.names
    tables = []
    for table in sorted(old.tables.keys() | new.tables.keys(), key=_order):
        if prefix is not None and table != prefix and not table.startswith(prefix.rstrip(".") + "."):
            continue
        changes = list(_table(table, a, b))
        if changes:
            info = (new if b.has(table) else old).table(table)
            tables.append(
                {
                    "table": table, "cite": info.cite,
                    "old_as_of": old.tables[table].as_of.isoformat() if a.has(table) else None,
                    "new_as_of": new.tables[table].as_of.isoformat() if b.has(table) else None,
                    "changes": [{"kind": c.kind, "subject": c.subject, "text": c.text} for c in changes],
                }
            )  # fmt: skip
    return {
        "old": {"name": old.name, "digest": old.digest}, "new": {"name": new.name, "digest": new.digest}, "tables": tables,
    }  # fmt: skip


def words(found: Mapping[str, Any]) -> list[str]:
    """The lines of a comparison, grouped by table."""
    out = []
    for t in found["tables"]:
        old, new = t["old_as_of"] or "not there", t["new_as_of"] or "not there"
        out.append(
            f"{t['table']} ({t['cite']}), {old} to {new}" if old != new else f"{t['table']} ({t['cite']}), {new}"
        )
        out += [f"  {c['text']}" for c in t["changes"]]
    return out


def diff_words(old: Edition, new: Edition, prefix: str | None = None) -> list[str]:
    """What changed from one edition to another, a line each, grouped by table; see ``diff``."""
    return words(diff(old, new, prefix))


def _order(table: str) -> tuple[int, str]:
    last = table.rpartition(".")[2]
    ranks = ("requirements", "country_groups", "country_chart", "exceptions", "sta", "entries", "paragraphs")
    return (ranks.index(last) if last in ranks else len(ranks) + (table in LISTS), table)


def _table(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = (s.edition.tables.get(table) for s in (a, b))
    if old is None or new is None:
        which = old or new
        assert which is not None
        yield Change("table", table, f"{'new table' if old is None else 'the table is gone'}: {which.rows} rows")
        return
    # The same rows may still read otherwise: on another day, or because a country changed its group.
    if (
        _hashes(a.edition, table) == _hashes(b.edition, table)
        and _handler(table, b) is not requirements
        and not (b.edition.manifest_dated(table) and a.day(table) != b.day(table))
    ):
        return
    last = table.rpartition(".")[2]
    if all(f.endswith(".tsv") for f in new.files) or last in ("differences", "policies"):
        return  # an index made from the lists, and our own notes
    if all(f.endswith(".toml") for f in new.files):
        yield from _values(table, a, b)
        return
    handler = _handler(table, b)
    if handler is not None:
        yield from handler(table, a, b)
    elif any("/lists/" in f"/{f}" for f in new.files):
        yield from _parties(table, a, b)
    else:
        yield from _plain(table, a, b)
    if old.basis != new.basis:
        yield Change("basis", table, f"basis from {old.basis} to {new.basis}")


def _handler(table: str, side: Side) -> Callable[[str, Side, Side], Iterator[Change]] | None:
    """The reading of a table's own; those of a control list only beside its entries."""
    head, _, last = table.rpartition(".")
    if last in _CONTROL_LIST and not side.has(f"{head}.entries"):
        return None
    return _HANDLERS.get(last)


def _hashes(edition: Edition, table: str) -> list[str]:
    return [h["sha256"] for t in edition.manifest["tables"] if t["id"] == table for h in t["hashes"]]


def _parties(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["id"]: r for r in s.edition.rows(table)} for s in (a, b))
    gone, come = ({k: v for k, v in x.items() if k not in y} for x, y in ((old, new), (new, old)))
    name = LISTS.get(table, table)
    changed = [(old[k], new[k]) for k in sorted(old.keys() & new.keys())]
    # An id is made of name, country and first citation: one that moved is the same party, said anew.
    changed += pairs(dict(gone), dict(come), lambda k: _party(old.get(k) or new[k]))
    moved = {id(r) for pair in changed for r in pair}
    for verb, rows in (("added to", come), ("removed from", gone)):
        names = sorted(r["name"] for r in rows.values() if id(r) not in moved)
        if names:
            what = "party" if len(names) == 1 else "parties"
            yield Change(verb.split()[0], table, f"{len(names)} {what} {verb} {name}: {parted(names)}")
    by_field: dict[str, list[str]] = {}
    for o, n in changed:
        for key in sorted((o.keys() | n.keys()) - ORIGIN - {"id", "cites", "extra"}):
            if (o.get(key) or None) != (n.get(key) or None):
                plain = key in ("policy", "from", "until", "status", "name", "footnotes", "covers")
                how = f" ({from_to(o.get(key), n.get(key))})" if plain else ""
                by_field.setdefault(key, []).append(f"{n['name']}{how}")
    for key, who in sorted(by_field.items()):
        yield Change("changed", table, f"{key.replace('_', ' ')} changed for {len(who)} on {name}: {parted(who)}")


def _party(row: Row) -> tuple[str, str]:
    country = row.get("country") or next((x.get("country") for x in row.get("addresses") or ()), None)
    return str(row["name"]).casefold(), str(country)


def _texts(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["code"]: freeze(r) for r in s.edition.rows(table)} for s in (a, b))
    codes = sorted(c for c in old.keys() | new.keys() if old.get(c) != new.get(c))
    if codes:
        yield Change("wording", table, f"wording changed in {len(codes)}: {few(codes)}")


def _values(table: str, a: Side, b: Side) -> Iterator[Change]:
    """Dated values: each version that came, went or says another value."""

    def versions(side: Side) -> dict[str, DatedValue]:
        return {k: v for p in side.edition.paths(table) for k, v in read_values(p).items()}

    def said(value: DatedValue | None) -> list[str]:
        return (
            [f"{v.value} {value.unit} ({v.period.start} to {v.period.end or 'now'})" for v in value.versions]
            if value
            else []
        )

    old, new = versions(a), versions(b)
    for key in sorted(old.keys() | new.keys()):
        o, n = said(old.get(key)), said(new.get(key))
        if o != n:
            title = (new.get(key) or old[key]).title
            yield Change("value", key, f"{title}: from {'; '.join(o) or 'none'} to {'; '.join(n) or 'none'}")


def _plain(table: str, a: Side, b: Side) -> Iterator[Change]:
    """Any other table: rows by their key, what was added, what went, which cell changed."""
    old_rows, new_rows = a.rows(table), b.rows(table)
    key = _key_of(old_rows, new_rows)

    def keyed(rows: Sequence[Row]) -> dict[str, Row]:
        return {_label(r, key): r for r in rows}

    old, new = keyed(old_rows), keyed(new_rows)
    for verb, x, y in (("added", new, old), ("removed", old, new)):
        labels = sorted(x.keys() - y.keys())
        if labels:
            row = "row" if len(labels) == 1 else "rows"
            yield Change(verb, table, f"{len(labels)} {row} {verb}: {parted(labels)}")
    for label in sorted(old.keys() & new.keys()):
        yield from field_changes(label, old[label], new[label], skip=set(key))


def _key_of(old: Sequence[Row], new: Sequence[Row]) -> tuple[str, ...]:
    """The fewest leading columns that tell all rows of both editions apart."""
    first = next(iter([*new, *old]), {})
    columns = [c for c in first if c not in ORIGIN and c != "basis" and all(not isinstance(r.get(c), list | dict) for r in (*old, *new))]  # fmt: skip
    for size in range(1, len(columns) + 1):
        for some in itertools.islice(itertools.combinations(columns, size), 40):
            if all(len({_label(r, some) for r in rows}) == len(rows) for rows in (old, new)):
                return some
    return tuple(columns)


def _label(row: Row, key: Sequence[str]) -> str:
    return " ".join(str(row.get(k)) for k in key if row.get(k) not in (None, ""))


_HANDLERS: Final[dict[str, Callable[[str, Side, Side], Iterator[Change]]]] = {
    "requirements": requirements, "country_groups": country_groups, "country_chart": country_chart, "exceptions": exceptions,
    "sta": sta, "entries": entries, "paragraphs": paragraphs, "texts": _texts,
}  # fmt: skip
_CONTROL_LIST: Final = ("requirements", "exceptions", "sta", "entries", "paragraphs")
