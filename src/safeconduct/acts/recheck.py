"""recheck: every recorded request evaluated again with today's data, rules and engine; which answers move, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from safeconduct.acts.check import check
from safeconduct.acts.edition_diff import diff
from safeconduct.acts.editions import installed_names
from safeconduct.acts.faults import RequestError
from safeconduct.acts.law_diff import law_diff
from safeconduct.acts.records import compare
from safeconduct.acts.session import Session, home
from safeconduct.determination import OUTCOMES
from safeconduct.lawdata import Edition, EditionError, embedded_folder
from safeconduct.records import Record

_SHOWN: Final = 12


@dataclass
class _Why:
    """Looks up what made a difference; comparisons of whole editions or spans of law are made once."""

    session: Session
    editions: dict[str, Edition | None] = field(default_factory=dict)
    between: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    spans: dict[tuple[date, date], list[Mapping[str, Any]]] = field(default_factory=dict)

    def data(self, old: Mapping[str, Any], new: Mapping[str, Any], moved: _Moved) -> list[str]:
        """Which tables read by the moved rules say otherwise in the edition of the recorded answer."""
        then, now = old["editions"], new["editions"]
        if then.get("edition_digest") == now.get("edition_digest"):
            return []
        edition = self._edition(str(then.get("edition_digest")))
        if edition is None:
            days = [
                f"table {t}: text of {then[t]} then, of {now[t]} now"
                for t in sorted(moved.tables)
                if t in then and t in now and then[t] != now[t]
            ]
            return [*days, f"edition {then.get('edition')} is no longer installed; its rows cannot be compared"]
        digest = edition.digest
        if digest not in self.between:
            self.between[digest] = diff(edition, self.session.edition)["tables"]
        tables = [t for t in self.between[digest] if t["table"] in moved.tables]
        return _told([(f"{t['table']}: {c['text']}", [t["cite"]]) for t in tables for c in t["changes"]], moved)

    def law(self, start: date, end: date, moved: _Moved) -> list[str]:
        """Which changes of law between two days touch a rule that moved or a table it read."""
        first, last = min(start, end), max(start, end)
        if (first, last) not in self.spans:
            self.spans[first, last] = law_diff(self.session, first, last)["changes"]
        found = [c for c in self.spans[first, last] if c["subject"] in moved.rules | moved.tables]
        return _told([(f"{c['day']}, {c['subject']}: {c['text']}", c["cites"]) for c in found], moved)

    def _edition(self, digest: str) -> Edition | None:
        if not self.editions:
            self.editions = {}
            for name in installed_names():
                folder = embedded_folder() if name == "embedded" else home() / "editions" / name
                try:
                    e = Edition(folder)
                except EditionError:
                    continue
                self.editions[e.digest] = e
        return self.editions.get(digest)


@dataclass(frozen=True)
class _Moved:
    """Rules whose findings differ between two answers, the tables they read, and words of the line to look for."""

    rules: frozenset[str]
    tables: frozenset[str]
    words: frozenset[str]


def recheck(
    session: Session,
    records: Iterable[Record],
    *,
    today: date,
    since: date | None = None,
    as_of: date | None = None,
    step: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Evaluate recorded requests again.

    Args:
        today: a request of a later day is an open shipment. since: only records made on or after this day.
        as_of: evaluate each also as if it left on this day (shipments that have not left yet). step: called after each.
    Returns:
        ``{"edition", "today", "records", "same", "worse", "moved": [...], "errors": [...]}``, the worst first. ``moved``:
        ``{"seq", "id", "date", "open", "then", "now", "worse", "differences", "made_by", "why"}`` and, with ``as_of``,
        the same below ``as_of``.
    """
    why = _Why(session)
    moved, errors = [], []
    count = same = 0
    for record in records:
        if since is not None and record.at[:10] < since.isoformat():
            continue
        count += 1
        try:
            row = _one(session, record, today, as_of, why)
        except RequestError as e:
            errors += [{"seq": record.seq, "fault": str(f)} for f in e.faults]
        except (KeyError, TypeError, AttributeError, ValueError) as e:
            errors.append({"seq": record.seq, "fault": f"its content is not that of a recorded answer: {e!r}"})
        else:
            if row is None:
                same += 1
            else:
                moved.append(row)
        step()
    moved.sort(key=_rank)
    return {
        "edition": {"name": session.edition.name, "digest": session.edition.digest}, "today": today.isoformat(),
        "as_of": as_of.isoformat() if as_of else None, "records": count, "same": same,
        "worse": sum(bool(r["worse"] or (r.get("as_of") or {}).get("worse")) for r in moved), "moved": moved, "errors": errors,
    }  # fmt: skip


def _rank(row: Mapping[str, Any]) -> tuple[bool, int, int]:
    at = row.get("as_of") or {}
    worst = min(OUTCOMES.index(x) for x in (row["now"], at.get("now", row["now"])))
    return (not (row["worse"] or at.get("worse")), worst, int(row["seq"]))


def _one(session: Session, record: Record, today: date, as_of: date | None, why: _Why) -> dict[str, Any] | None:
    content = record.content
    request, then = content["request"], content["answer"]
    day = date.fromisoformat(then["date"]) if then.get("date") else None
    now = check(session, request, record=False)
    row = _row(then, now)
    row["why"] = _reasons(then, now, request, why, day, day) if row["differences"] else []
    later = None
    if as_of is not None and as_of != day:
        at = check(session, dict(request) | {"date": as_of.isoformat()}, record=False)
        later = _row(then, at) | {"date": as_of.isoformat()}
        later["why"] = _reasons(then, at, request, why, day, as_of) if later["differences"] else []
        if later["differences"] == row["differences"]:
            later = None  # the day makes no difference of its own
    if not row["differences"] and (later is None or not later["differences"]):
        return None
    head = {
        "seq": record.seq,
        "id": then.get("id", ""),
        "at": record.at,
        "date": then.get("date"),
        "open": day is None or day > today,
    }
    return head | row | ({"as_of": later} if later is not None else {})


def _row(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    found = compare(then, now)
    return {
        "then": found.then, "now": found.now, "worse": OUTCOMES.index(found.now) < OUTCOMES.index(found.then),
        "differences": list(found.differences), "made_by": list(found.made_by),
    }  # fmt: skip


def _reasons(
    then: Mapping[str, Any],
    now: Mapping[str, Any],
    request: Mapping[str, Any],
    why: _Why,
    day: date | None,
    other: date | None,
) -> list[str]:
    out: list[str] = []
    for old, new in zip(then.get("items") or [then], now.get("items") or [now], strict=False):
        moved = _moved(old, new, request)
        if day is not None and other is not None and day != other:
            out += why.law(day, other, moved)
        out += why.data(old, new, moved)
        out += [f"rule {r}: {c}" for r, c in _rule_results(old, new, moved)]
    return list(dict.fromkeys(out))[:_SHOWN]


def _moved(old: Mapping[str, Any], new: Mapping[str, Any], request: Mapping[str, Any]) -> _Moved:
    rules: set[str] = set()
    tables: set[str] = set()
    for a, b in zip(old["determinations"], new["determinations"], strict=False):
        was, is_ = _findings(a), _findings(b)
        rules |= {r for r, _ in was ^ is_ if r}
        for t in (*a["trail"], *b["trail"]):
            if t["rule"] in rules:
                tables |= set(t.get("tables", ()))
    item = request.get("item")
    codes = (item.get("classification") or {}) if isinstance(item, Mapping) else {}
    code = str(codes.get("us") or "") if isinstance(codes, Mapping) else ""
    return _Moved(
        frozenset(rules),
        frozenset(tables),
        frozenset(w for w in (code.partition(".")[0], str(request.get("destination") or "")) if w),
    )


def _findings(d: Mapping[str, Any]) -> set[tuple[str, str]]:
    found = {(str(x["rule"]), f"{kind} {x['reason']}") for kind in ("requirements", "prohibitions") for x in d[kind]}
    found |= {(str(x.get("rule", "")), f"exception {x['symbol']} {x['available']}") for x in d["exceptions"]}
    return found | {(str(r), f"question {q['fact']}") for q in d["questions"] for r in q.get("rules", ())}


def _rule_results(old: Mapping[str, Any], new: Mapping[str, Any], moved: _Moved) -> list[tuple[str, str]]:
    """Moved rules whose result in the trail is another, or that are new or gone."""
    out = []
    for a, b in zip(old["determinations"], new["determinations"], strict=False):
        was, is_ = ({t["rule"]: t for t in d["trail"]} for d in (a, b))
        for r in sorted(moved.rules):
            before = was[r]["result"] if r in was else "not there"
            after = is_[r]["result"] if r in is_ else "not there"
            if before != after:
                cites = "; ".join((is_.get(r) or was[r])["cites"][:3]) if r in is_ or r in was else ""
                out.append((r, f"{before.replace('_', ' ')} then, {after.replace('_', ' ')} now  [{cites}]"))
    return out


def _told(found: list[tuple[str, list[str]]], moved: _Moved) -> list[str]:
    """Changes in words, those that name the line's own code or destination first."""
    near = [f for f in found if any(w in f[0] for w in moved.words)]
    rest = [f for f in found if f not in near]
    lines = [f"{text}  [{'; '.join(dict.fromkeys(cites))}]" for text, cites in (near or rest)]
    more = len(lines) - 6
    return (
        lines
        if more <= 0
        else [*lines[:6], f"and {more} more changes of these tables (safeconduct data diff, safeconduct law diff)"]
    )
