"""Entries of the embedded lists, checked by hand against the words of the publications, and the rebuild of the whole."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers import us_bis_lists, us_csl
from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_bis_lists.merge import merged
from safeconduct.importers.us_bis_lists.read import read_denied
from safeconduct.importers.us_bis_lists.sentences import meaning
from safeconduct.importers.us_csl.map import csl_settings, list_of
from safeconduct.importers.us_csl.read import read_csl
from safeconduct.lawdata.names import normalise
from safeconduct.lawdata.sorted_text import find_all, find_entry

RECORDS = Path(__file__).parents[2] / "src/safeconduct/lawdata/records/us"
LISTS = RECORDS / "lists"
GOV = [{"in": ["740.11(b)(2)", "740.11(e)"], "symbol": "GOV"}]
CCL_AND_7 = {"ccl_items": True, "ear99_in": ["746 Supp. 7"]}
R3 = ["746.8(a)(3)", "744.21(b)"]

# Name, country of the heading, covers (or the `what` of what is left out), footnotes, policy, exceptions, under.
CHECKED: list[tuple[str, str, Any, str, str, Any, list[str]]] = [
    ("Abdul Satar Ghoura", "AF", "all_items", "", "presumption_of_denial", [], []),
    ("Abdul Satar Ghoura", "PK", "all_items", "", "presumption_of_denial", [], []),
    ("Hytera Communications Limited", "HK", "all_items", "3", "denial", [], ["746.8(a)(3)"]),
    ("IFLYTEK", "CN", "all_items", "4", "surveillance_and_health_case_by_case", [], []),
    ("CNOOC Limited", "CN", ["oil_and_gas_products", "joint_ventures_with_A1_persons"], "", "presumption_of_denial", [], []),
    ("DJI", "CN", ["ear99_uav_operation_maintenance_repair_technology_released_by_its_operator"], "", "health_case_by_case", [], []),
    ("Federal Security Service (FSB)", "RU", ["ofac_general_license"], "3", "denial", [], R3),
    ("Semiconductor Manufacturing International Corporation (SMIC)", "CN", "all_items", "5", "denial_but_200mm", [], []),
    ("SwaySure Technology Co., Ltd.", "CN", "all_items", "5", "sme_denial_other_case_by_case", [], []),
    ("Zhangjiang Laboratory", "CN", "all_items", "5", "presumption_of_denial", [], []),
    ("Wuhan Xinxin Semiconductor Manufacturing Company Limited", "CN", "all_items", "5", "section_740.26_744.11_744.23(d)", [], []),
    ("Aerospace Information Research Institute, Chinese Academy of Sciences", "CN", "all_items", "", "presumption_of_denial",
     [{"in": ["740.11(b)"], "symbol": "GOV", "when": "used_by_us_geological_survey"}], []),
    ("Yuzhno-Kirinskoye Field", "RU", "all_items", "", "presumption_of_denial", [], ["746.8(a)(4)"]),
    ("Gazprom Vniigaz, OOO", "RU", {"project": "746.8(a)(4)"}, "", "not_stated", [], ["746.8(a)(4)"]),
    ("Gazprom, OAO", "RU", {"project": "746.8(a)(4)"}, "", "section_746.8(b)(2)", [], ["746.8(a)(4)"]),
    ("Iran Air", "IR", "all_items", "", "civil_aviation_safety_case_by_case", [], []),
    ("Kuang-Chi Group", "CN", "all_items", "", "health_case_by_case", [], []),
    ("Shanghai Biren Intelligent Technology Co., Ltd.", "CN", "all_items", "4", "presumption_of_denial", [], []),
    ("Jiangxi Xintuo Enterprise Co. Ltd.", "CN", "all_items", "3", "denial_but_food_medicine", [], R3),
    ("Private Military Company 'Wagner'", "RU", "all_items", "3", "denial_but_food_medicine", [], R3),
    ("HiSilicon Optoelectronics Co., Ltd.", "CN", "all_items", "1 2", "presumption_of_denial", [], []),
    ("FISCA Security & Communication Co., Ltd", "MM", "all_items", "", "telecom_case_by_case", [], []),
    ("JSC Integral", "BY", "all_items", "3", "denial_but_food_medicine_iss", GOV, R3),
    ("JSC Element", "RU", "all_items", "3", "denial_but_iss", GOV, R3),
    ("Radioavtomatika", "RU", "all_items", "", "denial_but_us_space_programs", [], []),
    ("Chinese Academy of Engineering Physics", "CN", "all_items", "", "presumption_of_denial", [], []),
    ("Inspur Group Co., Ltd.", "CN", "all_items", "4", "presumption_of_denial", [], []),
    ("NSO Group", "IL", "all_items", "", "presumption_of_denial", [], []),
    ("Address 07", "HK", CCL_AND_7, "", "presumption_of_denial", [], []),
    ("Address 01", "TR", CCL_AND_7, "", "presumption_of_denial", [], []),
    ("27th Scientific Center of the Russian Ministry of Defense", "RU", "all_items", "", "section_744.4(d)", [], []),
    ("Scientific Production Center Vigstar JSC", "RU", "all_items", "3", "denial_but_food_medicine", [], R3),
]  # fmt: skip


@cache
def entries(list_id: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LISTS / f"{list_id}.jsonl").read_text(encoding="utf-8").splitlines()]


def named(list_id: str, name: str, country: str) -> dict[str, Any]:
    key = normalise(name)
    found = [
        entry
        for entry in entries(list_id)
        if key in {normalise(one) for one in (entry["name"], *entry.get("aliases", []))}
        and country in {one.get("country") for one in entry["addresses"]}
    ]
    assert len(found) == 1, [entry["name"] for entry in found]
    return found[0]


@pytest.mark.parametrize(("name", "country", "covers", "footnotes", "policy", "exceptions", "under"), CHECKED)
def test_entity_list_entry(
    name: str, country: str, covers: Any, footnotes: str, policy: str, exceptions: Any, under: list[str]
) -> None:
    entry = named("us.entity_list", name, country)
    if isinstance(covers, list):
        assert [one["what"] for one in entry["covers"]["all_items_except"]] == covers
    else:
        assert entry["covers"] == covers
    assert " ".join(entry.get("footnotes", [])) == footnotes
    assert entry["policy"] == policy
    assert entry.get("exceptions", []) == exceptions
    assert sorted(entry.get("under", [])) == sorted(under)


def test_marks_of_single_entries() -> None:
    assert named("us.entity_list", "Private Military Company 'Wagner'", "RU")["worldwide"] is True
    assert named("us.entity_list", "Address 07", "HK")["address_only"] is True
    oil = named("us.entity_list", "CNOOC Limited", "CN")["covers"]["all_items_except"]
    assert len(oil[0]["hs"]) == 36
    assert oil[1]["outside"]["west"] == [104, 31, 41.383]
    huawei = named("us.entity_list", "Beijing Huawei Longshine Information Technology Co., Ltd.", "CN")
    assert huawei["footnotes"] == ["1", "2"], "a part listed under its parent is found under its own name"


def test_footnote_groups() -> None:
    """Footnote 1 is the Huawei group, 5 the sixteen entries of December 2024, 3 mostly Russian and Belarusian."""
    marks = Counter(mark for entry in entries("us.entity_list") for mark in entry.get("footnotes", []))
    assert marks["1"] == marks["2"]
    assert marks["5"] == 16
    five = [entry for entry in entries("us.entity_list") if "5" in entry.get("footnotes", [])]
    assert {"2024-12-02", "2024-12-05"} >= {entry["from"] for entry in five if "SMIC" not in entry["name"]} - {
        entry["from"] for entry in five if entry["from"] < "2024-12-01"
    }
    three = [entry for entry in entries("us.entity_list") if "3" in entry.get("footnotes", [])]
    there = sum(bool({"RU", "BY"} & {one.get("country") for one in entry["addresses"]}) for entry in three)
    assert there / len(three) > 0.7
    assert sum(entry.get("address_only", False) for entry in entries("us.entity_list")) == 19


def test_other_lists() -> None:
    sdn = named("us.ofac.sdn", "BANK MELLI IRAN", "IR")
    assert {"IRAN", "SDGT"} <= set(sdn["programs"])
    assert all(entry["covers"] == {"supplement": "744 Supp. 2"} for entry in entries("us.meu_list"))
    denied = named("us.dpl", "MAHAN AIRWAYS", "IR")
    assert denied["until"] == "2026-10-28"
    assert "status" not in denied
    states = Counter(entry.get("status", "confirmed") for entry in entries("us.dpl"))
    assert states["confirmed"] > 450


def test_found_by_name_in_the_index() -> None:
    index = sorted(LISTS.glob("keys.*.tsv"))
    for name, list_id in (("SMIC", "us.entity_list"), ("mahan airways", "us.dpl"), ("Vladimir Putin", "us.ofac.sdn")):
        line = next(line for line in find_all(index, normalise(name)) if line.split("\t")[1] == list_id)
        text = find_entry(sorted(LISTS.glob(f"{list_id}*.jsonl")), line.split("\t")[2])
        assert text is not None
        assert json.loads(text)["list"] == list_id


def test_every_key_names_an_entry_and_every_entry_has_a_key() -> None:
    ids = {entry["id"] for path in LISTS.glob("*.jsonl") for entry in entries(path.name.removesuffix(".jsonl"))}
    keyed = {
        line.split("\t")[2]
        for path in LISTS.glob("keys.*.tsv")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert keyed == ids


@pytest.mark.needs_shared
def test_rebuild_is_the_embedded_edition(shared_data: Path) -> None:
    tables = us_csl.build(shared_data).tables | us_bis_lists.build(shared_data).tables
    for path, data in tables.items():
        assert (RECORDS / path).read_bytes() == data, f"{path} differs from what the importer makes"
    here = {f"lists/{path.name}" for path in LISTS.iterdir() if path.name != "README.md"}
    assert here == set(tables)


@pytest.mark.needs_shared
def test_counts_and_coverage(shared_data: Path) -> None:
    treasury = us_csl.build(shared_data).report
    assert treasury["read"] == 25921
    assert treasury["mapped"] + sum(treasury["left_to_us_bis_lists"].values()) == treasury["read"]
    assert treasury["lists"] == {
        "us.ddtc.debarred": 787, "us.isn": 161, "us.ofac.cap": 1, "us.ofac.cmic": 68, "us.ofac.mbs": 51,
        "us.ofac.plc": 78, "us.ofac.sdn": 19181, "us.ofac.ssi": 286,
    }  # fmt: skip
    commerce = us_bis_lists.build(shared_data).report
    told = commerce["us.entity_list"]
    read = commerce["read_by_list"]["us.entity_list"]
    # Every row of either publication is in an entry: paired, joined as a copy, or alone.
    assert read["own publication"] == sum(told["paired"].values()) + len(told["only_in_own_publication"])
    assert commerce["mapped_by_list"]["us.entity_list"] == read["own publication"] + len(told["only_in_screening_list"])
    assert sum(commerce["us.dpl"]["orders"].values()) == commerce["mapped_by_list"]["us.dpl"]
    # Cut at 200 characters by the shape's maker; their words stand whole in the screening list.
    assert len(commerce["unreadable"]) == 4
    assert commerce["mapped"] == sum(commerce["lists"].values()) + commerce["repeated"]


@pytest.mark.needs_shared
def test_official_csv_of_2022_reads_whole(shared_data: Path) -> None:
    file = read_csl(shared_data / "us/lists/csl/csl-consolidated-2022-04.csv.gz", csl_settings())
    assert len(file.rows) == 14160
    for row in file.rows:
        if row.requirement:
            meaning("requirement", row.requirement, f"row {row.row}")
            meaning("policy", row.policy, f"row {row.row}")
    rows = [row for row in file.rows if list_of(row)[0] == "us.entity_list"]
    found, _ = merged("us.entity_list", rows, [], {})
    assert len(found) == 2001
    huawei = next(entry for entry in found if entry.name == "Bel Huawei Technologies LLC")
    assert huawei.footnotes == ["1"]
    assert huawei.covers == {"all_items_except": [{"what": "standards_release_of_ear99_or_at_only_technology"}]}


@pytest.mark.needs_shared
def test_xml_excerpt_of_2026_09(shared_data: Path) -> None:
    from safeconduct.importers.us_bis_lists.merge import bis_settings
    from safeconduct.importers.us_bis_lists.read import read_entity_list

    path = shared_data / "us/xml-samples/ecfr-part744-supp4-excerpt-2026-09-01.xml"
    rows, _, _ = read_entity_list(path, bis_settings())
    said = {row.name: meaning("requirement", row.requirement, row.name) for row in rows}
    assert {name: " ".join(one.footnotes) for name, one in said.items()} == {
        "Hubei Guangxing Communications Technology Co., Ltd.": "", "Hui Tong Business Ltd.": "1 2", "Huisui Zhang": "",
        "Hunan Goke Microelectronics": "", "HWA Create": "", "Hytera Communications Limited": "3", "IFLYTEK": "4",
        "Infinity Wise Technology Limited": "",
    }  # fmt: skip
    assert [meaning("policy", row.policy, row.name).policy for row in rows][5:7] == [
        "denial", "surveillance_and_health_case_by_case",
    ]  # fmt: skip
    assert [address.country for address in rows[4].addresses][:3] == ["CN", "HK", "HK"]


@pytest.mark.needs_shared
def test_official_tab_form_of_denied_persons(shared_data: Path) -> None:
    from safeconduct.importers.us_bis_lists.merge import bis_settings

    rows, _, day = read_denied(shared_data / "us/lists/bis-dpl-2023-11.txt", bis_settings())
    assert len(rows) == 665
    assert day == "2023-11-16"
    assert sum(row.country == "" for row in rows) < 30, "most blank countries are US addresses"


@pytest.mark.needs_shared
def test_a_shrunken_list_is_refused(shared_data: Path, tmp_path: Path) -> None:
    """The list of 2022 has fewer rows than a current one may: nothing is built from it."""
    folder = tmp_path / "us/lists/csl"
    folder.mkdir(parents=True)
    (folder / "consolidated.csv.gz").symlink_to(shared_data / "us/lists/csl/csl-consolidated-2022-04.csv.gz")
    with pytest.raises(SourceError, match="14160 rows, expected 20000 to 40000"):
        us_csl.build(tmp_path)
    with pytest.raises(SourceError, match="no Consolidated Screening List"):
        us_csl.build(tmp_path / "nowhere")
