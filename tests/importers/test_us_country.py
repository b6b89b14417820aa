"""The Country Chart, Country Groups and country codes: shape errors on invented samples, then the real data."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers.sheets import SourceError, code_key, read_rows, sentence_key, write_csv
from safeconduct.importers.us_country import build
from safeconduct.importers.us_country import map as maps
from safeconduct.importers.us_country import read as reads
from safeconduct.importers.us_country.fetch import locate

COLUMNS = [
    "CB1", "CB2", "CB3", "NP1", "NP2", "NS1", "NS2", "MT1", "RS1", "RS2", "FC1", "CC1", "CC2", "CC3", "AT1", "AT2",
]  # fmt: skip
RECORDS = Path(reads.__file__).parents[2] / "lawdata" / "records" / "us"


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


# Invented samples: a chart of two columns and three rows.


def sample(**changes: Any) -> dict[str, Any]:
    chart: dict[str, Any] = {
        "columns": ["AA 1", "BB 1"],
        "countries": {
            "Alphaland": {"marks": ["AA 1"], "footnotes": [1]},
            "Betaland": {"marks": ["AA 1", "BB 1"], "footnotes": []},
        },
        "embargoed": {"Gammaland": {"pointer": "Look at part nine.", "footnotes": []}},
        "footnotes": {"1": "An invented note."},
    }
    chart.update(changes)
    return chart


def write(folder: Path, value: Any) -> Path:
    path = folder / "chart.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


SETTINGS: dict[str, Any] = {
    "counts": {
        "chart_rows": [2, 2],
        "referral_rows": [1, 1],
        "columns": [2, 2],
        "footnotes": [1, 1],
        "groups": {"Z:1": [1, 2]},
    },
    "footnote_text": {"1": sentence_key("An invented note.")},
    "referral": [{"country": "GG", "sentence": sentence_key("Look at part nine."), "referral": "9.9"}],
    "change": [],
    "mark": [],
}
CODES = {"Alphaland": "AA", "Betaland": "BB", "Gammaland": "GG"}


def test_sample_maps(tmp_path: Path) -> None:
    chart = reads.read_chart_2026_07(write(tmp_path, sample()), [])
    rows = maps.chart_rows(chart, CODES, SETTINGS)
    assert [(r["country"], r["columns"], r["footnotes"], r["referral"]) for r in rows] == [
        ("AA", "AA1", "1", ""),
        ("BB", "AA1 BB1", "", ""),
        ("GG", "", "", "9.9"),
    ]


def test_new_field_stops(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unknown field 'surprise'"):
        reads.read_chart_2026_07(write(tmp_path, sample(surprise=1)), [])
    row = {"Alphaland": {"marks": ["AA 1"], "footnotes": [], "color": "red"}}
    with pytest.raises(SourceError, match="row 'Alphaland': unknown field 'color'"):
        reads.read_chart_2026_07(write(tmp_path, sample(countries=row)), [])


def test_unknown_column_stops(tmp_path: Path) -> None:
    row = {"Alphaland": {"marks": ["QQ 1"], "footnotes": []}}
    with pytest.raises(SourceError, match="not distinct columns"):
        reads.read_chart_2026_07(write(tmp_path, sample(countries=row)), [])


def test_unknown_name_stops(tmp_path: Path) -> None:
    chart = reads.read_chart_2026_07(write(tmp_path, sample()), [])
    with pytest.raises(SourceError, match="no ISO code for 'Betaland'"):
        maps.chart_rows(chart, {k: v for k, v in CODES.items() if k != "Betaland"}, SETTINGS)


def test_count_out_of_range_stops(tmp_path: Path) -> None:
    chart = reads.read_chart_2026_07(write(tmp_path, sample()), [])
    counts = SETTINGS["counts"] | {"chart_rows": [3, 9]}
    with pytest.raises(SourceError, match="chart rows: 2 rows, expected 3 to 9"):
        maps.chart_rows(chart, CODES, SETTINGS | {"counts": counts})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"footnotes": {"1": "Another note."}}, "footnote 1: its text"),
        ({"embargoed": {"Gammaland": {"pointer": "Look elsewhere.", "footnotes": []}}}, "referral sentence .* is new"),
        ({"countries": {"Alphaland": {"marks": ["AA 1"], "footnotes": [7]}, "Betaland": {"marks": ["AA 1"], "footnotes": []}}}, "footnote 7 does not exist"),
    ],
)  # fmt: skip
def test_new_sentence_stops(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    chart = reads.read_chart_2026_07(write(tmp_path, sample(**changes)), [])
    with pytest.raises(SourceError, match=says):
        maps.chart_rows(chart, CODES, SETTINGS)


def test_two_publications_that_differ_are_told_cell_by_cell(tmp_path: Path) -> None:
    one = reads.read_chart_2026_07(write(tmp_path, sample()), [])
    rows = {"Alphaland": {"marks": ["AA 1", "BB 1"], "footnotes": [1]}, "Betaland": sample()["countries"]["Betaland"]}
    two = reads.read_chart_2026_07(write(tmp_path, sample(countries=rows)), [])
    assert maps.differences(one, one) == []
    assert maps.differences(one, two) == ["Alphaland, BB1: marked in one publication only"]


def test_groups_that_disagree_with_themselves_stop(tmp_path: Path) -> None:
    value = {"groups": {"A:1": ["Alphaland"]}, "byCountry": {"A": {"Betaland": ["A:1"]}}}
    with pytest.raises(SourceError, match="its two lists disagree"):
        reads.read_groups(write(tmp_path, value), [])


def test_changes_date_the_memberships() -> None:
    import datetime

    change = {"day": datetime.date(2030, 5, 1), "country": "AA", "entered": ["Z:1"], "left": ["Z:2"]}
    settings = SETTINGS | {"change": [change], "counts": {"groups": {"Z:1": [1, 2], "Z:2": [1, 1]}}}
    rows = maps.group_rows({"Z:1": ["Alphaland"], "Z:2": ["Betaland"]}, CODES, settings)
    assert [(r["group"], r["country"], r["from"], r["until"]) for r in rows] == [
        ("Z:1", "AA", "2030-05-01", ""),
        ("Z:2", "BB", "", ""),
        ("Z:2", "AA", "", "2030-05-01"),
    ]
    with pytest.raises(SourceError, match="the publication lists it"):
        maps.group_rows({"Z:1": ["Alphaland"], "Z:2": ["Alphaland"]}, CODES, settings)


def test_every_code_must_resolve() -> None:
    chart = [{"country": "AA", "referral": ""}]
    names = [{"code": "AA", "name": "Alphaland"}, {"code": "ZZ", "name": "Isle of Z"}]
    with pytest.raises(SourceError, match=r"ZZ .* has no row"):
        maps.iso_rows(names, chart, [])
    with pytest.raises(SourceError, match="which has no chart row"):
        maps.iso_rows(names, chart, [{"code": "ZZ", "reads": "QQ", "kind": "territory"}])
    rows = maps.iso_rows(names, chart, [{"code": "ZZ", "reads": "AA", "kind": "territory"}])
    assert rows[1] == {"code": "ZZ", "name": "Isle of Z", "resolves": "territory", "to": "AA"}


def test_csv_is_strict_and_canonical(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b,extra\n1,2,3\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"new: \['extra'\]"):
        read_rows(path, ("a", "b"))
    path.write_text("a,b\n1\n", encoding="utf-8")
    with pytest.raises(SourceError, match="line 2: 1 cells, expected 2"):
        read_rows(path, ("a", "b"))
    assert write_csv(("a",), [{"a": "x10"}, {"a": "x9"}]) == b"a\nx9\nx10\n"
    with pytest.raises(SourceError, match="stands twice"):
        write_csv(("a",), [{"a": "x"}, {"a": "x"}])
    assert code_key("3A001.b.9") < code_key("3A001.b.10")


# The embedded tables, without the publications.


def embedded(name: str) -> list[dict[str, str]]:
    return table((RECORDS / "country" / name).read_bytes())


def test_chart_equals_a_reading_by_hand() -> None:
    """All 196 rows and 3,136 cells against the text of 2026-09-01, read apart from the two publications."""
    rows = {row["name"]: row for row in embedded("chart.csv")}
    lines = (Path(__file__).parent / "chart_2026_09_01.txt").read_text(encoding="utf-8").splitlines()
    read = [line.split("|") for line in lines if not line.startswith("#")]
    assert len(read) == 196
    for name, marks, footnotes in read:
        assert len(marks) == 16
        assert rows[name]["columns"].split() == [c for c, x in zip(COLUMNS, marks, strict=True) if x == "X"], name
        assert rows[name]["footnotes"] == footnotes, name
    assert {n for n, row in rows.items() if row["referral"]} == {"Cuba", "Iran", "Korea, North", "Syria"}
    assert len(rows) == 200


@pytest.mark.parametrize(
    ("country", "column", "marked"),
    [
        ("AE", "NP1", True), ("AE", "CB3", True), ("AE", "CC3", True), ("AE", "NP2", False),
        ("AU", "NS1", False), ("AU", "CB1", True), ("BR", "NP1", False), ("BR", "NS2", True),
        ("BY", "NP2", True), ("BY", "CC3", False), ("CA", "FC1", True), ("CA", "NS1", False), ("CA", "RS1", False),
        ("CN", "NP2", True), ("CN", "CC3", True), ("CN", "CC2", False), ("CY", "NS2", True), ("CY", "NP1", False),
        ("DE", "NS1", True), ("DE", "NS2", False), ("DE", "RS2", False), ("GB", "MT1", False), ("GB", "CB1", True),
        ("IL", "CB3", True), ("IL", "NP2", True), ("IN", "RS2", False), ("IN", "NP1", True), ("IN", "NS2", False),
        ("JP", "MT1", True), ("JP", "CC1", False), ("KZ", "NP1", False), ("KZ", "CC2", True), ("LI", "NS1", True),
        ("MO", "NP2", True), ("MX", "FC1", True), ("MX", "NS2", False), ("RU", "CC2", True), ("TR", "CC1", False),
        ("TW", "CB3", True), ("UA", "CB2", False), ("UA", "CC2", True), ("ZA", "CB2", True), ("ZA", "RS2", False),
    ],
)  # fmt: skip
def test_cells(country: str, column: str, marked: bool) -> None:
    (row,) = [r for r in embedded("chart.csv") if r["country"] == country]
    assert (column in row["columns"].split()) is marked


def test_no_destination_is_marked_for_anti_terrorism() -> None:
    assert not [r for r in embedded("chart.csv") if {"AT1", "AT2"} & set(r["columns"].split())]


def test_groups_on_three_days() -> None:
    rows = embedded("groups.csv")

    def members(group: str, day: str) -> set[str]:
        return {
            r["country"]
            for r in rows
            if r["group"] == group and r["from"] <= day and (not r["until"] or day < r["until"])
        }

    last = {g: len(members(g, "2026-09-24")) for g in {r["group"] for r in rows}}
    assert last == {
        "A:1": 40, "A:2": 34, "A:3": 42, "A:4": 45, "A:5": 38, "A:6": 8, "B": 173, "D:1": 24, "D:2": 10, "D:3": 36,
        "D:4": 21, "D:5": 22, "E:1": 3, "E:2": 1,
    }  # fmt: skip
    before, after = "2026-07-09", "2026-07-10"
    assert {g for g in last if "AE" in members(g, before)} == {"B", "D:3", "D:4"}
    assert {g for g in last if "AE" in members(g, after)} == {"A:5", "B"}
    assert "KH" in members("D:5", "2025-11-06")
    assert "KH" not in members("D:5", "2025-11-07")
    assert "MO" not in members("D:5", after)
    assert {r["country"]: r["footnote"] for r in rows if r["footnote"]} == {"UA": "4", "AE": "5"}


def test_every_iso_code_resolves() -> None:
    rows = embedded("iso.csv")
    assert len(rows) == 250
    kinds = Counter(r["resolves"] for r in rows)
    assert kinds == {"row": 196, "referral": 4, "territory": 39, "self": 7, "unassigned": 4}
    by_code = {r["code"]: r for r in rows}
    for code, to in {"HK": "CN", "GL": "DK", "KY": "GB", "GF": "FR", "PR": "US", "LI": "LI", "MO": "MO"}.items():
        assert by_code[code]["to"] == to
    assert {r["code"] for r in rows if r["resolves"] == "unassigned"} == {"AQ", "CK", "NU", "PS"}


def test_aliases_lead_to_one_code() -> None:
    by_alias = {r["alias"].casefold(): r["code"] for r in embedded("aliases.csv")}
    expected = {
        "south korea": "KR", "dprk": "KP", "myanmar": "MM", "turkey": "TR", "crimea region": "UA-43",
        "ukraine (crimea region)": "UA-43", "dnr": "UA-14", "luhansk": "UA-09", "russian federation": "RU",
    }  # fmt: skip
    assert {name: by_alias.get(name) for name in expected} == expected


def test_chart_notes_that_ask_a_license() -> None:
    lines = (RECORDS / "country" / "chart_notes.jsonl").read_text(encoding="utf-8").splitlines()
    notes = [json.loads(line) for line in lines]
    asks = [n for n in notes if n["kind"] == "requirement"]
    assert {tuple(n["countries"]) for n in asks} == {("AU", "GB")}
    short = next(n for n in asks if "0A502" in n["scope"]["in"])
    assert short["when"] == {"fact": "item.parameters.barrel_length", "op": "<", "unit": "in", "value": 18}
    (column,) = [n for n in notes if n["kind"] == "column"]
    assert (column["column"], column["countries"]) == ("RS2", ["IN"])
    assert {n["footnote"] for n in notes if n["kind"] == "misprint"} == {"6", "8"}


# With the publications.


@pytest.mark.needs_shared
def test_rebuild_gives_equal_bytes(shared_data: Path) -> None:
    one, two = build(shared_data), build(shared_data)
    assert one.tables == two.tables
    for name, data in one.tables.items():
        assert (RECORDS / name).read_bytes() == data, name


@pytest.mark.needs_shared
def test_report_accounts_for_everything(shared_data: Path) -> None:
    report = build(shared_data).report
    assert report["unreadable"] == []
    assert report["read"] == report["mapped"]
    assert report["cells"] == 196 * 16


@pytest.mark.needs_shared
def test_both_publications_agree(shared_data: Path) -> None:
    source = locate(shared_data)
    ignore = source.settings["ignore"]
    assert isinstance(ignore, dict)
    one = reads.read_chart_2026_07(source.chart, ignore["chart"])
    two = reads.read_chart_2026_08(source.chart_again, ignore["chart_again"])
    assert maps.differences(one, two) == []
