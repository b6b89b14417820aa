"""The index of rules that a bundle carries: what each provision is called, cites, and when it is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from safeconduct.model import Fact, Vocabulary


@dataclass(frozen=True)
class RuleRow:
    """One provision. start, end: in force inside, half open; known_from: read in a text of that day, nothing known
    before. exception: it is looked at only where a requirement stands or may stand."""

    id: str
    jurisdiction: str
    cites: tuple[str, ...]
    start: date | None
    end: date | None
    known_from: date | None
    exception: bool
    not_modeled: bool

    def in_force(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True)
class RulesIndex:
    """The rules in order, and the vocabulary of facts (path, type, unit, what absence means)."""

    rules: tuple[RuleRow, ...]
    vocabulary: Vocabulary
    digest: str

    @staticmethod
    def read(raw: Mapping[str, Any]) -> RulesIndex:
        """The index from its JSON.

        Raises:
            ValueError: a key is missing or of the wrong form.
        """
        try:
            rules = tuple(_row(r) for r in raw["rules"])
            facts = Vocabulary(Fact(f["path"], f["type"], f["unit"], f["absent"], "", "") for f in raw["facts"])
            return RulesIndex(rules, facts, str(raw["digest"]))
        except (KeyError, TypeError, AttributeError) as e:
            raise ValueError(f"not an index of rules: {e!r}") from None

    def of(self, jurisdiction: str) -> Iterable[RuleRow]:
        return (r for r in self.rules if r.jurisdiction == jurisdiction)


def _row(r: Mapping[str, Any]) -> RuleRow:
    force = r["in_force"]
    return RuleRow(
        str(r["id"]), str(r["jurisdiction"]), tuple(r["cites"]), _day(force["from"]), _day(force["until"]),
        _day(force["known_from"]), r["kind"] == "exception", bool(r["not_modeled"]),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
