"""Requirements, exceptions and STA conditions of the Commerce Control List.

The grammar is tested on invented sentences of the same form. The records in the package are tested against
`ccl_40.toml`, read by hand; a small evaluator here gives them the meaning of records/us/ccl/README.md.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers.us_ccl.closed import UnknownSentence
from safeconduct.importers.us_ccl.grammar import Grammar, GrammarError, Limb, expand_range, key_of
from safeconduct.importers.us_ccl.map_exceptions import form_key, map_sta, read_exception
from safeconduct.importers.us_ccl.map_requirements import build_requirements, differences, map_entry
from safeconduct.importers.us_ccl.read import RawEntry

Json = dict[str, Any]

ECCNS = frozenset({"2A101", "2B001", "2B002", "2B004", "2B201", "2D001", "2E001"})
RECORDS = resources.files("safeconduct.lawdata").joinpath("records", "us", "ccl")

# Codes the printed text names although no such paragraph or entry exists (differences.csv, 2026-06 to 2026-08-07).
FAULTS_OF_THE_TEXT = {"1C012", "3A001.a.15", "3A001.b.13", "3A004", "3B003", "3C007", "3C008", "3C009"}

# Claims: absent means not claimed, so no.
CLAIMS = {
    "facts.cw.government_end_use_certificate",
    "facts.cw.sample_shipment",
    "end_use.international_space_station",
    "end_use.military_deployment",
    "item.traits.accompanies_operator",
}


# -- the grammar, on invented sentences -------------------------------------------------------------------------


def limb(sentence: str, entry: str = "2B001") -> tuple[str, Limb]:
    return Grammar(entry, ECCNS).scope(sentence)


@pytest.mark.parametrize(
    ("sentence", "inside", "outside"),
    [
        ("NS applies to entire entry", ["*"], []),
        ("RS applies to the entire entry.", ["*"], []),
        ("NS applies to entire entry, except 2B001.b and .y", ["*"], ["2B001.b", "2B001.y"]),
        ("NS applies to entire entry except .a.1", ["*"], ["2B001.a.1"]),
        ("MT applies to 2B001.c only", ["2B001.c"], []),
        ("RS apply to paragraph .i", ["2B001.i"], []),
        ("RS applies 2B001.y", ["2B001.y"], []),
        ("CC applies to paragraphs .a, .b, and .d of this entry", ["2B001.a", "2B001.b", "2B001.d"], []),
        ("NS applies to 2B001.a.1 to a.3, b, f.2 to f.4, and z.1.a", None, []),
        ("NS applies to 2B001.b (except .b.5), .c", ["2B001.b", "2B001.c"], ["2B001.b.5"]),
        ("CB applies to items controlled by 2B001.d.15 and .16", ["2B001.d.15", "2B001.d.16"], []),
        ('RS applies to "software" controlled by 2B001.z.1', ["2B001.z.1"], []),
    ],
)
def test_scope(sentence: str, inside: list[str] | None, outside: list[str]) -> None:
    _, found = limb(sentence)
    if inside is None:
        codes = "a.1 a.2 a.3 b f.2 f.3 f.4 z.1.a"
        inside = [f"2B001.{code}" for code in codes.split()]
    assert list(found.inside) == inside
    assert list(found.outside) == outside
    assert found.when is None


def test_for_items_with_a_range_of_entries_and_a_reason() -> None:
    reason, found = limb(
        'MT applies to "technology" for items controlled by 2A101, 2B001 to 2B004 or 2D001 for MT reasons', "2E001"
    )
    assert reason == "MT"
    assert found.inside == ("*",)
    assert found.when == {"for": {"in": ["2A101", "2B001", "2B002", "2B004", "2D001"], "out": [], "reason": "MT"}}


def test_entire_entry_except_software_for_items() -> None:
    _, found = limb('AT applies to entire entry, except "software" for equipment controlled by 2B001.a', "2D001")
    assert found.when == {"not": {"for": {"in": ["2B001.a"], "out": [], "reason": None, "only": True}}}


@pytest.mark.parametrize(
    "sentence",
    [
        "NS applies to entire entry when painted blue",  # words left over
        "NS applies to 2B001.a in the form of tubes",
        "NS applies to 2B002.a",  # another entry's paragraph
        "XX applies to entire entry",  # no reason for control
        "NS concerns entire entry",
        "NS applies to entire entry except commodities for ships",
        "NS applies to 2B001.c to a",  # a range that runs backwards
        "NS applies to 2B001.a to b.2",  # ends on two levels
        "NS applies to 2B001. b",  # a stray stop
        'MT applies to "software" for the use of items controlled by 2B001',  # purposes are for a reader
        "NS applies to 2B001.a > 5 W",
        "NS applies to entire entry except 2B001.a (except 2B001.a.1)",
        "CB applies to .15",  # nothing to stand beside
        'MT applies to "software" for ships controlled by 2B001',
        'MT applies to "software" for items controlled with 2B001',
        'MT applies to "software" for items controlled by 2B001 for good reasons',
        "NS",
        "NS applies to",
    ],
)
def test_a_sentence_that_is_not_wholly_understood_is_refused(sentence: str) -> None:
    with pytest.raises(GrammarError):
        limb(sentence)


def test_ranges() -> None:
    assert expand_range("2B001", "2B004", ECCNS) == ["2B001", "2B002", "2B004"]
    assert expand_range("2B001.k", "2B001.n", ()) == ["2B001.k", "2B001.l", "2B001.m", "2B001.n"]
    assert expand_range("2B001.a.9", "2B001.a.11", ()) == ["2B001.a.9", "2B001.a.10", "2B001.a.11"]
    for first, last in (("2B001", "2D001"), ("2B001.a.3", "2B001.a.2"), ("2B001.a", "2B001.3")):
        with pytest.raises(GrammarError):
            expand_range(first, last, ECCNS)


def test_the_key_ignores_quotation_marks_case_and_space() -> None:
    assert key_of("NS  applies to “Software”.") == key_of('ns applies to "software"')


def test_rows_become_records() -> None:
    rows = [
        ("NS applies to entire entry, except 2B001.y", "NS Column 1."),
        ("AT applies to entire entry", "AT Column 1"),
    ]
    records = map_entry("2B001", rows, [], ECCNS)
    assert [(r["n"], r["part"], r["reason"], r["column"]) for r in records] == [
        (1, 1, "NS", "NS1"),
        (2, 1, "AT", "AT1"),
    ]
    assert records[0]["scope"] == {"in": ["*"], "out": ["2B001.y"]}
    assert records[0]["basis"] == "read"


def test_a_new_sentence_stops_the_import_and_names_what_to_read() -> None:
    with pytest.raises(UnknownSentence) as caught:
        map_entry("2B001", [("NS applies to blue machines", "NS Column 1")], [], ECCNS)
    text = str(caught.value)
    assert "2B001 row 1" in text
    assert key_of("NS applies to blue machines") in text
    assert "Nearest known: 2B001" in text
    with pytest.raises(UnknownSentence):
        map_entry("2B001", [("NS applies to entire entry", "Wherever the moon shines")], [], ECCNS)
    with pytest.raises(UnknownSentence):
        map_entry("2B001", [], ["A note that nobody has read."], ECCNS)


def test_a_column_must_exist_and_fit_the_reason() -> None:
    with pytest.raises(ValueError, match="no column NS9"):
        map_entry("2B001", [("NS applies to entire entry", "NS Column 9")], [], ECCNS)
    with pytest.raises(ValueError, match="against column RS1"):
        map_entry("2B001", [("NS applies to entire entry", "RS Column 1")], [], ECCNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("N/A", [{"allow": False}]),
        ("No", [{"allow": False}]),
        ("Yes", [{"in": ["*"], "out": [], "not_reasons": []}]),
        ("$3,000; N/A for MT", [{"in": ["*"], "out": [], "not_reasons": ["MT"], "limit": "3000"}]),
        (
            "$5000 for 2B001.a; N/A for MT and NP",
            [{"in": ["2B001.a"], "out": [], "not_reasons": ["MT", "NP"], "limit": "5000"}],
        ),
        (
            "Yes, for 2B001.a.2 to a.4 only",
            [{"in": ["2B001.a.2", "2B001.a.3", "2B001.a.4"], "out": [], "not_reasons": []}],
        ),
        ("Yes, except .b and .e", [{"in": ["*"], "out": ["2B001.b", "2B001.e"], "not_reasons": []}]),
        (
            "$500, except N/A for MT and for 2B001.e",
            [{"in": ["*"], "out": ["2B001.e"], "not_reasons": ["MT"], "limit": "500"}],
        ),
    ],
)
def test_exception_lines(text: str, expected: list[Json]) -> None:
    assert read_exception("2B001", text, ECCNS) == expected


@pytest.mark.parametrize("text", ["Yes, on Tuesdays", "$500 $600", "", "Yes for 2B002.a", "N/A for MT", "Perhaps"])
def test_exception_lines_that_are_not_wholly_understood(text: str) -> None:
    with pytest.raises(GrammarError):
        read_exception("2B001", text, ECCNS)


def test_a_shared_form_leaves_its_own_entry_open_and_no_other() -> None:
    line = "Nobody may ship {} to the moon."
    assert form_key("2B001", line.format("2B001")) == form_key("2D001", line.format("2D001"))
    assert form_key("2B001", line.format("2B002")) != form_key("2B001", line.format("2B001"))
    assert form_key("2B001", line.format("2B001.a")) != form_key("2D001", line.format("2D001.a"))
    raw = RawEntry("2B001", "", 1, sta=[line.format("2B001")])
    with pytest.raises(UnknownSentence, match="2B001 row STA"):
        map_sta([raw], ECCNS)


def test_a_difference_between_the_texts_must_be_explained() -> None:
    old, new = {"2B001": [("NS applies", "NS Column 1")]}, {"2B001": [("NS applies", "NS Column 2")]}
    with pytest.raises(ValueError, match="2B001 row 1"):
        differences(old, new, [])
    line = {
        "entry": "2B001",
        "row": "1",
        "kind": "law",
        "xml_2026_06": "NS1",
        "reqs_2026_08_07": "NS2",
        "explained": "invented",
    }
    assert differences(old, new, [line])[0]["explained"] == "invented"


# -- the records, with the meaning of README.md ------------------------------------------------------------------


def records(name: str) -> list[Json]:
    return [json.loads(line) for line in RECORDS.joinpath(name).read_text("utf-8").splitlines()]


REQUIREMENTS, EXCEPTIONS, STA = (records(f"{name}.jsonl") for name in ("requirements", "exceptions", "sta"))
Truth = bool | None


def all_(values: list[Truth]) -> Truth:
    return False if False in values else None if None in values else True


def any_(values: list[Truth]) -> Truth:
    return True if True in values else None if None in values else False


def not_(value: Truth) -> Truth:
    return None if value is None else not value


def under(code: str, item: str) -> bool:
    return code == "*" or item == code or item.startswith(code + ".")


def within(scope: Json, item: str) -> Truth:
    if any(under(code, item) for code in scope["out"]):
        return False
    if any(under(code, item) for code in scope["in"]):
        return None if any(code.startswith(item + ".") for code in scope["out"]) else True
    return None if any(code.startswith(item + ".") for code in scope["in"]) else False


def value_of(path: str, facts: Json) -> Any:
    return facts.get(path, False if path in CLAIMS else None)


def holds(when: Json | None, facts: Json) -> Truth:
    if when is None:
        return True
    if "all" in when:
        return all_([holds(part, facts) for part in when["all"]])
    if "any" in when:
        return any_([holds(part, facts) for part in when["any"]])
    if "not" in when:
        return not_(holds(when["not"], facts))
    if "meets" in when:
        return value_of(f"item.traits.{when['meets']['reason'].lower()}_controlled", facts)
    if "agent" in when:
        agent = facts.get("item.agent")
        return None if agent is None else any(under(code, agent) for code in when["agent"])
    if "for" in when:
        return for_items(when["for"], facts)
    value = value_of(when["fact"], facts)
    if value is None:
        return None
    if "is" in when:
        return bool(value == when["is"])
    if "op" in when:
        limit = when["value"]
        return {
            "<": value < limit,
            "<=": value <= limit,
            "=": value == limit,
            ">=": value >= limit,
            ">": value > limit,
        }[when["op"]]
    if "in" in when:
        return value in when["in"]
    if "any_of" in when:
        return any(one in when["any_of"] for one in value)
    raise AssertionError(f"a leaf README.md does not describe: {when}")


def for_items(leaf: Json, facts: Json) -> Truth:
    items = facts.get("item.for_items")
    if items is None:
        return None
    found: list[Truth] = [False]
    for item in items:
        inside = within(leaf, item)
        if leaf["reason"] is not None:
            rows = [
                row for row in REQUIREMENTS if row["entry"] == item.split(".")[0] and row["reason"] == leaf["reason"]
            ]
            own = {key: value for key, value in facts.items() if key != "item.for_items"}
            inside = all_([inside, any_([False, *(applies(row, item, own) for row in rows)])])
        found.append(inside)
    return all_(found[1:]) if leaf.get("only") and items else any_(found)


def applies(row: Json, item: str, facts: Json) -> Truth:
    return all_([within(row["scope"], item), holds(row["when"], facts)])


def label(row: Json) -> str:
    return str(row["column"] or row["off"])


def today(row: Json) -> bool:
    day = "2026-08-07"
    return (row["from"] or "") <= day and (row["until"] is None or day < row["until"])


def sure(rows: list[Json]) -> list[Json]:
    return [row for row in rows if row["basis"] == "read" and today(row)]


def exception(symbol: str, item: str, facts: Json) -> tuple[Truth, str | None]:
    """Whether the exception covers the item (some destination), and the highest limit."""
    rows = [row for row in EXCEPTIONS if row["entry"] == item.split(".")[0] and row["symbol"] == symbol]
    held = {
        row["reason"]: applies(row, item, facts)
        for row in REQUIREMENTS
        if row["entry"] == item.split(".")[0] and applies(row, item, facts) is not False
    }
    limits, allowed = [], [False]
    for row in rows:
        covers = applies(row, item, facts)
        if row["allow"] is False:
            if covers is True and row["dest"] is None:
                return False, None
            continue
        if any(held.get(reason) for reason in row["not_reasons"]) or row["dest"] == {"countries": ["CA"]}:
            continue
        allowed.append(covers is True)
        if covers is True and row["limit"]:
            limits.append(int(row["limit"]))
    return any_(list(allowed)), str(max(limits)) if limits else None


def cases() -> Iterator[Any]:
    text = (Path(__file__).parent / "ccl_40.toml").read_text("utf-8")
    for number, case in enumerate(tomllib.loads(text)["case"]):
        yield pytest.param(case, id=f"{case['item']}-{number}")


@pytest.mark.parametrize("case", list(cases()))
def test_forty_entries_read_by_hand(case: Json) -> None:
    item, facts = case["item"], case.get("facts", {})
    entry = item.split(".")[0]
    rows = [row for row in sure(REQUIREMENTS) if row["entry"] == entry]
    assert {label(row) for row in rows if applies(row, item, facts) is True} == set(case["requires"])
    undecided = {label(row) for row in rows if applies(row, item, facts) is None} - set(case["requires"])
    assert undecided == set(case.get("open", []))
    if "lvs" in case:
        covered, limit = exception("LVS", item, facts)
        assert (limit if covered else "no") == case["lvs"]
    for symbol in case.get("yes", []):
        assert exception(symbol, item, facts)[0] is True, symbol
    for symbol in case.get("no", []):
        assert exception(symbol, item, facts)[0] is not True, symbol
    if "sta" in case:
        bars = {
            group
            for row in STA
            if row["entry"] == entry and row["basis"] == "read" and applies(row, item, facts)
            for group in row["bars"]
        }
        assert bars == set(case["sta"])


def test_the_table_covers_forty_entries_of_all_categories() -> None:
    entries = {case.values[0]["item"].split(".")[0] for case in cases()}
    assert len(entries) >= 40
    assert {entry[0] for entry in entries} == set("0123456789")


def test_every_code_exists_or_is_a_known_fault_of_the_text() -> None:
    known = {row["code"] for row in records("paragraphs.jsonl")} | {row["code"] for row in records("entries.jsonl")}

    def codes(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "for":
                    yield from value["in"] + value["out"]
                elif key == "meets":
                    yield from value["entries"]
                elif key == "agent":
                    yield from (code for code in value if code[0].isdigit())
                else:
                    yield from codes(value)
        elif isinstance(node, list):
            for value in node:
                yield from codes(value)

    missing = {
        code
        for row in (*REQUIREMENTS, *EXCEPTIONS, *STA)
        for code in (*row["scope"]["in"], *row["scope"]["out"], *codes(row["when"]))
        if code != "*" and code not in known
    }
    assert missing == FAULTS_OF_THE_TEXT


def test_every_entry_has_requirements_or_points_elsewhere() -> None:
    have = {row["entry"] for row in REQUIREMENTS}
    without = [row for row in records("entries.jsonl") if row["code"] not in have]
    assert all(row["agency"] or row["reserved"] for row in without), [row["code"] for row in without]


def test_every_kind_of_destination_and_paragraph_is_described() -> None:
    readme = RECORDS.joinpath("README.md").read_text("utf-8")
    for row in (*REQUIREMENTS, *EXCEPTIONS):
        for kind in row["dest"] or {}:
            assert f'"{kind}"' in readme or f"`{kind}`" in readme, kind
        if row.get("off"):
            assert row["off"] in readme, row["off"]


# Entries that sections of part 742 and 746 (text of 2026-02-10) name, and where rows and section do not agree.
SECTIONS = {
    (
        "column",
        "CC1",
    ): "0A502 0A504 0A505 0A508 0A509 0A977 0A978 0A979 0D977 0E502 0E505 0E977 1A984 1A985 3A980 3A981 "
    "3D980 3E980 4A003 4A980 4D001 4D980 4E001 4E980 6A002 6E001 6E002 9A980",
    ("column", "CB1"): "1C351 1C353 1E001 1E351",
    (
        "column",
        "CB2",
    ): "1A004 1C350 1C351 1C353 1C354 1D390 1E001 1E350 1E351 2A226 2B350 2B351 2B352 2D351 2D352 2E001 "
    "2E002 2E201 2E290 2E301",
    ("column", "CB3"): "1C991",
    (
        "off",
        "742.19",
    ): "0A505 0A988 0A999 0B505 0B999 0D999 1A999 1B999 1C995 1C999 1D999 2A994 2A999 2B999 2D994 2E994 3A999 6A999",
    ("off", "746.3"): "0B999 0D999 1B999 1C992 1C995 1C997 1C999 6A992",
    ("off", "742.6(a)(12)"): "1B999 2A992 2B999 3A992 3A999 6A996",
    ("off", "742.6(a)(11)"): "3B993 3B994 3D993 3D994 3E993 3E994",
    ("off", "742.6(a)(9)"): "9A515 9E515",
    ("off", "742.6(a)(13)"): "4E091",
    (
        "off",
        "742.6(a)(6)(iii)(A)",
    ): "3A001 3A090 3D001 3E001 4A003 4A004 4A005 4A090 4D001 4D090 4E001 5A002 5A004 5A992 5D002 5D992 5E002 5E992",
    (
        "off",
        "742.6(a)(6)(iii)(B)",
    ): "3A001 3A090 3D001 3E001 4A003 4A004 4A005 4A090 4D001 4D090 4E001 5A002 5A004 5A992 5D002 5D992 5E002 5E992",
    ("off", "742.4(a)(4)"): "3B001 3B002 3D992 3E992",
    ("off", "742.18"): "1C350 1C351 1C355 1C395 1E355",
    ("off", "742.15"): "5A002 5A004 5D002 5E002",
    ("off", "742.13"): "5A001 5A980 5D001 5D980 5E001 5E980",
    ("off", "742.14"): "9E003",
    ("off", "742.7"): "0A503 0A981 0A982 0E982",
    ("off", "742.11"): "0A983",
}
DISAGREE = {"0A988", "1C995", "2E290", "3A999"}  # differences.csv; 0A988 is no longer on the list


@pytest.mark.parametrize(("where", "named"), SECTIONS.items(), ids=str)
def test_rows_and_sections_name_the_same_entries(where: tuple[str, str], named: str) -> None:
    field, value = where
    assert {row["entry"] for row in REQUIREMENTS if row[field] == value} ^ set(named.split()) <= DISAGREE


def test_the_united_arab_emirates_are_named_from_the_day_of_the_rule() -> None:
    rows = [row for row in REQUIREMENTS if row["entry"] == "3A090" and row["n"] == 2]
    assert [(row["from"], row["until"], (row["dest"]).get("countries")) for row in rows] == [
        (None, "2026-07-10", None),
        ("2026-07-10", None, ["AE"]),
    ]


def test_the_differences_are_explained_in_codes() -> None:
    rows = list(csv.DictReader(io.StringIO(RECORDS.joinpath("differences.csv").read_text("utf-8"))))
    assert len([row for row in rows if "91 FR 43038" in row["explained"]]) == 17
    assert all(row["explained"] for row in rows)


@pytest.mark.needs_shared
def test_every_row_of_the_publications_is_accounted_for(shared_data: Path) -> None:
    result = build_requirements(shared_data)
    document = json.loads(
        (shared_data / "us/ccl/ccl-license-requirements-and-chart-2026-08-07.json").read_text("utf-8")
    )
    printed = sum(len(entry["c"]) for entry in document["eccns"].values()) + 2  # 8D001 stands in the XML only
    assert result.report["read"] == printed
    assert result.report["by grammar"] + result.report["by closed table"] == printed
    made = {
        (row["entry"], row["n"])
        for row in map(json.loads, result.tables["ccl/requirements.jsonl"].decode().splitlines())
    }
    pointers = {("0D001", 1), ("0E001", 1)}
    assert {
        (code, n) for code, entry in document["eccns"].items() for n in range(1, len(entry["c"]) + 1)
    } - made == pointers
    for name, data in result.tables.items():
        assert data == RECORDS.joinpath(name.removeprefix("ccl/")).read_bytes(), f"{name}: build again"
