"""Small tables, read strictly and written canonically.

Reading: the header must be the expected one, every row as wide as the header, no duplicate keys.
Writing: UTF-8, LF, header, rows sorted by all their cells, so that equal facts give equal bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = [
    "Row",
    "SourceError",
    "code_key",
    "digest",
    "read_rows",
    "read_toml",
    "require_count",
    "sentence_key",
    "write_csv",
]

Row = dict[str, str]

_PART = re.compile(r"(\d+)")


class SourceError(ValueError):
    """The publication is not of the expected form: which file and line, what was expected."""


def read_toml(path: Path) -> dict[str, Any]:
    """The importer's own settings (expected counts, corrections, sources)."""
    with path.open("rb") as file:
        return tomllib.load(file)


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Rows of one CSV file, in file order, cells stripped of white space at both ends.

    Raises:
        SourceError: file absent, a column missing, added or moved, or a row of another width.
    """
    if not path.is_file():
        raise SourceError(f"{path.name}: not found in {path.parent}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if header != list(columns):
            new = sorted(set(header) - set(columns))
            gone = sorted(set(columns) - set(header))
            raise SourceError(
                f"{path.name}, line 1: columns {header} are not the expected {list(columns)}"
                f" (new: {new or 'none'}, missing: {gone or 'none'}); say in the importer what they mean"
            )
        rows: list[Row] = []
        for cells in reader:
            if len(cells) != len(header):
                raise SourceError(f"{path.name}, line {reader.line_num}: {len(cells)} cells, expected {len(header)}")
            rows.append({name: cell.strip() for name, cell in zip(header, cells, strict=True)})
    return rows


def require_count(what: str, found: int, bounds: Sequence[int]) -> None:
    """Fail when a count leaves the range `source.toml` expects (both ends included)."""
    low, high = bounds
    if not low <= found <= high:
        raise SourceError(f"{what}: {found} rows, expected {low} to {high}. If the law changed, adjust source.toml")


def code_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which `10` follows `9` and `3A001.b.10` follows `3A001.b.9`."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PART.split(text) if part)


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Canonical bytes of a table. Rows sort by their cells in column order, numbers by size.

    Raises:
        SourceError: a row lacks a column, has one too many, or stands twice.
    """
    lines: list[list[str]] = []
    for row in rows:
        if set(row) != set(columns):
            raise SourceError(f"row {dict(row)} does not have the columns {list(columns)}")
        lines.append([row[name] for name in columns])
    lines.sort(key=lambda cells: ([code_key(cell) for cell in cells], cells))
    for one, two in pairwise(lines):
        if one == two:
            raise SourceError(f"row stands twice: {one}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8")


def sentence_key(text: str) -> str:
    """Key of a sentence of law in a closed table: sha256[:16] of it lower-cased, without quotes, folded."""
    plain = re.sub(r"[\"'“”‘’]", "", text.lower())
    return hashlib.sha256(" ".join(plain.split()).encode("utf-8")).hexdigest()[:16]


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
