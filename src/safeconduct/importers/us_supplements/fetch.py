"""Which files of a data folder hold the supplements, and where they are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError, read_toml

__all__ = ["ELSEWHERE", "FOLDER", "HERE", "OFFICIAL", "locate"]

HERE = Path(__file__).parent
FOLDER = Path("us") / "supplements"

# The official address of any part; an update asks for the day and part wanted.
OFFICIAL = "https://www.ecfr.gov/api/versioner/v1/full/{day}/title-15.xml?part={part}"

# Files of the folder that the importer us_country reads.
ELSEWHERE = frozenset({"part738-supp1-footnote-rows.csv", "part738-supp1-footnotes.csv", "part740-supp1-notes.csv"})


def locate(source_dir: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The folder of the supplements and the settings of each table.

    Raises:
        SourceError: a file of the folder is not in source.toml, or the other way round.
    """
    folder = source_dir / FOLDER
    tables: list[dict[str, Any]] = read_toml(HERE / "source.toml")["table"]
    listed = {table["source"] for table in tables}
    found = {path.name for path in folder.glob("*.csv")}
    if new := sorted(found - listed - ELSEWHERE):
        raise SourceError(f"{folder}: {new} are new; describe them in source.toml")
    if gone := sorted(listed - found):
        raise SourceError(f"{folder}: {gone} are missing")
    return folder, tables
