"""What an importer hands back: canonical tables, a coverage report, and the law's own words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["BuildResult"]


@dataclass(frozen=True)
class BuildResult:
    """The product of one importer's `build(source_dir)`.

    Attributes:
        tables: path relative to `records/us` -> canonical bytes (UTF-8, LF, sorted rows).
        report: coverage, `read`, `mapped`, `ignored` (name -> count), `unreadable` (list of row and why).
        texts: the law's own words, path -> bytes; only for a user's installation, never in the package.
    """

    tables: dict[str, bytes]
    report: dict[str, Any]
    texts: dict[str, bytes] = field(default_factory=dict)
