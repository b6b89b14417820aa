"""Amendments of the control list written by hand: rows closed and added with their days, entries that are held."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_ccl.amend import amend, amendments, outdated_words, unread
from safeconduct.importers.us_ccl.closed import jsonl

Json = dict[str, Any]
DAY = date(2030, 5, 1)
OLD = {"code": "9Z999.a", "entry": "9Z999", "parent": "9Z999", "kind": "item", "limits": [], "excludes": []}
BOOK: Json = {
    "amendment": [
        {
            "fr_cite": "1 ZZ 1",
            "from": DAY,
            "end": [{"table": "paragraphs", "match": {"code": ["9Z999.a"]}, "rows": 1}],
            "add": [
                {"table": "paragraphs", "row": {"code": "9Z999.a", "kind": "heading"}},
                {"table": "paragraphs", "row": {"code": "9Z999.a.1", "kind": "item"}},
                {
                    "table": "requirements",
                    "row": {
                        "entry": "9Z999",
                        "n": 1,
                        "part": 2,
                        "reason": "NS",
                        "column": "NS1",
                        "when": {"for": {"in": ["9Z999"], "out": ["9Z999.a"], "reason": ""}},
                    },
                },
            ],
        }
    ],
    "reading": [
        {"table": "exceptions", "match": {"entry": ["9Z999"]}, "rows": 1, "set": {"basis": "read"}, "why": "invented"}
    ],
    "unread": [{"fr_cite": "1 ZZ 9", "from": DAY, "entries": ["9Z998", "9Z997"], "why": "invented"}],
}


def rows(data: bytes) -> list[Json]:
    return [json.loads(line) for line in data.decode().splitlines()]


def test_both_rows_stay_with_their_days() -> None:
    out = rows(amend({"ccl/paragraphs.jsonl": jsonl([OLD])}, BOOK)["ccl/paragraphs.jsonl"])
    assert [(r["code"], r["kind"], r.get("from"), r.get("until")) for r in out] == [
        ("9Z999.a", "item", None, "2030-05-01"),
        ("9Z999.a", "heading", "2030-05-01", None),
        ("9Z999.a.1", "item", "2030-05-01", None),
    ]
    assert (out[2]["parent"], out[2]["entry"]) == ("9Z999.a", "9Z999")


def test_an_added_row_is_whole() -> None:
    out = rows(amend({"ccl/requirements.jsonl": b""}, BOOK)["ccl/requirements.jsonl"])
    assert out == [
        {
            "entry": "9Z999", "n": 1, "part": 2, "reason": "NS", "scope": {"in": ["*"], "out": []}, "column": "NS1",
            "when": {"for": {"in": ["9Z999"], "out": ["9Z999.a"], "reason": None}}, "off": None, "dest": None,
            "from": "2030-05-01", "until": None, "cite": "15 CFR 774 Supp. 1, 9Z999", "basis": "read",
        }
    ]  # fmt: skip


def test_a_row_to_close_must_be_there() -> None:
    with pytest.raises(SourceError, match="0 rows match"):
        amend({"ccl/paragraphs.jsonl": b""}, BOOK)
    closed = {**OLD, "until": "2029-01-01"}
    with pytest.raises(SourceError, match="1 ZZ 1"):
        amend({"ccl/paragraphs.jsonl": jsonl([closed])}, BOOK)


def test_a_reading_changes_the_row_and_no_day() -> None:
    given = {"entry": "9Z999", "basis": "inferred"}
    out = rows(amend({"ccl/exceptions.jsonl": jsonl([given])}, BOOK)["ccl/exceptions.jsonl"])
    assert out == [{"entry": "9Z999", "basis": "read"}]


def test_unread_amendments_name_their_entries() -> None:
    assert unread(BOOK).decode().splitlines() == [
        "entry,from,until,fr_cite,why",
        "9Z997,2030-05-01,,1 ZZ 9,invented",
        "9Z998,2030-05-01,,1 ZZ 9,invented",
    ]


def test_old_words_are_not_handed_on() -> None:
    assert outdated_words(BOOK) == {"9Z999.a"}
    assert {"9A012", "9A012.a.2", "9A610.a"} <= outdated_words()


def test_every_amendment_says_where_it_stands() -> None:
    for act in amendments()["amendment"]:
        assert all(act[key] for key in ("fr_cite", "why", "end", "add"))
