"""Read the publications into plain values, accounting for every key."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError

__all__ = [
    "Chart",
    "ChartRow",
    "read_chart_2026_07",
    "read_chart_2026_08",
    "read_groups",
    "read_paragraph",
]


@dataclass(frozen=True)
class ChartRow:
    """One row as printed: marked columns in the chart's order, or the sentence that refers elsewhere."""

    columns: tuple[str, ...]
    footnotes: tuple[int, ...]
    pointer: str | None = None


@dataclass(frozen=True)
class Chart:
    """The whole chart: columns (`CB1`), rows by printed name, footnotes by number, keys not used."""

    columns: tuple[str, ...]
    rows: dict[str, ChartRow]
    footnotes: dict[int, str]
    ignored: dict[str, int]


def _load(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise SourceError(f"{path.name}: expected one JSON object")
    return value


def _rest(path: Path, what: str, value: dict[str, Any], ignore: Collection[str] = ()) -> dict[str, int]:
    """What is left of an object after every mapped key was taken out; unknown keys stop the import."""
    unknown = sorted(set(value) - set(ignore))
    if unknown:
        raise SourceError(f"{path.name}, {what}: unknown field {unknown[0]!r}; say in the importer what it means")
    return {f"{path.name}: {name}": 1 for name in sorted(value)}


def _columns(path: Path, name: str, marks: list[str], columns: tuple[str, ...]) -> tuple[str, ...]:
    codes = tuple(mark.replace(" ", "") for mark in marks)
    wrong = [code for code in codes if code not in columns]
    if wrong or len(set(codes)) != len(codes):
        raise SourceError(f"{path.name}, row {name!r}: {codes} are not distinct columns of the chart")
    return tuple(code for code in columns if code in codes)


def read_chart_2026_07(path: Path, ignore: Collection[str]) -> Chart:
    """The chart in the form of `country-chart-*.json` (marks `CB 1`; referral rows apart)."""
    data = _load(path)
    columns = tuple(name.replace(" ", "") for name in data.pop("columns"))
    rows: dict[str, ChartRow] = {}
    for name, row in data.pop("countries").items():
        rows[name] = ChartRow(_columns(path, name, row.pop("marks"), columns), tuple(sorted(row.pop("footnotes"))))
        _rest(path, f"row {name!r}", row)
    for name, row in data.pop("embargoed").items():
        if name in rows:
            raise SourceError(f"{path.name}, row {name!r}: has marks and a referral")
        rows[name] = ChartRow((), tuple(sorted(row.pop("footnotes"))), row.pop("pointer"))
        _rest(path, f"row {name!r}", row)
    footnotes = {int(number): text for number, text in data.pop("footnotes").items()}
    return Chart(columns, rows, footnotes, _rest(path, "top level", data, ignore))


def read_chart_2026_08(path: Path, ignore: Collection[str]) -> Chart:
    """The chart inside the file of license requirements (`c` columns, `f` footnotes, `e` referral)."""
    data = _load(path)
    columns = tuple(data.pop("chart_columns"))
    rows: dict[str, ChartRow] = {}
    for name, row in data.pop("countries").items():
        pointer = row.pop("e", None)
        marks = _columns(path, name, row.pop("c", []), columns)
        if (pointer is None) == (not marks):
            raise SourceError(f"{path.name}, row {name!r}: expected either marks or a referral")
        rows[name] = ChartRow(marks, tuple(sorted(row.pop("f", []))), pointer)
        _rest(path, f"row {name!r}", row)
    footnotes = {int(number): text for number, text in data.pop("footnotes").items()}
    return Chart(columns, rows, footnotes, _rest(path, "top level", data, ignore))


def read_groups(path: Path, ignore: Collection[str]) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Country Groups as printed names by group, and the keys not used.

    The file lists each membership twice, by group and (for A, D and E) by country: both must agree.
    """
    data = _load(path)
    groups: dict[str, list[str]] = data.pop("groups")
    by_letter: dict[str, dict[str, list[str]]] = data.pop("byCountry")
    for letter, countries in by_letter.items():
        one = {(group, name) for name, members in countries.items() for group in members}
        two = {(g, name) for g, names in groups.items() if g.startswith(letter + ":") for name in names}
        for group, name in sorted(one ^ two):
            raise SourceError(f"{path.name}: {name!r} in {group}: its two lists disagree")
    for group, names in groups.items():
        if len(set(names)) != len(names):
            raise SourceError(f"{path.name}, group {group}: a country stands twice")
    return groups, _rest(path, "top level", data, ignore)


def read_paragraph(path: Path, doc_id: str) -> str:
    """The text of one paragraph of the regulation, by its id (`EAR-746.1(b)(2)`)."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            chunk = json.loads(line)
            if chunk["doc_id"] == doc_id:
                return str(chunk["text"])
    raise SourceError(f"{path.name}: no paragraph {doc_id}")
