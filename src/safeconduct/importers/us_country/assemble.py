"""Build the country tables of the edition from the publications."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import Row, SourceError, read_rows, read_toml, require_count, write_csv
from safeconduct.importers.us_country.fetch import HERE, locate
from safeconduct.importers.us_country.map import (
    CHART_COLUMNS,
    GROUP_COLUMNS,
    ISO_COLUMNS,
    chart_notes,
    chart_rows,
    differences,
    group_rows,
    iso_rows,
    names_to_codes,
    un_embargo_rows,
)
from safeconduct.importers.us_country.read import (
    read_chart_2026_07,
    read_chart_2026_08,
    read_groups,
    read_paragraph,
)

__all__ = ["build"]

TERRITORY_COLUMNS = ("code", "reads", "kind", "from", "until", "cite", "basis", "note")
ALIAS_COLUMNS = ("alias", "code")
NOTE_COLUMNS = ("group", "note_no", "fact_own_words", "citation", "as_of", "basis", "source")
FOOTNOTE_COLUMNS = ("footnote", "rows", "fact_own_words", "citation", "as_of", "basis", "source")
FOOTNOTE_ROW_COLUMNS = ("chart_row", "footnote", "citation", "as_of", "basis", "source")


def build(source_dir: Path) -> BuildResult:
    """Canonical tables `country/*` and the coverage report.

    Args:
        source_dir: root of the data folder (`source_dir/us/country/...`).
    Raises:
        SourceError: a publication is absent, has a new field, name or sentence, or the two charts disagree.
    """
    source = locate(source_dir)
    settings: dict[str, Any] = source.settings
    ignore = settings["ignore"]
    chart = read_chart_2026_07(source.chart, ignore["chart"])
    again = read_chart_2026_08(source.chart_again, ignore["chart_again"])
    if found := differences(chart, again):
        raise SourceError(f"{source.chart.name} and {source.chart_again.name} disagree: {'; '.join(found[:5])}")
    groups, groups_ignored = read_groups(source.groups, ignore["groups"])

    codes = names_to_codes(read_rows(HERE / "names.csv", ("printed", "country")))
    rows = chart_rows(chart, codes, settings)
    members = group_rows(groups, codes, settings)
    territories = _territories(read_rows(HERE / "territories.csv", TERRITORY_COLUMNS))
    iso = iso_rows(read_rows(HERE / "iso.csv", ("code", "name")), rows, territories)
    require_count("ISO codes", len(iso), settings["counts"]["iso"])
    aliases = _aliases(read_rows(HERE / "aliases.csv", ALIAS_COLUMNS), iso, territories)
    notes = read_rows(source.group_notes, NOTE_COLUMNS)
    footnotes = read_rows(source.footnotes, FOOTNOTE_COLUMNS)
    marks = read_rows(source.footnote_rows, FOOTNOTE_ROW_COLUMNS)
    _same_marks(rows, footnotes, marks)

    embargoed = un_embargo_rows(
        read_paragraph(source.ear_text, settings["un_embargo"]["chunk"]), settings, [row["country"] for row in rows]
    )
    _corrections(settings, set(chart.rows) | {name for names in groups.values() for name in names})

    tables = {
        "country/un_embargo.csv": write_csv(("country", "cite", "as_of", "basis"), embargoed),
        "country/chart.csv": write_csv(CHART_COLUMNS, rows),
        "country/chart_notes.jsonl": chart_notes(read_toml(HERE / "chart_notes.toml")["note"], rows),
        "country/chart_footnotes.csv": write_csv(
            ("footnote", "fact", "cite", "as_of", "basis"),
            [
                {
                    "footnote": row["footnote"],
                    "fact": row["fact_own_words"],
                    "cite": row["citation"],
                    "as_of": row["as_of"],
                    "basis": row["basis"],
                }
                for row in footnotes
            ],
        ),
        "country/groups.csv": write_csv(GROUP_COLUMNS, members),
        "country/group_notes.csv": write_csv(
            ("group", "note", "fact", "cite", "as_of", "basis"),
            [
                {
                    "group": row["group"],
                    "note": row["note_no"],
                    "fact": row["fact_own_words"],
                    "cite": row["citation"],
                    "as_of": row["as_of"],
                    "basis": row["basis"],
                }
                for row in notes
            ],
        ),
        "country/territories.csv": write_csv(TERRITORY_COLUMNS, territories),
        "country/iso.csv": write_csv(ISO_COLUMNS, iso),
        "country/aliases.csv": write_csv(ALIAS_COLUMNS, aliases),
    }
    read = {
        source.chart.name: len(chart.rows),
        source.chart_again.name: len(again.rows),
        source.groups.name: sum(len(names) for names in groups.values()),
        source.group_notes.name: len(notes),
        source.footnotes.name: len(footnotes),
        source.footnote_rows.name: len(marks),
        f"{source.ear_text.name}: {settings['un_embargo']['chunk']}": 1,
    }
    report = {
        "read": read,
        "mapped": dict(read),
        "ignored": {
            **chart.ignored,
            **again.ignored,
            **groups_ignored,
            f"{source.footnotes.name}: source (kept in tables.country.toml)": len(footnotes),
            f"{source.footnote_rows.name}: all columns (checked against the chart, not stored)": len(marks),
            f"{source.group_notes.name}: source (kept in tables.country.toml)": len(notes),
        },
        "unreadable": [],
        "cells": len(chart.columns) * sum(row.pointer is None for row in chart.rows.values()),
    }
    texts = {
        "country/chart_footnotes.json": json.dumps(
            {str(number): text for number, text in sorted(chart.footnotes.items())},
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode("utf-8")
    }
    return BuildResult(tables, report, texts)


def _corrections(settings: dict[str, Any], printed: set[str]) -> None:
    """A correction whose misprint is gone from the publications must go too."""
    for fix in settings["correction"]:
        if fix["printed"] not in printed:
            raise SourceError(f"source.toml: {fix['printed']!r} is not printed any more; take the correction out")


def _territories(rows: list[Row]) -> list[Row]:
    kinds = {"territory", "self", "region", "row", "unassigned"}
    for row in rows:
        if row["kind"] not in kinds or row["basis"] not in {"read", "memory", "inferred"}:
            raise SourceError(f"territories.csv, {row['code']}: kind or basis is not a known one: {row}")
        if not row["cite"] or (row["kind"] == "unassigned") == bool(row["reads"]):
            raise SourceError(f"territories.csv, {row['code']}: needs a citation, and a country unless unassigned")
    return rows


def _aliases(rows: list[Row], iso: list[Row], territories: list[Row]) -> list[Row]:
    codes = {row["code"] for row in iso} | {row["code"] for row in territories}
    seen: dict[str, str] = {row["name"].casefold(): row["code"] for row in iso}
    for row in rows:
        if row["code"] not in codes:
            raise SourceError(f"aliases.csv: {row['alias']!r} names the unknown code {row['code']!r}")
        if seen.setdefault(row["alias"].casefold(), row["code"]) != row["code"]:
            raise SourceError(f"aliases.csv: {row['alias']!r} means two countries")
    return rows


def _same_marks(chart: list[Row], footnotes: list[Row], marks: list[Row]) -> None:
    """The two lists of footnote marks in the supplements must say what the chart says."""
    printed = {(row["name"], n) for row in chart if not row["referral"] for n in row["footnotes"].split()}
    listed = {(row["chart_row"], row["footnote"]) for row in marks}
    grouped = {(name.strip(), row["footnote"]) for row in footnotes for name in row["rows"].split(";")}
    for what, found in (
        ("part738-supp1-footnote-rows.csv", listed),
        ("part738-supp1-footnotes.csv", grouped),
    ):
        if wrong := sorted(printed ^ found):
            raise SourceError(f"{what}: marks differ from the chart: {wrong[:5]}")
