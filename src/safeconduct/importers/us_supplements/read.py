"""Read one table of the supplements, accounting for every column."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from safeconduct.importers.sheets import Row, SourceError, read_rows, require_count

__all__ = ["COMMON", "check_values", "read_table"]

# Columns of every source file; an own cite, as_of and basis stand in every row we write.
COMMON = ("citation", "as_of", "basis", "source")

BASES = frozenset({"read", "memory", "inferred"})
_HS6 = re.compile(r"\d{6}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ECCN = re.compile(r"[0-9][A-E][0-9]{3}(\.[a-z0-9.]+)?")


def read_table(path: Path, mapped: Sequence[str], count: Sequence[int], key: Sequence[str]) -> list[Row]:
    """Rows of one file; `mapped` are the source columns in use beside the common ones.

    Raises:
        SourceError: a column is new or missing, the count is outside its range, a key stands twice.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    # ftr, ofac and history files have no citation: their table's own stands in.
    expected = set(mapped) | set(COMMON)
    if new := sorted(set(header) - expected):
        raise SourceError(f"{path.name}, line 1: column {new[0]!r} is new; map it in source.toml")
    if gone := sorted(expected - set(header) - {"citation"}):
        raise SourceError(f"{path.name}, line 1: column {gone[0]!r} is missing")
    rows = read_rows(path, header)
    require_count(path.name, len(rows), count)
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows, start=2):
        value = tuple(row[name] for name in key)
        if value in seen:
            raise SourceError(f"{path.name}, row {number}: {value} stands also in row {seen[value]}")
        seen[value] = number
    return rows


def check_values(what: str, rows: Sequence[Row], countries: frozenset[str]) -> None:
    """Check cells by the name of their column: hs6, country, eccn, from, until, basis."""
    for row in rows:
        for name, cell in row.items():
            wrong = ""
            if name == "hs6" and not _HS6.fullmatch(cell):
                wrong = "six digits of the Harmonized System"
            elif name == "hts6" and not _HS6.fullmatch(cell):
                wrong = "the first six digits of a tariff code"
            elif name == "country" and cell not in countries:
                wrong = "an ISO country code"
            elif name == "eccn" and not _ECCN.fullmatch(cell):
                wrong = "an ECCN: digit, letter A-E, three digits"
            elif name in ("from", "until") and cell and not _DAY.fullmatch(cell):
                wrong = "a day, YYYY-MM-DD"
            elif name == "basis" and cell not in BASES:
                wrong = "read, memory or inferred"
            if wrong:
                raise SourceError(f"{what}: {cell!r} in column {name} is not {wrong}: {row}")
