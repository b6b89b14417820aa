"""The core knows no country: one added from outside the tree is answered like any other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.fictitious.edition import write_edition
from tests.fictitious.freedonia import MANIFEST

from safeconduct.acts.determine import determine
from safeconduct.acts.faults import RequestError
from safeconduct.acts.session import Session


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return Session(write_edition(tmp_path_factory.mktemp("edition") / "e"), [MANIFEST])


def ask(session: Session, **changes: Any) -> dict[str, Any]:
    request: dict[str, Any] = {
        "id": "1", "activity": "export", "date": "2023-03-01", "jurisdictions": ["FREEDONIA"], "destination": "CC", "diligence": "complete",
        "item": {"classification": {"fr": "M1.a"}, "parameters": {"loudness": 90}},
    }  # fmt: skip
    return determine(session, request | changes)


def reasons(answer: dict[str, Any]) -> list[str]:
    return [r["reason"] for r in answer["determinations"][0]["requirements"]]


def test_listed_item_outside_the_league_needs_a_license(session: Session) -> None:
    answer = ask(session)
    assert answer["outcome"] == "license_required"
    assert reasons(answer) == ["music"]


def test_league_members_are_free_from_their_day_of_joining(session: Session) -> None:
    assert ask(session, destination="AA")["outcome"] == "no_license_required"
    assert ask(session, destination="BB", date="2022-06-30")["outcome"] == "license_required"
    assert ask(session, destination="BB", date="2022-07-01")["outcome"] == "no_license_required"


def test_a_short_code_leaves_the_paragraph_open_and_says_where_each_leads(session: Session) -> None:
    answer = ask(session, item={"classification": {"fr": "M1"}, "parameters": {"loudness": 90}})
    assert answer["outcome"] == "undetermined"
    question = next(q for q in answer["determinations"][0]["questions"] if q["fact"] == "item.classification.fr")
    assert question["if"] == {"M1.a": "license_required", "M1.b": "no_license_required"}


def test_a_limit_is_strict_and_an_absent_parameter_is_unknown(session: Session) -> None:
    item = {"classification": {"fr": "M1.b"}}
    assert ask(session, item={**item, "parameters": {"loudness": 100}})["outcome"] == "no_license_required"
    assert reasons(ask(session, item={**item, "parameters": {"loudness": "100.001"}})) == ["loud"]
    assert ask(session, item=item)["outcome"] == "undetermined"


def test_an_exception_lifts_only_its_own_reason(session: Session) -> None:
    tour = {"opera": {"tour": True}}
    assert ask(session, facts=tour)["outcome"] == "exception_available"
    loud = ask(session, facts=tour, item={"classification": {"fr": "M1.a"}, "parameters": {"loudness": 120}})
    assert loud["outcome"] == "license_required"
    assert loud["determinations"][0]["exceptions"][0]["available"] is False


def test_an_unclaimed_exception_is_listed_as_open_and_the_license_stays_required(session: Session) -> None:
    answer = ask(session)
    opera = answer["determinations"][0]["exceptions"][0]
    assert (opera["symbol"], opera["available"]) == ("OPERA", None)
    assert opera["conditions"][0]["fact"] == "facts.opera.tour"


@pytest.mark.parametrize(
    ("day", "reason"),
    [("2021-12-31", []), ("2022-01-01", ["s. 9"]), ("2022-12-31", ["s. 9"]), ("2023-01-01", [])],
)
def test_a_provision_holds_from_its_first_day_until_the_day_it_ends(
    session: Session, day: str, reason: list[str]
) -> None:
    assert reasons(ask(session, destination="SY", date=day, item={"classification": {"fr": "free"}})) == reason


def test_days_before_the_tables_and_after_their_age_limit_are_not_clear(session: Session) -> None:
    free_there = {"destination": "AA"}
    assert ask(session, **free_there, date="2024-05-31")["determinations"][0]["presumed"] == []
    presumed = ask(session, **free_there, date="2024-06-01")
    assert presumed["outcome"] == "no_license_required"
    assert presumed["determinations"][0]["presumed"][0]["unchanged_since"] == "2024-06-01"
    late = ask(session, **free_there, date="2024-09-09")
    assert late["outcome"] == "undetermined"
    assert "freedonia.list.entries" in str(late["determinations"][0]["questions"])


def test_an_unknown_fact_name_holds_a_clear_answer_back(session: Session) -> None:
    answer = ask(session, destination="AA", end_use={"militry": True})
    assert answer["outcome"] == "undetermined"
    assert answer["unknown_names"] == [{"name": "end_use.militry", "nearest": answer["unknown_names"][0]["nearest"]}]
    assert "end_use.military" in answer["unknown_names"][0]["nearest"]


def test_an_unknown_jurisdiction_is_a_fault(session: Session) -> None:
    with pytest.raises(RequestError, match="installed ones: FREEDONIA"):
        ask(session, jurisdictions=["ATLANTIS"])


def test_the_same_request_gives_the_same_bytes(session: Session, tmp_path: Path) -> None:
    fresh = Session(write_edition(tmp_path / "e"), [MANIFEST])
    ask(session, destination="AA")  # a warm memory must not change an answer
    assert json.dumps(ask(session)) == json.dumps(ask(fresh))


def test_it_is_found_by_its_entry_point(tmp_path: Path) -> None:
    info = tmp_path / "freedonia-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: freedonia\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[safeconduct.jurisdictions]\nfreedonia = freedonia:MANIFEST\n", "utf-8")
    root = Path(__file__).resolve().parents[1] / "fictitious"
    edition = write_edition(tmp_path / "edition")
    code = (
        "import sys, pathlib; from safeconduct import Session, determine; from safeconduct.acts.session import find_manifests\n"
        f"s = Session(pathlib.Path({str(edition)!r}), find_manifests(['freedonia']))\n"
        "print(determine(s, {'date': '2023-03-01', 'jurisdictions': ['FREEDONIA'], 'destination': 'CC',"
        " 'item': {'classification': {'fr': 'M1.a'}, 'parameters': {'loudness': 90}}})['outcome'])"
    )
    path = f"{tmp_path}:{root}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={"PYTHONPATH": path, "PATH": ""}
    )
    assert done.stdout.strip() == "license_required", done.stderr
