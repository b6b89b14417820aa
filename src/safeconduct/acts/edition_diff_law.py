"""What changed in a control list, in the country groups and in the Country Chart.

Destinations are compared as countries, so that a country that changed its group shows where a license is now required
or no longer is, though no row of the list changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safeconduct.acts.edition_diff_base import (
    SHOWN,
    Change,
    Row,
    Side,
    field_changes,
    freeze,
    from_to,
    named,
    pairs,
)
from safeconduct.acts.lists import describe_condition, describe_dest


def country_groups(table: str, a: Side, b: Side) -> Iterator[Change]:
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
            yield Change("footnote", country, f"{name}, Country Group {group}: footnote {from_to(o, n)}")


def country_chart(table: str, a: Side, b: Side) -> Iterator[Change]:
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
                yield Change(key, code, f"{name}: {key} {from_to(o.get(key), n.get(key))}")


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


def requirements(table: str, a: Side, b: Side) -> Iterator[Change]:
    prefix = table.partition(".")[0]

    def needs(side: Side) -> dict[Any, _Need]:
        out: dict[Any, _Need] = {}
        for r in side.rows(table):
            place = r.get("column") or r.get("off")
            key = (r["entry"], r["reason"], place, _scope(r), freeze(r.get("when")))
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
                yield _need_change(n.row, f"{verb} {named(codes, b)}", _since(n, codes))
        if freeze(o.dests) != freeze(n.dests):
            text = f"destinations from {_dests(o)} to {_dests(n)}"
            yield _need_change(n.row, text)
    for o, n in pairs(gone, come, lambda k: k[:3]):
        what = "license requirement now covers" if _scope(o.row) != _scope(n.row) else "license requirement changed:"
        text = f"{n.row['entry']}: {what} {_scope(n.row)}{_when(n.row)}, before {_scope(o.row)}{_when(o.row)} ({_place(n.row)})"
        yield Change("requirement", n.row["entry"], text)
        more, less = n.countries - o.countries, o.countries - n.countries
        if more:
            yield _need_change(n.row, f"license now required to {named(more, b)}", _since(n, more))
        if less:
            yield _need_change(n.row, f"license no longer required to {named(less, b)}")
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
    if need.dests or len(need.countries) > SHOWN:
        return f" to {describe_dest(need.row.get('dest'))}"
    return f" to {named(need.countries, side)}" if need.countries else ""


def _place(row: Row) -> str:
    place = row.get("column") or row.get("off")
    return f"{row['reason']}, {place}" if place else str(row["reason"])


def _need_change(row: Row, text: str, since: str | None = None) -> Change:
    day = f", since {since}" if since else ""
    return Change("requirement", _scope(row), f"{_scope(row)}: {text}{_when(row)} ({_place(row)}){day}")


def exceptions(table: str, a: Side, b: Side) -> Iterator[Change]:
    def keyed(side: Side) -> dict[Any, Row]:
        return {
            (r["entry"], r["symbol"], _scope(r), freeze(r.get("when")), freeze(r.get("dest")), freeze(r.get("not_reasons") or [])): r
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
    for o, n in pairs(gone, come, lambda k: k[:2]):
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


def sta(table: str, a: Side, b: Side) -> Iterator[Change]:
    def said(side: Side) -> dict[Any, Row]:
        return {(r["entry"], _scope(r), freeze(r.get("when")), r.get("unless")): r for r in side.rows(table)}

    old, new = said(a), said(b)
    for key in sorted(old.keys() | new.keys(), key=str):
        o, n = old.get(key), new.get(key)
        row = n or o
        assert row is not None
        before, after = (", ".join((r or {}).get("bars") or ()) or "no group" for r in (o, n))
        if before != after:
            yield Change("sta", row["entry"], f"{_scope(row)}: STA barred to {after}, before to {before}{_when(row)}")


def entries(table: str, a: Side, b: Side) -> Iterator[Change]:
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
            yield from field_changes(code, o, n, skip={"title", "code"})


def paragraphs(table: str, a: Side, b: Side) -> Iterator[Change]:
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
            yield from field_changes(code, o, n, skip={"limits", "code", "entry", "parent"})


def _limits(row: Row) -> str:
    out = []
    for x in row.get("limits") or ():
        value = " to ".join(map(str, x["value"])) if isinstance(x["value"], list) else x["value"]
        out.append(f"{x['what']} {x['op']} {value} {x.get('unit') or ''}".strip())
    return "; ".join(out)
