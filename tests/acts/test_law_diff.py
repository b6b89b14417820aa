"""What changed in the law between two days: rules, rows and values with their days, and what is not known."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from tests.fictitious.edition import write_edition
from tests.fictitious.freedonia import MANIFEST

from safeconduct.acts.law_diff import law_diff, words
from safeconduct.acts.session import Session
from safeconduct.cli.main import main
from safeconduct.lawdata import embedded_folder
from safeconduct.lawdata.store import write_manifest

VALUES = """
[[value]]
id = "freedonia.threshold"
title = "Share of brass"
cite = "Brass Act s. 2"
unit = "percent"

[[value.version]]
in_force_from = 2022-01-01
in_force_until = 2022-06-01
value = 10
source = "Gazette 12"

[[value.version]]
in_force_from = 2022-06-01
value = 25
source = "Gazette 14"
basis = "inferred"
"""
TABLE = """[[table]]
id = "{id}"
files = ["{file}"]
as_of = 2024-01-01
verified_from = {start}
verified_until = 2024-06-01
age_limit_days = 100
cite = "{cite}"
basis = "read"
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = write_edition(tmp_path_factory.mktemp("edition") / "e")
    base = folder / "freedonia"
    (base / "values.toml").write_text(VALUES, "utf-8")
    rows = "".join(f"Annex B,D{n},2022-03-01,,Gazette 13,read\n" for n in range(5)) + "Annex B,X,,2022-04-01,,memory\n"
    (base / "annex.csv").write_text("annex,drum,from,until,fr_cite,basis\n" + rows, "utf-8")
    (base / "amendments.csv").write_text(
        "date,date_kind,fr_cite,topic,change,basis\n2022-03-01,effective,Gazette 13,drums,five drums added,read\n"
        "2021-01-01,effective,Gazette 2,flutes,flutes freed,memory\n", "utf-8",
    )  # fmt: skip
    (base / "lists").mkdir()
    party = {"id": "x:1", "name": "Loud Band", "from": "2022-05-01", "until": "2022-08-01", "cites": ["Gazette 15"]}
    (base / "lists" / "banned.jsonl").write_text(json.dumps(party) + "\n", "utf-8")
    more = ""
    for id_, file, cite, start in (
        ("values", "values.toml", "Brass Act", "2020-01-01"), ("annex_b", "annex.csv", "Annex B", "2022-01-01"),
        ("amendments", "amendments.csv", "Gazette", "2020-01-01"), ("banned", "lists/banned.jsonl", "Banned Bands", "2020-01-01"),
    ):  # fmt: skip
        more += TABLE.format(id=f"freedonia.{id_}", file=file, cite=cite, start=start)
    (base / "tables.more.toml").write_text(more, "utf-8")
    write_manifest(folder, "freedonia-2")
    return Session(folder, [MANIFEST], overlay=False)


def changes(session: Session, start: str, end: str) -> list[tuple[str, str, str]]:
    found = law_diff(session, date.fromisoformat(start), date.fromisoformat(end))
    return [(c["day"], c["subject"], c["text"]) for c in found["changes"]]


def test_every_kind_of_change_is_told_with_its_day_and_citation(session: Session) -> None:
    found = law_diff(session, date(2021, 12, 1), date(2023, 1, 31))
    said = {(c["day"], c["subject"]): c for c in found["changes"]}
    began = said["2022-01-01", "freedonia.act.9"]
    assert began["text"] == "in force from this day: For one year nothing went to Sylvania."
    assert began["cites"] == ["Freedonian Export Act s. 9", "Gazette 9"]
    assert said["2023-01-01", "freedonia.act.9"]["text"].startswith("no longer in force")
    assert said["2022-07-01", "freedonia.country_groups"]["cites"] == ["League Treaty"]
    assert "Beta entered Country Group League" in said["2022-07-01", "freedonia.country_groups"]["text"]
    assert said["2022-03-01", "freedonia.annex_b"]["text"] == "begins: 5 rows, drum D0; D1; D2; D3; D4; annex Annex B"
    assert said["2022-03-01", "freedonia.annex_b"]["cites"] == ["Gazette 13", "Annex B"]
    assert said["2022-04-01", "freedonia.annex_b"]["basis"] == "memory"
    assert said["2022-05-01", "freedonia.banned"]["text"] == "1 party listed on freedonia.banned: Loud Band"
    assert said["2022-08-01", "freedonia.banned"]["text"] == "1 party no longer listed on freedonia.banned: Loud Band"
    values = [(c["day"], c["basis"], c["text"].split(": ")[1]) for c in found["changes"] if c["kind"] == "value"]
    assert sorted(values) == [
        ("2022-01-01", "read", "10 percent, from this day"), ("2022-06-01", "inferred", "25 percent, from this day"),
        ("2022-06-01", "read", "10 percent, no longer"),
    ]  # fmt: skip
    assert [c["day"] for c in found["changes"]] == sorted(c["day"] for c in found["changes"])
    assert [a["fr_cite"] for a in found["amendments"]] == ["Gazette 13"]


def test_the_first_day_is_left_out_and_the_last_is_in(session: Session) -> None:
    assert ("2022-03-01", "freedonia.annex_b") not in {c[:2] for c in changes(session, "2022-03-01", "2022-03-31")}
    assert ("2022-03-01", "freedonia.annex_b") in {c[:2] for c in changes(session, "2022-02-28", "2022-03-01")}
    assert changes(session, "2022-03-01", "2022-03-01") == []


def test_spans_put_together_tell_what_the_whole_span_tells(session: Session) -> None:
    whole = changes(session, "2021-06-01", "2023-06-01")
    parts = [*changes(session, "2021-06-01", "2022-05-31"), *changes(session, "2022-05-31", "2023-06-01")]
    assert sorted(whole) == sorted(parts)


def test_days_the_edition_does_not_cover_are_named(session: Session) -> None:
    found = law_diff(session, date(2019, 6, 1), date(2024, 12, 31))
    first = {r["table"] for r in found["not_covered"] if r["which"] == "from"}
    last = {r["table"] for r in found["not_covered"] if r["which"] == "to"}
    assert "freedonia.annex_b" in first
    assert "freedonia.country_groups" in first & last
    text = "\n".join(words(found))
    assert "Not known of 2019-06-01: " in text
    assert "read for 2022-01-01 until 2024-06-01: freedonia.annex_b (Annex B)" in text
    presumed = law_diff(session, date(2024, 1, 1), date(2024, 7, 1))
    assert {p["unchanged_since"] for p in presumed["presumed"]} == {"2024-06-01"}
    assert "No change is known between these days." in "\n".join(words(presumed))


def test_the_wrong_way_round_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="expected the earlier day first"):
        law_diff(session, date(2022, 2, 1), date(2022, 1, 1))
    done = CliRunner().invoke(main, ["law", "diff", "--from", "2026-02-01", "--to", "2026-01-01"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "expected the earlier day first" in done.stderr


def real(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(main, ["law", "diff", *arguments, "--edition", str(embedded_folder()), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_united_arab_emirates_in_july_2026() -> None:
    found = real("--from", "2026-07-09", "--to", "2026-07-10")
    groups = [c["text"] for c in found["changes"] if c["subject"] == "us.country_groups"]
    assert [t.split(" on ")[0] for t in groups] == [
        "United Arab Emirates entered Country Group A:5", "United Arab Emirates left Country Group D:3",
        "United Arab Emirates left Country Group D:4",
    ]  # fmt: skip
    assert any(c["subject"] == "us.ear.740.2.a.26" and "91 FR 43038" in c["cites"] for c in found["changes"])
    assert [a["fr_cite"] for a in found["amendments"]] == ["91 FR 43038"]


def test_syria_in_september_2025_and_what_is_not_known_of_it() -> None:
    found = real("--from", "2025-09-01", "--to", "2025-09-02")
    rules = {c["subject"]: c for c in found["changes"] if c["kind"] == "rule"}
    assert "90 FR 42320" in rules["us.ear.740.5"]["cites"]
    assert "us.ccl.requirements" in {r["table"] for r in found["not_covered"]}
    assert found["not_read_before"]


def test_one_kind_of_change_can_be_asked_for() -> None:
    found = real("--from", "2025-09-01", "--to", "2025-12-01", "--only", "rule", "--only", "value")
    assert {c["kind"] for c in found["changes"]} == {"rule", "value"}


def test_the_day_of_a_text_is_not_told_as_a_day_of_law() -> None:
    found = real("--from", "2026-02-09", "--to", "2026-02-10")
    assert [c for c in found["changes"] if c["kind"] == "rule"] == []
    assert "2026-02-10" in {r["read_from"] for r in found["not_read_before"]}


def test_the_end_of_the_stay_is_told_as_inferred() -> None:
    found = real("--from", "2026-11-09", "--to", "2026-11-10")
    value = next(c for c in found["changes"] if c["kind"] == "value")
    assert (value["subject"], value["basis"]) == ("us.ear.744.affiliates", "inferred")
