"""Which files of a data folder each importer reads, which files of an edition it makes, and its coverage report."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = "us"
#: Beginning of a file's path -> the importer that makes it; the first that fits holds.
OWNERS: Final = (
    ("ccl/", "us_ccl"), ("country/", "us_country"), ("supp/", "us_supplements"), ("tables.supp", "us_supplements"),
    ("lists/keys.bis", "us_bis_lists"), ("lists/us.entity_list", "us_bis_lists"), ("lists/us.meu_list", "us_bis_lists"),
    ("lists/us.dpl", "us_bis_lists"), ("lists/us.uvl", "us_bis_lists"), ("lists/policies", "us_bis_lists"),
    ("lists/", "us_csl"),
)  # fmt: skip


@dataclass(frozen=True)
class Publications:
    """The files of a data folder that one importer reads: of each tuple of ``needed`` one must be there."""

    needed: tuple[tuple[str, ...], ...]
    optional: tuple[tuple[str, ...], ...] = ()

    def missing(self, source: Path) -> list[str]:
        return [" or ".join(names) for names in self.needed if not any((source / n).is_file() for n in names)]

    def used(self, source: Path) -> set[str]:
        """The files that are read: the first of each tuple that is there."""
        first = (next((n for n in names if (source / n).is_file()), None) for names in (*self.needed, *self.optional))
        return {n for n in first if n is not None}


def publications(importer: str) -> Publications:
    """Which files an importer reads, from its ``source.toml``."""
    settings = tomllib.loads(
        resources.files(f"safeconduct.importers.{importer}").joinpath("source.toml").read_text("utf-8")
    )
    files: Mapping[str, Any] = settings.get("files", {})
    match importer:
        case "us_ccl":
            return Publications(((files["xml"],), (files["requirements"],)), ((files["flat"],), (files["tree"],)))
        case "us_supplements":
            return Publications(tuple((f"us/supplements/{t['source']}",) for t in settings["table"]))
        case "us_csl":
            return Publications((tuple(files["current"]),), ((files["earlier"],),))
        case "us_bis_lists":
            screening = publications("us_csl").needed[0]
            return Publications(
                (tuple(files["entity_list"]), screening),
                (tuple(files["meu_list"]), tuple(files["denied_persons"]), (files["denied_persons_earlier"],)),
            )
        case _:
            return Publications(tuple((f,) for f in files.values()))


def owner(relative: str) -> str | None:
    """The importer that makes a file (path below the jurisdiction's folder), None for records made by hand."""
    relative = relative.removeprefix("texts/")
    return next((who for start, who in OWNERS if relative.startswith(start)), None)


def coverage(report: Mapping[str, Any]) -> dict[str, Any]:
    """An importer's report in one form: ``read`` and ``mapped`` as sums, ``ignored`` name -> count, ``unreadable``."""
    out: dict[str, Any] = {
        "read": _sum(report.get("read")),
        "mapped": _sum(report.get("mapped")),
        "ignored": {str(k): v for k, v in (report.get("ignored") or {}).items()},
        "unreadable": [
            f"{u.get('row')}: {u.get('why')}" if isinstance(u, Mapping) else str(u)
            for u in report.get("unreadable") or ()
        ],
    }
    for part, inner in report.items():
        if isinstance(inner, Mapping) and "read" in inner and "mapped" in inner:
            below = coverage(inner)
            out["ignored"] |= {f"{part}: {k}": v for k, v in below["ignored"].items()}
            out["unreadable"] += below["unreadable"]
            out[part] = {"read": below["read"], "mapped": below["mapped"]}
    return out


def _sum(value: Any) -> int:
    if isinstance(value, Mapping):
        return sum(_sum(v) for v in value.values())
    return value if isinstance(value, int) else 0
