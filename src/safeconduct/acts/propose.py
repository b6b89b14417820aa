"""law propose: what a change of records or rules would move, before it is merged: cases, cells, recorded answers."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from safeconduct.acts.check import check
from safeconduct.acts.determine import determine_line, parse_lines
from safeconduct.acts.faults import RequestError
from safeconduct.acts.proposal import Proposal, ProposedEdition, proposed, read_proposal
from safeconduct.acts.records import compare
from safeconduct.acts.session import Session
from safeconduct.determination.tables import Cell, PlainTable
from safeconduct.law import NotCovered
from safeconduct.records import Record

EXAMPLES: Final = 3


def propose(
    session: Session,
    path: Path,
    *,
    today: date,
    cases: Path | None = None,
    days: Iterable[date] = (),
    records: Iterable[Record] = (),
    matrix: bool = True,
    codes: str = "*",
    destinations: Iterable[str] | None = None,
    jurisdiction: str = "US",
) -> dict[str, Any]:
    """Compare the law with and without a proposal. Nothing is stored or written.

    Args:
        codes, destinations: narrow the matrix. cases: folder of ``*.toml`` cases. days: of the matrix; by default the last on which the proposal's rows and
            rules begin or end, else today. records: recorded answers to evaluate under both.
    Returns:
        ``{"title", "source", "base", "tables", "rules", "cases", "matrix", "records"}``.
    Raises:
        RequestError: faults of the proposal, with their places.
    """
    manifest = session.engine.manifests[jurisdiction]
    module = manifest.rules[0].fn.__module__.split(".")
    at = module.index("jurisdictions") + 2 if "jurisdictions" in module else 1
    proposal = read_proposal(path, ".".join(module[:at]))
    before = proposed(session, proposal.base, jurisdiction) if proposal.base is not None else session
    after = proposed(session, proposal, jurisdiction)
    assert isinstance(after.edition, ProposedEdition)
    places = None if destinations is None else sorted({x.strip().upper() for x in destinations})
    chosen = tuple(sorted(set(days))) or proposal.days[-1:] or (today,)
    return {
        "title": proposal.title,
        "source": proposal.source,
        "edition": session.edition.name,
        "base": proposal.base.title if proposal.base else None,
        "tables": after.edition.counts,
        "values": [str(v["id"]) for v in proposal.values],
        "rules": {"added": [r.id for r in proposal.rules], "removed": list(proposal.removed)},
        "cases": _cases(before, after, cases) if cases is not None else None,
        "matrix": [_matrix(before, after, d, jurisdiction, codes, places) for d in chosen] if matrix else [],
        "records": _records(before, after, records),
    }


def _cases(before: Session, after: Session, folder: Path) -> dict[str, Any]:
    moved, faults, count = [], [], 0
    for case_id, request, expect in read_cases(folder):
        count += 1
        try:
            was, now = (_answer(s, request) for s in (before, after))
        except RequestError as e:
            faults += [f"{case_id}: {f}" for f in e.faults]
            continue
        if was != now:
            wanted = expect.get("outcome")
            moved.append({
                "case": case_id, "before": was, "after": now, "expects": wanted,
                "agrees": None if wanted is None else {"before": was["outcome"] == wanted, "after": now["outcome"] == wanted},
            })  # fmt: skip
    return {"read": count, "moved": moved, "faults": faults}


def read_cases(folder: Path) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """(id, request, expectations) of each case; ``[request]`` of the file is what its cases start from."""
    for path in sorted(folder.rglob("*.toml")):
        raw = tomllib.loads(path.read_text("utf-8"))
        for n, c in enumerate(raw.get("case", []), 1):
            request = _merged(raw.get("request", {}), c.get("request", {}))
            yield f"{path.relative_to(folder).as_posix()}#{n} {c.get('title', '')}", request, c.get("expect", {})


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        out[key] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return out


def _answer(session: Session, request: Mapping[str, Any]) -> dict[str, Any]:
    answers = [determine_line(session, line) for line in parse_lines(session, request)]
    found = [d.combined for a in answers for d in a.determinations]
    return {
        "outcome": answers[0].outcome if len(answers) == 1 else [a.outcome for a in answers],
        "reasons": sorted({r.reason for c in found for r in c.requirements}),
        "exceptions": sorted({x for c in found for x in c.available}),
    }


def _matrix(
    before: Session, after: Session, day: date, jurisdiction: str, codes: str, places: list[str] | None
) -> dict[str, Any]:
    """How the cells of a day move: counted by outcome before and after, with examples."""
    try:
        tables = [PlainTable(s.engine, jurisdiction, day) for s in (before, after)]
    except NotCovered as e:
        return {"day": day.isoformat(), "fault": str(e)}
    counts: Counter[tuple[str, str]] = Counter()
    where: Counter[str] = Counter()
    examples: dict[tuple[str, str], list[dict[str, Any]]] = {}
    cells = 0
    for (code, place, was), (code2, place2, now) in zip(*(t.rows(codes, places) for t in tables), strict=False):
        if (code, place) != (code2, place2):
            return {"day": day.isoformat(), "fault": "the proposal changes the list's codes; use safeconduct data diff"}
        cells += 1
        if was != now:
            key = (was.outcome, now.outcome)
            counts[key] += 1
            where[place] += 1
            shown = examples.setdefault(key, [])
            if len(shown) < EXAMPLES and all(x["code"][:5] != code[:5] for x in shown):
                shown.append({"code": code, "destination": place, "before": _cell(was), "after": _cell(now)})
    return {
        "day": day.isoformat(), "cells": cells, "moved": counts.total(),
        "by": [
            {"before": a, "after": b, "count": n, "examples": examples[a, b]} for (a, b), n in counts.most_common()
        ],
        "destinations": dict(where.most_common(10)),
    }  # fmt: skip


def _cell(c: Cell) -> dict[str, Any]:
    return {"outcome": c.outcome, "reasons": list(c.reasons), "exceptions": list(c.exceptions)}


def _records(before: Session, after: Session, records: Iterable[Record]) -> dict[str, Any]:
    moved, errors, count = [], [], 0
    for record in records:
        count += 1
        try:
            request = record.content["request"]
            found = compare(check(before, request, record=False), check(after, request, record=False))
        except RequestError as e:
            errors += [{"seq": record.seq, "fault": str(f)} for f in e.faults]
        except (KeyError, TypeError, AttributeError, ValueError) as e:
            errors.append({"seq": record.seq, "fault": f"its content is not that of a recorded answer: {e!r}"})
        else:
            if not found.same:
                moved.append({
                    "seq": record.seq, "id": record.content["answer"].get("id", ""), "before": found.then,
                    "after": found.now, "differences": list(found.differences),
                })  # fmt: skip
    return {"read": count, "moved": moved, "errors": errors}


__all__ = ["Proposal", "propose", "read_cases"]
