"""Rules, and the manifest by which a jurisdiction offers them.

A rule is one provision as one function: it reads facts and the law as of a day and yields effects. What it
says of itself (id, citations, when it is in force) stands beside it in the decorator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from safeconduct.model import Duty, Effect, Fact, Facts, Period
from safeconduct.model.facts import Derive

if TYPE_CHECKING:
    from safeconduct.law.as_of import LawAsOf

RuleFunction = Callable[[Facts, "LawAsOf"], Iterator[Effect]]


@dataclass(frozen=True)
class InForce:
    """When a provision is law.

    period: in force inside it; known not to be in force outside it (``since``, ``between``).
    known_from: the provision was read in a text of this day; before it nothing is known (``read_since``).
    source: the act or text.
    """

    period: Period = field(default_factory=Period)
    known_from: date | None = None
    source: str = ""
    basis: str = "read"


def since(day: str, *, source: str, basis: str = "read") -> InForce:
    """In force from a day on; before it, known not to be law."""
    return InForce(Period(date.fromisoformat(day)), None, source, basis)


def between(start: str, end: str, *, source: str, basis: str = "read") -> InForce:
    """In force from ``start`` (included) until ``end`` (not included)."""
    return InForce(Period(date.fromisoformat(start), date.fromisoformat(end)), None, source, basis)


def read_since(day: str, *, source: str, basis: str = "read") -> InForce:
    """Read in a text of that day and later; what was law before is not known here."""
    return InForce(Period(), date.fromisoformat(day), source, basis)


@dataclass(frozen=True)
class Rule:
    """One provision. ``not_modeled``: its function is only the trigger of a provision that is not modeled."""

    id: str
    cites: tuple[str, ...]
    in_force: InForce
    fn: RuleFunction
    says: str
    not_modeled: bool = False
    guidance: tuple[str, ...] = ()

    def __call__(self, facts: Facts, law: LawAsOf) -> Iterator[Effect]:
        return self.fn(facts, law)


_ID = re.compile(r"[a-z]{2,}(\.[0-9A-Za-z_]+)+$")


def rule(
    id: str,
    *,
    cites: tuple[str, ...],
    in_force: InForce,
    not_modeled: bool = False,
    guidance: tuple[str, ...] = (),
) -> Callable[[RuleFunction], Rule]:
    """Make a function a rule. Its docstring's first line is the sentence a user reads.

    Raises:
        ValueError: the id is not dotted like ``us.ear.744.11.a``, or citations or the docstring are missing.
    """

    def make(fn: RuleFunction) -> Rule:
        doc = (fn.__doc__ or "").strip().split("\n")[0]
        if not _ID.match(id):
            raise ValueError(f"rule id '{id}': expected dotted parts after the jurisdiction, such as us.ear.744.11.a")
        if not cites or not doc:
            raise ValueError(f"rule {id}: needs citations and a docstring whose first line is the sentence users read")
        return Rule(id, cites, in_force, fn, doc, not_modeled, guidance)

    return make


DutyFunction = Callable[[Facts, "LawAsOf", "Result"], Iterator[Duty]]


@dataclass(frozen=True)
class Result:
    """What duty functions see of an answer: the outcome, effects that hold, and the exceptions available."""

    outcome: str
    effects: tuple[Effect, ...]
    available: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """All that the core needs to know of a jurisdiction.

    id: ``US``. prefix: first part of its rule ids and tables, ``us``. rules: in the order of evaluation.
    duties: what to do next. facts: vocabulary it adds. derived: facts it works out.
    catalog: message id -> English sentence with ``{args}``. lists: party list id -> what standing on it means.
    time_zone: the days of its law. currency: of its limits.
    """

    id: str
    prefix: str
    title: str
    time_zone: str
    currency: str
    rules: tuple[Rule, ...]
    duties: tuple[DutyFunction, ...] = ()
    facts: tuple[Fact, ...] = ()
    derived: Mapping[str, Derive] = field(default_factory=dict)
    catalog: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    check: Callable[[Facts, LawAsOf], Iterator[tuple[str, str]]] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [r.id for r in self.rules]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"jurisdiction {self.id}: rules defined twice: {', '.join(twice)}")
        wrong = [i for i in ids if not i.startswith(self.prefix + ".")]
        if wrong:
            raise ValueError(f"jurisdiction {self.id}: rule ids must begin with {self.prefix}.: {', '.join(wrong)}")
