"""An invented embedded edition and invented publications, in the form of the real ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safeconduct.acts import data, edition_import, editions
from safeconduct.acts import publications as publications_module
from safeconduct.acts import session as session_module
from safeconduct.acts.edition import Built
from safeconduct.acts.publications import Publications
from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import SourceError
from safeconduct.lawdata.store import write_manifest

PARTIES = [f"Harmless Trading {n}" for n in range(40)]
TABLE = """[[table]]
id = "{id}"
files = {files}
as_of = {as_of}
verified_from = 2026-01-01
verified_until = {until}
age_limit_days = {age}
cite = "{cite}"
basis = "read"
sources = [{{what = "invented", where = "nowhere", sha256 = "", day = {as_of}}}]
note = ""
"""


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(r, sort_keys=True) + "\n" for r in rows).encode()


def party_lines(names: list[str]) -> bytes:
    rows = [{"id": f"el:{n:012x}", "list": "us.entity_list", "name": x} for n, x in enumerate(names)]
    return lines([r | {"addresses": [{"country": "AA", "text": None}], "policy": "denial"} for r in rows])


def control_list(
    limit: str | None = "3000", title: str = "Pumps", dest: dict[str, Any] | None = None
) -> dict[str, bytes]:
    scope = {"in": ["*"], "out": []}
    return {
        "ccl/index.tsv": b"pumps\t2B350\n",
        "ccl/entries.jsonl": lines([{"code": "2B350", "title": title}]),
        "ccl/paragraphs.jsonl": lines(
            [{"code": "2B350.a", "entry": "2B350", "parent": "2B350", "kind": "item",
              "limits": [{"what": "volume", "op": ">", "value": 100, "unit": "l"}]}]
        ),
        "ccl/requirements.jsonl": lines(
            [{"entry": "2B350", "n": 1, "reason": "CB", "scope": scope, "when": None, "column": "CB2", "off": None, "dest": None, "cite": "Book 2B350"},
             {"entry": "2B350", "n": 2, "reason": "RS", "scope": {"in": ["2B350.a"], "out": []}, "when": None, "column": None,
              "off": "742.6(a)(6)(iii)(B)", "dest": dest or {"groups": ["D:1"], "not_groups": ["A:5"]}, "cite": "Book 2B350"}]
        ),
        "ccl/exceptions.jsonl": lines(
            [{"entry": "2B350", "symbol": "LVS", "n": 1, "allow": True, "scope": scope, "when": None, "limit": limit,
              "not_reasons": [], "dest": None, "cite": "Book 2B350"}]
        ),
    }  # fmt: skip


GROUPS = (
    "group,country,from,until,footnote\nA:5,BB,,,\nD:1,AA,,,\nD:1,BB,,2026-07-10,\nA:5,CC,2026-07-10,,\nD:1,CC,,,\n"
)
ISO = "code,name\nAA,Alpha\nBB,Beta\nCC,United Gamma\n"


def write_embedded(folder: Path) -> Path:
    """Twelve tables with a record made by hand among them."""
    files: dict[str, bytes] = {
        "lists/us.entity_list.jsonl": party_lines(PARTIES),
        "lists/keys.csl.tsv": b"harmless\tus.entity_list\tel:0\n",
        "country/groups.csv": GROUPS.encode(),
        "country/iso.csv": ISO.encode(),
        "hand/list.csv": b"list,member\n1,a\n",
        "ccl/by_hand.csv": b"code,mark\n2B350,x\n",
        **control_list(),
    }
    tables = {
        "us.entity_list": ("lists/us.entity_list.jsonl", 31), "us.lists.keys": ("lists/keys.csl.tsv", 31),
        "us.country_groups": ("country/groups.csv", 365), "us.iso": ("country/iso.csv", 365),
        "us.index": ("lists/keys.csl.tsv ccl/index.tsv", 365), "us.hand": ("hand/list.csv", 365), "us.by_hand": ("ccl/by_hand.csv", 365),
        **{f"us.ccl.{n}": (f"ccl/{n}.jsonl", 365) for n in ("entries", "paragraphs", "requirements", "exceptions")},
    }  # fmt: skip
    for name, content in files.items():
        path = folder / "us" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    text = "\n".join(
        TABLE.format(
            id=i, files=json.dumps(f.split()), as_of="2026-07-31", until="2026-08-01", age=age, cite=f"Book of {i}"
        )
        for i, (f, age) in tables.items()
    )
    (folder / "us" / "tables.toml").write_text(text, "utf-8")
    write_manifest(folder, "invented")
    return folder


def _lists(source: Path) -> BuildResult:
    raw = json.loads((source / "us/lists/parties.json").read_text("utf-8"))
    if "unknown" in raw:
        raise SourceError("parties.json, row 3: field 'unknown' is not known; say in source.toml what it means")
    names = raw["names"]
    tables = {
        "lists/us.entity_list.jsonl": party_lines(names),
        "lists/keys.csl.tsv": b"harmless\tus.entity_list\tel:0\n",
    }
    report = {"read": len(names) + 1, "mapped": len(names), "ignored": {"heading": 1}, "unreadable": [],
              "form": "compact" if "day" in raw else "json", "day": raw.get("day")}  # fmt: skip
    return BuildResult(tables, report)


def _list(source: Path) -> BuildResult:
    raw = json.loads((source / "us/ccl/list.json").read_text("utf-8"))
    words = [
        {"code": "2B350", "text": "Invented words on pumps"},
        {"code": "2B350.a", "text": "Invented words on large pumps"},
    ]
    report = {"read": {"a": 2, "b": 3}, "mapped": 5, "ignored": {}, "unreadable": [{"row": "9", "why": "smudged"}]}
    return BuildResult(
        control_list(**raw), report, {"ccl/texts.jsonl": lines(words), "country/chart_footnotes.json": b'{"1":"x"}'}
    )


IMPORTERS: dict[str, tuple[Publications, Callable[[Path], BuildResult]]] = {
    "us_ccl": (Publications((("us/ccl/list.json",),)), _list),
    "us_csl": (Publications((("us/lists/parties.json",),)), _lists),
}


def run_importer(importer: str, source: Path, target: Path, built: Built, *, texts: bool = False) -> None:
    result = IMPORTERS[importer][1](source)
    built.reports[importer] = result.report
    for relative, content in {**result.tables, **{f"texts/{k}": v for k, v in result.texts.items()}}.items():
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        built.files[relative] = importer


class House:
    """A home of its own over the invented edition, and a folder of publications to write into."""

    def __init__(self, tmp: Path) -> None:
        self.home, self.embedded, self.source = tmp / "home", write_embedded(tmp / "embedded"), tmp / "publications"

    def publish(self, names: list[str] | None = None, day: str | None = "2026-09-01", **ccl: Any) -> Path:
        """Publications anew: parties (None: none), and the control list when ``ccl`` says anything."""
        shutil.rmtree(self.source, ignore_errors=True)
        if names is not None:
            self.put("us/lists/parties.json", {"names": names} | ({"day": day} if day else {}))
        if ccl:
            self.put("us/ccl/list.json", ccl)
        return self.source

    def put(self, name: str, content: Any) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setenv("SAFECONDUCT_HOME", str(made.home))
    for module in (data, editions, edition_import, session_module):
        monkeypatch.setattr(module, "embedded_folder", lambda: made.embedded)
    monkeypatch.setattr(edition_import, "IMPORTERS", tuple(IMPORTERS))
    monkeypatch.setattr(edition_import, "publications", lambda i: IMPORTERS[i][0])
    monkeypatch.setattr(edition_import, "run_importer", run_importer)
    monkeypatch.setattr(
        publications_module,
        "OWNERS",
        (("ccl/", "us_ccl"), ("lists/", "us_csl"), ("country/chart", "us_ccl")),
    )
    return made


DAY = date(2026, 9, 10)
