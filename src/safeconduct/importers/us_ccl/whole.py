"""The whole importer of the Commerce Control List: structure, then requirements, exceptions and STA conditions."""

from __future__ import annotations

from pathlib import Path

from safeconduct.importers.build import BuildResult
from safeconduct.importers.us_ccl.map_requirements import build_requirements
from safeconduct.importers.us_ccl.map_structure import build_structure

__all__ = ["build"]


def build(source_dir: Path) -> BuildResult:
    """All `ccl/` tables. Raises what the two parts raise; their reports stand side by side."""
    structure, requirements = build_structure(source_dir), build_requirements(source_dir)
    return BuildResult(
        tables={**structure.tables, **requirements.tables},
        report={**structure.report, "requirements": requirements.report},
        texts=structure.texts,
    )
