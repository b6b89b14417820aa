"""Where the chart and the groups are published, and which files of a data folder hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safeconduct.importers.sheets import SourceError, read_toml

__all__ = ["HERE", "OFFICIAL", "CountrySource", "locate"]

HERE = Path(__file__).parent

# The official addresses; an update asks the eCFR for the day wanted in place of {day}.
OFFICIAL = {
    "15 CFR 738 Supp. 1": "https://www.ecfr.gov/api/versioner/v1/full/{day}/title-15.xml?part=738",
    "15 CFR 740 Supp. 1": "https://www.ecfr.gov/api/versioner/v1/full/{day}/title-15.xml?part=740",
}


@dataclass(frozen=True)
class CountrySource:
    """Paths of the files and the settings of this importer."""

    chart: Path
    chart_again: Path
    groups: Path
    footnotes: Path
    footnote_rows: Path
    group_notes: Path
    ear_text: Path
    settings: dict[str, object]


def locate(source_dir: Path) -> CountrySource:
    """Find the files under a data folder laid out as the project's source data.

    Raises:
        SourceError: a file is absent; the message names it.
    """
    settings = read_toml(HERE / "source.toml")
    files: dict[str, str] = settings["files"]
    paths = {name: source_dir / where for name, where in files.items()}
    for name, path in paths.items():
        if not path.is_file():
            raise SourceError(f"{name}: no file {path}")
    return CountrySource(settings=settings, **paths)
