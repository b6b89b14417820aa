"""The editions a user has, from the command line: status, import, verify, sign, roll back, compare."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.acts.invented_edition import PARTIES, House, house

from safeconduct.acts import data as acts
from safeconduct.acts import editions
from safeconduct.acts.publications import coverage, owner, publications
from safeconduct.cli.control_list import list_
from safeconduct.cli.data import data
from safeconduct.lawdata.store import Edition, file_parts, sha256_of, write_manifest

__all__ = ["house"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(data, list(arguments), catch_exceptions=False)


def good(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def bad(*arguments: str, code: int = 2) -> str:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    return result.stderr


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".lock"
    }


# -- status ----------------------------------------------------------------------------------------------------------


def test_status_names_the_edition_and_says_what_is_stale(house: House) -> None:
    found = json.loads(good("status", "--json", "--date", "2026-09-10"))
    assert (found["edition"], found["name"]) == ("invented", "embedded")
    tables = {t["table"]: t for t in found["tables"]}
    parties = tables["us.entity_list"]
    assert (parties["as_of"], parties["age_days"], parties["rows"], parties["list"]) == ("2026-07-31", 41, 40, True)
    assert parties["state"] == "stale"
    assert parties["presumed_until"] == "2026-09-01"
    assert tables["us.country_groups"]["state"] == "presumed"
    assert tables["us.country_groups"]["warning"] == ""
    assert any(w.startswith("us.entity_list: stale since 2026-09-01") for w in found["warnings"])


@pytest.mark.parametrize(
    ("day", "state", "word"),
    [
        ("2025-12-31", "not_covered", "before"), ("2026-01-01", "in_force", ""), ("2026-07-31", "in_force", ""),
        ("2026-08-01", "presumed", ""), ("2026-08-24", "presumed", ""), ("2026-08-25", "presumed", "stale in 7 days"),
        ("2026-08-31", "presumed", "stale in 1 days"), ("2026-09-01", "stale", "stale since"),
    ],
)  # fmt: skip
def test_state_of_a_table_on_the_days_around_its_limits(house: House, day: str, state: str, word: str) -> None:
    found = acts.status(date.fromisoformat(day))
    row = next(t for t in found["tables"] if t["table"] == "us.entity_list")
    assert row["state"] == state
    assert word in row["warning"]
    assert bool(word) == bool(row["warning"])


def test_status_is_a_page_to_read(house: House) -> None:
    page = good("status", "--date", "2026-09-10", "--all")
    assert "Party lists on 2026-09-10" in page
    assert "STALE" in page
    assert "source: invented" in page
    assert "No table is stale." in good("status", "--date", "2026-08-05")


# -- import ----------------------------------------------------------------------------------------------------------


def test_import_takes_what_the_folder_has_and_says_what_it_took_over(house: House) -> None:
    before = tree(house.embedded)
    out = good("import", str(house.publish([*PARTIES, "Newcomer Ltd."])))
    assert "us_csl: 42 read, 41 mapped, 1 kinds ignored by name, 0 unreadable" in out
    assert "ignored: heading (1)" in out
    assert "us_ccl: not built (the folder has no us/ccl/list.json); its tables are taken from the edition in use" in out
    assert "edition imported-2026-09-01 is in use" in out
    edition = editions.find_edition(None)
    assert edition.name == "imported-2026-09-01"
    assert edition.folder == house.home / "editions" / "imported-2026-09-01"
    table = edition.table("us.entity_list")
    assert (table.as_of, table.verified_from, table.verified_until, table.rows) == (
        date(2026, 9, 1), date(2026, 9, 1), date(2026, 9, 2), 41,
    )  # fmt: skip
    # What came out as before keeps its first day and is now known for the publication's day too.
    keys = edition.table("us.lists.keys")
    assert (keys.verified_from, keys.verified_until) == (date(2026, 1, 1), date(2026, 9, 2))
    assert edition.table("us.ccl.entries").as_of == date(2026, 7, 31)
    # Made of two publications of which only one was there: no newer than the other.
    assert edition.table("us.index").verified_until == date(2026, 8, 1)
    assert edition.rows("us.hand") == Edition(house.embedded).rows("us.hand")
    assert tree(house.embedded) == before


def test_import_shows_the_laws_own_words_beside_ours(house: House) -> None:
    good("import", str(house.publish(limit="5000")), "--as-of", "2026-09-03")
    out = CliRunner().invoke(list_, ["show", "2B350.a", "--date", "2026-09-03"], catch_exceptions=False).output
    assert "Pumps" in out
    assert "Invented words on large pumps" in out
    texts = editions.find_edition(None).table("us.ccl.texts")
    # The words carry the days of the entries they stand beside.
    assert (texts.rows, texts.as_of) == (2, editions.find_edition(None).table("us.ccl.entries").as_of)
    # The next import has no control list: the words stay.
    good("import", str(house.publish([*PARTIES, "Newcomer Ltd."])))
    assert editions.find_edition(None).table("us.ccl.texts").rows == 2


def test_new_content_without_a_day_is_refused(house: House) -> None:
    why = bad("import", str(house.publish(limit="5000")))
    assert "us.ccl.exceptions" in why
    assert "--as-of" in why
    assert "us.ccl.entries" not in why
    assert editions.current_name() == "embedded"
    # The same content needs no day.
    good("import", str(house.publish(limit="3000")))
    assert editions.find_edition(None).table("us.ccl.exceptions").as_of == date(2026, 7, 31)


def test_unreadable_rows_are_shown_with_why(house: House) -> None:
    out = good("import", str(house.publish(limit="3000")))
    assert "unreadable: 9: smudged" in out


def test_second_import_of_the_same_folder_changes_nothing(house: House) -> None:
    source = house.publish([*PARTIES, "Newcomer Ltd."], limit="3000")
    good("import", str(source), "--as-of", "2026-09-03")
    before = tree(house.home)
    assert "nothing new" in good("import", str(source), "--as-of", "2026-09-03")
    assert tree(house.home) == before


def test_a_changed_folder_of_the_same_day_gets_a_name_of_its_own(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])))
    good("import", str(house.publish([*PARTIES, "B"])))
    assert editions.installed_names() == ["embedded", "imported-2026-09-01", "imported-2026-09-01.2"]
    why = bad("import", str(house.publish([*PARTIES, "C"])), "--name", "imported-2026-09-01")
    assert "other content" in why


def test_a_failed_import_leaves_everything_as_it_was(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])))
    before = tree(house.home)
    house.put("us/lists/parties.json", {"unknown": 1})
    assert "row 3: field 'unknown' is not known" in bad("import", str(house.source))
    assert "shrinks" in bad("import", str(house.publish(PARTIES[:20])))
    (house.publish(["x"]) / "us/lists/parties.json").write_text("{", "utf-8")
    bad("import", str(house.source))
    assert tree(house.home) == before
    assert not list((house.home / "editions").glob(".building*"))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"names": 5}', '{"names": [], "day": 7}', "<html>"])
def test_publications_of_no_known_form_stop_with_a_line(house: House, content: str) -> None:
    house.publish(PARTIES)
    (house.source / "us/lists/parties.json").write_text(content, "utf-8")
    why = bad("import", str(house.source))
    assert why.startswith("safeconduct: ")
    assert "Traceback" not in why
    assert editions.installed_names() == ["embedded"]


def test_a_shrunken_list_is_taken_when_named(house: House) -> None:
    source = house.publish(PARTIES[:20])
    why = bad("import", str(source))
    assert "us.entity_list: 20 rows, the edition in use has 40" in why
    assert "--accept-fewer" in why
    good("import", str(source), "--accept-fewer", "us.entity_list")
    assert editions.find_edition(None).table("us.entity_list").rows == 20


def test_an_older_publication_is_told(house: House) -> None:
    out = good("import", str(house.publish([*PARTIES, "A"], day="2026-06-01")))
    assert "notice: us.entity_list: the publication (2026-06-01) is older than the table in use (2026-07-31)" in out


@pytest.mark.parametrize(
    "name", ["a/b", "../x", "", ".", "..", "embedded", "Current", "history", "x" * 65, "-x", "a b"]
)
def test_names_that_are_no_names(house: House, name: str) -> None:
    why = bad("import", str(house.publish(PARTIES)), "--name", name)
    assert "edition name" in why
    assert not (house.home / "editions").exists()


def test_wrong_folders(house: House, tmp_path: Path) -> None:
    assert "no such folder" in bad("import", str(tmp_path / "missing"))
    file = tmp_path / "file"
    file.write_text("x")
    assert "is a file; expected a folder" in bad("import", str(file))
    (tmp_path / "empty").mkdir()
    assert "no publication found" in bad("import", str(tmp_path / "empty"))
    house.publish(PARTIES)
    file.chmod(0o600)


def test_a_day_still_to_come_is_refused(house: House) -> None:
    assert "still to come" in bad("import", str(house.publish(limit="5000")), "--as-of", "2999-01-01")


def test_a_damaged_edition_is_not_taken_over(house: House) -> None:
    good("import", str(house.publish(limit="5000")), "--as-of", "2026-09-03", "--name", "one")
    path = house.home / "editions/one/us/ccl/exceptions.jsonl"
    path.write_text(path.read_text().replace("5000", "9000"))
    why = bad("import", str(house.publish([*PARTIES, "A"])))
    assert "us/ccl/exceptions.jsonl is missing or damaged" in why
    manifest = path.parents[2] / "edition.json"
    manifest.write_text(manifest.read_text().replace("us/ccl/exceptions.jsonl", "us/ccl/../../../../x.jsonl"))
    assert "damaged" in bad("import", str(house.source))
    assert any("leads out of the edition" in f for f in bad("verify", code=1).splitlines())


def test_home_that_cannot_be_made(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("x")
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path / "taken"))
    assert "SAFECONDUCT_HOME" in bad("import", str(house.publish(PARTIES)))


def test_two_imports_at_once_do_not_meet(house: House) -> None:
    source = house.publish([*PARTIES, "A"])
    with editions.locked() as folder:  # as another process holds it
        before = tree(house.home)
        assert f"another import or update is at work ({folder / '.lock'} is held)" in bad("import", str(source))
        assert "another import" in bad("rollback", "embedded")
        assert tree(house.home) == before
    good("import", str(source))


@pytest.mark.parametrize("step", range(6))
def test_a_disk_that_fails_at_any_step_leaves_an_edition_in_use(
    house: House, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    good("import", str(house.publish([*PARTIES, "A"])), "--name", "one")
    calls = 0

    def failing(real: Any) -> Any:
        def call(*arguments: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise OSError(28, "No space left on device")
            return real(*arguments)

        return call

    source = house.publish([*PARTIES, "B"])
    with monkeypatch.context() as m:
        m.setattr("os.rename", failing(os.rename))
        m.setattr("os.replace", failing(os.replace))
        m.setattr("shutil.copyfile", failing(shutil.copyfile))
        result = run("import", str(source), "--name", "two")
    # Whatever was reached, what is in use is one whole edition, and the same import then goes through.
    assert editions.current_name() in ("one", "two")
    assert (result.exit_code == 0) == (editions.current_name() == "two")
    good("verify")
    good("import", str(source), "--name", "two")
    assert editions.current_name() == "two"
    good("verify")
    assert good("rollback") == "in use now: one\n"


def test_remains_of_a_killed_import_are_cleared(house: House) -> None:
    left = house.home / "editions" / ".building-1"
    left.mkdir(parents=True)
    (left / "x").write_text("x")
    good("import", str(house.publish([*PARTIES, "A"])))
    assert not left.exists()


# -- verify, sign ----------------------------------------------------------------------------------------------------


def test_verify_names_every_fault(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])))
    assert "is whole: " in good("verify")
    folder = editions.find_edition(None).folder
    (folder / "us/country/groups.csv").write_text("group,country\n")
    (folder / "us/country/iso.csv").unlink()
    (folder / "us/lists/us.extra.jsonl").write_text("{}\n")
    faults = bad("verify", code=1).splitlines()
    assert len(faults) == 3
    assert "us/country/groups.csv: sha256 is" in faults[0] + faults[1]
    assert any("us/country/iso.csv: missing" in f for f in faults)
    assert any("us/lists/us.extra.jsonl: not in the manifest" in f for f in faults)
    found = json.loads(run("verify", "--json").output)
    assert len(found["faults"]) == 3


def test_a_changed_manifest_shows(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])))
    path = editions.find_edition(None).folder / "edition.json"
    path.write_text(path.read_text().replace("2026-09-01", "2026-09-30"))
    assert "its content gives" in bad("verify", code=1)


@pytest.mark.parametrize(
    ("text", "why"),
    [("{", "not valid JSON"), ("[]", "not the manifest"), ("{}", "not the manifest"),
     ('{"name":"x","digest":"y","tables":[{}]}', "without id")],
)  # fmt: skip
def test_corrupt_manifests(house: House, tmp_path: Path, text: str, why: str) -> None:
    folder = tmp_path / "corrupt"
    folder.mkdir()
    (folder / "edition.json").write_text(text)
    assert why in bad("verify", str(folder), code=1)
    bad("status", str(folder))
    bad("diff", str(folder), "embedded")
    bad("verify", str(tmp_path / "nowhere"), code=1)


def test_signature(house: House, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    assert "belongs to the package" in bad("sign", str(key), "--make-key")
    good("import", str(house.publish([*PARTIES, "A"])), "--sign", str(key))
    assert "signed by" in good("verify")
    public = editions.find_edition(None).manifest["public_key"]
    good("verify", "--public-key", public)
    assert "expected 00" in bad("verify", "--public-key", "00", code=1)
    # Another key signs anew; the content's digest stays.
    digest = editions.find_edition(None).digest
    second = good("sign", str(tmp_path / "second.pem"), "--make-key").split()[-1]
    assert second != public
    assert editions.find_edition(None).digest == digest
    good("verify", "--public-key", second)
    path = editions.find_edition(None).folder / "edition.json"
    manifest = json.loads(path.read_text())
    manifest["signature"] = "00" * 64
    path.write_text(json.dumps(manifest))
    assert "does not fit" in bad("verify", code=1)


def test_an_unsigned_edition_does_not_pass_for_a_signed_one(house: House) -> None:
    assert "not signed" in bad("verify", "embedded", "--public-key", "ab", code=1)


def test_a_key_that_is_none(house: House, tmp_path: Path) -> None:
    assert "private key" in bad("import", str(house.publish([*PARTIES, "A"])), "--sign", str(tmp_path / "none.pem"))
    assert editions.installed_names() == ["embedded"]


# -- going back ------------------------------------------------------------------------------------------------------


def test_rollback_goes_back_step_by_step_and_by_name(house: House) -> None:
    assert "no edition was in use before" in bad("rollback")
    good("import", str(house.publish([*PARTIES, "A"])), "--name", "one")
    good("import", str(house.publish([*PARTIES, "B"])), "--name", "two")
    assert good("rollback") == "in use now: one\n"
    assert good("rollback") == "in use now: embedded\n"
    bad("rollback")
    assert good("rollback", "two") == "in use now: two\n"
    assert good("rollback") == "in use now: embedded\n"
    assert "no edition 'three' is installed; installed: embedded, one, two" in bad("rollback", "three")
    bad("rollback", "../one")
    listed = good("list")
    assert listed.startswith("* embedded")
    assert "one" in listed


def test_a_damaged_edition_is_not_put_back_in_use(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])), "--name", "one")
    good("import", str(house.publish([*PARTIES, "B"])), "--name", "two")
    (house.home / "editions/one/us/country/iso.csv").write_text("x")
    assert "damaged" in bad("rollback")
    assert editions.current_name() == "two"


def test_a_pointer_to_nothing_is_a_fault_not_a_fallback(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "A"])), "--name", "one")
    shutil.rmtree(house.home / "editions/one")
    assert "names the edition 'one', which is not there" in bad("status")
    good("rollback", "embedded")
    good("status")


# -- diff ------------------------------------------------------------------------------------------------------------


def test_diff_by_name_folder_and_current(house: House) -> None:
    good("import", str(house.publish([*PARTIES, "Newcomer, Ltd.", "Another"], limit="5000", title="Big pumps")), "--as-of", "2026-09-03", "--name", "one")  # fmt: skip
    out = good("diff", "embedded")
    assert "LVS limit of 2B350 from $3000 to $5000" in out
    assert "2B350: title from 'Pumps' to 'Big pumps'" in out
    assert "2 parties added to the Entity List: Another; Newcomer, Ltd." in out
    assert good("diff", "embedded", "one") == out
    assert good("diff", str(house.embedded), str(house.home / "editions/one")) == out
    assert "Entity List" not in good("diff", "embedded", "--table", "us.ccl")
    assert good("diff", "one", "one") == "no difference\n"
    found = json.loads(good("diff", "embedded", "one", "--json"))
    assert {"kind": "limit", "subject": "2B350", "text": "LVS limit of 2B350 from $3000 to $5000"} in [
        c for t in found["tables"] for c in t["changes"]
    ]
    back = good("diff", "one", "embedded")
    assert "2 parties removed from the Entity List" in back
    assert "no edition 'three'" in bad("diff", "three")


# -- the folder of real publications ---------------------------------------------------------------------------------


def test_every_file_of_an_importer_belongs_to_it() -> None:
    assert owner("ccl/entries.jsonl") == "us_ccl"
    assert owner("texts/ccl/texts.jsonl") == "us_ccl"
    assert owner("lists/us.ofac.sdn.0.jsonl") == "us_csl"
    assert owner("lists/us.entity_list.jsonl") == "us_bis_lists"
    assert owner("lists/keys.bis.1.tsv") == "us_bis_lists"
    assert owner("hand/ear_lists.csv") is None


def test_coverage_reports_come_in_one_form() -> None:
    report = {"read": {"a": 1, "b": {"c": 2}}, "mapped": 3, "ignored": {"x": 1}, "unreadable": [{"row": "7", "why": "cut"}],
              "more": {"read": 5, "mapped": 5, "ignored": {"y": 2}, "unreadable": []}, "other": 9}  # fmt: skip
    assert coverage(report) == {
        "read": 3, "mapped": 3, "ignored": {"x": 1, "more: y": 2}, "unreadable": ["7: cut"], "more": {"read": 5, "mapped": 5},
    }  # fmt: skip


def test_a_list_too_large_for_one_file_is_found_in_parts(tmp_path: Path) -> None:
    for n in (0, 1, 10, 2):
        (tmp_path / f"us.x.{n}.jsonl").write_text("{}\n")
    (tmp_path / "us.x.y.jsonl").write_text("{}\n")
    assert [p.name for p in file_parts(tmp_path / "us.x.jsonl")] == [f"us.x.{n}.jsonl" for n in (0, 1, 2, 10)]
    (tmp_path / "tables.toml").write_text(
        '[[table]]\nid = "us.x"\nfiles = ["us.x.jsonl"]\nas_of = 2026-01-01\ncite = "x"\n'
    )
    assert write_manifest(tmp_path, "parts")["tables"][0]["rows"] == 4


def test_the_publications_of_each_importer_are_there(shared_data: Path) -> None:
    for importer in ("us_ccl", "us_country", "us_supplements", "us_csl", "us_bis_lists"):
        assert publications(importer).missing(shared_data) == []


def _named(house: House, table: str, sha256: str) -> None:
    """Say in the embedded edition which publication a table was made from."""
    toml = house.embedded / "us/tables.toml"
    head, found, tail = toml.read_text().partition(f'id = "{table}"')
    toml.write_text(head + found + tail.replace('sha256 = ""', f'sha256 = "{sha256}"', 1))
    write_manifest(house.embedded, "invented")


def test_the_same_publication_read_anew_keeps_its_days(house: House) -> None:
    """A later release may read the same text otherwise: that is no new text."""
    source = house.publish(limit="5000")
    _named(house, "us.ccl.exceptions", sha256_of(source / "us/ccl/list.json"))
    good("import", str(source))
    table = editions.find_edition(None).table("us.ccl.exceptions")
    assert (table.as_of, table.verified_from) == (date(2026, 7, 31), date(2026, 1, 1))
    assert "from $3000 to $5000" in good("diff", "embedded")


def test_a_day_given_for_a_folder_is_not_that_of_the_old_files_in_it(house: House) -> None:
    source = house.publish(limit="3000")
    _named(house, "us.ccl.exceptions", sha256_of(source / "us/ccl/list.json"))
    _named(house, "us.ccl.entries", "0" * 64)
    _named(house, "us.by_hand", "0" * 64)
    good("import", str(source), "--as-of", "2026-09-03")
    edition = editions.find_edition(None)
    assert edition.table("us.ccl.exceptions").verified_until == date(2026, 8, 1)  # the very file it was made from
    assert edition.table("us.ccl.entries").verified_until == date(2026, 9, 4)  # a new text that says the same
    assert edition.table("us.ccl.requirements").verified_until == date(2026, 8, 1)  # from which file is not known
    assert edition.table("us.by_hand").verified_until == date(2026, 8, 1)  # made by hand: nothing was read for it
    # The same of a user's own edition: what was read for a day is not read for a later one by saying so.
    good("import", str(house.publish(limit="5000")), "--as-of", "2026-09-05")
    assert editions.find_edition(None).table("us.ccl.exceptions").verified_until == date(2026, 9, 6)
    good("import", str(house.source), "--as-of", "2026-09-09")
    assert editions.find_edition(None).table("us.ccl.exceptions").verified_until == date(2026, 9, 6)
    (house.source / "us/ccl/list.json").write_text('{"limit":  "5000"}')
    good("import", str(house.source), "--as-of", "2026-09-09")
    assert editions.find_edition(None).table("us.ccl.exceptions").verified_until == date(2026, 9, 10)


@pytest.mark.slow
@pytest.mark.needs_shared
def test_import_of_the_real_publications(shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path))
    done = acts.import_folder(shared_data)
    assert done.new
    assert not done.imported.carried
    assert acts.verify(editions.find_edition(None)) == ([], None)
    # The words are there beside the embedded edition's own tables and days.
    edition, embedded = editions.find_edition(None), editions.find_edition("embedded")
    assert edition.table("us.ccl.texts").rows > 5000
    assert edition.tables.keys() - embedded.tables.keys() == {"us.ccl.texts", "us.country_chart.texts"}
    assert all(edition.table(t).as_of == embedded.table(t).as_of for t in embedded.tables)
    parties = tmp_path / "parties" / "us" / "lists"
    shutil.copytree(shared_data / "us" / "lists", parties)
    second = acts.import_folder(tmp_path / "parties")
    assert set(second.imported.carried) == {"us_ccl", "us_country", "us_supplements"}
    assert not second.new
