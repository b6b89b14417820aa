"""Rows of the Consolidated Screening List to entries of OFAC's and State's lists.

The four Commerce lists in the feed are left to `us_bis_lists`, which reads them beside Commerce's own publications.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import SourceError, read_toml, require_count
from safeconduct.importers.us_csl.also import names_inside
from safeconduct.importers.us_csl.entries import Entry, entry_id, key_lines, lines_of, parted, unique
from safeconduct.importers.us_csl.read import CslFile, CslRow, read_csl
from safeconduct.lawdata.names import normalise

__all__ = ["COMMERCE", "build", "citations", "csl_settings", "current_file", "list_of"]

COMMERCE = ("us.entity_list", "us.dpl", "us.uvl", "us.meu_list")
_CITE = re.compile(r"\b(\d{1,3})\s*F\.?\s*R\.?\s*(\d{1,6})\b", re.IGNORECASE)


@cache
def csl_settings() -> dict[str, Any]:
    """The importer's source.toml."""
    return read_toml(Path(__file__).with_name("source.toml"))


def current_file(source_dir: Path) -> Path:
    """The newest form of the list present below `source_dir`; the wanted names are in source.toml, best first."""
    names: list[str] = csl_settings()["files"]["current"]
    for name in names:
        if (source_dir / name).is_file():
            return source_dir / name
    raise SourceError(f"no Consolidated Screening List in {source_dir}: expected one of {names}")


def list_of(row: CslRow) -> tuple[str, str]:
    """List id and id prefix of a row's source label."""
    for one in csl_settings()["list"]:
        if one["label"] == row.source:
            return one["id"], one["prefix"]
    raise SourceError(f"row {row.row}: source {row.source!r} is not known; add it to source.toml")


def citations(notice: str) -> list[str]:
    """Federal Register citations in a cell, as `86 FR 4864`, in order, none twice; dates and issue numbers fall away."""
    return list(dict.fromkeys(f"{int(volume)} FR {int(page)}" for volume, page in _CITE.findall(notice)))


def entry_of(row: CslRow, counts: Counter[str]) -> Entry:
    """The entry of a row of an OFAC or State list."""
    settings = csl_settings()
    list_id, prefix = list_of(row)
    if row.type and row.type not in settings["types"]:
        raise SourceError(f"row {row.row}: type {row.type!r} is not known; add it to source.toml")
    if not row.name:
        raise SourceError(f"row {row.row}: no name")
    if row.requirement or row.policy:
        raise SourceError(f"row {row.row}: a license requirement on {list_id}, where none is expected")
    cites = citations(row.notice) or ([row.notice] if row.notice else [])
    if row.number and counts[f"{list_id} {row.number}"] == 1:
        made = f"{prefix}:{row.number}"
    else:
        country = next((one.country or "" for one in row.addresses), "")
        made = entry_id(prefix, list_id, normalise(row.name), country, cites[0] if cites else "")
    return Entry(
        list_id=list_id,
        id=made,
        name=row.name,
        row=row.row,
        type=settings["types"].get(row.type),
        aliases=[alias for alias in dict.fromkeys(row.aliases + names_inside(row.name)) if alias != row.name],
        addresses=row.addresses,
        programs=row.programs,
        cites=cites,
        start=row.start or None,
        until=row.end or None,
        extra=row.more,
    )


def check_counts(file: CslFile) -> Counter[str]:
    """Rows a list, each inside the range of source.toml."""
    counts = Counter(list_of(row)[0] for row in file.rows)
    bounds = csl_settings()["counts"]
    require_count("Consolidated Screening List", len(file.rows), bounds["rows"])
    for one in csl_settings()["list"]:
        require_count(one["id"], counts[one["id"]], bounds[one["id"]])
    return counts


def build(source_dir: Path) -> BuildResult:
    """Tables `lists/*.jsonl` and `lists/keys.csl*.tsv` of OFAC's and State's lists.

    Raises:
        SourceError: no file, an unknown form, field, list, type or country, or a count out of its range.
    """
    file = read_csl(current_file(source_dir), csl_settings())
    counts = check_counts(file)
    numbers = Counter(f"{list_of(row)[0]} {row.number}" for row in file.rows if row.number)
    report: dict[str, Any] = {"read": len(file.rows), "ignored": dict(file.ignored), "unreadable": []}
    entries = unique(
        [entry_of(row, numbers) for row in file.rows if list_of(row)[0] not in COMMERCE],
        report,
    )
    tables: dict[str, bytes] = {}
    by_list: dict[str, list[Entry]] = {}
    for entry in entries:
        by_list.setdefault(entry.list_id, []).append(entry)
    for list_id, some in by_list.items():
        tables |= parted(f"lists/{list_id}", "jsonl", lines_of(some))
    tables |= parted("lists/keys.csl", "tsv", key_lines(entries))
    report |= {
        "day": file.day,
        "form": file.form,
        "mapped": sum(len(some) for some in by_list.values()) + report.get("repeated", 0),
        "lists": {list_id: len(some) for list_id, some in sorted(by_list.items())},
        "left_to_us_bis_lists": {name: counts[name] for name in COMMERCE},
    }
    return BuildResult(tables, report)
