"""What a proposal moves, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safeconduct.cli.answer_view import SHORT

_SHOWN = 20


def words(found: Mapping[str, Any]) -> Iterator[str]:
    """The report of ``law propose``, line by line."""
    yield found["title"] + (f"  [{found['source']}]" if found["source"] else "")
    yield f"On edition {found['edition']}" + (f", after: {found['base']}" if found["base"] else "")
    for table, n in found["tables"].items():
        yield f"  {table}: " + ", ".join(f"{n[k]} {w}" for k, w in _DONE if n[k])
    for kind, ids in found["rules"].items():
        if ids:
            yield f"  rules {kind}: {', '.join(ids)}"
    if found["values"]:
        yield f"  values changed: {', '.join(found['values'])}"
    yield ""
    yield from _cases(found["cases"])
    for m in found["matrix"]:
        yield ""
        yield from _matrix(m)
    yield ""
    r = found["records"]
    yield f"Recorded answers: {r['read']} read, {len(r['moved'])} move."
    for x in r["moved"][:_SHOWN]:
        yield f"  record {x['seq']}, {x['id'] or 'no id'}: {_short(x['before'])} -> {_short(x['after'])}"
        yield from (f"    - {line}" for line in x["differences"] if not line.startswith("outcome:"))
    for x in r["errors"]:
        yield f"  record {x['seq']}: {x['fault']}"


_DONE = (("add", "added"), ("change", "changed"), ("remove", "removed"))


def _short(outcome: Any) -> str:
    if isinstance(outcome, list):
        return ", ".join(map(_short, outcome))
    return SHORT[outcome].removeprefix("still ")


def _cases(c: Mapping[str, Any] | None) -> Iterator[str]:
    if c is None:
        yield "Cases: none read (--cases FOLDER)."
        return
    yield f"Cases: {c['read']} read, {len(c['moved'])} move."
    for x in c["moved"][:_SHOWN]:
        agrees = x["agrees"]
        note = "" if agrees is None else "" if agrees["after"] else "  AGAINST WHAT THE CASE EXPECTS"
        yield f"  {x['case']}"
        yield f"    {_state(x['before'])} -> {_state(x['after'])}{note}"
    if len(c["moved"]) > _SHOWN:
        yield f"  and {len(c['moved']) - _SHOWN} more (--json shows all)"
    yield from (f"  {f}" for f in c["faults"])


def _state(x: Mapping[str, Any]) -> str:
    more = [*x["reasons"], *(f"by {e}" for e in x["exceptions"])]
    return _short(x["outcome"]) + (f" ({', '.join(more)})" if more else "")


def _matrix(m: Mapping[str, Any]) -> Iterator[str]:
    if "fault" in m:
        yield f"Matrix of {m['day']}: {m['fault']}"
        return
    yield f"Matrix of {m['day']}: {m['cells']:,} cells, {m['moved']:,} move."
    if m["destinations"]:
        yield "  destinations: " + ", ".join(f"{k} {n:,}" for k, n in m["destinations"].items())
    for row in m["by"]:
        yield f"  {_short(row['before'])} -> {_short(row['after'])}: {row['count']:,}"
        for e in row["examples"]:
            yield f"    {e['code']} to {e['destination']}: {_state(e['before'])} -> {_state(e['after'])}"
