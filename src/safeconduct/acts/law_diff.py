"""What changed in the law between two days, as far as one edition and the rules know it.

Two days of one edition are compared, not two editions (``data diff``): rules that came into force or ended, rows and
values with days of their own, parties by the day they were listed; and what is not known of either day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from safeconduct.acts.edition_diff import LISTS
from safeconduct.acts.edition_diff_base import Change, Row, Side, parted
from safeconduct.acts.edition_diff_law import (
    country_chart,
    country_groups,
    entries,
    exceptions,
    paragraphs,
    requirements,
    sta,
)
from safeconduct.acts.session import Session
from safeconduct.law import LawAsOf, Rule
from safeconduct.law.as_of import AS_IF, NOT_COVERED, PRESUMED
from safeconduct.lawdata.store import TableInfo

_READ: Final[Mapping[str, Callable[[str, Side, Side], Iterator[Change]]]] = {
    "requirements": requirements, "country_groups": country_groups, "country_chart": country_chart, "exceptions": exceptions,
    "sta": sta, "entries": entries, "paragraphs": paragraphs,
}  # fmt: skip
#: How a source begins that is a text of the law as it stood, not an act that changed it.
_TEXTS: Final = ("eCFR",)
_QUIET: Final = frozenset(
    {"from", "until", "basis", "as_of", "source", "sources", "row", "cite", "fr_cite", "source_cite"}
)


@dataclass
class _On(Side):
    """An edition on one day, whichever day its tables were read for."""

    on: date = date.min

    def day(self, table: str) -> date:
        return self.on


@dataclass(frozen=True)
class LawChange:
    """One change. kind: ``rule``, ``row``, ``value``, ``party``; subject: the rule's or table's id; basis as recorded."""

    day: date
    kind: str
    subject: str
    text: str
    cites: tuple[str, ...]
    basis: str = "read"

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(), "kind": self.kind, "subject": self.subject, "text": self.text,
            "cites": list(self.cites), "basis": self.basis,
        }  # fmt: skip


def law_diff(session: Session, start: date, end: date) -> dict[str, Any]:
    """The changes after ``start`` up to and including ``end``, in order of days, and what is not known.

    Returns:
        ``{"from", "to", "edition", "changes": [...], "amendments": [...], "not_covered": [...], "presumed": [...],
        "not_read_before": [...]}``. amendments: acts of those days that the edition knows by citation, with what they
        are about; some change no row. not_read_before: provisions of which nothing is known on the first day.
    Raises:
        ValueError: the days are the wrong way round.
    """
    if end < start:
        raise ValueError(f"from {start} to {end}: expected the earlier day first")
    changes = [*_rules(session, start, end), *_rows(session, start, end), *_values(session, start, end)]
    changes += _parties(session, start, end)
    order = ("rule", "value", "row", "party")
    changes.sort(key=lambda c: (c.day, order.index(c.kind)))
    return {
        "from": start.isoformat(), "to": end.isoformat(),
        "edition": {"name": session.edition.name, "digest": session.edition.digest},
        "changes": [c.as_json() for c in changes],
        "amendments": list(_amendments(session, start, end)),
        "not_covered": [*_uncovered(session, start, "from"), *_uncovered(session, end, "to")],
        "presumed": list(_presumed(session, end)),
        "not_read_before": list(_unread(session, start)),
    }  # fmt: skip


def _every_rule(session: Session) -> Iterator[Rule]:
    for m in session.engine.manifests.values():
        yield from m.rules


def _rules(session: Session, start: date, end: date) -> Iterator[LawChange]:
    for r in _every_rule(session):
        p = r.in_force
        source = (p.source,) if p.source and p.source not in r.cites else ()
        trigger = " (not modeled: only its trigger is)" if r.not_modeled else ""
        began, ended = p.period.start, p.period.end
        if began and start < began <= end and not _of_a_text(r):
            yield LawChange(
                began, "rule", r.id, f"in force from this day: {r.says}{trigger}", (*r.cites, *source), p.basis
            )
        if ended and start < ended <= end:
            verb = "no longer so in the text of this day" if _of_a_text(r) else "no longer in force"
            yield LawChange(ended, "rule", r.id, f"{verb}: {r.says}{trigger}", (*r.cites, *source), p.basis)


def _of_a_text(r: Rule) -> bool:
    """Whether a rule's days are those of the texts it was read in, for want of the act that made it."""
    return r.in_force.source.startswith(_TEXTS)


def _unread(session: Session, start: date) -> Iterator[dict[str, Any]]:
    by_day: dict[date, list[Rule]] = {}
    for r in _every_rule(session):
        day = r.in_force.known_from or (r.in_force.period.start if _of_a_text(r) else None)
        if day and day > start:
            by_day.setdefault(day, []).append(r)
    for day in sorted(by_day):
        rules = by_day[day]
        yield {
            "read_from": day.isoformat(),
            "rules": [r.id for r in rules],
            "cites": sorted({r.cites[0] for r in rules}),
        }


# -- rows -------------------------------------------------------------------------------------------------------
def _rows(session: Session, start: date, end: date) -> Iterator[LawChange]:
    edition = session.edition
    days: dict[str, set[date]] = {}
    for t in edition.tables:
        if edition.manifest_dated(t):
            found = {d for row in edition.rows(t) for d in _days(row) if start < d <= end}
            if found:
                days[t] = found
    # A requirement that speaks of a country group moves with the group.
    for t in edition.tables:
        head, _, last = t.rpartition(".")
        groups = days.get(f"{head.partition('.')[0]}.country_groups")
        if last == "requirements" and groups and f"{head}.entries" in edition.tables:
            days[t] = days.get(t, set()) | groups
    named = _On(edition).names
    for t, on in days.items():
        info = edition.table(t)
        last = t.rpartition(".")[2]
        whole = last in ("country_groups", "country_chart") or f"{t.rpartition('.')[0]}.entries" in edition.tables
        read = _READ.get(last) if whole else None
        for day in sorted(on):
            a, b = _On(edition, dict(named), on=day - timedelta(days=1)), _On(edition, dict(named), on=day)
            touched = [r for r in edition.rows(t) if day in _days(r)]
            cites = tuple(dict.fromkeys([*(x for r in touched for x in _cites(r)), info.cite]))
            basis = next((r["basis"] for r in touched if r.get("basis") not in (None, "", "read")), info.basis)
            if read is None:
                for verb, key in (("begins", "from"), ("ends", "until")):
                    for label, r in _folded([r for r in touched if r.get(key) == day.isoformat()]):
                        yield LawChange(
                            day, "row", t, f"{verb}: {label}", (*_cites(r), info.cite), r.get("basis") or info.basis
                        )
                continue
            for c in read(t, a, b):
                if not any(f": {k} from " in c.text for k in ("from", "until")):
                    yield LawChange(day, "row", t, c.text, cites[:6], basis)


def _days(row: Row) -> list[date]:
    return [date.fromisoformat(row[k]) for k in ("from", "until") if row.get(k)]


def _cites(row: Row) -> list[str]:
    return [str(row[k]) for k in ("fr_cite",) if row.get(k)]


def _folded(rows: list[Row]) -> Iterator[tuple[str, Row]]:
    """Rows in words; those that differ in one column only are told together."""
    columns = [k for k in rows[0] if k not in _QUIET] if rows else []
    apart = [k for k in columns if len({str(r.get(k)) for r in rows}) > 1]
    if len(rows) > 3 and len(apart) == 1:
        same = _label({k: v for k, v in rows[0].items() if k != apart[0]})
        yield (
            f"{len(rows)} rows, {apart[0].replace('_', ' ')} {parted([str(r[apart[0]]) for r in rows])}; {same}",
            rows[0],
        )
    else:
        yield from ((_label(r), r) for r in rows)


def _label(row: Row) -> str:
    parts = [
        f"{k.replace('_', ' ')} {v}"
        for k, v in row.items()
        if k not in _QUIET and isinstance(v, (str, int)) and v not in ("", None)
    ]
    text = "; ".join(parts)
    return text if len(text) <= 240 else text[:237] + "…"


# -- values, parties, amendments ----------------------------------------------------------------------------------
def _values(session: Session, start: date, end: date) -> Iterator[LawChange]:
    for value in session.engine.law.values.values():
        for v in value.versions:
            said = f"{value.title}: {v.value} {value.unit}".strip()
            if v.period.start and start < v.period.start <= end:
                yield LawChange(
                    v.period.start, "value", value.id, f"{said}, from this day", (value.cite, v.source), v.basis
                )
            if v.period.end and start < v.period.end <= end:
                yield LawChange(v.period.end, "value", value.id, f"{said}, no longer", (value.cite, v.source), v.basis)


def _parties(session: Session, start: date, end: date) -> Iterator[LawChange]:
    """Entries by their own days. An entry that was taken off leaves no row where the list does not keep it."""
    edition = session.edition
    for t, info in edition.tables.items():
        if not _is_list(info):
            continue
        by_day: dict[tuple[date, str], list[Row]] = {}
        for row in edition.rows(t):
            for key, verb in (("from", "listed"), ("until", "no longer listed")):
                day = date.fromisoformat(row[key]) if row.get(key) else None
                if day and start < day <= end:
                    by_day.setdefault((day, verb), []).append(row)
        for (day, verb), rows in sorted(by_day.items()):
            names = sorted(str(r["name"]) for r in rows)
            cites = list(dict.fromkeys(c for r in rows for c in r.get("cites") or ()))[:4]
            who = "party" if len(rows) == 1 else "parties"
            yield LawChange(
                day,
                "party",
                t,
                f"{len(rows)} {who} {verb} on {LISTS.get(t, t)}: {parted(names)}",
                (*cites, info.cite),
                info.basis,
            )


def _is_list(info: TableInfo) -> bool:
    return any("/lists/" in f"/{f}" and f.endswith(".jsonl") for f in info.files)


def _amendments(session: Session, start: date, end: date) -> Iterator[dict[str, Any]]:
    edition = session.edition
    found = []
    for t in edition.tables:
        if "amendments" in t.split(".") and "without_effect" not in t:
            for row in edition.rows(t):
                day = row.get("date")
                if day and start < date.fromisoformat(day) <= end:
                    found.append(
                        {k: row.get(k, "") for k in ("date", "date_kind", "fr_cite", "topic", "change", "basis")}
                        | {"table": t}
                    )
    yield from sorted(found, key=lambda a: (a["date"], a["fr_cite"]))


# -- what is not known --------------------------------------------------------------------------------------------
def _uncovered(session: Session, day: date, which: str) -> Iterator[dict[str, Any]]:
    law = session.engine.law.at(day, as_if=session.engine.as_if)
    for info in _law_tables(session):
        if law.status(info.id).state in (NOT_COVERED, AS_IF):
            yield {
                "day": day.isoformat(), "which": which, "table": info.id, "cite": info.cite,
                "read_from": info.verified_from.isoformat(), "read_until": info.verified_until.isoformat(),
                "presumed_until": info.presumed_until.isoformat(),
            }  # fmt: skip


def _presumed(session: Session, day: date) -> Iterator[dict[str, Any]]:
    law: LawAsOf = session.engine.law.at(day, as_if=session.engine.as_if)
    for info in _law_tables(session):
        status = law.status(info.id)
        if status.state == PRESUMED:
            yield {"table": info.id, "cite": info.cite, "unchanged_since": str(status.since)}


def _law_tables(session: Session) -> Iterable[TableInfo]:
    """Tables that rules read: not those about the edition itself, nor indexes."""
    notes = (
        "amendments",
        "without_effect",
        "differences",
        "paragraph_differences",
        "keys",
        "policies",
        "later",
        "texts",
    )
    return [t for t in session.edition.tables.values() if t.id.rpartition(".")[2] not in notes]


def words(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a comparison, for reading."""
    yield f"From {found['from']} to {found['to']}, as edition {found['edition']['name']} and its rules know it."
    if not found["changes"]:
        kinds = f" of kind {', '.join(found['only'])}" if found.get("only") else ""
        yield f"No change{kinds} is known between these days."
    day = ""
    for c in found["changes"]:
        if c["day"] != day:
            day = c["day"]
            yield ""
            yield day
        basis = "" if c["basis"] == "read" else f" ({c['basis']}, not read)"
        yield f"  {c['text']}{basis}  [{'; '.join(dict.fromkeys(c['cites']))}] ({c['subject']})"
    if found["amendments"]:
        yield ""
        yield "Acts of these days that the edition knows"
        for a in found["amendments"]:
            basis = "" if a["basis"] == "read" else f" ({a['basis']}, not read)"
            yield f"  {a['date']} {a['date_kind']}: {a['fr_cite'] or 'no citation'}, {a['topic']}: {a['change']}{basis}"
    yield from _gaps(found)


def _gaps(found: Mapping[str, Any]) -> Iterator[str]:
    for which, key in (("from", "from"), ("to", "to")):
        rows = [r for r in found["not_covered"] if r["which"] == which]
        if rows:
            yield ""
            yield f"Not known of {found[key]}: {len(rows)} tables say nothing of that day, changes there may be missing above"
            spans: dict[tuple[str, str], list[str]] = {}
            for r in rows:
                spans.setdefault((r["read_from"], r["read_until"]), []).append(f"{r['table']} ({r['cite']})")
            for (start, end), tables in sorted(spans.items()):
                yield f"  read for {start} until {end}: {'; '.join(tables)}"
    if found["not_read_before"]:
        yield ""
        yield f"Provisions of which nothing is known on {found['from']}, by the day of the first text they were read in"
        for r in found["not_read_before"]:
            yield f"  {r['read_from']}: {len(r['rules'])} {'rule' if len(r['rules']) == 1 else 'rules'} of {parted(r['cites'])}"
    if found["presumed"]:
        since = min(r["unchanged_since"] for r in found["presumed"])
        yield ""
        yield f"{len(found['presumed'])} tables are presumed unchanged on {found['to']}, the oldest since {since}."
