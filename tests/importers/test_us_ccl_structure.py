"""The Commerce Control List: reading the flat mark-up, paragraphs, limits; and entries checked by eye in the XML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers.us_ccl.codes import codes_in
from safeconduct.importers.us_ccl.limits import limits_of, opening_of
from safeconduct.importers.us_ccl.map_structure import build_structure, series_of
from safeconduct.importers.us_ccl.paragraphs import gaps_of, paragraphs_of
from safeconduct.importers.us_ccl.read import ReadResult, read_supplement
from safeconduct.importers.us_ccl.substances import agent_in, cas_in, cas_is_valid, chemical_in

# Invented entries in the mark-up of the eCFR, with its irregular habits.
SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<DIV9 N="Supplement No. 1 to Part 774" TYPE="APPENDIX">
<HEAD>Invented list</HEAD>
<HD1>Category 4—Kites</HD1>
<NOTE><HED>Note:</HED><P>a. A note of the category.</P></NOTE>
<FP-2><B>4A801 Kites and reels, as follows (see List of Items Controlled).</B>
</FP-2>
<FP-1><E T="04">License Requirements</E></FP-1>
<FP-1><I>Reason for Control:</I> NS, AT
</FP-1>
<DIV width="100%"><DIV class="gpotbl_div"><TABLE><THEAD><TR><TH>Control(s)</TH><TH>Country chart</TH></TR></THEAD>
<TBODY><TR><TD>NS applies to entire entry</TD><TD>NS Column 2.</TD></TR>
<TR><TD>AT applies to entire entry</TD><TD>AT Column 1</TD><TD></TD></TR></TBODY></TABLE></DIV></DIV>
<NOTE><HED><I>License Requirement Note:</I></HED><P><I>Kites for children are not meant.</I></P></NOTE>
<FP-1><E T="05">List Based License Exceptions (See Part 740 for a description of all license exceptions)</E></FP-1>
<FP-1><I>LVS:</I> $500 for 4A801.b
</FP-1>
<FP-1>$900 for 4A801.a
</FP-1>
<FP-1><I>GBS:</I> N/A
</FP-1>
<FP-1><E T="04">Special Conditions for STA</E></FP-1>
<FP-1><I>STA:</I> No kite may go by STA.
</FP-1>
<FP-1><E T="04">List of Items Controlled</E></FP-1>
<FP-1><I>Related Controls:</I> (1) See ECCN 4A802. (2) These are not meant:
</FP-1>
<P>a. Paper kites;</P>
<P>b. Silk kites.</P>
<FP-1><I>Related Definitions:</I> N/A
</FP-1>
<FP><I>Items:</I> a. Kites having all of the following:
</FP>
<P>a.1. A span exceeding 10<SU>2</SU> mm but not exceeding 1,500 mm; <I>and</I></P>
<P>a.2.. A tail length of 30 cm (12 in) or more;</P>
<NOTE><HED><I>Note:</I></HED><P><I>4A801.a does not control:</I></P><P><I>a. Kites of 4A803; or</I></P>
<P><I>b. Toy kites.</I></P>
<P>b. Reels, as follows:</P></NOTE>
<P>b.1. Wooden reels:</P>
<P>1. Of oak; <I>or</I></P>
<P>2. Of ash.</P>
<P><I>Note:</I> 4A801.b.1 does not apply to any of the following:</P>
<P><I>a. Old reels;</I></P>
<P><I>b. Small reels.</I></P>
<P>c. through x. [Reserved]</P>
<P>y. Strings, as follows:</P>
<P>y.1.a Strings of hemp</P>
<FP-1><B>4A802 “Software” for kites.</B>
</FP-1>
<FP-1><E T="04">License Requirements</E></FP-1>
<FP-1><I>Reason for Control:</I> AT
</FP-1>
<FP-1><I>Control(s):</I> AT applies to entire entry. A license is required.
</FP-1>
<FP-1><E T="04">List of Items Controlled</E></FP-1>
<FP-1><I>Related Controls:</I> N/A
</FP-1>
<P>a. The word before the list is missing here;</P>
<P>c. And so is a letter.</P>
<HD1>Annex</HD1>
<P>1. Paste.</P>
<FP-2><B>EAR99 Other kites.</B></FP-2>
</DIV9>
"""


@pytest.fixture
def sample(tmp_path: Path) -> ReadResult:
    path = tmp_path / "sample.xml"
    path.write_text(SAMPLE, encoding="utf-8")
    return read_supplement(path)


def test_every_element_is_accounted_for(sample: ReadResult) -> None:
    assert [entry.code for entry in sample.entries] == ["4A801", "4A802"]
    assert sample.unreadable == []
    assert sum(sample.mapped.values()) + sum(sample.ignored.values()) == sample.elements
    assert sample.ignored["category note"] == 1
    assert sample.ignored["EAR99 basket"] == 1


def test_parts_of_an_entry(sample: ReadResult) -> None:
    kites = sample.entries[0]
    assert kites.reason_line == "NS, AT"
    assert kites.requirements == [
        ("NS applies to entire entry", "NS Column 2."),
        ("AT applies to entire entry", "AT Column 1"),
    ]
    assert len(kites.requirement_notes) == 1
    assert kites.exceptions == [("LVS", ["$500 for 4A801.b", "$900 for 4A801.a"]), ("GBS", ["N/A"])]
    assert kites.sta == ["No kite may go by STA."]
    assert kites.related_controls[1:] == ["a. Paper kites;", "b. Silk kites."]
    software = sample.entries[1]
    assert software.control_lines == ["AT applies to entire entry. A license is required."]


def test_lists_of_notes_are_no_paragraphs(sample: ReadResult) -> None:
    paragraphs, _, twice = paragraphs_of(sample.entries[0])
    reserved = [f"4A801.{letter}" for letter in "cdefghijklmnopqrstuvwx"]
    assert twice == []
    assert [p.code for p in paragraphs] == [
        "4A801.a", "4A801.a.1", "4A801.a.2", "4A801.b", "4A801.b.1", "4A801.b.1.1", "4A801.b.1.2",
        *reserved, "4A801.y", "4A801.y.1", "4A801.y.1.a",
    ]  # fmt: skip
    kind = {p.code: (p.kind, p.join, p.printed) for p in paragraphs}
    assert kind["4A801.a"] == ("item", "all", True)
    assert kind["4A801.b"] == ("heading", "any", True)
    assert kind["4A801.m"] == ("reserved", None, True)
    assert kind["4A801.y.1"] == ("heading", "any", False)


def test_notes_go_where_they_say(sample: ReadResult) -> None:
    paragraphs, _, _ = paragraphs_of(sample.entries[0])
    notes = {p.code: p.notes for p in paragraphs if p.notes}
    assert list(notes) == ["4A801.a", "4A801.b.1"]
    assert codes_in(notes["4A801.a"][0], {"4A801", "4A803"}) == ["4A801.a", "4A803"]
    assert notes["4A801.b.1"][0].endswith("b. Small reels.")


def test_irregular_mark_up_is_reported(sample: ReadResult) -> None:
    assert sample.irregular == [
        ("4A801", "b", "inside_note"),
        ("4A801", "b.1.1", "number_without_letter"),
        ("4A801", "b.1.2", "number_without_letter"),
    ]
    assert gaps_of(sample.entries[0]) == []
    assert gaps_of(sample.entries[1]) == ["4A802.b"]


def test_an_unknown_element_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "sample.xml"
    path.write_text(SAMPLE.replace("<P>b.1. Wooden reels:</P>", "<XYZ>b.1. Wooden reels:</XYZ>"), encoding="utf-8")
    assert "<XYZ>" in read_supplement(path).unreadable[0]["why"]


def test_another_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.xml"
    path.write_text("<DIV9 N='Supplement No. 2 to Part 774'/>", encoding="utf-8")
    with pytest.raises(ValueError, match="expected <DIV9"):
        read_supplement(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A frequency exceeding 40 MHz", [("frequency", ">", 40, "MHz")]),
        ("A frequency equal to or exceeding 40 MHz", [("frequency", ">=", 40, "MHz")]),
        ("A frequency of 40 MHz or more", [("frequency", ">=", 40, "MHz")]),
        ("A thickness not exceeding 5 mm", [("thickness", "<=", 5, "mm")]),
        ("A thickness of not more than 5 mm", [("thickness", "<=", 5, "mm")]),
        ("A thickness less than or equal to 5 mm", [("thickness", "<=", 5, "mm")]),
        ("A thickness less than 5 mm", [("thickness", "<", 5, "mm")]),
        ("A thickness of at least 2.54 cm (1 in)", [("thickness", ">=", 2.54, "cm")]),
        ("A total dose of 5 × 10^3 Gy (Si), or higher", [("total dose", ">=", 5000, "Gy(Si)")]),
        ("A total dose of 5 × 10^−3 Gy (silicon) or higher", [("total dose", ">=", 0.005, "Gy(Si)")]),
        ("A wavelength exceeding 10 nm but not exceeding 300 nm",
         [("wavelength", ">", 10, "nm"), ("wavelength", "<=", 300, "nm")]),
        ("An inside diameter between 75 mm and 400 mm", [("inside diameter", "between", [75, 400], "mm")]),
        ("Rated for temperatures from below −54 °C to above +125 °C",
         [("temperature, low end", "<", -54, "°C"), ("temperature, high end", ">", 125, "°C")]),
        ("Operating below 218 K (−55 °C)", [("temperature", "<", 218, "K")]),
        ("An accuracy less (better) than 3 µm", [("accuracy", "<", 3, "µm")]),
        ("An accuracy better than 3 µm", [("accuracy", "<", 3, "µm")]),
        ("A purity of 99.9% or better", [("purity", ">=", 99.9, "%")]),
        ("Three or more contouring axes", [("axes", ">=", 3, "count")]),
        ("A speed of 1,500 km/h or more", [("speed", ">=", 1500, "km/h")]),
        ("No dimension greater than 35 mm", [("dimension", "<=", 35, "mm")]),
        # left out rather than guessed
        ("A kite of 5 frogs or more", []),
        ("A frequency exceeding 5 MHz/frog", []),
        ("A kite, unless its span exceeds 5 mm", []),
        ("A product of power and frequency greater than 5", []),
        ("A sensitivity better than 5 dB", []),
        ("Kites described in 4A801.b.2 or 5 others", []),
        ("Operating outside the temperature range from 219 K to 397 K", []),
        ("An energy exceeding 80 MeV-cm^2/mg", []),
        ("A power greater than 505 divided by the frequency", []),
    ],
)  # fmt: skip
def test_limits(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert [(x["what"], x["op"], x["value"], x["unit"]) for x in limits_of(text)] == expected


def test_a_condition_is_marked() -> None:
    limits = limits_of("A voltage less than 5 V when measured at a frequency of more than 1 GHz")
    assert [limit.get("role") for limit in limits] == [None, "condition"]


def test_a_heading_leaves_its_comparison_to_its_paragraphs() -> None:
    opening = opening_of("Having an ultimate tensile strength equal to or greater than:")
    assert limits_of("0.9 GPa when annealed; or", opening) == [
        {"what": "ultimate tensile strength", "op": ">=", "value": 0.9, "unit": "GPa"}
    ]
    opening = opening_of("Kites having a 'switching time' as specified by any of the following:")
    assert limits_of("Less than 3 ms", opening) == [{"what": "switching time", "op": "<", "value": 3, "unit": "ms"}]
    assert limits_of("0.9 GPa when annealed") == []


def test_codes_and_series() -> None:
    known = {"2B119", "2B120", "2B121", "2B122", "2B123"}
    assert codes_in("See 2B119 to 2B122 and USML Category XI(b) and XV.", known) == [
        "2B119", "2B120", "2B121", "2B122", "USML XI", "USML XV",
    ]  # fmt: skip
    assert [series_of(c) for c in ("9A610", "9A515", "0A521", "0A501", "1C350", "6A006")] == [
        "600", "9x515", "0y521", "0x5zz", None, None,
    ]  # fmt: skip


def test_substances() -> None:
    assert cas_is_valid("7732-18-5")
    assert not cas_is_valid("7732-18-4")
    assert cas_in("(C.A.S. #7732-18-5) Water;") == ["7732-18-5"]
    assert cas_in("Order 7732-18-5 of the catalog") == []
    assert chemical_in("1C350", "(C.A.S. #7732-18-5), Water; or") == "Water"
    assert agent_in("1C351", "a.3", "Kite fever virus (Reel virus); or") == "Kite fever virus (Reel virus)"
    assert agent_in("1C351", "a.3.b", "Strains of it;") is None


# -- the publication itself -------------------------------------------------------------------------------------

# Read by eye in the XML: every paragraph of the entry in printed order, with its kind (i item, h heading, r reserved)
# and its limits. Limits the reader is known to leave out are not listed; those listed must be read exactly.
BY_EYE: dict[str, list[tuple[str, str, list[tuple[Any, ...]]]]] = {
    "0A504": [
        ("a", "i", []), ("b", "i", []), ("c", "i", []), ("d", "i", []), ("e", "i", []),
        ("f", "i", [(">", 400, "nm"), ("<=", 710, "nm")]), ("g", "i", []), ("h", "r", []), ("i", "i", []),
    ],
    "1A202": [("a", "i", [("between", [75, 400], "mm")]), ("b", "i", [])],
    "1B118": [
        ("a", "i", [("between", [0, 13.326], "kPa")]), ("b", "i", []), ("c", "h", []),
        ("c.1", "i", [(">=", 2, "count")]), ("c.2", "i", []),
    ],
    "1C116": [
        ("a", "h", []), ("a.1", "i", [(">=", 0.9, "GPa")]), ("a.2", "i", [(">=", 1.5, "GPa")]), ("b", "h", []),
        ("b.1", "i", [("<=", 5, "mm")]), ("b.2", "i", [("<=", 50, "mm"), (">=", 270, "mm")]),
    ],
    "1C202": [
        ("a", "i", []), ("a.1", "i", [(">=", 460, "MPa")]), ("a.2", "i", [(">", 75, "mm")]),
        ("b", "i", []), ("b.1", "i", [(">=", 900, "MPa")]), ("b.2", "i", [(">", 75, "mm")]),
    ],
    "1C240": [("a", "i", []), ("a.1", "i", [(">=", 99, "%")]), ("a.2", "i", [("<", 10, "µm")]), ("b", "i", [])],
    "2A225": [
        ("a", "i", []), ("a.1", "i", [("between", [150, 8000], "cm3")]), ("a.2", "h", [("<=", 2, "%")]),
        ("a.2.a", "i", []), ("a.2.b", "i", []), ("a.2.c", "i", []), ("a.2.d", "i", []), ("a.2.e", "i", []),
        ("a.2.f", "i", []), ("a.2.g", "i", []), ("a.2.h", "i", []), ("a.2.i", "i", []),
        ("b", "i", []), ("b.1", "i", [("between", [50, 2000], "cm3")]), ("b.2", "i", [(">=", 99.9, "%")]),
        ("c", "i", []), ("c.1", "i", [("between", [50, 2000], "cm3")]), ("c.2", "i", [(">=", 98, "%")]), ("c.3", "i", []),
    ],
    "2B204": [
        ("a", "i", []), ("a.1", "i", [(">=", 69, "MPa")]), ("a.2", "i", [(">", 152, "mm")]), ("b", "i", []),
    ],
    "2B226": [
        ("a", "i", []), ("a.1", "i", [(">", 1123, "K")]), ("a.2", "i", [("<=", 600, "mm")]),
        ("a.3", "i", [(">=", 5, "kW")]), ("b", "i", [(">=", 5, "kW")]),
    ],
    "3A090": [
        ("a", "h", []), ("a.1", "i", [(">=", 4800, None)]), ("a.2", "i", [(">=", 1600, None), (">=", 5.92, None)]),
        ("b", "h", []), ("b.1", "i", [(">=", 2400, None), ("<", 4800, None), (">=", 1.6, None), ("<", 5.92, None)]),
        ("b.2", "i", [(">=", 1600, None), (">=", 3.2, None), ("<", 5.92, None)]),
        ("c", "i", [(">", 2, "Gbyte/s/mm2")]),
    ],
    "3A225": [("a", "i", [(">=", 40, "VA")]), ("b", "i", [(">=", 600, "Hz")]), ("c", "i", [("<", 0.2, "%")])],
    "3A228": [
        ("a", "i", []), ("a.1", "i", [(">=", 3, "count")]), ("a.2", "i", [(">=", 2.5, "kV")]),
        ("a.3", "i", [(">=", 100, "A")]), ("a.4", "i", [("<=", 10, "µs")]),
        ("b", "i", []), ("b.1", "i", [("<=", 15, "µs")]), ("b.2", "i", [(">=", 500, "A")]),
        ("c", "i", []), ("c.1", "i", [(">", 2, "kV")]), ("c.2", "i", [(">=", 500, "A")]), ("c.3", "i", [("<=", 1, "µs")]),
    ],
    "4A101": [("a", "i", [("<", 228, "K"), (">", 328, "K")]), ("b", "i", [])],
    "4A994": [
        ("a", "i", [(">", 343, "K")]), ("b", "i", [(">=", 0.0128, "WT")]), ("c", "h", []),
        ("c.1", "i", [(">=", 16, "count")]), ("c.2", "r", []), ("d", "r", []), ("e", "r", []),
        ("f", "i", [(">=", 0.0128, "WT")]), ("g", "r", []), ("h", "r", []), ("i", "i", []),
        ("j", "i", [(">", 80, "Mbyte/s")]), ("k", "i", []), ("k.1", "i", [(">=", 32, "count")]),
        ("k.2", "i", [(">=", 14, "bit"), (">=", 200000, "conversions/s")]), ("l", "i", []),
    ],
    "5A002": [
        ("a", "h", []), ("a.1", "i", []), ("a.2", "i", []), ("a.3", "i", []), ("a.4", "i", []), ("a.4.a", "i", []),
        ("a.4.b", "i", []), ("b", "i", []), ("c", "i", []), ("d", "h", []), ("d.1", "i", [(">", 500, "MHz")]),
        ("d.2", "i", [(">=", 20, "%")]), ("e", "i", []), *[(letter, "r", []) for letter in "fghijklmnopqrstuvwxy"],
        ("z", "h", []), ("z.1", "h", []), ("z.1.a", "i", []), ("z.1.b", "i", []), ("z.2", "h", []), ("z.2.a", "i", []),
        ("z.2.b", "i", []), ("z.3", "h", []), ("z.3.a", "i", []), ("z.3.b", "i", []), ("z.4", "h", []), ("z.4.a", "i", []),
        ("z.4.b", "i", []), ("z.5", "h", []), ("z.5.a", "i", []), ("z.5.b", "i", []),
    ],
    "5A003": [("a", "i", []), ("b", "i", [])],
    "6A203": [
        ("a", "h", []), ("a.1", "i", [(">", 0.5, "mm/µs")]), ("a.2", "i", [("<=", 50, "ns")]), ("a.3", "i", []),
        ("a.4", "i", []), ("a.5", "i", []),
        ("b", "h", []), ("b.1", "i", [(">", 225000, "frames/s")]), ("b.2", "i", [("<=", 50, "ns")]),
        ("b.3", "i", [("<=", 50, "ns")]), ("b.4", "i", []), ("b.5", "i", []),
        ("c", "h", []), ("c.1", "i", [("<=", 50, "ns")]), ("c.2", "i", [("<=", 50, "ns")]),
        ("c.3", "i", [("<=", 50, "ns")]), ("c.4", "i", []), ("d", "i", [(">", 50000, "Gy(Si)")]),
    ],
    "6A226": [("a", "i", [(">", 10, "GPa")]), ("b", "i", [(">", 10, "GPa")])],
    "7A101": [
        ("a", "i", []), ("a.1", "i", [("<", 1250, "ppm")]), ("a.2", "i", [("<", 1250, "µg")]), ("b", "i", [(">", 100, "g")]),
    ],
    "7A103": [("a", "i", []), ("b", "i", [(">=", 300, "km")]), ("c", "i", [(">=", 300, "km")])],
    "8A001": [
        ("a", "i", [(">", 1000, "m")]), ("b", "h", []), ("b.1", "i", []), ("b.1.a", "i", [(">=", 10, "%")]),
        ("b.1.b", "i", [(">=", 15, "kN")]), ("b.2", "i", [(">", 1000, "m")]), ("b.3", "i", []),
        ("b.3.a", "i", [(">=", 10, "h")]), ("b.3.b", "i", [(">=", 25, "nmi")]),
        ("c", "h", []), ("c.1", "h", []), ("c.1.a", "i", []), ("c.1.b", "i", []), ("c.1.c", "i", [(">", 1000, "m")]),
        ("c.2", "i", []), ("c.2.a", "i", []), ("c.2.b", "i", [(">", 1000, "m")]), ("c.2.c", "h", []), ("c.2.c.1", "i", []),
        ("c.2.c.2", "i", []), ("d", "r", []), ("e", "h", [(">", 5, "MN"), (">", 250, "m")]), ("e.1", "i", []),
        ("e.2", "i", [(">", 1000, "m")]),
    ],
    "9A012": [
        ("a", "h", []), ("a.1", "i", [("<", 3, "h")]), ("a.2", "i", [(">=", 3, "h")]), ("a.3", "i", []),
        ("a.4", "i", []), ("a.5", "i", []), ("b", "h", []), ("b.1", "r", []),
        ("b.2", "r", []), ("b.3", "i", []), ("b.4", "i", [(">", 15240, "m")]),
    ],
    "9A101": [
        ("a", "i", []), ("a.1", "i", [(">", 400, "N")]), ("a.2", "i", [("<=", 0.15, "kg/(N·h)")]),
        ("a.3", "i", [("<", 750, "kg")]), ("a.4", "i", [("<", 1, "m")]), ("b", "i", [(">=", 300, "km")]),
    ],
}  # fmt: skip
# Limits that are in the text but that the reader leaves out, with the reason.
LEFT_OUT = {
    "7A103.c": "200 m circular error probable: words between the unit and its comparison",
}


@pytest.fixture(scope="module")
def built(shared_data: Path) -> dict[str, list[dict[str, Any]]]:
    result = build_structure(shared_data)
    return {
        name: [json.loads(line) for line in result.tables[f"ccl/{name}.jsonl"].decode().splitlines()]
        for name in ("entries", "paragraphs")
    }


@pytest.mark.needs_shared
@pytest.mark.parametrize("entry", sorted(BY_EYE))
def test_entries_read_by_eye(built: dict[str, list[dict[str, Any]]], entry: str) -> None:
    rows = {row["code"]: row for row in built["paragraphs"] if row["entry"] == entry and not row.get("until")}
    expected = {f"{entry}.{path}": (kind, limits) for path, kind, limits in BY_EYE[entry]}
    assert sorted(rows) == sorted(expected)
    kinds = {"i": "item", "h": "heading", "r": "reserved"}
    for code, (kind, limits) in expected.items():
        assert (code, rows[code]["kind"]) == (code, kinds[kind])
        assert (code, [(x["op"], x["value"], x["unit"]) for x in rows[code]["limits"]]) == (code, limits)


@pytest.mark.needs_shared
def test_paragraphs_that_others_rely_on(built: dict[str, list[dict[str, Any]]]) -> None:
    rows = {row["code"]: row for row in built["paragraphs"]}
    assert rows["1C350.b.12"]["cas"] == ["6163-75-3"]
    assert rows["1C351.d.15"]["agent"] == "Ricin"
    assert rows["1C001.b"]["kind"] == "item"
    assert rows["6A002.a.3"]["kind"] == "heading"
    assert rows["3A001.z.1.a"]["parent"] == "3A001.z.1"
    assert rows["3A001.z.1"]["printed"] is False
    assert {"9A610.x", "9A610.y.1", "0A501.y.7", "0A502.e", "1A008.d"} <= set(rows)
    assert "3A090.d" not in rows
    assert "1A008.e" not in rows  # a list in its related controls
    assert [rows[c]["join"] for c in ("9A515.x", "1A607.h", "1A613.b", "2B352.j", "9A515.y", "1C236.a", "2B001.a")] == [
        "none", "all", "any", "all", "any", "all", "any",
    ]  # fmt: skip
    assert rows["3A001.a.1.a"]["limits"] == [{"what": "total dose", "op": ">=", "value": 5000, "unit": "Gy(Si)"}]


@pytest.mark.needs_shared
def test_entries(built: dict[str, list[dict[str, Any]]]) -> None:
    rows = {row["code"]: row for row in built["entries"]}
    assert len(rows) == 638
    assert (rows["3A001"]["category"], rows["3A001"]["group"]) == (3, "A")
    assert rows["3A001"]["reasons"] == ["NS", "RS", "MT", "NP", "AT"]
    assert [code for code in ("9A007", "4A611", "0E001", "3A001") if rows[code]["agency"]] == [
        "9A007",
        "4A611",
        "0E001",
    ]
    assert rows["9A007"]["agency"] == "ITAR"
    assert rows["2B018"]["reserved"] is True
    assert rows["8D001"]["series"] is None
    assert rows["0A504"]["cite"] == "15 CFR 774 Supp. 1, 0A504"


@pytest.mark.needs_shared
def test_building_twice_gives_the_same_bytes_as_the_embedded_edition(shared_data: Path) -> None:
    folder = Path(__file__).parents[2] / "src/safeconduct/lawdata/records/us"
    one, two = build_structure(shared_data), build_structure(shared_data)
    assert one.tables == two.tables
    for name, data in one.tables.items():
        assert (folder / name).read_bytes() == data, f"{name}: rebuild the embedded edition"
    report = one.report
    assert report["mapped"] + sum(report["ignored"].values()) == report["read"]
    assert report["unreadable"] == []
    assert report["tree_differences"]["unexplained"] == []
