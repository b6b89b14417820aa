"""law propose: what moves under changed records and rules; nothing is written, faults are named."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.acts.test_counterfactual import PUMP
from tests.test_cases import session

from safeconduct.acts.check import check
from safeconduct.acts.faults import RequestError
from safeconduct.acts.propose import propose
from safeconduct.cli.main import main
from safeconduct.records import RecordStore

DOCS = Path(__file__).parents[2] / "docs" / "propose"
TODAY = date(2026, 8, 3)


def written(folder: Path, text: str) -> Path:
    path = folder / "proposal.toml"
    path.write_text('[proposal]\ntitle = "invented"\n' + text, "utf-8")
    return path


def asked(path: Path, **more: Any) -> dict[str, Any]:
    return propose(session(), path, today=TODAY, matrix=False, **more)


def test_the_emirates_amendment_moves_the_cases_about_it(tmp_path: Path) -> None:
    before = session().edition.rows("us.country_groups")
    found = asked(DOCS / "91-fr-43038.toml", cases=Path(__file__).parents[1] / "cases")
    moved = found["cases"]["moved"]
    assert any("United Arab Emirates" in x["case"] for x in moved)
    assert all(x["agrees"]["after"] for x in moved if x["agrees"])
    assert found["tables"]["us.country_groups"] == {"add": 1, "change": 2, "remove": 0}
    assert session().edition.rows("us.country_groups") is before, "the edition itself is left as it is"


def test_taking_the_amendment_out_and_in_again_gives_the_law_as_it_is(tmp_path: Path) -> None:
    """Every case answers under the proposal as it does under the edition that holds the amendment."""
    from safeconduct.acts.proposal import proposed, read_proposal
    from safeconduct.acts.propose import _answer, read_cases

    after = proposed(session(), read_proposal(DOCS / "91-fr-43038.toml", "safeconduct.jurisdictions.us"), "US")
    wrong = []
    for case, request, _ in read_cases(Path(__file__).parents[1] / "cases"):
        if _answer(session(), request) != _answer(after, request):
            wrong.append(case)
    assert not wrong


def test_a_recorded_answer_that_moves_is_told(tmp_path: Path) -> None:
    store = RecordStore(tmp_path / "records.sqlite3")
    check(session(), dict(PUMP) | {"id": "P-1"}, store=store)
    text = '[[change]]\ntable = "us.country_chart"\nwhere = { country = "BR" }\nset = { columns = "NS1 NS2" }\n'
    found = asked(written(tmp_path, text), records=store)["records"]
    assert found["read"] == 1
    assert found["moved"][0]["id"] == "P-1"
    assert any("CB2" in x for x in found["moved"][0]["differences"])


def test_the_matrix_counts_cells_and_shows_examples(tmp_path: Path) -> None:
    text = '[[change]]\ntable = "us.country_chart"\nwhere = { country = "BR" }\nset = { columns = "NS1 NS2" }\n'
    m = propose(session(), written(tmp_path, text), today=TODAY, codes="2B350*", destinations=("BR", "DE"))["matrix"][0]
    assert m["day"] == "2026-08-03"
    assert set(m["destinations"]) == {"BR"}
    assert m["moved"] == sum(x["count"] for x in m["by"]) > 0
    assert all(x["examples"] for x in m["by"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[[add]]\ntable = "us.nothing"\nrow = { a = 1 }\n', "add 1.table"),
        ('[[add]]\ntable = "us.country_groups"\nrow = { groop = "A:5" }\n', "groop"),
        ('[[remove]]\ntable = "us.country_groups"\nwhere = { country = "ZZ" }\n', "0 rows fit"),
        ('[[remove]]\ntable = "us.country_groups"\nwhere = { country = "AE" }\n', "exactly one row"),
        ('[[remove]]\ntable = "us.country_groups"\n', "where"),
        ("[removes]\n", "removes"),
        ('[rules]\nremove = ["us.ear.0"]\n', "us.ear.0"),
        ('[rules]\nmodule = "absent.py"\n', "absent.py"),
        ("nonsense", "TOML"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(RequestError) as e:
        asked(written(tmp_path, text))
    assert fault in "; ".join(map(str, e.value.faults))


def test_a_module_that_fails_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "r.py").write_text("raise RuntimeError('no')", "utf-8")
    with pytest.raises(RequestError, match="RuntimeError"):
        asked(written(tmp_path, '[rules]\nmodule = "r.py"\n'))


def test_command(tmp_path: Path) -> None:
    run = CliRunner(env={"SAFECONDUCT_HOME": str(tmp_path)})
    page = run.invoke(main, ["law", "propose", str(DOCS / "91-fr-43038.toml"), "--no-matrix", "--cases", str(tmp_path)])
    assert page.exit_code == 0, page.output
    assert "us.country_groups: 1 added, 2 changed" in page.output
    again = run.invoke(
        main, ["law", "propose", str(DOCS / "91-fr-43038.toml"), "--no-matrix", "--cases", str(tmp_path), "--json"]
    )
    assert json.loads(again.output)["rules"]["added"] == ["us.ear.740.2.a.26"]
    for wrong in ([str(tmp_path / "absent.toml")], [str(written(tmp_path, "x = 1\n"))], [str(DOCS / "91-fr-43038.toml"), "--cases", "nowhere"]):  # fmt: skip
        assert run.invoke(main, ["law", "propose", *wrong]).exit_code == 2
