"""Writes the tables of the fictitious country as an edition."""

from __future__ import annotations

import json
from pathlib import Path

from safeconduct.lawdata.store import write_manifest

TABLE = """[[table]]
id = "{id}"
files = ["{file}"]
as_of = 2024-01-01
verified_from = 2020-01-01
verified_until = 2024-06-01
age_limit_days = 100
cite = "{cite}"
"""


def write_edition(folder: Path) -> Path:
    """An edition of one list of three paragraphs, one country group, and country names."""
    base = folder / "freedonia"
    base.mkdir(parents=True)
    rows: dict[str, list[dict[str, object]]] = {
        "entries": [{"code": "M1", "title": "Instruments"}],
        "paragraphs": [
            {"code": "M1.a", "entry": "M1", "parent": None, "kind": "item", "limits": []},
            {"code": "M1.b", "entry": "M1", "parent": None, "kind": "item", "limits": []},
        ],
        "requirements": [
            {"entry": "M1", "n": 1, "reason": "music", "scope": {"in": ["M1.a"]}, "cite": "List M1"},
            {"entry": "M1", "n": 2, "reason": "loud", "scope": {"in": ["*"]}, "cite": "List M1",
             "when": {"fact": "item.parameters.loudness", "op": ">", "value": 100, "unit": "dB"}},
        ],
        "exceptions": [],
    }  # fmt: skip
    toml = ""
    for name, table in rows.items():
        (base / f"{name}.jsonl").write_text("".join(json.dumps(r, sort_keys=True) + "\n" for r in table), "utf-8")
        toml += TABLE.format(id=f"freedonia.list.{name}", file=f"{name}.jsonl", cite="Freedonian List")
    (base / "groups.csv").write_text("group,country,from,until\nLeague,AA,,\nLeague,BB,2022-07-01,\n", "utf-8")
    (base / "iso.csv").write_text("code,name\nAA,Alpha\nBB,Beta\nCC,Gamma\nSY,Sylvania\n", "utf-8")
    toml += TABLE.format(id="freedonia.country_groups", file="groups.csv", cite="League Treaty")
    toml += TABLE.format(id="freedonia.iso", file="iso.csv", cite="Atlas")
    (base / "tables.toml").write_text(toml, "utf-8")
    write_manifest(folder, "freedonia-1")
    return folder
