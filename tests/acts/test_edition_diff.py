"""What changed between two editions, in words: each kind of table, and a country that changed its group."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from tests.acts.invented_edition import GROUPS, control_list, lines, party_lines, write_embedded

from safeconduct.acts.edition_diff import diff, diff_words
from safeconduct.lawdata.store import Edition, describe_tables, put_manifest


class Editions:
    """Two editions that are alike until one is told otherwise."""

    def __init__(self, tmp: Path) -> None:
        self.old, self.new = write_embedded(tmp / "old"), write_embedded(tmp / "new")

    def put(self, folder: Path, name: str, content: bytes, *, table: str | None = None, cite: str = "Book") -> None:
        path = folder / "us" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if table is not None:
            with (folder / "us/tables.toml").open("a") as f:
                f.write(f'\n[[table]]\nid = "{table}"\nfiles = ["{name}"]\nas_of = 2026-07-31\ncite = "{cite}"\n')

    def words(self, prefix: str | None = None, **old_days: str) -> list[str]:
        """Lines of the comparison without the tables' headings. old_days: table -> day after its last, in the old."""
        for folder in (self.old, self.new):
            tables = describe_tables(folder)
            for t in tables:
                if folder == self.old and t["id"] in old_days:
                    t["verified_until"] = old_days[t["id"]]
            put_manifest(folder, folder.name, tables)
        found = diff_words(Edition(self.old), Edition(self.new), prefix)
        return [line.strip() for line in found if line.startswith("  ")]

    def change(self, name: str, **changes: Any) -> None:
        """Change all rows of a JSON Lines table of the new edition."""
        rows = [json.loads(x) | changes for x in (self.new / "us" / name).read_text().splitlines()]
        self.put(self.new, name, lines(rows))


@pytest.fixture
def editions(tmp_path: Path) -> Editions:
    return Editions(tmp_path)


def test_nothing_changed(editions: Editions) -> None:
    assert editions.words() == []


def test_countries_that_changed_their_group_on_a_day(editions: Editions) -> None:
    # In force at the end of each: BB was in D:1 until 2026-07-10, CC is in A:5 from then.
    words = editions.words(**{"us.country_groups": "2026-07-01", "us.ccl.requirements": "2026-07-01"})
    assert "Beta left Country Group D:1 on 2026-07-10" in words
    assert "United Gamma entered Country Group A:5 on 2026-07-10" in words
    # 2B350.a needs a license to D:1 outside A:5: CC left that set, though no row of the list changed.
    assert "2B350.a: license no longer required to the United Gamma (RS, 742.6(a)(6)(iii)(B))" in words
    assert len(words) == 3


def test_a_license_newly_required(editions: Editions) -> None:
    editions.put(editions.new, "ccl/requirements.jsonl", control_list(dest={"groups": ["D:1"], "not_groups": ["A:5"], "countries": ["BB"]})["ccl/requirements.jsonl"])  # fmt: skip
    assert editions.words("us.ccl") == ["2B350.a: license now required to Beta (RS, 742.6(a)(6)(iii)(B))"]


def test_rows_that_came_went_and_changed_their_scope(editions: Editions) -> None:
    rows = [json.loads(x) for x in (editions.new / "us/ccl/requirements.jsonl").read_text().splitlines()]
    rows[0]["scope"] = {"in": ["2B350.a"], "out": ["2B350.a.1"]}
    new = {"entry": "2B350", "reason": "AT", "column": "AT1", "off": None, "scope": {"in": ["*"]}, "dest": None, "n": 3}
    when = {"fact": "item.parameters.volume", "op": ">", "value": 7, "unit": "l"}
    part = {
        "entry": "2B350",
        "reason": "SS",
        "column": None,
        "off": "754",
        "scope": {"in": ["*"]},
        "dest": {"part": "754"},
        "n": 4,
        "when": when,
    }
    editions.put(editions.new, "ccl/requirements.jsonl", lines([rows[0], new, part]))
    assert editions.words("us.ccl") == [
        "2B350: license requirement now covers 2B350.a (except 2B350.a.1), before 2B350 (CB, CB2)",
        "2B350: license now required where the Country Chart marks AT1 (AT, AT1)",
        "2B350: license now required to part 754 when volume > 7 l (SS, 754)",
        "2B350.a: license no longer required to Alpha (RS, 742.6(a)(6)(iii)(B))",
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit": "5000"}, "LVS limit of 2B350 from $3000 to $5000"),
        ({"limit": None}, "LVS limit of 2B350 from $3000 to none"),
        ({"allow": False}, "2B350: LVS no longer available up to $3000"),
        ({"not_reasons": ["MT"]}, "2B350: LVS available for 2B350 up to $3000, not for MT, before: available for 2B350 up to $3000"),
        ({"symbol": "GBS"}, "2B350: GBS now available for 2B350 up to $3000"),
    ],
)  # fmt: skip
def test_exceptions(editions: Editions, changes: dict[str, Any], words: str) -> None:
    editions.change("ccl/exceptions.jsonl", **changes)
    assert editions.words()[0] == words


def test_entries_and_paragraphs(editions: Editions) -> None:
    editions.change("ccl/entries.jsonl", title="Large pumps", reasons=["CB", "AT"])
    editions.put(
        editions.new, "ccl/paragraphs.jsonl",
        lines([{"code": "2B350.a", "entry": "2B350", "parent": "2B350", "kind": "heading",
                "limits": [{"what": "volume", "op": ">", "value": [50, 60], "unit": "l"}]},
               {"code": "2B350.b", "entry": "2B350", "parent": "2B350", "kind": "item", "limits": []}]),
    )  # fmt: skip
    assert editions.words() == [
        "2B350: title from 'Pumps' to 'Large pumps'",
        "2B350: reasons from none to CB, AT",
        "2B350.a: limits from volume > 100 l to volume > 50 to 60 l",
        "2B350.a: kind from item to heading",
        "2B350.b: new paragraph",
    ]


def test_sta_conditions(editions: Editions) -> None:
    row = {"entry": "2B350", "scope": {"in": ["*"], "out": []}, "when": None, "bars": ["A:6"]}
    editions.put(editions.old, "ccl/sta.jsonl", lines([row]), table="us.ccl.sta")
    editions.put(editions.new, "ccl/sta.jsonl", lines([row | {"bars": ["A:5", "A:6"]}]), table="us.ccl.sta")
    assert editions.words() == ["2B350: STA barred to A:5, A:6, before to A:6"]


def test_the_country_chart(editions: Editions) -> None:
    head = "country,name,columns,footnotes,referral,from,until\n"
    editions.put(
        editions.old,
        "country/chart.csv",
        f"{head}AA,Alpha,CB1 NS1,,,,\nBB,Beta,CB1,3,,,\n".encode(),
        table="us.country_chart",
    )
    editions.put(
        editions.new,
        "country/chart.csv",
        f"{head}AA,Alpha,CB1 NS2,,,,\nCC,Gamma,,,746.2,,\n".encode(),
        table="us.country_chart",
    )
    assert editions.words() == [
        "Alpha: NS2 now marked in the Country Chart",
        "Alpha: NS1 no longer marked in the Country Chart",
        "Beta has no row in the Country Chart any more",
        "United Gamma has a row in the Country Chart now",
    ]


def test_parties(editions: Editions) -> None:
    rows = [json.loads(x) for x in party_lines(["A, Ltd.", "B", "C", "D"]).splitlines()]
    editions.put(editions.old, "lists/us.entity_list.jsonl", lines(rows[:3]))
    rows[1]["policy"] = "case_by_case"
    rows[2]["id"], rows[2]["footnotes"] = "el:other", ["4"]  # a new citation made another id: the party is the same
    editions.put(editions.new, "lists/us.entity_list.jsonl", lines(rows[1:]))
    assert editions.words() == [
        "1 party added to the Entity List: D",
        "1 party removed from the Entity List: A, Ltd.",
        "footnotes changed for 1 on the Entity List: C (from none to 4)",
        "policy changed for 1 on the Entity List: B (from denial to case_by_case)",
    ]


def test_many_parties_are_counted(editions: Editions) -> None:
    editions.put(editions.new, "lists/us.entity_list.jsonl", party_lines([*(f"Harmless Trading {n}" for n in range(40)), *(f"N{n:02}" for n in range(14))]))  # fmt: skip
    (line,) = editions.words()
    assert line.startswith("14 parties added to the Entity List: N00; N01;")
    assert line.endswith("; and 2 more")


def test_other_tables_row_by_row(editions: Editions) -> None:
    head = "part,hts6,duty,as_of,basis\n"
    editions.put(
        editions.old,
        "supp/hts.csv",
        f"{head}1,100100,free,2026-01-01,memory\n1,100200,free,2026-01-01,read\n".encode(),
        table="us.hts",
        cite="15 CFR 746 Supp. 4",
    )
    editions.put(
        editions.new,
        "supp/hts.csv",
        f"{head}1,100100,5 %,2026-07-01,read\n1,100300,free,2026-07-01,read\n".encode(),
        table="us.hts",
        cite="15 CFR 746 Supp. 4",
    )
    assert editions.words() == [
        "1 row added: 100300",
        "1 row removed: 100200",
        "100100: basis from memory to read",
        "100100: duty from free to 5 %",
    ]


def test_values_and_words_of_the_law(editions: Editions) -> None:
    value = '[[value]]\nid = "x"\ntitle = "Share"\ncite = "c"\nunit = "percent"\n[[value.version]]\nin_force_from = 2025-01-01\nvalue = {}\nsource = "s"\n'
    editions.put(editions.old, "values.toml", value.format(50).encode(), table="us.values")
    editions.put(editions.new, "values.toml", value.format(25).encode(), table="us.values")
    editions.put(editions.old, "texts/t.jsonl", lines([{"code": "2B350", "text": "a"}]), table="us.ccl.texts")
    editions.put(editions.new, "texts/t.jsonl", lines([{"code": "2B350", "text": "b"}]), table="us.ccl.texts")
    assert editions.words() == [
        "wording changed in 1: 2B350",
        "Share: from 50 percent (2025-01-01 to now) to 25 percent (2025-01-01 to now)",
    ]


def test_tables_that_only_one_has(editions: Editions) -> None:
    editions.put(editions.new, "hand/more.csv", b"a,b\n1,2\n", table="us.more")
    assert editions.words() == ["new table: 1 rows"]


def test_answer_as_data(editions: Editions) -> None:
    editions.change("ccl/exceptions.jsonl", limit="1")
    editions.words()
    found = diff(Edition(editions.old), Edition(editions.new), "us.ccl.exceptions")
    assert found["tables"] == [
        {"table": "us.ccl.exceptions", "cite": "Book of us.ccl.exceptions", "old_as_of": "2026-07-31", "new_as_of": "2026-07-31",
         "changes": [{"kind": "limit", "subject": "2B350", "text": "LVS limit of 2B350 from $3000 to $1"}]}
    ]  # fmt: skip
    assert found["old"]["name"] == "old"


def test_the_invented_groups_are_read_as_meant() -> None:
    assert [r["country"] for r in csv.DictReader(GROUPS.splitlines()) if r["from"]] == ["CC"]
