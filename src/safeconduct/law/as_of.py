"""The law as of one day, read from one edition.

The day the law applies to and the edition of the data are two things. ``Law`` cuts time at every day on which
a dated row, value or coverage changes; inside such a span the law is constant, and one ``LawAsOf`` serves all
its days.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from safeconduct.lawdata.store import Edition, EditionError, TableInfo
from safeconduct.lawdata.values import DatedValue, Version, read_values
from safeconduct.model import Period

IN_FORCE: Final = "in_force"
PRESUMED: Final = "presumed"
NOT_COVERED: Final = "not_covered"
AS_IF: Final = "as_if_edition"

T = TypeVar("T")


class NotCovered(Exception):
    """A table says nothing of the day asked; names the table, the day and the days covered."""

    def __init__(self, table: TableInfo, day: date) -> None:
        self.table = table
        self.day = day
        super().__init__(
            f"{table.id} does not cover {day}: read for {table.verified_from} until {table.verified_until}, "
            f"presumed until {table.presumed_until}"
        )


@dataclass(frozen=True, slots=True)
class Status:
    """How a table stands to a day: ``in_force``, ``presumed`` (with the day since when) or ``not_covered``."""

    state: str
    table: TableInfo
    since: date | None = None


class LawAsOf:
    """The law as it stands on every day of one span.

    Args:
        law: the edition's law; span: the days for which this view holds; first: a day inside the span.
        as_if: answer from the nearest content where a table does not cover the span, and say so.
    """

    def __init__(self, law: Law, span: Period, first: date, *, as_if: bool = False) -> None:
        self.law = law
        self.edition = law.edition
        self.span = span
        self.first = first
        self.as_if = as_if
        self.memo: dict[Any, Any] = {}
        self._readable: dict[str, TableInfo] = {}
        self._log: list[str] | None = None

    def status(self, table_id: str) -> Status:
        """Whether the table is in force, presumed or not covered on these days."""
        t = self.edition.table(table_id)
        if t.verified_from <= self.first < t.verified_until:
            return Status(IN_FORCE, t)
        if t.verified_until <= self.first < t.presumed_until:
            return Status(PRESUMED, t, t.verified_until)
        return Status(AS_IF if self.as_if else NOT_COVERED, t)

    def touch(self, table_id: str) -> TableInfo:
        """Note that a table is read.

        Raises:
            NotCovered: the table says nothing of these days.
        """
        if self._log is not None:
            self._log.append(table_id)
        known = self._readable.get(table_id)
        if known is not None:
            return known
        status = self.status(table_id)
        if status.state == NOT_COVERED:
            raise NotCovered(status.table, self.first)
        self._readable[table_id] = status.table
        return status.table

    def covers(self, table_id: str) -> bool:
        """Whether a table may be read on these days; not noted."""
        return self.status(table_id).state != NOT_COVERED

    def rows(self, table_id: str) -> tuple[Mapping[str, Any], ...]:
        """Rows of a table in force on these days (rows with ``from``/``until`` are chosen by them)."""
        self.touch(table_id)
        return self._cached(("rows", table_id), lambda: self._rows(table_id))

    def index(self, table_id: str, *columns: str) -> Mapping[Any, tuple[Mapping[str, Any], ...]]:
        """The rows by the value of a column (or a tuple of several)."""
        self.touch(table_id)

        def build() -> Mapping[Any, tuple[Mapping[str, Any], ...]]:
            out: dict[Any, list[Mapping[str, Any]]] = {}
            for row in self._rows(table_id):
                key = row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns)
                out.setdefault(key, []).append(row)
            return {k: tuple(v) for k, v in out.items()}

        return self._cached(("index", table_id, columns), build)

    def build(self, key: str, tables: Iterable[str], make: Callable[[], T]) -> T:
        """Something worked out once from tables for this span (a jurisdiction's own view of them)."""
        for t in tables:
            self.touch(t)
        return self._cached(("build", key), make)

    def group(self, group_id: str) -> Group:
        """A country group: ``us.A:5`` is group ``A:5`` of table ``us.country_groups``."""
        prefix, _, name = group_id.partition(".")
        table = f"{prefix}.country_groups"
        self.touch(table)

        def make() -> Group:
            members = frozenset(r["country"] for r in self._rows(table) if r["group"] == name)
            if not members and not any(r["group"] == name for r in self.edition.rows(table)):
                raise EditionError(f"{table} of edition {self.edition.name} has no group {name}")
            return Group(group_id, members)

        return self._cached(("group", group_id), make)

    def value(self, value_id: str) -> Version | None:
        """The version of a dated value on these days; None when it is not law then."""
        value = self.law.values.get(value_id)
        if value is None:
            raise EditionError(f"no dated value {value_id} in edition {self.edition.name}")
        if self._log is not None:
            self._log.append(value_id)
        return value.at(self.first)

    def recorder(self) -> tuple[LawAsOf, list[str]]:
        """A view that notes which tables are read; shares what has been worked out."""
        view = LawAsOf(self.law, self.span, self.first, as_if=self.as_if)
        view.memo = self.memo
        view._readable = self._readable
        view._log = []
        return view, view._log

    def _rows(self, table_id: str) -> tuple[Mapping[str, Any], ...]:
        day = self.first
        t = self.edition.table(table_id)
        if self.as_if:  # the nearest day the table knows
            day = min(max(day, t.verified_from), t.verified_until)
        return tuple(r for r in self.edition.rows(table_id) if _row_covers(r, day))

    def _cached(self, key: Any, make: Callable[[], T]) -> T:
        try:
            return self.memo[key]  # type: ignore[no-any-return]
        except KeyError:
            value = make()
            self.memo[key] = value
            return value


@dataclass(frozen=True, slots=True)
class Group:
    """A country group on one day."""

    id: str
    members: frozenset[str]

    def includes(self, country: str | None) -> bool:
        return country in self.members


class Law:
    """The law of one edition, cut into spans.

    Args:
        edition: the data. boundaries: further days on which something changes (rules' periods).
    """

    def __init__(self, edition: Edition, boundaries: Iterable[date] = ()) -> None:
        self.edition = edition
        self.values: dict[str, DatedValue] = {}
        for t in edition.tables.values():
            for p in edition.paths(t.id):
                if p.suffix == ".toml":
                    self.values.update(read_values(p))
        self._days = sorted(set(boundaries) | set(self._change_days()))
        self._spans: dict[tuple[int, bool], LawAsOf] = {}

    def at(self, day: date, *, as_if: bool = False) -> LawAsOf:
        """The law on a day."""
        i = bisect.bisect_right(self._days, day)
        got = self._spans.get((i, as_if))
        if got is None:
            start = self._days[i - 1] if i else None
            end = self._days[i] if i < len(self._days) else None
            got = LawAsOf(self, Period(start, end), start or date.min, as_if=as_if)
            self._spans[i, as_if] = got
        return got

    @property
    def change_days(self) -> tuple[date, ...]:
        return tuple(self._days)

    def _change_days(self) -> Iterable[date]:
        for t in self.edition.tables.values():
            yield from (t.verified_from, t.verified_until, t.presumed_until)
            if self.edition.manifest_dated(t.id):
                for row in self.edition.rows(t.id):
                    for k in ("from", "until"):
                        if row.get(k):
                            yield date.fromisoformat(row[k])
        for v in self.values.values():
            for version in v.versions:
                yield from (d for d in (version.period.start, version.period.end) if d)


def _row_covers(row: Mapping[str, Any], day: date) -> bool:
    start, end = row.get("from"), row.get("until")
    return (not start or date.fromisoformat(start) <= day) and (not end or day < date.fromisoformat(end))
