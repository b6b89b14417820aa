"""Editions: named, consistent sets of dated tables, read from a folder of canonical text files.

``edition.json`` in the folder lists every table with its files, hashes, days and sources. Nothing is compiled:
tables are small enough to be read when first asked for, and party lists are searched without loading
(``sorted_text``).
"""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

MANIFEST = "edition.json"


class EditionError(ValueError):
    """An edition's files are missing, damaged or not of the expected form."""


@dataclass(frozen=True)
class TableInfo:
    """What an edition says of one table.

    as_of: day of the text the rows were read in. verified_from/until: first day this content is known to be law,
    and the day after the newest text it was read in. From ``verified_until`` on it is presumed unchanged for
    ``age_limit_days``. basis: ``read``, ``memory`` or ``inferred``.
    """

    id: str
    files: tuple[str, ...]
    as_of: date
    verified_from: date
    verified_until: date
    age_limit_days: int
    cite: str
    basis: str
    rows: int
    sources: tuple[Mapping[str, Any], ...]
    note: str = ""

    @property
    def presumed_until(self) -> date:
        try:
            return self.verified_until + timedelta(days=self.age_limit_days)
        except OverflowError:
            return date.max


class Edition:
    """One edition on disk.

    Args:
        folder: holds ``edition.json`` and the files it names.
    Raises:
        EditionError: the manifest is absent, damaged or incomplete.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / MANIFEST
        try:
            self.manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise EditionError(f"{path}: not found; expected the manifest of an edition") from None
        except OSError as e:
            raise EditionError(f"{path}: cannot be read: {e.strerror}") from None
        except ValueError as e:
            raise EditionError(f"{path}: not valid JSON: {e}") from None
        if not isinstance(self.manifest, dict) or not {"name", "tables", "digest"} <= self.manifest.keys():
            raise EditionError(f"{path}: not the manifest of an edition; expected name, tables and digest")
        if fault := _form_fault(self.manifest):
            raise EditionError(f"{path}: damaged: {fault}")
        self._parsed: dict[str, tuple[Mapping[str, Any], ...]] = {}

    @property
    def name(self) -> str:
        return str(self.manifest["name"])

    @property
    def digest(self) -> str:
        return str(self.manifest["digest"])

    @cached_property
    def tables(self) -> dict[str, TableInfo]:
        return {t["id"]: _table_info(t) for t in self.manifest["tables"]}

    def table(self, table_id: str) -> TableInfo:
        try:
            return self.tables[table_id]
        except KeyError:
            raise EditionError(f"edition {self.name} has no table {table_id}") from None

    def paths(self, table_id: str) -> tuple[Path, ...]:
        return tuple(self.folder / f for f in self.table(table_id).files)

    def manifest_dated(self, table_id: str) -> bool:
        """Whether rows of the table carry their own ``from``/``until`` (noted when the manifest was written)."""
        return any(t["id"] == table_id and t.get("dated") for t in self.manifest["tables"])

    def rows(self, table_id: str) -> tuple[Mapping[str, Any], ...]:
        """All rows of a table, in file order: CSV rows as strings, JSON Lines as objects. Read once."""
        got = self._parsed.get(table_id)
        if got is None:
            try:
                got = tuple(row for p in self.paths(table_id) for row in read_rows(p))
            except OSError as e:
                raise EditionError(
                    f"{e.filename}: cannot be read ({e.strerror}); see: safeconduct data verify"
                ) from None
            self._parsed[table_id] = got
        return got

    def verify(self) -> list[str]:
        """Faults of the files against the manifest, one line each; empty when all hashes agree."""
        faults = []
        for t in self.manifest["tables"]:
            if sorted(t["files"]) != sorted(h["file"] for h in t["hashes"]):
                faults.append(f"{MANIFEST}: table {t['id']}: its files and its hashes are not of the same files")
            for f in t["hashes"]:
                path = self.folder / f["file"]
                if ".." in path.parts or Path(f["file"]).is_absolute():
                    faults.append(f"{f['file']}: leads out of the edition")
                elif not path.is_file():
                    faults.append(f"{f['file']}: missing")
                elif (got := sha256_of(path)) != f["sha256"]:
                    faults.append(f"{f['file']}: sha256 is {got}, the manifest says {f['sha256']}")
        if (d := manifest_digest(self.manifest)) != self.manifest.get("digest"):
            faults.append(f"{MANIFEST}: digest is {self.manifest.get('digest')}, its content gives {d}")
        return faults


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a .csv or .jsonl file; a damaged line is named with its number."""
    rows: list[dict[str, Any]] = []
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as f:
            return list(csv.DictReader(f))
    try:
        text = path.read_text("utf-8")
        # One parse of the whole file is several times faster than one a line.
        return list(json.loads("[" + ",".join(text.splitlines()) + "]"))
    except ValueError:
        for n, line in enumerate(text.splitlines(), 1):
            try:
                rows.append(json.loads(line))
            except ValueError as e:
                raise EditionError(f"{path.name}:{n}: not valid JSON: {e}") from None
        return rows


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """sha256 over the manifest without its own digest and signature."""
    body = {k: v for k, v in manifest.items() if k not in ("digest", "signature", "public_key")}
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def write_manifest(folder: Path, name: str) -> dict[str, Any]:
    """Describe the tables of ``**/tables*.toml`` below a folder as ``edition.json`` and return it."""
    return put_manifest(folder, name, describe_tables(folder))


def describe_tables(folder: Path) -> list[dict[str, Any]]:
    """The tables of ``**/tables*.toml`` below a folder, with hashes and counts of the files that are there.

    Raises:
        FileNotFoundError: a file described is absent, whole and in parts.
    """
    return [
        describe_table(folder, toml.parent, t)
        for toml in sorted(folder.rglob("tables*.toml"))
        for t in tomllib.loads(toml.read_text("utf-8")).get("table", [])
    ]


def describe_table(folder: Path, base: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's words on one table.

    Args:
        folder: the edition's. base: where the table's ``files`` are found. table: as in ``tables*.toml``.
    """
    files = [p.relative_to(folder).as_posix() for f in table["files"] for p in file_parts(base / f)]
    entry = {
        k: (v.isoformat() if isinstance(v, date) else v) for k, v in table.items() if k not in ("files", "sources")
    }
    entry["files"] = files
    entry["hashes"] = [
        {"file": f, "sha256": sha256_of(folder / f), "bytes": (folder / f).stat().st_size} for f in files
    ]
    entry["dated"] = any(_is_dated(folder / f) for f in files)
    entry["rows"] = sum(_count_rows(folder / f) for f in files)
    entry["sources"] = [
        {k: (v.isoformat() if isinstance(v, date) else v) for k, v in s.items()} for s in table.get("sources", [])
    ]
    return entry


def file_parts(path: Path) -> list[Path]:
    """The file, or its parts ``stem.0.suffix``, ``stem.1.suffix``… in order when it was too large for one."""
    if path.is_file():
        return [path]
    parts = {
        int(n): p
        for p in path.parent.glob(f"{path.stem}.*{path.suffix}")
        if (n := p.name[len(path.stem) + 1 : -len(path.suffix)]).isdigit()
    }
    return [parts[n] for n in sorted(parts)] or [path]


def put_manifest(folder: Path, name: str, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Write ``edition.json`` for tables already described, and return it.

    Raises:
        EditionError: a table is described twice.
    """
    ids = [t["id"] for t in tables]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise EditionError(f"tables described twice: {', '.join(twice)}")
    manifest: dict[str, Any] = {
        "schema": 1,
        "name": name,
        "tables": sorted(tables, key=lambda t: str(t["id"])),
    }
    manifest["digest"] = manifest_digest(manifest)
    save_manifest(folder, manifest)
    return manifest


def save_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a manifest as it stands (its digest is not made anew)."""
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8")


def _is_dated(path: Path) -> bool:
    """Whether any row of a table (party lists aside: their dates belong to the entry) has a day of its own."""
    if path.suffix not in (".csv", ".jsonl") or "lists" in path.parts:
        return False
    return any(row.get("from") or row.get("until") for row in read_rows(path))


def _count_rows(path: Path) -> int:
    lines = path.read_bytes().count(b"\n")
    return max(0, lines - 1) if path.suffix == ".csv" else lines


def _form_fault(manifest: Mapping[str, Any]) -> str | None:
    """What is wrong with the form of a manifest: tables with id, files and their hashes."""
    if not (isinstance(manifest["name"], str) and isinstance(manifest["digest"], str)):
        return "name and digest must be text"
    if not isinstance(manifest["tables"], list):
        return "tables must be a list"
    for t in manifest["tables"]:
        if not isinstance(t, dict) or not {"id", "files", "hashes", "rows", "as_of", "cite"} <= t.keys():
            return "a table without id, files, hashes, rows, as_of or cite"
        texts = [
            t["id"],
            t["as_of"],
            t["cite"],
            *(t.get(k, "") for k in ("verified_from", "verified_until", "basis", "note")),
        ]
        whole = [t["rows"], t.get("age_limit_days", 0)]
        right = (
            all(isinstance(x, str) for x in texts)
            and all(isinstance(x, int) and 0 <= x < 10**6 for x in whole)
            and isinstance(t["files"], list)
            and all(isinstance(f, str) and f for f in t["files"])
            and isinstance(t["hashes"], list)
            and all(isinstance(h, dict) and isinstance(h.get("file"), str) and isinstance(h.get("sha256"), str) for h in t["hashes"])
            and isinstance(t.get("sources", []), list)
            and all(isinstance(s, dict) for s in t.get("sources", []))
        )  # fmt: skip
        if not right:
            return f"table {t['id']!r}: a value of the wrong kind"
    return None


def _table_info(t: Mapping[str, Any]) -> TableInfo:
    try:
        return TableInfo(
            id=t["id"], files=tuple(t["files"]), as_of=date.fromisoformat(t["as_of"]),
            verified_from=date.fromisoformat(t.get("verified_from", t["as_of"])),
            verified_until=date.fromisoformat(t["verified_until"]) if "verified_until" in t
            else date.fromisoformat(t["as_of"]) + timedelta(days=1),
            age_limit_days=int(t.get("age_limit_days", 365)), cite=t["cite"], basis=t.get("basis", "read"),
            rows=t["rows"], sources=tuple(t.get("sources", ())), note=t.get("note", ""),
        )  # fmt: skip
    except (KeyError, ValueError) as e:
        raise EditionError(f"{MANIFEST}: table {t.get('id', '?')}: {e}") from None


def embedded_folder() -> Path:
    """The folder of the edition shipped with the package."""
    return Path(__file__).parent / "records"
