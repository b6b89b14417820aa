"""License Requirements of the Commerce Control List, row by row, to `us.ccl.requirements`.

A row is a scope sentence and a requirement sentence. The grammar takes the simple ones; all others stand in closed
tables under `sentences/`, keyed by `grammar.key_of`, each read by hand. A sentence found in neither stops the
import (`UnknownSentence`), with the entry, the row and the nearest sentence that is known.

Source: 15 CFR 774 Supp. 1; rows of eCFR 2026-08-07, entries without a row there and the notes from the XML.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.us_ccl.amend import amend
from safeconduct.importers.us_ccl.closed import UnknownSentence, absolute, jsonl, nearest, sentences
from safeconduct.importers.us_ccl.grammar import Grammar, GrammarError, key_of, normalise
from safeconduct.importers.us_ccl.map_exceptions import map_exceptions, map_sta
from safeconduct.importers.us_ccl.read import RawEntry, read_entries

__all__ = ["build_requirements", "map_entry"]

Json = dict[str, Any]
Rows = list[tuple[str, str]]

XML = Path("us/ccl/ccl-supp1-ecfr-full-2026-06.xml")
ROWS = Path("us/ccl/ccl-license-requirements-and-chart-2026-08-07.json")
COLUMNS = {"CB1", "CB2", "CB3", "NP1", "NP2", "NS1", "NS2", "MT1"} | {
    *("RS1", "RS2", "FC1", "CC1", "CC2", "CC3", "AT1", "AT2")
}
_COLUMN = re.compile(r"([a-z]{2}) column (\d)")
_PREFIX = re.compile(r"([a-z]{2}) appl(?:y|ies)\b")


def both(*conditions: Json | None) -> Json | None:
    """All the conditions that are there."""
    given = [condition for condition in conditions if condition is not None]
    if len(given) < 2:
        return given[0] if given else None
    return {"all": given}


@dataclass
class _Count:
    rows: int = 0
    grammar: int = 0
    table: int = 0
    ignored: Counter[str] = field(default_factory=Counter)


def scope_limbs(entry: str, n: object, sentence: str, grammar: Grammar, count: _Count) -> list[Json]:
    """Limbs of a scope sentence, each with `reason`, `in`, `out`, `when` and perhaps words of its own."""
    known = sentences("scopes.jsonl").get(key_of(sentence))
    if known is not None:
        count.table += 1
        prefix = _PREFIX.match(normalise(sentence))
        limbs = []
        for limb in known["limbs"]:
            reason = limb.get("reason") or (prefix.group(1).upper() if prefix else None)
            if reason is None:
                raise ValueError(f"{entry} row {n}: the closed table names no reason for control")
            limbs.append(
                {
                    **limb,
                    "reason": reason,
                    "in": [absolute(code, entry) for code in limb["in"]],
                    "out": [absolute(code, entry) for code in limb["out"]],
                }
            )
        return limbs
    try:
        reason, limb = grammar.scope(sentence)
    except GrammarError as error:
        near = nearest(sentences("scopes.jsonl"), entry)
        raise UnknownSentence("scopes.jsonl", entry, n, sentence, str(error), near) from None
    count.grammar += 1
    return [{"reason": reason, **limb.scope(), "when": limb.when}]


def requirement_effects(entry: str, n: object, sentence: str) -> list[Json]:
    """What the right-hand cell requires: a chart column, or off-chart paragraphs with their destinations."""
    match = _COLUMN.fullmatch(normalise(sentence))
    if match:
        column = match.group(1).upper() + match.group(2)
        if column not in COLUMNS:
            raise ValueError(f"{entry} row {n}: the Country Chart has no column {column}")
        return [{"column": column}]
    known = sentences("offchart.jsonl").get(key_of(sentence))
    if known is None:
        near = nearest(sentences("offchart.jsonl"), entry)
        raise UnknownSentence("offchart.jsonl", entry, n, sentence, "no chart column", near)
    return list(known["effects"])


def _covers(scope: list[str], code: str) -> bool:
    return "*" in scope or any(code == item or code.startswith(item + ".") for item in scope)


def _record(entry: str, n: int, part: int, limb: Json, effect: Json) -> Json:
    column = effect.get("column")
    if column is not None and column[:2] != limb["reason"]:
        raise ValueError(f"{entry} row {n}: reason {limb['reason']} against column {column}")
    bases = {limb.get("basis", "read"), effect.get("basis", "read")}
    return {
        "entry": entry,
        "n": n,
        "part": part,
        "reason": limb["reason"],
        "scope": {"in": effect.get("in", limb["in"]), "out": limb["out"]},
        "when": both(limb["when"], effect.get("when")),
        "column": column,
        "off": effect.get("off"),
        "dest": effect.get("dest"),
        "from": effect.get("from"),
        "until": effect.get("until"),
        "cite": f"15 CFR 774 Supp. 1, {entry}",
        "basis": "inferred" if "inferred" in bases else "read",
    }


def row_records(entry: str, n: int, row: tuple[str, str], grammar: Grammar, count: _Count) -> Iterator[Json]:
    """Records of one row: every limb of the scope with every effect of the requirement."""
    limbs = scope_limbs(entry, n, row[0], grammar, count)
    effects = requirement_effects(entry, n, row[1])
    if not limbs:
        count.ignored["pointer to another agency"] += 1
    part = 0
    for limb in limbs:
        own: Json = {key: limb[key] for key in ("column", "off", "dest", "from", "until") if key in limb}
        if "column" in own or "off" in own:
            use: list[Json] = [own]
        elif own:
            use = [{**effect, **own} for effect in effects]
        else:
            use = effects
        if not use:
            raise ValueError(f"{entry} row {n}: the row requires nothing and the table does not say why")
        for effect in use:
            if not all(_covers(limb["in"], code) for code in effect.get("in", [])):
                raise ValueError(f"{entry} row {n}: the requirement reaches outside its scope sentence")
            part += 1
            yield _record(entry, n, part, limb, effect)


def apply_notes(entry: str, records: list[Json], notes: list[str], rows: int, count: _Count) -> list[Json]:
    """License Requirement Notes: what they add, lift or condition; the others are counted by kind."""
    for note in notes:
        known = sentences("notes.jsonl").get(key_of(note))
        if known is None:
            near = nearest(sentences("notes.jsonl"), entry)
            raise UnknownSentence("notes.jsonl", entry, "note", note, "a license requirement note", near)
        kind = known["kind"]
        if kind == "requirement":
            for limb in known["records"]:
                rows += 1
                records.append(_record(entry, rows, 1, {"when": None, **limb}, limb))
        elif kind == "condition":
            for record in records:
                record["when"] = both(record["when"], known["when"])
        elif kind == "sample":
            for record in [r for r in records if r["column"] == known["column"]]:
                record["when"] = both(record["when"], known["lifted"])
                for number, kept in enumerate(known["kept"], 2):
                    limb = {"reason": record["reason"], **kept}
                    effect = {"column": record["column"], "dest": kept["dest"]}
                    records.append(_record(entry, record["n"], number, limb, effect))
        else:
            count.ignored[f"note: {kind}"] += 1
    return records


def map_entry(
    entry: str, rows: Rows, notes: list[str], eccns: Iterable[str], count: _Count | None = None
) -> list[Json]:
    """Requirement records of one entry, in the law's order. Raises UnknownSentence, ValueError."""
    count = count if count is not None else _Count()
    grammar = Grammar(entry, frozenset(eccns))
    records: list[Json] = []
    for n, row in enumerate(rows, 1):
        count.rows += 1
        records += row_records(entry, n, row, grammar, count)
    records = apply_notes(entry, records, notes, len(rows), count)
    return sorted(records, key=lambda record: (record["n"], record["part"]))


def reserved_0y521(entry: str) -> list[Json]:
    """0Y521 entries have a sentence instead of a table: RS column 1 for whatever Supp. 5 lists."""
    limb = {"reason": "RS", "in": ["*"], "out": [], "when": None}
    return [_record(entry, 1, 1, limb, {"column": "RS1"})]


# -- the two texts side by side ---------------------------------------------------------------------------------


def differences(old: Mapping[str, Rows], new: Mapping[str, Rows], explained: list[dict[str, str]]) -> list[Json]:
    """Rows that differ between the texts, each with its explanation; raises for one that nobody explained."""
    known = {(row["entry"], row["row"]): row for row in explained if row["kind"] != "typo"}
    out = [
        {
            "entry": row["entry"],
            "row": row["row"],
            "xml_2026_06": row["xml_2026_06"],
            "reqs_2026_08_07": row["reqs_2026_08_07"],
            "explained": row["explained"],
        }
        for row in explained
    ]
    for entry in sorted(old.keys() | new.keys()):
        a = [tuple(_squeeze(cell) for cell in row) for row in old.get(entry, [])]
        b = [tuple(_squeeze(cell) for cell in row) for row in new.get(entry, [])]
        for n in range(max(len(a), len(b))):
            if n < len(a) and n < len(b) and a[n] == b[n]:
                continue
            if (entry, str(n + 1)) not in known and (entry, "*") not in known:
                raise ValueError(
                    f"{entry} row {n + 1}: the texts of 2026-06 and 2026-08-07 differ and "
                    f"sentences/differences.csv does not explain it"
                )
    return sorted(out, key=lambda row: (row["entry"], row["row"]))


def _squeeze(cell: str) -> str:
    """Words only: spacing and punctuation are the printers', not the law's."""
    return re.sub(r"[^a-z0-9§]", "", normalise(cell))


def xml_rows(entry: RawEntry) -> Rows:
    """Rows of an XML entry: its table, then requirements printed as sentences."""
    return [*entry.requirements, *((line, line) for line in entry.control_lines)]


def _csv(rows: list[Json], header: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def explained_rows() -> list[dict[str, str]]:
    """The hand-written explanations and the faults of the printed text."""
    path = resources.files("safeconduct.importers.us_ccl").joinpath("sentences", "differences.csv")
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def build_requirements(source_dir: Path) -> BuildResult:
    """`ccl/requirements.jsonl` and `ccl/differences.csv`, with `ccl/exceptions.jsonl` and `ccl/sta.jsonl`."""
    document = json.loads((source_dir / ROWS).read_text("utf-8"))
    newer: dict[str, Rows] = {
        code: [(row[0], row[1]) for row in entry["c"]] for code, entry in document["eccns"].items()
    }
    older = {entry.code: entry for entry in read_entries(source_dir / XML)}
    eccns = frozenset(newer.keys() | older.keys())
    count = _Count()
    requirements: list[Json] = []
    for code in sorted(eccns):
        if code not in newer:
            count.ignored["entry read in the XML only"] += 1
        rows = newer[code] if code in newer else xml_rows(older[code])
        notes = older[code].requirement_notes if code in older else []
        if re.fullmatch(r"0[A-E]521", code):
            requirements += reserved_0y521(code)
            continue
        if not rows:
            count.ignored["entry without requirements"] += 1
        requirements += map_entry(code, rows, notes, eccns, count)
    exceptions, sta = map_exceptions(list(older.values()), eccns), map_sta(list(older.values()), eccns)
    diff = differences({code: xml_rows(entry) for code, entry in older.items()}, newer, explained_rows())
    header = ["entry", "row", "xml_2026_06", "reqs_2026_08_07", "explained"]
    return BuildResult(
        tables={
            **amend(
                {
                    "ccl/requirements.jsonl": jsonl(requirements),
                    "ccl/exceptions.jsonl": jsonl(exceptions),
                    "ccl/sta.jsonl": jsonl(sta),
                }
            ),
            "ccl/differences.csv": _csv(diff, header),
        },
        report={
            "read": count.rows,
            "mapped": len(requirements),
            "by grammar": count.grammar,
            "by closed table": count.table,
            "exceptions": len(exceptions),
            "sta": len(sta),
            "ignored": dict(count.ignored),
            "unreadable": [],
        },
    )
