"""check: exact names are found, what was not screened is never clear, every answer is recorded, orders are answered whole."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from safeconduct.acts.check import check, resolve
from safeconduct.acts.determine import digest
from safeconduct.acts.faults import RequestError
from safeconduct.acts.records import replay, verify_store
from safeconduct.acts.session import Session
from safeconduct.determination import worst
from safeconduct.lawdata import embedded_folder
from safeconduct.records import ChainFault, Record, RecordStore, StoreError


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def clear_request() -> dict[str, Any]:
    """EAR99 to Brazil, all stated: the chart asks nothing of it."""
    got: dict[str, Any] = json.loads(resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8"))
    got["item"] |= {"classification": {"us": "EAR99"}, "description": "office chairs"}
    return got


def unscreened(name: str | None = "Instituto Exemplo de Vacinas") -> dict[str, Any]:
    request = clear_request()
    request["parties"] = [{"role": "end_user", "country": "BR", "capacity": "university", "owners": []}]
    if name is not None:
        request["parties"][0]["name"] = name
    return request


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path / "records.sqlite3")


# -- resolving -----------------------------------------------------------------------------------------------
def listed(table: str, n: int) -> list[dict[str, Any]]:
    rows = session().edition.rows(table)
    step = max(1, len(rows) // n)
    return [dict(r) for r in rows[::step][:n]]


@pytest.mark.parametrize("table", ["us.entity_list", "us.dpl", "us.uvl", "us.ofac.sdn", "us.meu_list"])
def test_listed_names_are_found_however_they_are_written(table: str) -> None:
    for row in listed(table, 5):
        name = row["name"]
        for written in (name, name.upper(), name.casefold(), f"  {name.replace(' ', '   ')} "):
            assert (table, row["id"]) in {(list_, entry) for _, list_, entry in resolve(session(), written)}, written


def test_aliases_are_found_too() -> None:
    with_alias = [r for r in session().edition.rows("us.entity_list") if r.get("aliases")][:5]
    assert with_alias
    for row in with_alias:
        assert row["id"] in {entry for _, _, entry in resolve(session(), row["aliases"][0])}


@pytest.mark.parametrize(
    "name", ["", " ", "?!", "\x00", "\ud800", "💥", "x" * 10_000, "Instituto Exemplo de Vacinas", "a\tb", "a\nb"]
)
def test_other_names_are_not(name: str) -> None:
    assert resolve(session(), name) == []


# -- never clear without screening ---------------------------------------------------------------------------
def test_what_carries_its_listings_is_answered_as_by_determine(store: RecordStore) -> None:
    answer = check(session(), clear_request(), store=store)
    assert answer["outcome"] == "no_license_required"
    assert answer["screening"]["status"] == "stated"


@pytest.mark.parametrize("name", ["Instituto Exemplo de Vacinas", None])
def test_an_unscreened_party_is_never_clear(name: str | None) -> None:
    answer = check(session(), unscreened(name), record=False)
    assert answer["outcome"] == "undetermined"
    assert answer["screening"]["status"] == "incomplete"
    assert answer["screening"]["parties"][0]["status"] == ("incomplete" if name else "no_name")


@pytest.mark.parametrize("parties", [[], None])
def test_no_party_is_never_clear(parties: Any) -> None:
    answer = check(session(), clear_request() | {"parties": parties}, record=False)
    assert answer["outcome"] == "undetermined"
    assert answer["screening"]["status"] == "incomplete"


def test_one_stated_party_does_not_clear_the_other() -> None:
    request = clear_request()
    del request["parties"][1]["listed"]
    assert check(session(), request, record=False)["screening"]["status"] == "incomplete"
    assert check(session(), request, record=False)["outcome"] == "undetermined"


def test_published_technology_to_an_unscreened_party_is_not_waved_through() -> None:
    request = unscreened()
    request["item"] = {"kind": "technology", "published": True, "classification": {"us": "EAR99"}, "origin": "US"}
    assert check(session(), request, record=False)["outcome"] == "undetermined"
    request["parties"][0]["listed"] = []
    assert check(session(), request, record=False)["outcome"] == "not_subject"


def test_a_listed_name_is_an_open_alert_and_deciding_it_decides_the_answer() -> None:
    row = listed("us.dpl", 3)[1]
    answer = check(session(), unscreened(row["name"]), record=False)
    (candidate, *_) = answer["screening"]["parties"][0]["candidates"]
    assert candidate["entry"] == {"id": row["id"], "list": "us.dpl"}
    assert candidate["alert"] is True
    assert answer["outcome"] == "undetermined"
    decided = unscreened(row["name"])
    decided["parties"][0]["listed"] = [{"list": "us.dpl", "entry": row["id"], "status": "true_match"}]
    assert check(session(), decided, record=False)["outcome"] == "prohibited"  # 764.3(a)(2), 736.2(b)(4)
    decided["parties"][0]["listed"][0]["status"] = "false_positive"
    assert check(session(), decided, record=False)["outcome"] == "no_license_required"


# -- recording -----------------------------------------------------------------------------------------------
def test_every_answer_is_recorded_with_what_was_asked(store: RecordStore) -> None:
    first = check(session(), clear_request(), store=store)
    second = check(session(), clear_request() | {"id": "DEMO-2"}, store=store)
    assert [r.seq for r in store] == [1, 2] == [first["record"]["seq"], second["record"]["seq"]]
    record = store.find("DEMO-2")[0]
    assert record.hash == second["record"]["hash"]
    assert record.content["request"] == clear_request() | {"id": "DEMO-2"}
    assert record.content["answer"] == {k: v for k, v in second.items() if k != "record"}
    assert verify_store(store) == []


def test_nothing_is_recorded_when_not_asked_to_or_when_the_request_is_refused(store: RecordStore) -> None:
    check(session(), clear_request(), record=False, store=store)
    with pytest.raises(RequestError):
        check(session(), clear_request() | {"destination": "Chinna"}, store=store)
    assert not store.path.exists()


def test_what_only_python_can_hold_is_recorded_as_json(store: RecordStore) -> None:
    request = clear_request() | {"date": date(2026, 8, 3), 7: "a key"}
    request["item"]["quantity"] = Decimal(1)
    request["item"]["description"] = "half \ud800 a character"
    request["id"] = "\ud800"
    check(session(), request, store=store)
    assert store.find("\ud800")[0].content["request"]["date"] == "2026-08-03"
    assert verify_store(store) == []


def test_a_store_that_cannot_be_written_gives_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(StoreError):
        check(session(), clear_request(), store=RecordStore(tmp_path / "file" / "r.sqlite3"))


# -- orders --------------------------------------------------------------------------------------------------
def test_an_order_is_answered_line_by_line_and_by_its_worst(store: RecordStore) -> None:
    request = clear_request()
    item = request.pop("item")
    request["items"] = [item, item | {"classification": {"us": "XI(a)(3)"}}, item]
    answer = check(session(), request, store=store)
    outcomes = [x["outcome"] for x in answer["items"]]
    assert outcomes[0] == outcomes[2] == "no_license_required"
    assert outcomes[1] == "license_required"  # 22 CFR 123.1
    assert answer["outcome"] == worst(outcomes) == "license_required"
    assert [x["id"] for x in answer["items"]] == ["DEMO-1#1", "DEMO-1#2", "DEMO-1#3"]
    for a in (answer, *answer["items"]):
        assert digest({k: v for k, v in a.items() if k not in ("digest", "record")}) == a["digest"]
    assert [r.seq for r in store] == [1]  # one record an order
    assert verify_store(store) == []


def test_a_fault_in_one_line_of_an_order_names_the_line() -> None:
    request = clear_request()
    item = request.pop("item")
    request["items"] = [item, item | {"origin": "Chinna"}]
    with pytest.raises(RequestError) as e:
        check(session(), request, record=False)
    assert [f.where for f in e.value.faults] == ["items[1].item.origin"]


# -- replay --------------------------------------------------------------------------------------------------
def recorded(store: RecordStore, **changes: Any) -> Record:
    check(session(), clear_request(), store=store)
    (r,) = store
    content = r.content
    content["answer"] |= changes
    return Record.make(1, r.at, r.kind, content, "00", r.previous)


def test_a_replay_of_today_is_the_same(store: RecordStore) -> None:
    result = replay(session(), recorded(store))
    assert (result.same, result.then, result.now) == (True, "no_license_required", "no_license_required")
    assert result.made_by == result.differences == ()


@pytest.mark.parametrize(("key", "word"), [("edition_digest", "law data"), ("rules", "rules"), ("engine", "engine")])
def test_a_replay_names_what_made_the_difference(store: RecordStore, key: str, word: str) -> None:
    then = recorded(store).content["answer"]
    record = recorded(
        RecordStore(store.path.with_name("b")), outcome="license_required", editions={**then["editions"], key: "older"}
    )
    result = replay(session(), record)
    assert not result.same
    assert result.differences == ("outcome: license_required then, no_license_required now",)
    assert len(result.made_by) == 1
    assert result.made_by[0].startswith(word)


def test_a_record_without_names_cannot_be_replayed(store: RecordStore) -> None:
    bare = Record.from_json(recorded(store).as_json(pseudonymize=True))
    with pytest.raises(ChainFault, match="cannot be evaluated"):
        replay(session(), bare)
