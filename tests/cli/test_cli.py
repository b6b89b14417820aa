"""The command line: exit codes, one line a fault with file and line, nothing lost, a light cold start."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from safeconduct.cli.io import nest
from safeconduct.cli.main import COMMANDS, main
from safeconduct.lawdata import embedded_folder
from safeconduct.records import RecordStore

HEAVY = ("numpy", "numba", "pyarrow", "django", "lxml", "pint", "pandas", "cryptography")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


def request(**changes: Any) -> dict[str, Any]:
    """EAR99 to Brazil, all stated: clear."""
    got: dict[str, Any] = json.loads(resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8"))
    got["item"] |= {"classification": {"us": "EAR99"}, "description": "office chairs"}
    return got | changes


USML = {"kind": "commodity", "origin": "US", "classification": {"us": "XI(a)(3)"}}  # license_required, 22 CFR 123.1


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=stdin, catch_exceptions=False)


def write(folder: Path, name: str, *lines: Any) -> str:
    path = folder / name
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), "utf-8")
    return str(path)


# -- one request ---------------------------------------------------------------------------------------------
def test_one_request_from_a_file_or_standard_input(tmp_path: Path) -> None:
    path = write(tmp_path, "r.json", request())
    from_file, from_pipe = (
        run("determine", path, "--json"),
        run("determine", "-", "--json", stdin=json.dumps(request())),
    )
    assert from_file.exit_code == from_pipe.exit_code == 0
    assert json.loads(from_file.stdout) == json.loads(from_pipe.stdout)
    assert json.loads(from_file.stdout)["outcome"] == "no_license_required"
    bom = "\ufeff" + json.dumps(request())
    assert run("determine", "-", "--json", stdin=bom.encode()).stdout == from_file.stdout


@pytest.mark.parametrize(
    ("item", "flag", "code"), [(None, True, 0), (None, False, 0), (USML, True, 1), (USML, False, 0)]
)
def test_exit_code_one_only_when_asked_for(tmp_path: Path, item: Any, flag: bool, code: int) -> None:
    path = write(tmp_path, "r.json", request(**({"item": item} if item else {})))
    assert run("determine", path, *(["--exit-code"] if flag else [])).exit_code == code
    lines = write(tmp_path, "r.jsonl", request(), request(**({"item": item} if item else {})))
    assert run("determine", "--lines", lines, *(["--exit-code"] if flag else [])).exit_code == code


def test_the_page_names_answer_reasons_and_data() -> None:
    out = run("determine", "-", "--trail", stdin=json.dumps(request(item=USML))).stdout
    for part in (
        "A license is required",
        "22 CFR 123.1",
        "XI(a)(3)",
        "Brazil",
        "edition",
        "Not legal advice",
        "us.ear.738.4",
    ):
        assert part in out
    assert run("determine", "-", stdin=json.dumps(request(id="[/red]", end_use={"militry[/]": True}))).exit_code == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ('{"id": 1,\n "date": }', ("r.json:2",)), ("", ("r.json",)), ('{"item": {"quantity": NaN}}', ("NaN",)), ("[1, 2]", ("a JSON object",)),
        ("[" * 100_000, ("nested",)), ('{"quantity": ' + "9" * 10_000 + "}", ("r.json",)),
    ],
)  # fmt: skip
def test_what_is_not_a_request_is_one_line_and_exit_two(tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    got = run("determine", write(tmp_path, "r.json", text))
    assert got.exit_code == 2
    assert got.stdout == ""
    assert len(got.stderr.splitlines()) == 1
    for p in parts:
        assert p in got.stderr


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b'{"id": "\xff"}')
    for path in (str(tmp_path / "absent.json"), str(tmp_path), str(tmp_path / "bad.json")):
        for args in (("determine", path), ("determine", "--lines", path)):
            got = run(*args)
            assert got.exit_code == 2
            assert path in got.stderr
            assert "Traceback" not in got.stderr
    assert run("determine", "-", "--edition", str(tmp_path), stdin="{}").exit_code == 2


def test_every_fault_is_one_line_with_file_and_field(tmp_path: Path) -> None:
    path = write(tmp_path, "r.json", request(destination="Ukraine\n(Crimea region)", activity="send", date="soon"))
    got = run("determine", path)
    assert got.exit_code == 2
    assert [x.split(": ")[:2] for x in sorted(got.stderr.splitlines())] == [
        [path, "activity"],
        [path, "date"],
        [path, "destination"],
    ]
    assert "UA-43" in got.stderr


# -- many ----------------------------------------------------------------------------------------------------
def test_good_lines_are_answered_in_order_and_bad_ones_keep_their_place(tmp_path: Path) -> None:
    lines = [
        request(id="a"), "not json", request(id="b", destination="Chinna"), "", request(id="c", item=USML), "[]", request(id="d"),
        '{"id": "e", "x": NaN}', request(id="\ud800"),
    ]  # fmt: skip
    path = write(tmp_path, "many.jsonl", *lines)
    got = run("determine", "--lines", path, "--exit-code")
    assert got.exit_code == 2
    answers = [json.loads(x) for x in got.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["a", "", "b", "c", "", "d", "", "\ud800"]
    assert [a["outcome"] for a in answers] == [
        "no_license_required", None, None, "license_required", None, "no_license_required", None, "no_license_required",
    ]  # fmt: skip
    assert [a["line"] for a in answers if a["outcome"] is None] == [2, 3, 6, 8]
    assert all(a["errors"] for a in answers if a["outcome"] is None)
    assert [x.split(": ")[0] for x in got.stderr.splitlines()] == [f"{path}:{n}" for n in (2, 3, 6, 8)]


def test_lines_from_standard_input_and_to_a_file(tmp_path: Path) -> None:
    stdin = "".join(json.dumps(request(id=str(n))) + "\r\n" for n in range(5))
    piped = run("determine", "--lines", "-", stdin=stdin)
    assert [json.loads(x)["id"] for x in piped.stdout.splitlines()] == list("01234")
    out = tmp_path / "out.jsonl"
    assert run("determine", "--lines", "-", "--output", str(out), stdin=stdin).stdout == ""
    assert out.read_text("utf-8") == piped.stdout
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []
    bad = run("determine", "--lines", "-", "--output", str(tmp_path / "no" / "out"), stdin=stdin)
    assert bad.exit_code == 2
    assert "cannot be written" in bad.stderr
    assert run("determine", "--lines", str(tmp_path / "none"), "--output", str(tmp_path / "x")).exit_code == 2
    assert not list(tmp_path.glob("x*"))


COLUMNS = ["id", "date", "activity", "exported_from", "destination", "item.kind", "item.origin", "item.classification.us", "diligence", "red_flags",
           "informed", "parties[0].role", "parties[0].country", "parties[0].capacity", "parties[0].listed", "parties[0].owners", "end_use.military"]  # fmt: skip
ROW = [
    "1",
    "2026-08-03",
    "export",
    "US",
    "BR",
    "commodity",
    "US",
    "EAR99",
    "complete",
    "[]",
    "[]",
    "end_user",
    "BR",
    "university",
    "[]",
    "[]",
    "false",
]


def as_csv(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    return out.getvalue()


def test_csv_with_paths_of_facts_as_columns(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(
        as_csv(ROW, [*ROW[:4], "Chinna", *ROW[5:]], [], [*ROW, "too", "many"], ROW[:3], ["4", *ROW[1:]]), "utf-8"
    )
    got = run("determine", "--lines", str(path))
    answers = [json.loads(x) for x in got.stdout.splitlines()]
    assert [a["outcome"] for a in answers] == ["no_license_required", None, None, "undetermined", "no_license_required"]
    assert [x.split(": ")[0] for x in got.stderr.splitlines()] == [f"{path}:3", f"{path}:5"]
    assert got.exit_code == 2


@pytest.mark.parametrize("column", ["parties[99999999].role", "item", "destination.code", "parties[0]", "parties"])
def test_columns_that_do_not_fit_together_are_faults_of_the_line(tmp_path: Path, column: str) -> None:
    path = tmp_path / "many.csv"
    path.write_text(",".join([*COLUMNS, column]) + "\n" + ",".join([*ROW, "x"]) + "\n" + ",".join(ROW) + "\n", "utf-8")
    got = run("determine", "--lines", str(path))
    assert got.exit_code == 2
    assert [json.loads(x)["outcome"] for x in got.stdout.splitlines()] == [None, "no_license_required"]
    assert got.stderr.startswith(f"{path}:2: ")


def test_a_csv_field_past_all_bounds_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(as_csv(["x" * 200_000, *ROW[1:]], ROW), "utf-8")
    got = run("determine", "--lines", str(path))
    assert got.exit_code == 2
    assert [json.loads(x)["outcome"] for x in got.stdout.splitlines()] == [None, "no_license_required"]


def test_parquet_gives_what_json_lines_give(tmp_path: Path) -> None:
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [dict(zip(COLUMNS, ROW, strict=True)) | {"date": datetime.date(2026, 8, 3), "id": str(n)} for n in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "many.parquet")
    (tmp_path / "many.csv").write_text(as_csv(*([str(n), *ROW[1:]] for n in range(3))), "utf-8")
    one, two = (run("check", "--lines", str(tmp_path / f"many.{x}"), "--no-record") for x in ("parquet", "csv"))
    assert one.exit_code == two.exit_code == 0
    assert one.stdout == two.stdout
    assert run("check", "--lines", str(tmp_path / "many.parquet")).exit_code == 0  # and can be recorded
    (tmp_path / "bad.parquet").write_text("PAR1 not really", "utf-8")
    assert run("determine", "--lines", str(tmp_path / "bad.parquet")).exit_code == 2


def test_nest() -> None:
    assert nest({"a.b": 1, "a.c": None, "p[1].n": "x", "p[0].n": "y"}) == {"a": {"b": 1}, "p": [{"n": "y"}, {"n": "x"}]}
    for bad in ({"a": 1, "a.b": 2}, {"p[5000].n": 1}, {"p": "x", "p[0].n": 1}):
        with pytest.raises(ValueError, match="does not fit"):
            nest(bad)


# -- help, misspellings, records -----------------------------------------------------------------------------
def test_an_unknown_command_suggests_the_nearest() -> None:
    got = run("determin", "x")
    assert got.exit_code == 2
    assert "Did you mean 'determine'?" in got.stderr
    assert "Did you mean" not in run("zzzzz").stderr


@pytest.mark.parametrize("command", [[], *([c] for c in sorted(COMMANDS))])
def test_help(command: list[str]) -> None:
    got = run(*command, "--help")
    assert got.exit_code == 0
    assert got.stdout.startswith("Usage:")


@pytest.mark.parametrize(
    "args", [("determine",), ("determine", "a", "--lines", "b"), ("determine", "--nope"), ("check", "a", "b")]
)
def test_misuse_is_exit_two_with_usage(args: tuple[str, ...]) -> None:
    got = run(*args)
    assert got.exit_code == 2
    assert "Usage:" in got.stderr


def test_demo_facts_and_schema() -> None:
    assert "Where to go next" in run("demo").stdout
    assert json.loads(run("demo", "--request").stdout)["id"] == "DEMO-1"
    assert json.loads(run("facts", "--schema").stdout)["type"] == "object"
    assert json.loads(run("facts", "destination", "--json").stdout)[0]["path"] == "destination"
    got = run("facts", "destinaton")
    assert got.exit_code == 2
    assert "destination" in got.stderr


def test_records_from_the_command_line(tmp_path: Path) -> None:
    for n in (1, 2):
        assert run("check", "-", stdin=json.dumps(request(id=f"PO-{n}"))).exit_code == 0
    store = tmp_path / "home" / "records.sqlite3"
    assert len(run("record", "list").stdout.splitlines()) == 2
    shown = json.loads(run("record", "show", "PO-2", "--json").stdout)
    assert shown == RecordStore(store).find("PO-2")[0].content["answer"]
    assert run("record", "verify").exit_code == 0
    assert "the same findings" in run("record", "replay", "PO-1").stdout
    key, head, export = tmp_path / "k.pem", tmp_path / "head.json", tmp_path / "export.jsonl"
    public = run("record", "key", str(key)).stdout.strip()
    assert run("record", "export", "--sign", str(key), "--output", str(head)).exit_code == 0
    assert run("record", "verify", "--head", str(head), "--public-key", public).exit_code == 0
    assert run("record", "verify", "--head", str(head), "--public-key", "00" * 32).exit_code == 1
    assert run("record", "export", "--pseudonymize", "--output", str(export)).exit_code == 0
    assert "Exemplo" not in export.read_text("utf-8")
    assert run("record", "verify", "--export", str(export)).exit_code == 0
    export.write_text(export.read_text("utf-8").replace("2026-08-03", "2026-08-04", 1), "utf-8")
    assert run("record", "verify", "--export", str(export)).exit_code == 1


def test_record_faults_are_messages(tmp_path: Path) -> None:
    junk = write(tmp_path, "junk", "not a database " * 200)
    for args in (
        ("list", "--store", junk), ("show", "1", "--store", junk), ("verify", "--store", junk), ("export", "--store", junk),
        ("verify", "--store", str(tmp_path / "absent")), ("show", "nothing"), ("replay", "nothing"),
        ("verify", "--head", str(tmp_path / "absent")), ("export", "--sign", str(tmp_path / "absent")),
    ):  # fmt: skip
        got = run("record", *args)
        assert got.exit_code == 2, args
        assert got.stderr.startswith("safeconduct: ")
        assert len(got.stderr.splitlines()) == 1


def test_a_store_that_cannot_be_written_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path / "file"))
    path = write(tmp_path, "r.jsonl", request())
    for args in (("check", path), ("check", "--lines", path)):
        got = run(*args)
        assert got.exit_code == 2
        assert "--no-record" in got.stderr
    assert run("check", path, "--no-record").exit_code == 0


# -- true processes ------------------------------------------------------------------------------------------
def spawn(code: str, tmp_path: Path, stdin: str = "") -> subprocess.CompletedProcess[bytes]:
    env = {"SAFECONDUCT_HOME": str(tmp_path), "PATH": "", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-c", code], input=stdin.encode(), capture_output=True, check=False, env=env)


@pytest.mark.parametrize("command", ["determine", "check"])
def test_one_answer_imports_nothing_heavy(tmp_path: Path, command: str) -> None:
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['safeconduct', {command!r}, '-', '--json']\n"
        "from safeconduct.cli.main import run\nrun()\n"
    )
    done = spawn(code, tmp_path, json.dumps(request()))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outcome"] == "no_license_required"
    assert done.stderr.decode().strip() == "[]"


def test_the_installed_command_keeps_the_exit_code_and_half_characters(tmp_path: Path) -> None:
    code = "import sys\nsys.argv = ['safeconduct', 'determine', '--lines', '-', '--exit-code']\nfrom safeconduct.cli.main import run\nrun()\n"
    done = spawn(code, tmp_path, json.dumps(request(id="\ud800é", item=USML)) + "\n")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["id"] == "\ud800é"
    assert done.stderr == b""


def test_an_excel_sheet_of_fact_paths_is_answered_line_by_line(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "date", "activity", "exported_from", "destination", "item.classification.us", "diligence"])
    sheet.append(["a", datetime(2026, 8, 3), "export", "US", "DE", "EAR99", "complete"])
    sheet.append(["b", "3 August", "export", "US", "DE", "EAR99", "complete"])
    book.save(tmp_path / "lines.xlsx")
    done = CliRunner().invoke(main, ["determine", "--lines", str(tmp_path / "lines.xlsx")])
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["id"] for a in answers] == ["a", "b"]
    assert answers[0]["date"] == "2026-08-03"
    assert answers[1]["errors"][0]["where"] == "date"
    assert done.exit_code == 2
