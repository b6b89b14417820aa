"""What changed from one edition to another, in words a compliance officer reads.

Each table is compared as it stood on the last day it was read for: rows that began or ended between the two are
told with their day. Destinations are compared as countries, so that a country that changed its group shows where a
license is now required or no longer is. Tables without a reading of their own here are compared row by row.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from safeconduct.acts.lists import describe_condition, describe_dest
from safeconduct.lawdata.store import Edition
from safeconduct.lawdata.values import DatedValue, read_values

Row = Mapping[str, Any]

#: Names of lists in a sentence; a list that is not here is named by its id.
LISTS: Final = {
    "us.entity_list": "the Entity List", "us.uvl": "the Unverified List", "us.meu_list": "the Military End-User List",
    "us.dpl": "the Denied Persons List", "us.ofac.sdn": "OFAC's SDN List", "us.ofac.ssi": "OFAC's SSI List",
    "us.ofac.cmic": "OFAC's NS-CMIC List", "us.ofac.mbs": "OFAC's NS-MBS List", "us.ofac.plc": "OFAC's PLC List",
    "us.ofac.cap": "OFAC's CAPTA List", "us.ofac.fse": "OFAC's FSE List", "us.isn": "the nonproliferation sanctions",
    "us.ddtc.debarred": "the parties debarred under the ITAR",
}  # fmt: skip
#: Columns that say where a row comes from, not what it says.
_ORIGIN: Final = frozenset({"as_of", "source", "sources", "cite", "row"})
_SHOWN: Final = 12


@dataclass
class Side:
    """One edition as the comparison reads it."""

    edition: Edition
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.edition.tables:
            if table.endswith(".iso"):
                self.names |= {r["code"]: r["name"] for r in self.edition.rows(table) if "name" in r}

    def has(self, table: str) -> bool:
        return table in self.edition.tables

    def day(self, table: str) -> date:
        until = self.edition.table(table).verified_until
        return until - timedelta(days=1) if until > date.min else until

    def rows(self, table: str) -> list[Row]:
        """Rows in force on the last day the table was read for; none where the edition has no such table."""
        if not self.has(table):
            return []
        day = self.day(table).isoformat()
        return [
            r for r in self.edition.rows(table)
            if (r.get("from") or "") <= day and (not r.get("until") or day < r["until"])
        ]  # fmt: skip

    def members(self, prefix: str, groups: Iterable[str]) -> set[str]:
        """Countries of groups; a group named without its number (``D``) is all of its kind."""
        wanted = set(groups)
        rows = self.rows(f"{prefix}.country_groups")
        return {r["country"] for r in rows if r["group"] in wanted or r["group"].partition(":")[0] in wanted}


@dataclass(frozen=True)
class Change:
    """One change: of which kind, to what (code, country, list), told in one sentence."""

    kind: str
    subject: str
    text: str


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
        and _handler(table, b) is not _requirements
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


# -- countries ---------------------------------------------------------------------------------------------------


def _named(codes: Iterable[str], side: Side) -> str:
    names = sorted(side.names.get(c, c) for c in codes)
    # "the" as one says it; the tables print names without.
    names = [f"the {n}" if n.startswith(("United ", "Netherlands", "Philippines", "Bahamas")) else n for n in names]
    return _few(names, " and ")


def _few(items: Sequence[str], last: str = ", ", shown: int = _SHOWN) -> str:
    if len(items) > shown:
        return f"{', '.join(items[:shown])} and {len(items) - shown} more"
    if len(items) > 1 and last != ", ":
        return f"{', '.join(items[:-1])}{last}{items[-1]}"
    return ", ".join(items)


def _groups(table: str, a: Side, b: Side) -> Iterator[Change]:
    def keyed(side: Side) -> dict[tuple[str, str], Row]:
        return {(r["country"], r["group"]): r for r in side.rows(table)}

    old, new = keyed(a), keyed(b)
    ends = {(r["country"], r["group"]): r["until"] for s in (a, b) for r in s.edition.rows(table) if r.get("until")}
    for key in sorted(old.keys() | new.keys()):
        country, group = key
        name = b.names.get(country, country)
        if key not in old:
            since = f" on {new[key]['from']}" if new[key].get("from") else ""
            yield Change("entered", country, f"{name} entered Country Group {group}{since}")
        elif key not in new:
            since = f" on {ends[key]}" if key in ends else ""
            yield Change("left", country, f"{name} left Country Group {group}{since}")
        elif (o := old[key].get("footnote") or "") != (n := new[key].get("footnote") or ""):
            yield Change("footnote", country, f"{name}, Country Group {group}: footnote {_from_to(o, n)}")


def _chart(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["country"]: r for r in s.rows(table)} for s in (a, b))
    for code in sorted(old.keys() | new.keys()):
        name = b.names.get(code, code)
        if code not in new or code not in old:
            what = "has a row in the Country Chart now" if code in new else "has no row in the Country Chart any more"
            yield Change("row", code, f"{name} {what}")
            continue
        o, n = old[code], new[code]
        for lost, verb in ((False, "now marked"), (True, "no longer marked")):
            x, y = (n, o) if not lost else (o, n)
            columns = [c for c in x["columns"].split() if c not in y["columns"].split()]
            if columns:
                since = f" since {n['from']}" if n.get("from") else ""
                yield Change("column", code, f"{name}: {', '.join(columns)} {verb} in the Country Chart{since}")
        for key in ("footnotes", "referral"):
            if (o.get(key) or "") != (n.get(key) or ""):
                yield Change(key, code, f"{name}: {key} {_from_to(o.get(key), n.get(key))}")


def _from_to(old: Any, new: Any) -> str:
    def text(value: Any) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(map(text, value)) or "none"
        return "none" if value in (None, "") else str(value)

    return f"from {text(old)} to {text(new)}"


# -- control lists -----------------------------------------------------------------------------------------------


def _freeze(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((k, _freeze(v)) for k, v in value.items()))
    return tuple(_freeze(v) for v in value) if isinstance(value, list | tuple) else value


def _scope(row: Row) -> str:
    scope = row.get("scope") or {}
    within = scope.get("in") or ["*"]
    text = row["entry"] if "*" in within else ", ".join(within)
    return f"{text} (except {', '.join(scope['out'])})" if scope.get("out") else text


def _when(row: Row) -> str:
    return f" when {describe_condition(row['when'])}" if row.get("when") else ""


def _countries(dest: Mapping[str, Any] | None, prefix: str, side: Side) -> frozenset[str] | None:
    """The countries of a row's destinations on the side's day; None where they are not told by countries alone."""
    if not dest or set(dest) - {"all", "all_but", "countries", "groups", "not_groups", "un_embargo"}:
        return None
    found: set[str] = set()
    if dest.get("all") or "all_but" in dest or ("not_groups" in dest and not dest.keys() & {"groups", "countries"}):
        found = set(side.names) - set(dest.get("all_but", ()))
    found |= side.members(prefix, dest.get("groups", ()))
    if dest.get("un_embargo"):
        found |= {r["country"] for r in side.rows(f"{prefix}.un_embargo")}
    found -= side.members(prefix, dest.get("not_groups", ()))
    return frozenset(found | set(dest.get("countries", ())))


@dataclass
class _Need:
    """A requirement of some paragraphs at one place (chart column or provision)."""

    row: Row
    countries: set[str] = field(default_factory=set)
    dests: list[Mapping[str, Any]] = field(default_factory=list)
    since: dict[str, str] = field(default_factory=dict)


def _requirements(table: str, a: Side, b: Side) -> Iterator[Change]:
    prefix = table.partition(".")[0]

    def needs(side: Side) -> dict[Any, _Need]:
        out: dict[Any, _Need] = {}
        for r in side.rows(table):
            place = r.get("column") or r.get("off")
            key = (r["entry"], r["reason"], place, _scope(r), _freeze(r.get("when")))
            need = out.setdefault(key, _Need(r))
            got = _countries(r.get("dest"), prefix, side)
            if got is not None:
                need.countries |= got
                need.since |= {c: r["from"] for c in got if r.get("from")}
            elif r.get("dest"):
                need.dests.append(r["dest"])
        return out

    old, new = needs(a), needs(b)
    gone, come = ({k: v for k, v in x.items() if k not in y} for x, y in ((old, new), (new, old)))
    for key in sorted(old.keys() & new.keys(), key=str):
        o, n = old[key], new[key]
        for fewer, verb in ((o.countries, "license now required to"), (n.countries, "license no longer required to")):
            codes = (n if fewer is o.countries else o).countries - fewer
            if codes:
                yield _need_change(n.row, f"{verb} {_named(codes, b)}", _since(n, codes))
        if _freeze(o.dests) != _freeze(n.dests):
            text = f"destinations from {_dests(o)} to {_dests(n)}"
            yield _need_change(n.row, text)
    for o, n in _pairs(gone, come, lambda k: k[:3]):
        what = "license requirement now covers" if _scope(o.row) != _scope(n.row) else "license requirement changed:"
        text = f"{n.row['entry']}: {what} {_scope(n.row)}{_when(n.row)}, before {_scope(o.row)}{_when(o.row)} ({_place(n.row)})"
        yield Change("requirement", n.row["entry"], text)
        more, less = n.countries - o.countries, o.countries - n.countries
        if more:
            yield _need_change(n.row, f"license now required to {_named(more, b)}", _since(n, more))
        if less:
            yield _need_change(n.row, f"license no longer required to {_named(less, b)}")
    for verb, needs_ in (("license now required", come), ("license no longer required", gone)):
        for _, need in sorted(needs_.items(), key=lambda x: str(x[0])):
            yield _need_change(need.row, f"{verb}{_to(need, b)}", need.row.get("from") if needs_ is come else None)


def _since(need: _Need, codes: Iterable[str]) -> str | None:
    days = {need.since.get(c) for c in codes}
    return days.pop() if len(days) == 1 else None


def _dests(need: _Need) -> str:
    return "; ".join(describe_dest(d) for d in need.dests) or "none"


def _to(need: _Need, side: Side) -> str:
    if need.row.get("column"):
        return f" where the Country Chart marks {need.row['column']}"
    if need.dests or len(need.countries) > _SHOWN:
        return f" to {describe_dest(need.row.get('dest'))}"
    return f" to {_named(need.countries, side)}" if need.countries else ""


def _place(row: Row) -> str:
    place = row.get("column") or row.get("off")
    return f"{row['reason']}, {place}" if place else str(row["reason"])


def _need_change(row: Row, text: str, since: str | None = None) -> Change:
    day = f", since {since}" if since else ""
    return Change("requirement", _scope(row), f"{_scope(row)}: {text}{_when(row)} ({_place(row)}){day}")


def _pairs(gone: dict[Any, Any], come: dict[Any, Any], like: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """Rows that went and came under the same heading, one each: taken as one row that changed, and taken out of both."""
    out = []
    for group in sorted({like(k) for k in gone} & {like(k) for k in come}, key=str):
        g, c = ([k for k in x if like(k) == group] for x in (gone, come))
        if len(g) == len(c) == 1:
            out.append((gone.pop(g[0]), come.pop(c[0])))
    return out


def _exceptions(table: str, a: Side, b: Side) -> Iterator[Change]:
    def keyed(side: Side) -> dict[Any, Row]:
        return {
            (r["entry"], r["symbol"], _scope(r), _freeze(r.get("when")), _freeze(r.get("dest")), _freeze(r.get("not_reasons") or [])): r
            for r in side.rows(table)
            if r["symbol"] != "*"
        }  # fmt: skip

    old, new = keyed(a), keyed(b)
    gone, come = ({k: v for k, v in x.items() if k not in y} for x, y in ((old, new), (new, old)))
    for key in sorted(old.keys() & new.keys(), key=str):
        o, n = old[key], new[key]
        if bool(o["allow"]) != bool(n["allow"]):
            yield _exception(n, _allowed(n) + (f" up to ${n['limit']}" if n.get("limit") else ""))
        elif o.get("limit") != n.get("limit"):
            yield Change("limit", _scope(n), f"{n['symbol']} limit of {_scope(n)}{_exception_tail(n)} {_money(o, n)}")
    for o, n in _pairs(gone, come, lambda k: k[:2]):
        yield _exception(n, f"{_offer(n)}, before: {_offer(o)}")
    for verb, rows in (("", come), ("no longer said: ", gone)):
        for _, r in sorted(rows.items(), key=lambda x: str(x[0])):
            yield _exception(r, f"{verb}{_offer(r)}" if verb else f"now {_offer(r)}")


def _money(old: Row, new: Row) -> str:
    def amount(row: Row) -> str:
        return f"${row['limit']}" if row.get("limit") else "none"

    return f"from {amount(old)} to {amount(new)}"


def _allowed(row: Row) -> str:
    return "now available" if row["allow"] else "no longer available"


def _exception_tail(row: Row) -> str:
    dest = f" to {describe_dest(row['dest'])}" if row.get("dest") else ""
    but = f", not for {', '.join(row['not_reasons'])}" if row.get("not_reasons") else ""
    return f"{dest}{but}{_when(row)}"


def _offer(row: Row) -> str:
    if row.get("pointer") and row["allow"] is None:
        return f"see {row['pointer']}"
    limit = f" up to ${row['limit']}" if row.get("limit") else ""
    return f"{'available' if row['allow'] else 'not available'} for {_scope(row)}{limit}{_exception_tail(row)}"


def _exception(row: Row, text: str) -> Change:
    return Change("exception", row["entry"], f"{row['entry']}: {row['symbol']} {text}")


def _sta(table: str, a: Side, b: Side) -> Iterator[Change]:
    def said(side: Side) -> dict[Any, Row]:
        return {(r["entry"], _scope(r), _freeze(r.get("when")), r.get("unless")): r for r in side.rows(table)}

    old, new = said(a), said(b)
    for key in sorted(old.keys() | new.keys(), key=str):
        o, n = old.get(key), new.get(key)
        row = n or o
        assert row is not None
        before, after = (", ".join((r or {}).get("bars") or ()) or "no group" for r in (o, n))
        if before != after:
            yield Change("sta", row["entry"], f"{_scope(row)}: STA barred to {after}, before to {before}{_when(row)}")


def _entries(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["code"]: r for r in s.rows(table)} for s in (a, b))
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            yield Change("entry", code, f"{code}: new entry, {new[code].get('title')}")
        elif code not in new:
            yield Change("entry", code, f"{code}: the entry is gone ({old[code].get('title')})")
        else:
            o, n = old[code], new[code]
            if o.get("title") != n.get("title"):
                yield Change("title", code, f"{code}: title from '{o.get('title')}' to '{n.get('title')}'")
            yield from _fields(code, o, n, skip={"title", "code"})


def _paragraphs(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["code"]: r for r in s.rows(table)} for s in (a, b))
    for code in sorted(old.keys() | new.keys()):
        if code not in old:
            limits = f": {_limits(new[code])}" if new[code].get("limits") else ""
            yield Change("paragraph", code, f"{code}: new paragraph{limits}")
        elif code not in new:
            yield Change("paragraph", code, f"{code}: the paragraph is gone")
        else:
            o, n = old[code], new[code]
            if _limits(o) != _limits(n):
                yield Change("limit", code, f"{code}: limits from {_limits(o) or 'none'} to {_limits(n) or 'none'}")
            yield from _fields(code, o, n, skip={"limits", "code", "entry", "parent"})


def _limits(row: Row) -> str:
    out = []
    for x in row.get("limits") or ():
        value = " to ".join(map(str, x["value"])) if isinstance(x["value"], list) else x["value"]
        out.append(f"{x['what']} {x['op']} {value} {x.get('unit') or ''}".strip())
    return "; ".join(out)


def _fields(subject: str, old: Row, new: Row, skip: set[str]) -> Iterator[Change]:
    for key in sorted((old.keys() | new.keys()) - skip - _ORIGIN):
        o, n = old.get(key), new.get(key)
        if (o or None) != (n or None):
            yield Change(
                key, subject, f"{subject}: {key.replace('_', ' ')} {_from_to(_plain_value(o), _plain_value(n))}"
            )


def _plain_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain_value(v) for v in value]
    if isinstance(value, Mapping):
        return describe_condition(value) if value.keys() & {"all", "any", "not", "fact", "for"} else dict(value)
    return value


# -- parties, and all other tables ---------------------------------------------------------------------------------


def _parties(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["id"]: r for r in s.edition.rows(table)} for s in (a, b))
    gone, come = ({k: v for k, v in x.items() if k not in y} for x, y in ((old, new), (new, old)))
    name = LISTS.get(table, table)
    changed = [(old[k], new[k]) for k in sorted(old.keys() & new.keys())]
    # An id is made of name, country and first citation: one that moved is the same party, said anew.
    changed += _pairs(dict(gone), dict(come), lambda k: _party(old.get(k) or new[k]))
    moved = {id(r) for pair in changed for r in pair}
    for verb, rows in (("added to", come), ("removed from", gone)):
        names = sorted(r["name"] for r in rows.values() if id(r) not in moved)
        if names:
            what = "party" if len(names) == 1 else "parties"
            yield Change(verb.split()[0], table, f"{len(names)} {what} {verb} {name}: {_parted(names)}")
    by_field: dict[str, list[str]] = {}
    for o, n in changed:
        for key in sorted((o.keys() | n.keys()) - _ORIGIN - {"id", "cites", "extra"}):
            if (o.get(key) or None) != (n.get(key) or None):
                plain = key in ("policy", "from", "until", "status", "name", "footnotes", "covers")
                how = f" ({_from_to(o.get(key), n.get(key))})" if plain else ""
                by_field.setdefault(key, []).append(f"{n['name']}{how}")
    for key, who in sorted(by_field.items()):
        yield Change("changed", table, f"{key.replace('_', ' ')} changed for {len(who)} on {name}: {_parted(who)}")


def _parted(names: Sequence[str]) -> str:
    """Names with commas of their own are set apart by semicolons."""
    more = f"; and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "; ".join(names[:_SHOWN]) + more


def _party(row: Row) -> tuple[str, str]:
    country = row.get("country") or next((x.get("country") for x in row.get("addresses") or ()), None)
    return str(row["name"]).casefold(), str(country)


def _texts(table: str, a: Side, b: Side) -> Iterator[Change]:
    old, new = ({r["code"]: _freeze(r) for r in s.edition.rows(table)} for s in (a, b))
    codes = sorted(c for c in old.keys() | new.keys() if old.get(c) != new.get(c))
    if codes:
        yield Change("wording", table, f"wording changed in {len(codes)}: {_few(codes)}")


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
            yield Change(verb, table, f"{len(labels)} {row} {verb}: {_parted(labels)}")
    for label in sorted(old.keys() & new.keys()):
        yield from _fields(label, old[label], new[label], skip=set(key))


def _key_of(old: Sequence[Row], new: Sequence[Row]) -> tuple[str, ...]:
    """The fewest leading columns that tell all rows of both editions apart."""
    first = next(iter([*new, *old]), {})
    columns = [c for c in first if c not in _ORIGIN and c != "basis" and all(not isinstance(r.get(c), list | dict) for r in (*old, *new))]  # fmt: skip
    for size in range(1, len(columns) + 1):
        for some in itertools.islice(itertools.combinations(columns, size), 40):
            if all(len({_label(r, some) for r in rows}) == len(rows) for rows in (old, new)):
                return some
    return tuple(columns)


def _label(row: Row, key: Sequence[str]) -> str:
    return " ".join(str(row.get(k)) for k in key if row.get(k) not in (None, ""))


_HANDLERS: Final[dict[str, Callable[[str, Side, Side], Iterator[Change]]]] = {
    "requirements": _requirements, "country_groups": _groups, "country_chart": _chart, "exceptions": _exceptions,
    "sta": _sta, "entries": _entries, "paragraphs": _paragraphs, "texts": _texts,
}  # fmt: skip
_CONTROL_LIST: Final = ("requirements", "exceptions", "sta", "entries", "paragraphs")
