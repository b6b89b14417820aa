"""recheck: which recorded answers move with data, rules, the organization's records or the day, and why."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.fictitious.edition import write_edition
from tests.fictitious.freedonia import MANIFEST

from safeconduct.acts import editions
from safeconduct.acts.check import check
from safeconduct.acts.recheck import recheck
from safeconduct.acts.session import Session
from safeconduct.cli.main import main
from safeconduct.lawdata.store import write_manifest
from safeconduct.records import RecordStore

TODAY = date(2023, 3, 1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def old(home: Path) -> Session:
    """Installed, so that it can be compared with later."""
    return Session(write_edition(home / "editions" / "old"), [MANIFEST])


@pytest.fixture
def new(old: Session, tmp_path: Path) -> Session:
    """The next edition: Beta left the League on 2023-02-01, and horns were added to the list."""
    folder = write_edition(tmp_path / "new")
    base = folder / "freedonia"
    (base / "groups.csv").write_text(
        "group,country,from,until\nLeague,AA,,\nLeague,BB,2022-07-01,2023-02-01\n", "utf-8"
    )
    write_manifest(folder, "freedonia-2")
    return Session(folder, [MANIFEST])


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path / "records.sqlite3")


def request(id_: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": id_, "activity": "export", "date": "2023-03-01", "jurisdictions": ["FREEDONIA"], "destination": "CC",
        "diligence": "complete", "parties": [{"role": "end_user", "name": "Quiet Band", "listed": []}],
        "item": {"classification": {"fr": "M1.a"}, "parameters": {"loudness": 90}},
    } | changes  # fmt: skip


def test_nothing_moves_where_nothing_changed(old: Session, store: RecordStore) -> None:
    for n in range(3):
        check(old, request(str(n)), store=store)
    found = recheck(old, store, today=TODAY)
    assert (found["records"], found["same"], found["moved"], found["worse"]) == (3, 3, [], 0)


def test_moved_answers_are_named_with_the_row_that_moved_them_worst_first(
    old: Session, new: Session, store: RecordStore
) -> None:
    check(old, request("free", item={"classification": {"fr": "free"}}), store=store)
    check(old, request("stays"), store=store)
    assert check(old, request("to-beta", destination="BB"), store=store)["outcome"] == "no_license_required"
    seen: list[int] = []
    found = recheck(new, store, today=TODAY, step=lambda: seen.append(1))
    assert len(seen) == found["records"] == 3
    assert (found["same"], found["worse"]) == (2, 1)
    row = found["moved"][0]
    assert (row["id"], row["then"], row["now"], row["worse"]) == (
        "to-beta",
        "no_license_required",
        "license_required",
        True,
    )
    assert row["made_by"] == ["law data: edition freedonia-1 then, freedonia-2 now"]
    assert "requirements: music new" in row["differences"]
    assert any(
        "freedonia.country_groups: Beta left Country Group League" in w and "League Treaty" in w for w in row["why"]
    )
    assert any(w.startswith("rule freedonia.act.3: does not apply then, applies now") for w in row["why"])
    back = recheck(old, [r for r in store if r.seq == 3], today=TODAY)
    assert back["moved"] == []


def test_an_edition_no_longer_installed_is_said(
    old: Session, new: Session, store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(old, request("1", destination="BB"), store=store)
    monkeypatch.setattr("safeconduct.acts.recheck.installed_names", lambda: ["embedded"])
    why = recheck(new, store, today=TODAY)["moved"][0]["why"]
    assert any("is no longer installed" in w for w in why)
    assert editions.installed_names() == ["embedded", "old"]


def test_an_answer_that_gets_better_is_no_worse(new: Session, old: Session, store: RecordStore) -> None:
    check(new, request("1", destination="BB"), store=store)
    found = recheck(old, store, today=TODAY)
    assert (len(found["moved"]), found["worse"], found["moved"][0]["worse"]) == (1, 0, False)


def test_as_of_another_day_tells_what_the_law_of_that_day_changes(old: Session, store: RecordStore) -> None:
    check(
        old,
        request("sylvania", destination="SY", date="2022-06-01", item={"classification": {"fr": "free"}}),
        store=store,
    )
    check(old, request("beta", destination="BB", date="2022-07-01"), store=store)
    check(old, request("gamma", date="2023-06-01"), store=store)
    found = recheck(old, store, today=TODAY, as_of=date(2022, 6, 30))
    by_id = {r["id"]: r for r in found["moved"]}
    assert set(by_id) == {"beta"}  # the embargo stood on both days
    beta = by_id["beta"]
    assert (beta["now"], beta["worse"], beta["differences"]) == ("no_license_required", False, [])
    assert (beta["as_of"]["date"], beta["as_of"]["now"], beta["as_of"]["worse"]) == (
        "2022-06-30",
        "license_required",
        True,
    )
    assert any("2022-07-01, freedonia.country_groups: Beta entered" in w for w in beta["as_of"]["why"])
    assert found["worse"] == 1
    later = recheck(old, store, today=TODAY, as_of=date(2023, 1, 1))
    sylvania = next(r for r in later["moved"] if r["id"] == "sylvania")["as_of"]
    assert (sylvania["then"], sylvania["now"], sylvania["worse"]) == ("license_required", "no_license_required", False)
    assert any("2023-01-01, freedonia.act.9: no longer in force" in w for w in sylvania["why"])


def test_open_shipments_are_marked(old: Session, new: Session, store: RecordStore) -> None:
    for day in ("2023-03-01", "2023-03-02"):
        check(old, request(day, destination="BB", date=day), store=store)
    assert [(r["id"], r["open"]) for r in recheck(new, store, today=TODAY)["moved"]] == [
        ("2023-03-01", False), ("2023-03-02", True),
    ]  # fmt: skip


def test_since_leaves_older_records_out(old: Session, store: RecordStore) -> None:
    content = {"request": request("a"), "answer": check(old, request("a"), record=False)}
    for at in ("2023-01-31T23:59:59+00:00", "2023-02-01T00:00:00+00:00"):
        store.append("check", "a", at, content)
    assert recheck(old, store, today=TODAY, since=date(2023, 2, 1))["records"] == 1


def test_orders_and_own_records_move_too(old: Session, store: RecordStore, tmp_path: Path) -> None:
    order = {k: v for k, v in request("order").items() if k != "item"}
    order["items"] = [
        {"classification": {"fr": "free"}},
        {"classification": {"fr": "M1.b"}, "parameters": {"loudness": 90}},
    ]
    assert check(old, order, store=store)["outcome"] == "no_license_required"
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "overlay.toml").write_text(
        '[overlay]\nname = "House"\njurisdiction = "FREEDONIA"\nauthor = "R. Doe"\n', "utf-8"
    )
    (folder / "r.toml").write_text(
        '[[rule]]\nname = "no_gamma"\ndate = 2020-01-01\neffect = "prohibition"\nsays = "Nothing to Gamma."\n'
        'when = { all = [ { destination = { countries = ["CC"] } }, { code = ["M1*"] } ] }\n', "utf-8",
    )  # fmt: skip
    found = recheck(Session(old.edition.folder, [MANIFEST], overlay=folder), store, today=TODAY)
    row = found["moved"][0]
    assert (row["then"], row["now"]) == ("no_license_required", "prohibited")
    assert row["made_by"] == ["own records: none then, House now (changed)"]
    assert any("freedonia.house.no_gamma" in w and "r.toml" in w for w in row["why"])


def test_a_record_that_cannot_be_evaluated_is_an_error_and_the_others_are_answered(
    old: Session, store: RecordStore
) -> None:
    check(old, request("good"), store=store)
    store.append(
        "check", "bad", "2023-01-01T00:00:00+00:00", {"request": request("bad", destination="Nowhere"), "answer": {}}
    )
    store.append("check", "odd", "2023-01-01T00:00:00+00:00", {"other": 1})
    found = recheck(old, store, today=TODAY)
    assert (found["records"], found["same"]) == (3, 1)
    assert [e["seq"] for e in found["errors"]] == [2, 3]


# -- the command, on the embedded edition ----------------------------------------------------------------------------
REQUEST: dict[str, Any] = {
    "id": "PO-1", "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "HK", "diligence": "complete",
    "red_flags": [], "informed": [], "item": {"classification": {"us": "6A993.a"}, "origin": "US", "kind": "commodity"},
    "parties": [{"role": "end_user", "name": "Bright Lens Ltd", "country": "HK", "listed": [], "capacity": "private"}],
}  # fmt: skip


def test_the_command_from_first_use_to_a_worse_answer(home: Path, tmp_path: Path) -> None:
    run = CliRunner()
    first = run.invoke(main, ["recheck"])
    assert (first.exit_code, first.output.startswith("No record in ")) == (0, True)
    (tmp_path / "r.json").write_text(json.dumps(REQUEST), "utf-8")
    assert run.invoke(main, ["check", str(tmp_path / "r.json")]).exit_code == 0
    again = run.invoke(main, ["recheck", "--exit-code"])
    assert (again.exit_code, "1 record evaluated" in again.output, "1 the same" in again.output) == (0, True, True)
    folder = home / "overlay"
    folder.mkdir()
    (folder / "overlay.toml").write_text(
        '[overlay]\nname = "House"\njurisdiction = "US"\nauthor = "R. Doe"\n[[rule]]\nname = "no_cameras"\ndate = 2026-01-01\n'
        'effect = "requirement"\nsays = "No."\nwhen = { code = ["6A993*"] }\n', "utf-8",
    )  # fmt: skip
    worse = run.invoke(main, ["recheck", "--exit-code"])
    assert worse.exit_code == 1
    assert "no license required then, license required now WORSE" in worse.output
    assert "because of own records: none then, House now" in worse.output
    assert run.invoke(main, ["recheck"]).exit_code == 0
    found = json.loads(run.invoke(main, ["recheck", "--json", "--as-of", "2026-09-01"]).stdout)
    assert (found["worse"], found["as_of"], found["moved"][0]["id"]) == (1, "2026-09-01", "PO-1")
    assert "as_of" not in found["moved"][0]  # the day makes no difference of its own


def test_wrong_input_and_a_changed_chain(home: Path, tmp_path: Path) -> None:
    run = CliRunner()
    assert "no such record store" in run.invoke(main, ["recheck", "--store", str(tmp_path / "x")]).stderr
    (tmp_path / "y").write_text("not a store", "utf-8")
    bad = run.invoke(main, ["recheck", "--store", str(tmp_path / "y")])
    assert (bad.exit_code, bad.stdout) == (2, "")
    assert run.invoke(main, ["recheck", "--since", "yesterday"]).exit_code == 2
    (tmp_path / "r.json").write_text(json.dumps(REQUEST), "utf-8")
    run.invoke(main, ["check", str(tmp_path / "r.json")])
    with sqlite3.connect(home / "records.sqlite3") as db:
        db.execute("drop trigger record_no_update")
        db.execute("update record set full = replace(full, 'Bright', 'Blight')")
    changed = run.invoke(main, ["recheck"])
    assert changed.exit_code == 2
    assert "its full content was changed" in changed.stderr
