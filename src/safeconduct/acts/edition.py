"""Building an edition from official publications, and checking that it can be built again."""

from __future__ import annotations

import importlib
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from safeconduct.lawdata.store import Edition, EditionError, embedded_folder, file_parts, write_manifest

#: Importers in order; each offers ``build(source_dir) -> BuildResult``.
IMPORTERS: Final = ("us_ccl", "us_country", "us_supplements", "us_csl", "us_bis_lists")
EMBEDDED_NAME: Final = "2026-09-24"


@dataclass
class Built:
    """An edition written to a folder, with each importer's coverage report."""

    folder: Path
    manifest: Mapping[str, Any]
    reports: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    #: files written, below the jurisdiction's folder -> the importer that made them
    files: dict[str, str] = field(default_factory=dict)
    #: files taken from the package's own records, made by hand
    by_hand: list[str] = field(default_factory=list)


def build_edition(source: Path, folder: Path, name: str = EMBEDDED_NAME, *, texts: bool = False) -> Built:
    """Build an edition from a folder of publications.

    Hand-edited records (``tables*.toml``, dated values) are taken from the embedded edition; everything else is
    made anew by the importers.

    Args:
        source: laid out as the data folder the importers document. folder: must be empty or absent.
        texts: also keep the law's own words (for a user's installation, never for the package).
    Raises:
        EditionError: the folder is not empty, or a table described was not built.
        ValueError: an importer met something it does not know; names file and row.
    """
    if folder.exists() and any(folder.iterdir()):
        raise EditionError(f"{folder}: not empty; an edition is built into a new folder")
    base = embedded_folder() / "us"
    target = folder / "us"
    target.mkdir(parents=True, exist_ok=True)
    for path in hand_edited(base):
        copy = target / path.relative_to(base)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    built = Built(folder, {})
    for importer in IMPORTERS:
        run_importer(importer, source, target, built, texts=texts)
    complete(target, base, built)
    try:
        built.manifest = write_manifest(folder, name)
    except FileNotFoundError as e:
        raise EditionError(f"a table is described but was not built: {e.filename}") from None
    return built


def run_importer(importer: str, source: Path, target: Path, built: Built, *, texts: bool = False) -> None:
    """Run one importer and write what it hands back below ``target``; its report and files are noted in ``built``."""
    module = importlib.import_module(f"safeconduct.importers.{importer}")
    result = module.build(source)
    built.reports[importer] = result.report
    files = dict(result.tables) | ({f"texts/{k}": v for k, v in result.texts.items()} if texts else {})
    for relative, data in files.items():
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        built.files[relative] = importer


def complete(target: Path, base: Path, built: Built) -> None:
    """Put in place what is described but comes from no importer: records made by hand, and lists that are now empty.

    Args:
        base: the folder that the hand-made records are taken from.
    """
    for toml in sorted(target.rglob("tables*.toml")):
        for table in tomllib.loads(toml.read_text("utf-8")).get("table", []):
            for name in table["files"]:
                path = toml.parent / name
                relative = path.relative_to(target)
                if file_parts(path)[0].is_file():
                    continue
                # A party list that lost its last entry is empty; it must not come back from an older edition.
                if relative.parts[0] == "lists":
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(b"")
                elif (base / relative).is_file():
                    path.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(base / relative, path)
                    built.by_hand.append(relative.as_posix())


def hand_edited(base: Path) -> list[Path]:
    """Records that people edit: table descriptions, dated values, notes beside them."""
    return sorted([*base.rglob("*.toml"), *base.rglob("*.md"), *base.glob("hand/*")])


def differences(a: Edition, b: Edition) -> list[str]:
    """Files that differ between two editions' manifests, one line each."""
    hashes = [{f["file"]: f["sha256"] for t in e.manifest["tables"] for f in t["hashes"]} for e in (a, b)]
    out = []
    for name in sorted(hashes[0].keys() | hashes[1].keys()):
        if hashes[0].get(name) != hashes[1].get(name):
            state = (
                "only in the first"
                if name not in hashes[1]
                else "only in the second"
                if name not in hashes[0]
                else "differs"
            )
            out.append(f"{name}: {state}")
    return out


def check_embedded(source: Path, scratch: Path) -> list[str]:
    """Rebuild the embedded edition from a folder of publications and compare hashes; the differences found."""
    built = build_edition(source, scratch)
    return differences(Edition(embedded_folder()), Edition(built.folder))
