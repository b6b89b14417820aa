"""The ways through: ranked exceptions, the license's policy, clocks and papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.acts.test_counterfactual import PUMP
from tests.test_cases import ALL, session

from safeconduct.acts.ways import policy_rank, ways
from safeconduct.cli.main import main


def test_a_license_names_policy_clocks_and_what_to_file() -> None:
    d = ways(session(), PUMP)["determinations"][0]
    assert d["outcome"] == "license_required"
    assert [x["symbol"] for x in d["barred"]] == ["LVS"]
    assert d["license"]["agencies"] == ["BIS"]
    assert d["license"]["review"]["strictest"]["rank"] == "case_by_case"
    assert [c["days"] for c in d["license"]["clocks"]] == [9, 10, 30, 39, 90]
    assert "apply_for_license" in {x["duty"] for x in d["license"]["file"]}


def test_what_is_available_says_its_duties_and_no_license() -> None:
    request = json.loads(json.dumps(PUMP))
    request["item"]["value"]["amount"] = "2000.00"
    d = ways(session(), request)["determinations"][0]
    assert [x["symbol"] for x in d["available"]] == ["LVS"]
    assert d["license"] is None
    assert d["would_change"] == []


def test_open_conditions_say_which_answer_meets_them() -> None:
    request = json.loads(json.dumps(PUMP))
    request["item"]["value"]["amount"] = "1500.00"
    del request["facts"]
    d = ways(session(), request)["determinations"][0]
    lvs = next(x for x in d["open"] if x["symbol"] == "LVS")
    assert lvs["conditions"][0]["fact"] == "facts.lvs.shipped_this_year"
    assert lvs["conditions"][0]["opens"]


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("Presumption of denial.", "presumption_of_denial"),
        ("General policy of denial (742.8(b)).", "denial"),
        ("Denied: horses for slaughter.", "denial"),
        ("Case by case; denied when it would help missiles materially.", "case_by_case"),
        ("Generally approved outside D:1; D:1 case by case.", "case_by_case"),
        ("Approved: public lands.", "approval"),
        ("As the entry says.", None),
    ],
)
def test_policy_rank(text: str, rank: str | None) -> None:
    assert policy_rank(text) == rank


def test_every_case_has_ways() -> None:
    for case in ALL[::7]:
        answer = ways(session(), case.request)
        for d in answer["determinations"]:
            assert (d["license"] is not None) == (d["outcome"] == "license_required")
            counts = [len(x["conditions"]) for x in d["open"]]
            assert counts == sorted(counts)


def test_command(tmp_path: Path) -> None:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(PUMP), "utf-8")
    run = CliRunner(env={"SAFECONDUCT_HOME": str(tmp_path)})
    page = run.invoke(main, ["exceptions", str(path)])
    assert page.exit_code == 0
    assert "<= 2000 USD" in page.output
    assert "90 days" in page.output
    again = run.invoke(main, ["exceptions", str(path), "--json"])
    assert json.loads(again.output) == ways(session(), PUMP)
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(PUMP) + "\nnot json\n" + json.dumps(PUMP) + "\n", "utf-8")
    bulk = run.invoke(main, ["exceptions", "--lines", str(lines)])
    assert bulk.exit_code == 2
    assert len([x for x in bulk.stdout.splitlines() if x.startswith("{")]) == 3
    for wrong in ([], [str(path), "--lines", str(lines)], [str(tmp_path / "absent.json")]):
        assert run.invoke(main, ["exceptions", *wrong]).exit_code == 2
