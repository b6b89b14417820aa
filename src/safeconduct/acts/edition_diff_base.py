"""What comparing editions needs everywhere: one edition's rows on its last day, one change, words for values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from safeconduct.acts.lists import describe_condition
from safeconduct.lawdata.store import Edition

Row = Mapping[str, Any]
#: Columns that say where a row comes from, not what it says.
ORIGIN: Final = frozenset({"as_of", "source", "sources", "cite", "row"})
SHOWN: Final = 12


@dataclass
class Side:
    """One edition as the comparison reads it."""

    edition: Edition
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in self.edition.tables:
            if table.endswith(".iso"):
                self.names |= {r["code"]: r["name"] for r in self.edition.rows(table) if "name" in r}

    def has(self, table: str) -> bool:
        return table in self.edition.tables

    def day(self, table: str) -> date:
        until = self.edition.table(table).verified_until
        return until - timedelta(days=1) if until > date.min else until

    def rows(self, table: str) -> list[Row]:
        """Rows in force on the last day the table was read for; none where the edition has no such table."""
        if not self.has(table):
            return []
        day = self.day(table).isoformat()
        return [
            r for r in self.edition.rows(table)
            if (r.get("from") or "") <= day and (not r.get("until") or day < r["until"])
        ]  # fmt: skip

    def members(self, prefix: str, groups: Iterable[str]) -> set[str]:
        """Countries of groups; a group named without its number (``D``) is all of its kind."""
        wanted = set(groups)
        rows = self.rows(f"{prefix}.country_groups")
        return {r["country"] for r in rows if r["group"] in wanted or r["group"].partition(":")[0] in wanted}


@dataclass(frozen=True)
class Change:
    """One change: of which kind, to what (code, country, list), told in one sentence."""

    kind: str
    subject: str
    text: str


def named(codes: Iterable[str], side: Side) -> str:
    names = sorted(side.names.get(c, c) for c in codes)
    # "the" as one says it; the tables print names without.
    names = [f"the {n}" if n.startswith(("United ", "Netherlands", "Philippines", "Bahamas")) else n for n in names]
    return few(names, " and ")


def few(items: Sequence[str], last: str = ", ", shown: int = SHOWN) -> str:
    if len(items) > shown:
        return f"{', '.join(items[:shown])} and {len(items) - shown} more"
    if len(items) > 1 and last != ", ":
        return f"{', '.join(items[:-1])}{last}{items[-1]}"
    return ", ".join(items)


def parted(names: Sequence[str]) -> str:
    """Names with commas of their own are set apart by semicolons."""
    more = f"; and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return "; ".join(names[:SHOWN]) + more


def from_to(old: Any, new: Any) -> str:
    def text(value: Any) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(map(text, value)) or "none"
        return "none" if value in (None, "") else str(value)

    return f"from {text(old)} to {text(new)}"


def freeze(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((k, freeze(v)) for k, v in value.items()))
    return tuple(freeze(v) for v in value) if isinstance(value, list | tuple) else value


def pairs(gone: dict[Any, Any], come: dict[Any, Any], like: Callable[[Any], Any]) -> list[tuple[Any, Any]]:
    """Rows that went and came under the same heading, one each: taken as one row that changed, and taken out of both."""
    out = []
    for group in sorted({like(k) for k in gone} & {like(k) for k in come}, key=str):
        g, c = ([k for k in x if like(k) == group] for x in (gone, come))
        if len(g) == len(c) == 1:
            out.append((gone.pop(g[0]), come.pop(c[0])))
    return out


def field_changes(subject: str, old: Row, new: Row, skip: set[str]) -> Iterator[Change]:
    for key in sorted((old.keys() | new.keys()) - skip - ORIGIN):
        o, n = old.get(key), new.get(key)
        if (o or None) != (n or None):
            yield Change(
                key, subject, f"{subject}: {key.replace('_', ' ')} {from_to(_plain_value(o), _plain_value(n))}"
            )


def _plain_value(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain_value(v) for v in value]
    if isinstance(value, Mapping):
        return describe_condition(value) if value.keys() & {"all", "any", "not", "fact", "for"} else dict(value)
    return value
