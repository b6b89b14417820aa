"""Dated single values (a threshold, a share) from hand-edited TOML records with ``[[version]]`` periods."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from safeconduct.lawdata.store import EditionError
from safeconduct.model import Period


@dataclass(frozen=True)
class Version:
    """One version of a value: its period, the act that made it law, and how it is known."""

    period: Period
    value: Any
    source: str
    basis: str = "read"


@dataclass(frozen=True)
class DatedValue:
    """A value of law over time. Days in no version are days without it (a stay, a time before)."""

    id: str
    title: str
    cite: str
    unit: str
    versions: tuple[Version, ...]

    def at(self, day: date) -> Version | None:
        return next((v for v in self.versions if v.period.covers(day)), None)


def read_values(path: Path) -> dict[str, DatedValue]:
    """Values of a TOML file of ``[[value]]`` tables, by id.

    Raises:
        EditionError: a period overlaps another or a key is missing; names the file and the id.
    """
    values: dict[str, DatedValue] = {}
    for raw in tomllib.loads(path.read_text("utf-8")).get("value", []):
        value = _dated_value(path, raw)
        if value.id in values:
            raise EditionError(f"{path.name}: {value.id} is defined twice")
        values[value.id] = value
    return values


def _dated_value(path: Path, raw: Mapping[str, Any]) -> DatedValue:
    try:
        versions = tuple(
            Version(
                Period(v.get("in_force_from"), v.get("in_force_until")),
                v["value"],
                v["source"],
                v.get("basis", "read"),
            )
            for v in raw["version"]
        )
        value = DatedValue(raw["id"], raw["title"], raw["cite"], raw.get("unit", ""), versions)
    except (KeyError, ValueError) as e:
        raise EditionError(f"{path.name}: {raw.get('id', '?')}: {e}") from None
    ordered = sorted(versions, key=lambda v: v.period.start or date.min)
    for a, b in pairwise(ordered):
        if a.period.end is None or (b.period.start is None) or a.period.end > b.period.start:
            raise EditionError(f"{path.name}: {value.id}: versions overlap at {b.period.start}")
    return value
