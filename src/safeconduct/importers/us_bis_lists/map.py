"""Commerce's lists to entries: the screening list's rows beside Commerce's own publications of the same lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import SourceError, require_count, write_csv
from safeconduct.importers.us_bis_lists.denied import denied_persons
from safeconduct.importers.us_bis_lists.merge import Started, bis_settings, merged
from safeconduct.importers.us_bis_lists.read import Listed, dated_citations, read_denied, read_entity_list
from safeconduct.importers.us_bis_lists.sentences import policies
from safeconduct.importers.us_csl.entries import Address, Entry, entry_id, key_lines, lines_of, parted, unique
from safeconduct.importers.us_csl.map import csl_settings, current_file, list_of
from safeconduct.importers.us_csl.read import CslRow, read_csl
from safeconduct.lawdata.names import normalise

__all__ = ["build"]


def _first_file(source_dir: Path, names: Sequence[str]) -> Path | None:
    return next((source_dir / name for name in names if (source_dir / name).is_file()), None)


def build(source_dir: Path) -> BuildResult:
    """Tables `lists/us.entity_list*.jsonl`, `us.dpl`, `us.uvl`, `us.meu_list`, `keys.bis*.tsv` and `policies.csv`.

    Raises:
        SourceError: a missing file, an unknown form, field, country or sentence, or a count out of its range.
    """
    settings = bis_settings()
    csl = read_csl(current_file(source_dir), csl_settings())
    by_list: dict[str, list[CslRow]] = defaultdict(list)
    for row in csl.rows:
        by_list[list_of(row)[0]].append(row)
    started = _started(source_dir)
    report: dict[str, Any] = {
        "csl_day": csl.day,
        "ignored": {},
        "unreadable": [],
        "lists": {},
        "read_by_list": {},
        "mapped_by_list": {},
    }
    entries: list[Entry] = []

    for list_id, what in (("us.entity_list", "entity_list"), ("us.meu_list", "meu_list")):
        rows, path = by_list[list_id], _first_file(source_dir, settings["files"][what])
        listed: list[Listed] = []
        if path is not None:
            listed, ignored, own_day = read_entity_list(path, settings, [row.name for row in rows])
            require_count(what, len(listed), settings["counts"][what])
            report["ignored"] |= {f"{what}: {name}": count for name, count in ignored.items()}
            report[f"{what}_day"] = own_day
        elif what == "entity_list":
            raise SourceError(f"no Entity List in {source_dir}: expected one of {settings['files'][what]}")
        if list_id == "us.meu_list":
            # The notes of this file name parents, not requirements.
            report["ignored"]["meu_list: notes on parent organizations"] = sum(bool(one.requirement) for one in listed)
            for one in listed:
                one.requirement = ""
        some, told = merged(list_id, rows, listed, started)
        entries += some
        report["unreadable"] += told.pop("cut", [])
        _report(report, list_id, csl_rows=len(rows), own_rows=len(listed), told=told, mapped=len(some))

    path = _first_file(source_dir, settings["files"]["denied_persons"])
    denied: list[Listed] = []
    day: str | None = None
    if path is not None:
        denied, ignored, day = read_denied(path, settings)
        require_count("denied_persons", len(denied), settings["counts"]["denied_persons"])
        report["ignored"] |= {f"denied_persons: {name}": count for name, count in ignored.items()}
    earlier_path = source_dir / settings["files"]["denied_persons_earlier"]
    earlier = read_denied(earlier_path, settings)[0] if earlier_path.is_file() else []
    report["denied_persons_day"] = day
    some, told = denied_persons(by_list["us.dpl"], denied, earlier, day, csl.day)
    entries += some
    _report(report, "us.dpl", csl_rows=len(by_list["us.dpl"]), own_rows=len(denied), told=told, mapped=len(some))

    some = [_unverified(row) for row in by_list["us.uvl"]]
    entries += some
    _report(report, "us.uvl", csl_rows=len(some), own_rows=0, told={}, mapped=len(some))

    kept = unique(entries, report)
    tables: dict[str, bytes] = {}
    for list_id in ("us.entity_list", "us.meu_list", "us.dpl", "us.uvl"):
        some = [entry for entry in kept if entry.list_id == list_id]
        report["lists"][list_id] = len(some)
        tables |= parted(f"lists/{list_id}", "jsonl", lines_of(some))
    tables |= parted("lists/keys.bis", "tsv", key_lines(kept))
    used = {entry.policy for entry in kept if entry.policy}
    rows_used = [row for row in policies() if row["policy"] in used]
    tables["lists/policies.csv"] = write_csv(("policy", "parts", "see", "note"), rows_used)
    report["read"] = sum(count for some in report["read_by_list"].values() for count in some.values())
    report["mapped"] = sum(report["mapped_by_list"].values())
    return BuildResult(tables, report)


def _report(
    report: dict[str, Any], list_id: str, *, csl_rows: int, own_rows: int, told: dict[str, Any], mapped: int
) -> None:
    report["read_by_list"][list_id] = {"screening list": csl_rows, "own publication": own_rows}
    report["mapped_by_list"][list_id] = mapped
    if told:
        report[list_id] = told


def _started(source_dir: Path) -> Started:
    """First known day of Commerce entries by (normalised name, country), from the earlier screening list."""
    path = source_dir / csl_settings()["files"]["earlier"]
    if not path.is_file():
        return {}
    found: Started = {}
    for row in read_csl(path, csl_settings()).rows:
        if list_of(row)[0] in ("us.entity_list", "us.meu_list") and row.start:
            for one in row.addresses or [Address(None, None)]:
                key = (normalise(row.name), one.country or "")
                found[key] = min(found.get(key, row.start), row.start)
    return found


def _unverified(row: CslRow) -> Entry:
    if row.requirement or row.policy:
        raise SourceError(f"row {row.row}: a license requirement on the Unverified List, where none is expected")
    country = next((one.country or "" for one in row.addresses), "")
    cites = [one.cite for one in dated_citations(row.notice)]
    return Entry(
        list_id="us.uvl",
        id=entry_id("uvl", "us.uvl", normalise(row.name), country, cites[0] if cites else ""),
        name=row.name,
        row=row.row,
        aliases=row.aliases,
        addresses=row.addresses,
        cites=cites,
        start=row.start or None,
        until=row.end or None,
    )
