"""The supplement tables: shape errors on invented samples, then the embedded tables and the real data."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_supplements import build
from safeconduct.importers.us_supplements import map as maps
from safeconduct.importers.us_supplements import read as reads
from safeconduct.importers.us_supplements.codes import entries, expand, only_codes, scopes
from safeconduct.importers.us_supplements.fetch import ELSEWHERE, FOLDER, locate

RECORDS = Path(reads.__file__).parents[2] / "lawdata" / "records" / "us"


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((RECORDS / "supp" / name).read_text(encoding="utf-8"))))


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (RECORDS / "supp" / name).read_text(encoding="utf-8").splitlines()]


# Invented samples.

TRAIL = {"citation": "1 ZZ 1", "as_of": "2030-01-01", "basis": "read", "source": "invented"}


def write(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_new_column_stops(tmp_path: Path) -> None:
    path = write(tmp_path, "hts6,color,citation,as_of,basis,source\n")
    with pytest.raises(SourceError, match="column 'color' is new"):
        reads.read_table(path, ["hts6"], [0, 9], ["hts6"])


def test_missing_column_stops(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="column 'source' is missing"):
        reads.read_table(write(tmp_path, "hts6,citation,as_of,basis\n"), ["hts6"], [0, 9], ["hts6"])


def test_count_and_keys(tmp_path: Path) -> None:
    head = "hts6,citation,as_of,basis,source\n"
    path = write(tmp_path, head + "100100,x,2030,read,y\n100100,x,2030,read,y\n")
    with pytest.raises(SourceError, match="2 rows, expected 3 to 9"):
        reads.read_table(path, ["hts6"], [3, 9], ["hts6"])
    with pytest.raises(SourceError, match=r"row 3: .* stands also in row 2"):
        reads.read_table(path, ["hts6"], [1, 9], ["hts6"])


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("hts6", "8541"),
        ("hs6", "85.41.10"),
        ("country", "QQ"),
        ("eccn", "3A01"),
        ("from", "1 May 2030"),
        ("basis", "hearsay"),
    ],
)
def test_unknown_codes_stop(column: str, cell: str) -> None:
    with pytest.raises(SourceError, match=f"in column {column} is not"):
        reads.check_values("t.csv", [{column: cell}], frozenset({"DE"}))


def test_a_new_file_stops(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    (folder / "part999-supp9.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(SourceError, match="part999-supp9"):
        locate(tmp_path)


def test_lists_of_entries() -> None:
    assert expand("1C010.c, .d, 1C012") == ["1C010.c", "1C010.d", "1C012"]
    assert expand("9E003.a.1 to .a.5") == [f"9E003.a.{n}" for n in range(1, 6)]
    assert expand("3B001.k-.n") == ["3B001.k", "3B001.l", "3B001.m", "3B001.n"]
    assert only_codes("9A011, 9E003.a.1, .a.2 to .a.4") == ["9A011", *[f"9E003.a.{n}" for n in (1, 2, 3, 4)]]
    assert only_codes("9A011 or so") is None
    assert entries("3D001(for 3B) 3D901") == [{"code": "3D001", "for": ["3B"]}, {"code": "3D901", "for": []}]
    assert scopes("3B001 except .a.4 .c; 3B903") == [
        {"in": ["3B001"], "out": ["3B001.a.4", "3B001.c"]},
        {"in": ["3B903"], "out": []},
    ]
    for wrong in (".a", "3B001.a to .b.c", "thing"):
        with pytest.raises(SourceError):
            expand(wrong)


def test_a_limit_with_new_words_stops() -> None:
    row = TRAIL | {
        "category": "4",
        "eccn": "4A994",
        "scope": "part",
        "limit_own_words": "only computers above 0.7 WT APP",
        "destinations": "Burma, Cambodia, China, Nicaragua, Venezuela (744.21(a)(1))",
    }
    with pytest.raises(SourceError, match=r"4A994: limit .* is new"):
        maps.meu_lines({"source": "t.csv", "cite": "c"}, [row])


def test_membership_that_changed_stops() -> None:
    row = TRAIL | {"iso2": "AA", "country": "Alphaland", "state_party": "yes", "note": ""}
    with pytest.raises(SourceError, match="Read the convention's status again"):
        maps.cwc_rows({"source": "t.csv", "cite": "c"}, [row])


def test_chained_days() -> None:
    settings = {"source": "t.csv", "cite": "c", "columns": ["day=from", "state"], "chain": True}
    rows = [TRAIL | {"day": "2030-01-01", "state": "on"}, TRAIL | {"day": "2030-06-01", "state": "off"}]
    found = maps.plain_rows(settings, rows)
    assert [(r["from"], r["until"]) for r in found] == [("2030-01-01", "2030-06-01"), ("2030-06-01", "")]


# The embedded tables.


def test_every_table_is_described() -> None:
    text = (RECORDS / "tables.supp.toml").read_text(encoding="utf-8")
    described = tomllib.loads(text)["table"]
    files = {file for entry in described for file in entry["files"]}
    assert files <= {f"supp/{path.name}" for path in (RECORDS / "supp").iterdir()}
    assert len({entry["id"] for entry in described}) == len(described) == 38
    for entry in described:
        assert entry["verified_from"] < entry["verified_until"], entry["id"]
        assert entry["sources"]
        assert entry["cite"]
    assert not re.search(r'"/[a-z]', text), "a path of a machine"


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("746_supp2.csv", 29), ("746_supp3.csv", 38), ("746_supp4.csv", 2405), ("746_supp5.csv", 363),
        ("746_supp6.csv", 150), ("746_supp7.csv", 53), ("chpl.csv", 50), ("740_supp3.csv", 36),
        ("740_supp5.csv", 19), ("740_supp8.csv", 11), ("742_supp4.csv", 33), ("744_supp3.csv", 22),
        ("744_8_tags.csv", 14), ("red_flags.csv", 29), ("deminimis.csv", 18), ("cwc.csv", 204),
    ],
)  # fmt: skip
def test_counts(name: str, count: int) -> None:
    assert len(table(name)) == count


def test_states_parties() -> None:
    rows = {row["country"]: row for row in table("cwc.csv")}
    assert {c for c, r in rows.items() if r["state_party"] == "no"} == {"EG", "EH", "IL", "KP", "SS", "TW", "XK"}
    assert {c for c, r in rows.items() if r["state_party"] == "unknown"} == {"PS"}
    assert {c for c, r in rows.items() if r["basis"] != "read"} == {"AW", "CW", "MO", "PS", "SX"}
    parties = {c for c, r in rows.items() if r["state_party"] == "yes" and r["basis"] == "read"}
    # By complement: every member of the United Nations but four, and three others.
    chart = csv.DictReader(io.StringIO((RECORDS / "country" / "chart.csv").read_text(encoding="utf-8")))
    members = ({row["country"] for row in chart} | {"US"}) - {"AW", "CW", "EH", "MO", "SX", "TW", "VA", "XK"}
    assert len(members) == 193
    assert parties == (members | {"CK", "NU", "VA"}) - {"EG", "IL", "KP", "SS"}


def test_military_end_use_items() -> None:
    rows = lines("744_supp2.jsonl")
    assert {tuple(r["destinations"]) for r in rows} == {("CN", "KH", "MM", "NI", "VE")}
    by_code = {(r["eccn"], r["n"]): r for r in rows}
    computers = by_code["4A994", 1]
    assert computers["when"] == {
        "fact": "item.parameters.adjusted_peak_performance", "op": ">", "unit": "WT", "value": 0.5,
    }  # fmt: skip
    assert by_code["5A992", 1]["when"] is None
    assert by_code["2B991", 2]["scope"]["in"] == ["2B991.d.1.a"]
    assert {r["eccn"] for r in rows if r["from"] == "2026-08-13"} == {"9A012", "9D001", "9D002", "9D004", "9E001"}
    assert {r["eccn"] for r in rows if r["from"]} == {"9A012", "9D001", "9D002", "9D004", "9E001"}


def test_foreign_direct_product_rules() -> None:
    rules = {r["rule"]: r for r in lines("fdp_rules.jsonl")}
    assert set(rules) == {"b", "c", "d", "e1", "e2", "e3", "f", "g", "h", "i", "j", "k", "l"}
    assert len(rules["e1"]["input"]["entries"]) == 24
    extra = {e["code"] for e in rules["e2"]["input"]["entries"]} - {e["code"] for e in rules["e1"]["input"]["entries"]}
    assert extra == {"5D002", "5E002"}
    assert rules["k"]["dest"] == {"countries": ["MO"], "groups": ["D:5"]}
    assert rules["k"]["item"]["scopes"][0]["in"] == [
        "3B001.a.4", "3B001.c", "3B001.d", "3B001.f.1", "3B001.f.5", "3B001.f.6", "3B001.k", "3B001.l", "3B001.m",
        "3B001.n", "3B001.p.2", "3B001.p.4", "3B001.r",
    ]  # fmt: skip
    assert rules["e3"]["item"]["scopes"][3] == {"in": ["3B991"], "out": ["3B991.b.2.a", "3B991.b.2.b"]}
    assert rules["l"]["input"] is None


def test_sensitive_lists() -> None:
    sensitive = {r["code"]: r for r in lines("774_supp6.jsonl")}
    very = {r["code"]: r for r in lines("774_supp7.jsonl")}
    assert {"7D004.a", "7D004.b", "7D004.c", "7D004.d", "7D004.g", "9E003.a.5"} <= set(sensitive)
    assert sensitive["5B001.a"]["when"]["for"]["in"] == ["5A001.b.3", "5A001.b.5", "5A001.h"]
    assert sensitive["1A002.a.1"]["partial"] is True
    assert sensitive["1A002.a.1"]["when"] is None
    assert very["1A002.a.1"]["partial"] is False


def test_de_minimis() -> None:
    rows = {(row["cite"], row["case"]): row for row in table("deminimis.csv")}
    assert rows["15 CFR 734.4(d)(2)", "software"]["percent"] == "25"
    assert rows["15 CFR 734.4(d)(2)", "software"]["dest"] == "!E:1 !E:2"
    assert rows["15 CFR 734.4(a)(6)(ii)", "9x515 or 600 series .y content"]["dest"] == "E:1 E:2 BY CN RU"


def test_luxury_limits() -> None:
    rows = {row["hts6"]: row for row in table("746_supp5.csv")}
    assert {row["limit_read"] for row in rows.values()} == {"yes"}
    assert {row["limit_usd"] for row in rows.values()} == {"", "300", "5000", "50000"}
    assert (rows["570110"]["limit_usd"], rows["841821"]["limit_usd"], rows["847130"]["limit_usd"]) == ("300", "", "")


def test_emirates_entities_are_dated() -> None:
    rows = table("740_supp8.csv")
    assert {r["until"] for r in rows if r["paragraph"] == "b"} == {"2027-04-06"}
    assert min(r["from"] for r in rows) == "2026-07-10"
    assert {r["sta"] for r in rows if r["paragraph"] == "b"} == {"no"}


def test_no_cell_is_a_sentence() -> None:
    """Facts in own short words: no cell is as long as a paragraph of law."""
    for path in (RECORDS / "supp").glob("*.csv"):
        for row in table(path.name):
            assert max(len(cell.split()) for cell in row.values() if cell) <= 45, (path.name, row)


# With the publications.


@pytest.mark.needs_shared
def test_rebuild_gives_equal_bytes(shared_data: Path) -> None:
    one, two = build(shared_data), build(shared_data)
    assert one.tables == two.tables
    for name, data in one.tables.items():
        assert (RECORDS / name).read_bytes() == data, name


@pytest.mark.needs_shared
def test_every_file_and_row_is_accounted_for(shared_data: Path) -> None:
    report = build(shared_data).report
    found = {path.name for path in (shared_data / FOLDER).glob("*.csv")}
    assert set(report["read"]) | ELSEWHERE == found
    assert report["unreadable"] == []
    for name, count in report["read"].items():
        with (shared_data / FOLDER / name).open(encoding="utf-8", newline="") as file:
            assert count == sum(1 for _ in csv.DictReader(file)), name
        dropped = sum(n for why, n in report["ignored"].items() if why.startswith(f"{name}: paragraph"))
        assert report["mapped"][name] == count - dropped


@pytest.mark.needs_shared
def test_no_run_of_words_of_the_law(shared_data: Path) -> None:
    """No eight words of a cell, codes and numbers aside, stand so in the regulation's text."""

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z]{2,}", text.lower())

    text = (shared_data / "us/ear-text/ear-parts-745-774-sections-2025-01.md").read_text(encoding="utf-8")
    path = shared_data / "us/ear-text/ear-sections-736-740-742-744-746-2026-02-10.jsonl"
    with path.open(encoding="utf-8") as file:
        texts = [text, *(json.loads(line)["text"] for line in file)]
    runs = set()
    for one in texts:
        found = words(one)
        runs |= {tuple(found[n : n + 8]) for n in range(len(found) - 7)}
    for data in build(shared_data).tables.items():
        if not data[0].endswith(".csv"):
            continue
        for row in csv.DictReader(io.StringIO(data[1].decode("utf-8"))):
            for name, cell in row.items():
                if name in ("note",) and "Austria" in cell:  # a list of countries
                    continue
                found = words(cell)
                assert not any(tuple(found[n : n + 8]) in runs for n in range(len(found) - 7)), (data[0], cell)
