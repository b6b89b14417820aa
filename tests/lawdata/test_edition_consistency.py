"""The embedded edition is one consistent set: every table says its days, and no amendment between them is forgotten."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from safeconduct.lawdata import embedded_folder
from safeconduct.lawdata.store import Edition, describe_tables, read_rows

RECORDS = embedded_folder()
SOURCE = Path(__file__).parents[2] / "src" / "safeconduct"
KEYS = {
    "id", "files", "as_of", "verified_from", "verified_until", "age_limit_days", "cite", "basis", "sources", "note",
}  # fmt: skip
# The day the embedded edition was put together: nothing can have been verified after it.
MADE = date(2026, 11, 25)
# Tables about amendments name all of them; they do not show that one was applied.
ABOUT = ("us.amendments", "us.amendments.later", "us.amendments.without_effect")
_CITE = re.compile(r"\d+ FR \d+|FR Doc\. (?:C\d-)?\d{4}-\d+")


@cache
def tables() -> tuple[Mapping[str, Any], ...]:
    return tuple(
        table
        for path in sorted(RECORDS.rglob("tables*.toml"))
        for table in tomllib.loads(path.read_text("utf-8"))["table"]
    )


@cache
def edition() -> Edition:
    if not (RECORDS / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Edition(RECORDS)


def law_tables() -> Iterator[Mapping[str, Any]]:
    return (t for t in tables() if t["id"] not in ABOUT)


@pytest.mark.parametrize("table", tables(), ids=lambda t: t["id"])
def test_every_table_says_what_it_is(table: Mapping[str, Any]) -> None:
    assert set(table) - {"stale_after_days"} == KEYS
    assert table["basis"] in ("read", "memory", "inferred")
    assert table["sources"]
    for source in table["sources"]:
        assert {"what", "where", "day"} <= set(source) <= {"what", "where", "sha256", "day"}
        assert source["what"]
        assert source["where"]


@pytest.mark.parametrize("table", tables(), ids=lambda t: t["id"])
def test_spans_are_sane(table: Mapping[str, Any]) -> None:
    assert table["verified_from"] <= table["as_of"] < table["verified_until"] <= MADE
    assert 0 < table["age_limit_days"] <= 1825
    # A text can only be verified up to a day on which some text was read.
    read = max(source["day"] for source in table["sources"])
    if table["id"] not in READ_LATER:
        assert (table["verified_until"] - read).days <= 1


# Tables whose last reading is told in the note only.
READ_LATER = {"us.chpl"}


def test_the_manifest_is_of_these_tables() -> None:
    have = {t["id"]: t for t in edition().manifest["tables"]}
    wanted = {t["id"]: t for t in describe_tables(RECORDS)}
    assert have.keys() == wanted.keys(), "edition.json is older than the tables: build it again"
    differ = [i for i, t in wanted.items() if have[i] != t]
    assert not differ, f"edition.json is older than {differ}: build it again"


def dated_rows() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for t in tables():
        for row in edition().rows(t["id"]) if edition().manifest_dated(t["id"]) else ():
            if row.get("from") or row.get("until"):
                yield t["id"], row


def test_rows_begin_before_they_end() -> None:
    wrong = [
        (table, row)
        for table, row in dated_rows()
        if row.get("from")
        and row.get("until")
        and not date.fromisoformat(row["from"]) < date.fromisoformat(row["until"])
    ]
    assert not wrong


KEY = {
    "us.ccl.entries": ("code",),
    "us.ccl.paragraphs": ("code",),
    "us.ccl.requirements": ("entry", "n", "part"),
    "us.ccl.sta": ("entry", "n", "part"),
    "us.country_groups": ("group", "country"),
    "us.country_chart": ("country",),
}


@pytest.mark.parametrize("table", KEY)
def test_rows_of_one_thing_do_not_overlap(table: str) -> None:
    spans: dict[Any, list[tuple[str, str]]] = {}
    for row in edition().rows(table):
        spans.setdefault(tuple(row[k] for k in KEY[table]), []).append((row.get("from") or "", row.get("until") or "9"))
    overlapping = [
        thing
        for thing, days in spans.items()
        for a, b in zip(sorted(days), sorted(days)[1:], strict=False)
        if b[0] < a[1]
    ]
    assert not overlapping


def amendments() -> list[Mapping[str, Any]]:
    """Amendments read, on the days between the oldest and the newest text of a law table."""
    days = [t["as_of"] for t in law_tables()]
    rows = [row for name in ABOUT[:2] for row in edition().rows(name)]
    return [r for r in rows if r["basis"] == "read" and min(days) <= date.fromisoformat(r["date"]) <= max(days)]


@cache
def named() -> frozenset[str]:
    """Citations that a dated row, a note or source of a table or a rule names."""
    texts = [f"{t['note']} {t['sources']}" for t in law_tables()]
    for t in law_tables():
        for path in edition().paths(t["id"]):
            if "lists" not in path.parts:
                texts += (
                    [str(row) for row in read_rows(path)] if path.suffix in (".csv", ".jsonl") else [path.read_text()]
                )
    texts += [p.read_text("utf-8") for p in (SOURCE / "jurisdictions" / "us").rglob("*.py")]
    return frozenset(_CITE.findall("\n".join(texts)))


def test_every_amendment_between_the_texts_is_applied_or_explained() -> None:
    explained = {(r["date"], r["fr_cite"], r["topic"]) for r in edition().rows("us.amendments.without_effect")}
    forgotten = []
    for row in amendments():
        cites = _CITE.findall(row["fr_cite"])
        if not (cites and set(cites) <= named()) and (row["date"], row["fr_cite"], row["topic"]) not in explained:
            forgotten.append(f"{row['date']} {row['fr_cite']} {row['topic']}: {row['change']}")
    assert not forgotten, "neither a dated row, a rule nor a note names them:\n" + "\n".join(forgotten)


def test_every_explanation_is_of_a_known_amendment_and_has_words() -> None:
    known = {(r["date"], r["fr_cite"], r["topic"]) for name in ABOUT[:2] for r in edition().rows(name)}
    for row in edition().rows("us.amendments.without_effect"):
        assert (row["date"], row["fr_cite"], row["topic"]) in known
        assert row["why"]


def test_amendments_after_the_newest_text_are_held() -> None:
    """One known to come later is either applied by dated rows or listed as unread."""
    newest = max(t["as_of"] for t in law_tables())
    unread = {row["fr_cite"] for row in edition().rows("us.ccl.unread")}
    later = edition().rows("us.amendments.later")
    late = [r for r in later if r["date_kind"] == "effective" and date.fromisoformat(r["date"]) > newest]
    assert late
    assert {r["fr_cite"] for r in late} <= unread
