"""Importers of the US party lists, on invented samples of the published forms."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_bis_lists import sentences as sentence_table
from safeconduct.importers.us_bis_lists.denied import denied_persons
from safeconduct.importers.us_bis_lists.merge import bis_settings, merged
from safeconduct.importers.us_bis_lists.read import (
    DPL_COLUMNS,
    Listed,
    dated_citations,
    read_denied,
    read_entity_list,
    split_addresses,
)
from safeconduct.importers.us_bis_lists.sentences import footnotes_in, key_of, meaning, policies, sentences, signature
from safeconduct.importers.us_bis_lists.spelling import parts_of
from safeconduct.importers.us_csl.also import names_inside
from safeconduct.importers.us_csl.entries import Address, Entry, entry_id, key_lines, lines_of, parted, unique
from safeconduct.importers.us_csl.map import citations, csl_settings, entry_of, list_of
from safeconduct.importers.us_csl.read import CSV_COLUMNS, CslRow, read_csl

# Invented sentences in the form of the published ones, and what the table of sentences says of them.
ALL = "Every widget here. (Under § 744.11 of the EAR)"
RUSSIA = "Every widget here. (Under §§ 734.9(g),3 746.8(a)(3) of the EAR)"
LOST = "Every widget here. (Under §§ 734.9(g), 746.8(a)(3) of the EAR)"
FOURTH = "Every widget here. (Under §§ 734.9(e) and 744.11 of the EAR) 4"
WITH_GOV = "Every widget here, but GOV remains (Under § 744.11 of the EAR)"
SUPPLEMENT = "Listed widgets and some others"
USUAL = "Usually refused"
REFUSED = "Always refused; see § 746.8(b)"
INVENTED = (
    ("requirement", ALL, {"covers": "all_items", "note": "every widget"}),
    ("requirement", RUSSIA, {"covers": "all_items", "footnotes": "3", "see": "734.9(g) 746.8(a)(3)"}),
    ("requirement", LOST, {"covers": "all_items", "footnotes_inferred": "3"}),
    ("requirement", FOURTH, {"covers": "all_items", "footnotes": "4"}),
    ("requirement", WITH_GOV, {"covers": "all_items", "exceptions": '[{"in":["740.11(b)(2)"],"symbol":"GOV"}]'}),
    ("requirement", SUPPLEMENT, {"covers": '{"ccl_items":true,"ear99_in":["746 Supp. 7"]}'}),
    ("requirement", "Every widget but those that a...", {"note": "cut"}),
    ("policy", USUAL, {"policy": "presumption_of_denial"}),
    ("policy", REFUSED, {"policy": "denial"}),
)
EL = "Entity List (EL) - Bureau of Industry and Security"
SDN = "Specially Designated Nationals (SDN) - Treasury Department"
DPL = "Denied Persons List (DPL) - Bureau of Industry and Security"


@pytest.fixture(autouse=True)
def table_of_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real table with the invented sentences beside it."""
    columns = sentence_table._rows()[0]
    rows = [
        dict.fromkeys(columns, "") | {"of": of, "key": key_of(text), "signature": signature(text)} | said
        for of, text, said in INVENTED
    ]
    whole = (*sentence_table._rows(), *rows)
    known = {(row["of"], row["key"]): sentence_table._sentence(row) for row in whole}
    monkeypatch.setattr(sentence_table, "_rows", lambda: whole)
    monkeypatch.setattr(sentence_table, "sentences", lambda: known)


def compact(**changes: Any) -> dict[str, Any]:
    """A compact screening list of three invented rows."""
    data: dict[str, Any] = {
        "$comment": "x",
        "citation": "x",
        "source": {},
        "sourceGeneratedAt": "2026-07-31T13:15:00Z",
        "retrievedAt": "x",
        "entryCount": 3,
        "countsBySource": {SDN: 1, EL: 2},
        "listAuthority": {},
        "fieldKey": dict.fromkeys(["n", "a", "s", "t", "c", "e", "lr", "lp", "pg", "fr", "u"], ""),
        "tables": {
            "sources": [SDN, EL],
            "licenceRequirements": [ALL, RUSSIA],
            "licencePolicies": [USUAL],
            "programmes": ["NPWMD; IFSR"],
            "urls": ["https://example.org"],
        },
        "entries": [
            {
                "n": "DOE, Jon",
                "a": ["ROE, Jon;DOE, J."],
                "s": 0,
                "t": "Individual",
                "c": ["TURKIYE"],
                "e": "77",
                "pg": 0,
                "u": 0,
            },
            {"n": "Example Optics Co., Ltd.", "s": 1, "c": ["CN", "HK"], "lr": 0, "lp": 0, "fr": "90 FR 100", "u": 0},
            {"n": "Primer Zavod", "s": 1, "c": ["RU"], "lr": 1, "lp": 0, "fr": "90 FR 200 (1/2/2025)", "u": 0},
        ],
    }
    return data | changes


def write(folder: Path, name: str, data: Any) -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def csv_text(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in CSV_COLUMNS} for row in rows)
    return out.getvalue()


class TestScreeningList:
    def test_compact_form(self, tmp_path: Path) -> None:
        file = read_csl(write(tmp_path, "a.json", compact()), csl_settings())
        assert file.form == "compact"
        assert file.day == "2026-07-31"
        person, optics, _ = file.rows
        assert person.aliases == ["ROE, Jon", "DOE, J."], "an alias cell that holds two is parted"
        assert person.addresses == [Address(None, "TR")]
        assert person.programs == ["NPWMD", "IFSR"]
        assert optics.requirement == ALL

    def test_csv_form_plain_and_compressed(self, tmp_path: Path) -> None:
        row = {
            "source": EL, "name": "Example Optics", "addresses": "1 Main St, Anytown, CN; HK", "license_policy": "x",
            "alt_names": "Optics One; and Optics Two", "start_date": "2025-01-06", "dates_of_birth": "1970; 1971",
        }  # fmt: skip
        text = csv_text(row)
        plain = read_csl(write(tmp_path, "a.csv", text), csl_settings()).rows[0]
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
        assert read_csl(tmp_path / "a.csv.gz", csl_settings()).rows[0] == plain
        assert plain.aliases == ["Optics One", "Optics Two"]
        assert plain.addresses == [Address("1 Main St, Anytown", "CN"), Address(None, "HK")]
        assert plain.more == {"birth_dates": ["1970", "1971"]}

    def test_official_json_form(self, tmp_path: Path) -> None:
        result = {
            "id": "abc", "source": SDN, "name": "SHIP ONE", "type": "Vessel", "entity_number": 12, "programs": ["IRAN"],
            "alt_names": ["SHIP 1"], "call_sign": "ABCD", "ids": [{"type": "IMO", "number": "1"}],
            "addresses": [{"address": "Pier 1", "city": "Anytown", "state": None, "postal_code": None, "country": "UK"}],
        }  # fmt: skip
        row = read_csl(write(tmp_path, "a.json", {"total": 1, "results": [result]}), csl_settings()).rows[0]
        assert row.number == "12"
        assert row.addresses == [Address("Pier 1, Anytown", "GB")]
        assert row.more == {"numbers": ["IMO, 1"], "vessel": {"call_sign": "ABCD"}}

    @pytest.mark.parametrize(
        ("name", "text", "says"),
        [
            ("a.json", "<!DOCTYPE html><html>Service unavailable</html>", "page of HTML"),
            ("a.csv", "", "empty"),
            ("a.json", json.dumps(compact())[:-40], "cut or damaged"),
            ("a.json", json.dumps(compact(entryCount=4)), "the file itself says 4"),
            ("a.json", json.dumps(compact(newField=1)), "newField"),
            ("a.json", json.dumps({"results": [{"name": "x", "shoe_size": 9}]}), "shoe_size"),
            ("a.json", json.dumps({"total": 9, "results": []}), "the file itself says 9"),
            ("a.json", json.dumps({"results": [7]}), "not of the known form"),
            ("a.json", json.dumps({"fieldKey": 3}), "not of the known form"),
            ("a.json", json.dumps(compact(tables={"sources": []})), "not of the known form"),
            ("a.csv", csv_text({"name": "x"}).replace("_id,", "_id,color,", 1), "color"),
            ("a.csv", csv_text({"name": "x"})[:-20], "cut"),
        ],
    )
    def test_refuses_what_is_not_the_list(self, tmp_path: Path, name: str, text: str, says: str) -> None:
        with pytest.raises(SourceError, match=says):
            read_csl(write(tmp_path, name, text), csl_settings())

    def test_refuses_cut_compressed_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv.gz").write_bytes(gzip.compress(csv_text({"name": "x"}).encode())[:-9])
        with pytest.raises(SourceError, match="cut or damaged"):
            read_csl(tmp_path / "a.csv.gz", csl_settings())

    def test_unknown_country_list_and_type(self, tmp_path: Path) -> None:
        data = compact()
        data["entries"][0]["c"] = ["ATLANTIS"]
        with pytest.raises(SourceError, match="ATLANTIS"):
            read_csl(write(tmp_path, "a.json", data), csl_settings())
        with pytest.raises(SourceError, match="Brand New List"):
            list_of(CslRow(1, "Brand New List", "x"))
        with pytest.raises(SourceError, match="Robot"):
            entry_of(CslRow(1, SDN, "x", type="Robot"), csl_counts())

    def test_treasury_entry_keeps_programs_and_number(self) -> None:
        row = CslRow(
            1, SDN, "DOE, Jon", type="Individual", number="77", programs=["NPWMD"], addresses=[Address(None, "IR")]
        )
        entry = entry_of(row, csl_counts(**{"us.ofac.sdn 77": 1}))
        assert entry.id == "sdn:77"
        assert entry.record() == {
            "id": "sdn:77", "addresses": [{"country": "IR"}], "list": "us.ofac.sdn", "name": "DOE, Jon",
            "programs": ["NPWMD"], "type": "person",
        }  # fmt: skip
        assert "jon doe\tus.ofac.sdn\tsdn:77" in key_lines([entry])


def csl_counts(**counts: int) -> Any:
    from collections import Counter

    return Counter(counts)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("PEARL (A.K.A. ANN CHU) LI", ["PEARL LI", "ANN CHU"]),
        ("JON LIM -AKA- JACK LEE", ["JON LIM", "JACK LEE"]),
        ("Igor; a.k.a. Ivan Petrov; a.k.a Petya Petrov", ["Igor", "Ivan Petrov", "Petya Petrov"]),
        ("Sample Ltd [aka Two Ltd, aka Three Ltd]", ["Sample Ltd", "Two Ltd", "Three Ltd"]),
        ("AKA INTEGRAL SERVICES", []),
        ("Beijing Ruidakang Aka Co.", []),
    ],
)
def test_names_inside_a_name(name: str, inside: list[str]) -> None:
    assert names_inside(name) == inside


class TestFootnotes:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (RUSSIA, ["3"]),
            ("see §§ 734.9(e)1 and 744.11 of the EAR2", ["1", "2"]),
            ("see §§ 734.9(e) 1 and 744.11 of the EAR 2", ["1", "2"]),
            ("(See §734.9(e)1, and §744.11 of the EAR)2.", ["1", "2"]),
            ("(See §§ 734.9(e)(2) and 744.11 of the EAR)4", ["4"]),
            ("(See §§ 734.9(e) and 744.11 of the EAR) 4", ["4"]),
            ("(See §734.4(a)(9), 734.9(e)(3) and 744.11 of the EAR)5", ["5"]),
            ("(See §734.9(g), 3 §746.8(a)(3), and §744.11 of the EAR)", ["3"]),
            ("(See §§734.9(g)3, 746.8(a)(3), and 744.2l(b) of the EAR", ["3"]),
            ("(See §§ 734.9(g), 746.8(a)(3), and 744.21(b) of the EAR)", []),
            (ALL, []),
            ("under § 740.11(b)(2) and (e)", []),
        ],
    )
    def test_glued_digits(self, text: str, found: list[str]) -> None:
        assert footnotes_in(text) == found

    def test_a_lost_mark_is_inferred_and_said(self) -> None:
        lost = meaning("requirement", LOST, "here")
        assert lost.footnotes == ()
        assert lost.inferred == ("3",)


class TestSentences:
    def test_white_space_case_and_final_stop_do_not_matter(self) -> None:
        one = meaning("requirement", ALL, "here")
        assert meaning("requirement", "  EVERY widget here.  (Under §744.11 of the EAR). ", "here") == one
        assert one.covers == "all_items"

    def test_a_new_sentence_stops_and_names_the_nearest(self) -> None:
        with pytest.raises(SourceError, match=r"row 7.*Nearest known.*every widget"):
            meaning("requirement", ALL + " on Tuesdays", "row 7")
        with pytest.raises(SourceError, match=r"Nearest known.*presumption_of_denial"):
            meaning("policy", USUAL + " always", "row 7")

    def test_tables_are_whole(self) -> None:
        known = {row["policy"] for row in policies()}
        for (of, _), sentence in sentences().items():
            if of == "policy":
                assert sentence.policy in known
            elif not sentence.void:
                assert sentence.covers
        for row in policies():
            for part in json.loads(row["parts"]):
                assert part["kind"] in (
                    "denial", "presumption_of_denial", "case_by_case", "presumption_of_approval", "as_section", "not_stated",
                )  # fmt: skip
                assert part["kind"] != "as_section" or row["see"]

    def test_no_words_of_law_in_the_table(self) -> None:
        """A row holds a key, codes and a short note of ours; nothing long enough to be a sentence of law."""
        path = Path(__file__).parents[2] / "src/safeconduct/importers/us_bis_lists/sentences.csv"
        for row in csv.DictReader(path.open(encoding="utf-8")):
            assert len(row["note"].split()) < 35
            assert "§" not in row["note"]

    def test_signature_is_near_for_near_sentences(self) -> None:
        def apart(one: str, two: str) -> int:
            return (int(signature(one), 16) ^ int(signature(two), 16)).bit_count()

        assert apart(RUSSIA, RUSSIA + " now") < apart(RUSSIA, USUAL)


XML = """<?xml version="1.0" encoding="UTF-8"?><DIV9><HEAD>x</HEAD><TABLE><THEAD><TR><TH>Country</TH><TH>Entity</TH>
<TH>License requirement</TH><TH>License review policy</TH><TH>Federal Register citation</TH></TR></THEAD><TBODY>
<TR><TD>CHINA, PEOPLE'S REPUBLIC OF</TD><TD>Example Optics, a.k.a., the following two aliases:<br/>&#x2014;Optics One; <E T="03">and</E><br/>&#x2014;Optics Two.<br/> <br/> 1 Main Road, Anytown, China; <E T="03">and</E> 2 Side Road, Kowloon, Hong Kong (See alternate addresses under Taiwan).</TD>
<TD>Every widget here. (Under &#xA7;&#xA7; 734.9(e) and 744.11 of the EAR) <sup>4</sup></TD><TD>Usually refused</TD><TD>90 FR 100, 1/6/25.<br/>90 FR 900, 2/3/25.</TD></TR>
<TR><TD> </TD><TD>Sample Trading Co., Ltd., Room 5, 9 Dock Street, Anytown.</TD><TD>Every widget here. (Under &#xA7;&#xA7; 734.9(g),<sup>3</sup> 746.8(a)(3) of the EAR)</TD><TD>Always refused; see &#xA7; 746.8(b)</TD><TD>90 FR 100, 1/6/25.</TD></TR>
</TBODY></TABLE></DIV9>"""


class TestOwnPublications:
    def test_xml_of_the_entity_list(self, tmp_path: Path) -> None:
        rows, ignored, _ = read_entity_list(write(tmp_path, "supp4.xml", XML), bis_settings())
        optics, trading = rows
        assert optics.name == "Example Optics"
        assert optics.aliases == ["Optics One", "Optics Two"]
        assert optics.addresses == [
            Address("1 Main Road, Anytown, China", "CN"),
            Address("2 Side Road, Kowloon, Hong Kong", "HK"),
        ]
        assert [(cite.cite, cite.day) for cite in optics.cites] == [
            ("90 FR 100", "2025-01-06"),
            ("90 FR 900", "2025-02-03"),
        ]
        assert meaning("requirement", optics.requirement, "x").footnotes == ("4",)
        assert trading.country == "CN", "a blank country cell inherits the one above"
        assert trading.name == "Sample Trading Co., Ltd."
        assert trading.addresses == [Address("Room 5, 9 Dock Street, Anytown", "CN")]
        assert meaning("requirement", trading.requirement, "x").footnotes == ("3",)
        assert meaning("policy", trading.policy, "x").policy == "denial"
        assert ignored["names whose end was told by legal form only"] == 1

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (("<TH>Entity</TH>", "<TH>Entity</TH><TH>Mood</TH>"), "mood"),
            (("</TBODY></TABLE></DIV9>", ""), "cut or damaged"),
            (("CHINA, PEOPLE'S REPUBLIC OF", "ATLANTIS"), "ATLANTIS"),
            (("<TD>Usually refused</TD>", ""), "4 cells"),
        ],
    )
    def test_xml_that_changed(self, tmp_path: Path, change: tuple[str, str], says: str) -> None:
        with pytest.raises(SourceError, match=says):
            read_entity_list(write(tmp_path, "supp4.xml", XML.replace(*change)), bis_settings())

    def test_xml_of_the_military_end_user_list_and_names_with_aka_in_a_word(self, tmp_path: Path) -> None:
        text = (
            "<DIV9><TABLE><TR><TH>Country</TH><TH>Entity</TH><TH>Federal Register citation</TH></TR>"
            "<TR><TD>CHINA</TD><TD>Osakana Works Co., Ltd., 1 Main Road, Anytown, China</TD><TD>85 FR 83799, 12/23/20</TD></TR>"
            "</TABLE></DIV9>"
        )
        (row,) = read_entity_list(write(tmp_path, "supp7.xml", text), bis_settings())[0]
        assert row.name == "Osakana Works Co., Ltd."
        assert row.requirement == ""
        ((entry,), _) = merged("us.meu_list", [], [row], {})
        assert entry.covers == {"supplement": "744 Supp. 2"}

    def test_json_shape_of_the_entity_list(self, tmp_path: Path) -> None:
        entity = {
            "name": "Primer Zavod", "aliases": ["PZ"], "country": "Russia", "status": None, "effective_date": None,
            "address": "1 Ulitsa, Moscow, Russia; and 2 Ulitsa, Minsk, Belarus, 220000.", "notes": RUSSIA,
            "federal_register": "90 FR 200, 1/2/25.\n90 FR 300, 2/2/25",
        }  # fmt: skip
        data = {"list_id": "x", "source_file": "x", "extracted": "2026-07-09", "count": 1, "entities": [entity]}
        rows, _, day = read_entity_list(write(tmp_path, "el.json", data), bis_settings())
        assert day == "2026-07-09"
        assert [a.country for a in rows[0].addresses] == ["RU", "BY"]
        for change, says in (({"count": 2}, "itself says 2"), ({"mood": 1}, "mood")):
            with pytest.raises(SourceError, match=says):
                read_entity_list(write(tmp_path, "el.json", data | change), bis_settings())
        with pytest.raises(SourceError, match="shoe"):
            read_entity_list(write(tmp_path, "el.json", data | {"entities": [entity | {"shoe": 1}]}), bis_settings())

    def test_tab_form_of_denied_persons(self, tmp_path: Path) -> None:
        lines = [
            DPL_COLUMNS,
            (
                "JON DOE",
                "1 MAIN ST",
                "ANYTOWN",
                "TX",
                "",
                "75081",
                "01/15/2020",
                "01/14/2030",
                "N",
                "x",
                "x",
                "85 F.R. 1234 1/20/2020",
            ),
        ]
        text = "".join("\t".join(f'"{cell}"' for cell in line) + "\n" for line in lines)
        row = read_denied(write(tmp_path, "dpl.txt", text), bis_settings())[0][0]
        assert row.addresses == [Address("1 MAIN ST, ANYTOWN, TX, 75081", "US")], "a blank country with a US state"
        assert (row.start, row.until, row.standard) == ("2020-01-15", "2030-01-15", False)
        for broken, says in (
            (text[:-5], "cut"),
            (text.replace("City", "Town"), "Town"),
            ("<html>no</html>", "HTML"),
            (text.replace("01/15/2020", "soon"), "known form"),
        ):
            with pytest.raises(SourceError, match=says):
                read_denied(write(tmp_path, "dpl.txt", broken), bis_settings())

    def test_address_without_a_country_lies_in_the_heading(self) -> None:
        codes = bis_settings()["countries"]
        assert split_addresses("1 Georgia Street, Anytown", "CA", codes) == [Address("1 Georgia Street, Anytown", "CA")]

    def test_dated_citations(self) -> None:
        assert [(c.cite, c.day) for c in dated_citations("85 F.R. 1234 1/20/2020 99 FR 5, 2/3/99. 70 FR 7")] == [
            ("85 FR 1234", "2020-01-20"), ("99 FR 5", "1999-02-03"), ("70 FR 7", None),
        ]  # fmt: skip
        assert citations("86 FR  37423; 80FR 69852 (no. 217)") == ["86 FR 37423", "80 FR 69852"]

    @pytest.mark.parametrize(
        ("name", "clean", "others"),
        [
            ("Zavod, OAO (a.k.a. Zavod", "Zavod, OAO", ["Zavod"]),
            ("Zavod, OOO (f.k.a., Stary Zavod)", "Zavod, OOO", ["Stary Zavod"]),
            (
                "Parent Co. Affiliated Entity: Part Co., Ltd.",
                "Parent Co. Affiliated Entity: Part Co., Ltd.",
                ["Part Co., Ltd."],
            ),
            (
                "Parent (PA), and subordinate entity Lab (LB)",
                "Parent (PA), and subordinate entity Lab (LB)",
                ["Lab (LB)"],
            ),
            ("Part Co. (a subordinate institute of PA)", "Part Co. (a subordinate institute of PA)", ["Part Co."]),
            ("Jon Doe (See alternate address under Chile)", "Jon Doe", []),
            ("Plain Name", "Plain Name", []),
            ("Beijing Ruidakang Technology", "Beijing Ruidakang Technology", []),
        ],
    )
    def test_names_that_hold_more(self, name: str, clean: str, others: list[str]) -> None:
        assert parts_of(name) == (clean, others)


class TestMerge:
    def row(self, number: int, name: str, country: str, notice: str, requirement: str = ALL) -> CslRow:
        at = [Address(None, code) for code in country.split()]
        return CslRow(number, EL, name, addresses=at, notice=notice, requirement=requirement, policy=USUAL)

    def own(self, number: int, name: str, country: str, cite: str, requirement: str = ALL) -> Listed:
        at = [Address(f"{number} Main Road", country)]
        return Listed(number, name, country, addresses=at, cites=dated_citations(cite), requirement=requirement)

    def test_one_party_from_both(self) -> None:
        entries, told = merged(
            "us.entity_list",
            [self.row(1, "Example Optics Co., Ltd.", "CN", "90 FR 100")],
            [self.own(1, "Example Optics Co. Ltd", "CN", "90 FR 104, 1/6/25")],
            {("example optics co ltd", "CN"): "2025-01-03"},
        )
        (entry,) = entries
        assert entry.addresses == [Address("1 Main Road", "CN")]
        assert entry.cites == ["90 FR 100", "90 FR 104"]
        assert entry.start == "2025-01-03"
        assert told["paired"] == {"same name": 1}

    def test_a_row_for_two_countries_serves_two_entries(self) -> None:
        rows = [self.row(1, "Example Optics", "CN AE", "90 FR 100")]
        own = [self.own(1, "Example Optics", "CN", "90 FR 100"), self.own(2, "Example Optics", "AE", "90 FR 100")]
        entries, _ = merged("us.entity_list", rows, own, {})
        assert len({entry.id for entry in entries}) == 2
        assert [entry.addresses[0].country for entry in entries] == ["CN", "AE"]

    def test_what_does_not_agree_stays_apart(self) -> None:
        rows = [self.row(1, "Example Optics", "DE", "70 FR 1")]
        entries, told = merged("us.entity_list", rows, [self.own(1, "Example Optics", "CN", "90 FR 100")], {})
        assert len(entries) == 2
        assert told["only_in_own_publication"] == ["Example Optics"]
        assert told["only_in_screening_list"] == ["Example Optics"]

    def test_the_stricter_side_counts_and_is_reported(self) -> None:
        rows = [self.row(1, "Primer Zavod", "RU", "90 FR 1", WITH_GOV), self.row(2, "Vtoroi Zavod", "RU", "90 FR 1")]
        own = [self.own(1, "Primer Zavod", "RU", "90 FR 1"), self.own(2, "Vtoroi Zavod", "RU", "90 FR 1", RUSSIA)]
        entries, told = merged("us.entity_list", rows, own, {})
        assert entries[0].exceptions == [], "an exception only one side grants is not taken"
        assert entries[1].footnotes == ["3"], "a footnote on either side counts"
        assert [one["name"] for one in told["conflicts"]] == ["Primer Zavod", "Vtoroi Zavod"]

    def test_address_entries(self) -> None:
        entries, _ = merged(
            "us.entity_list",
            [
                self.row(
                    1,
                    "Address 07",
                    "HK",
                    "90 FR 1",
                    SUPPLEMENT,
                )
            ],
            [],
            {},
        )
        assert entries[0].address_only
        assert entries[0].covers == {"ccl_items": True, "ear99_in": ["746 Supp. 7"]}
        entries[0].addresses = [Address("Unit 1, 5 Dock Rd., Kowloon", "HK")]
        assert [line.split("\t")[0] for line in key_lines(entries)] == ["unit 1 5 dock rd kowloon"]

    def test_row_order_does_not_matter(self) -> None:
        rows = [self.row(n, f"Party {n}", "CN", f"90 FR {n}") for n in range(1, 6)]
        lines = [lines_of(unique(merged("us.entity_list", some, [], {})[0], {})) for some in (rows, rows[::-1])]
        assert lines[0] == lines[1]

    def test_a_row_cut_by_its_source_needs_the_other_side(self) -> None:
        cut = next(key for (of, key), one in sentences().items() if of == "requirement" and one.void)
        assert cut
        own = self.own(1, "Example Optics", "CN", "90 FR 1", "")
        with pytest.raises(SourceError, match="cut by its source"):
            merged("us.entity_list", [], [own], {})


class TestDenied:
    def test_how_far_an_order_is_confirmed(self) -> None:
        def listed(number: int, name: str, cite: str, until: str | None) -> Listed:
            return Listed(number, name, "US", cites=dated_citations(cite), start="2020-01-01", until=until)

        rows = [
            CslRow(1, DPL, "IN FORCE", notice="85 FR 1 1/2/20"),
            CslRow(2, DPL, "ENDED", notice="85 FR 2 1/2/20"),
            CslRow(3, DPL, "RENEWED SINCE", notice="85 FR 3 1/2/20, 89 FR 9 1/2/24"),
            CslRow(4, DPL, "OLD AND UNKNOWN", notice="55 FR 4 1/2/90"),
            CslRow(5, DPL, "BRAND NEW", notice="91 FR 5 6/1/26"),
        ]
        current = [listed(1, "In Force", "85 FR 1", "2030-01-01"), listed(2, "Only There", "85 FR 8", None)]
        earlier = [listed(1, "Ended", "85 FR 2", "2024-01-01"), listed(2, "Renewed Since", "85 FR 3", "2024-01-01")]
        entries, told = denied_persons(rows, current, earlier, "2026-04-14", "2026-07-31")
        assert [(entry.name, entry.extra["status"], entry.until) for entry in entries] == [
            ("IN FORCE", None, "2030-01-01"), ("ENDED", "lapsed", "2024-01-01"), ("RENEWED SINCE", "unconfirmed", None),
            ("OLD AND UNKNOWN", "unconfirmed", None), ("BRAND NEW", "newer", None), ("Only There", None, None),
        ]  # fmt: skip
        assert told["orders"]["confirmed"] == 1


class TestFiles:
    def test_equal_rows_are_one_and_different_ones_stay(self) -> None:
        def entry(alias: str) -> Entry:
            return Entry("us.isn", entry_id("isn", "x"), "Example", 1, aliases=[alias])

        report: dict[str, Any] = {}
        kept = unique([entry("a"), entry("a"), entry("b")], report)
        assert report == {"repeated": 1}
        assert len({one.id for one in kept}) == 2

    def test_parts_stay_below_the_limit(self) -> None:
        files = parted("lists/x", "jsonl", ["a" * 9, "b" * 9, "c" * 9], limit=20)
        assert list(files) == ["lists/x.0.jsonl", "lists/x.1.jsonl"]
        assert b"".join(files.values()) == b"aaaaaaaaa\nbbbbbbbbb\nccccccccc\n"
        assert list(parted("lists/x", "tsv", ["a"])) == ["lists/x.tsv"]
