"""Amendments after the texts read: rows closed and added by hand, `amendments.toml`, and entries that are held.

An amendment keeps the old row with `until` and adds the new one with `from`. A row it closes must be there, exactly as
often as written: a newer publication that already holds the amendment stops the import until its block is removed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError, read_toml, write_csv
from safeconduct.importers.us_ccl.closed import jsonl

__all__ = ["amend", "amendments", "outdated_words", "unread"]

Json = dict[str, Any]
_HERE = Path(__file__).parent
# Columns by which each table is in order; the entry first, then the law's order.
_ORDER = {"paragraphs": ("code", "from"), "requirements": ("entry", "n", "part"), "sta": ("entry", "n", "part")}


def amendments() -> Json:
    """The hand-written amendments. Raises SourceError for a file that is not TOML."""
    return read_toml(_HERE / "amendments.toml")


def amend(tables: Mapping[str, bytes], written: Json | None = None) -> dict[str, bytes]:
    """The tables `ccl/*.jsonl` with every amendment and reading of theirs applied; other tables as they are.

    Raises:
        SourceError: rows to close or to read anew are not there as often as `amendments.toml` says.
    """
    book = amendments() if written is None else written
    out = dict(tables)
    for name in sorted(
        {path.removeprefix("ccl/").removesuffix(".jsonl") for path in tables if path.endswith(".jsonl")}
    ):
        path = f"ccl/{name}.jsonl"
        rows = [json.loads(line) for line in tables[path].decode("utf-8").splitlines()]
        touched = False
        for reading in (r for r in book.get("reading", ()) if r["table"] == name):
            for row in _found(rows, reading, name):
                row.update(reading["set"])
                touched = True
        for act in book.get("amendment", ()):
            day = act["from"].isoformat()
            for closed in (e for e in act.get("end", ()) if e["table"] == name):
                for row in _found(rows, closed, f"{act['fr_cite']}, {name}"):
                    row["until"] = day
                    touched = True
            for added in (a for a in act.get("add", ()) if a["table"] == name):
                rows.append(_row(name, added["row"], day))
                touched = True
        if touched:
            if name in _ORDER:
                rows.sort(key=lambda row: tuple(_sortable(row.get(column)) for column in _ORDER[name]))
            out[path] = jsonl(rows)
    return out


def unread(written: Json | None = None) -> bytes:
    """`ccl/unread.csv`: entries and the day from which an amendment nobody has read changes them."""
    book = amendments() if written is None else written
    rows = [
        {"entry": entry, "from": act["from"].isoformat(), "until": "", "fr_cite": act["fr_cite"], "why": act["why"]}
        for act in book.get("unread", ())
        for entry in act["entries"]
    ]
    return write_csv(("entry", "from", "until", "fr_cite", "why"), sorted(rows, key=lambda r: (r["entry"], r["from"])))


def outdated_words(written: Json | None = None) -> set[str]:
    """Codes whose words in the older text are no longer law."""
    book = amendments() if written is None else written
    closed = [
        code
        for act in book.get("amendment", ())
        for end in act.get("end", ())
        if end["table"] == "paragraphs"
        for code in end["match"]["code"]
    ]
    return {*closed, *(code for act in book.get("amendment", ()) for code in act.get("words", ()))}


def _found(rows: list[Json], wanted: Json, where: str) -> list[Json]:
    """The open rows an `end` or a `reading` speaks of."""
    match = wanted["match"]
    found = [row for row in rows if not row.get("until") and all(row.get(k) in values for k, values in match.items())]
    if len(found) != wanted["rows"]:
        raise SourceError(f"amendments.toml, {where}: {len(found)} rows match {match}, expected {wanted['rows']}")
    return found


def _row(table: str, given: Json, day: str) -> Json:
    """A whole row of the table from the hand-written part of it."""
    row: Json = {**_blank(table), **_plain(given), "from": day}
    if table == "paragraphs":
        row["entry"] = row["code"].partition(".")[0]
        row["parent"] = row["code"].rpartition(".")[0]
    else:
        row["cite"] = f"15 CFR 774 Supp. 1, {row['entry']}"
    return row


def _blank(table: str) -> Json:
    if table == "paragraphs":
        return {"limits": [], "excludes": []}
    common = {"scope": {"in": ["*"], "out": []}, "when": None, "basis": "read", "until": None}
    if table == "requirements":
        return {**common, "column": None, "off": None, "dest": None}
    if table == "sta":
        return {**common, "pointer": None, "unless": None}
    raise SourceError(f"amendments.toml: rows of table {table} cannot be added")


def _plain(value: Any) -> Any:
    """TOML has no null and prints no empty name: an empty `reason` stands for none."""
    if isinstance(value, dict):
        return {k: None if k == "reason" and v == "" else _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def _sortable(value: Any) -> tuple[int, int, str]:
    if isinstance(value, int):
        return (1, value, "")
    return (0, 0, "") if value is None else (1, 0, str(value))
