"""determine: facts -> rules in order -> effects -> outcome -> Determination.

Reads no clock, no database, no network, no environment variable and stores nothing: the same facts, edition
and engine version always give the same answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from safeconduct.determination.combine import (
    NOT_SUBJECT,
    UNDETERMINED,
    Combined,
)
from safeconduct.determination.program import Program
from safeconduct.determination.trace import DOES_NOT_APPLY, NOT_IN_FORCE, Leaf
from safeconduct.law import Law, LawAsOf, Manifest, Result
from safeconduct.lawdata.store import Edition
from safeconduct.model import Ask, Duty, Facts, Question, Vocabulary, core_vocabulary

ENGINE_VERSION = "1"
_MAX_COMBINED = 200_000
_MAX_TRIED = 1_000  # answers tried for the questions of one line of up to ten parties


@dataclass(frozen=True)
class OpenQuestion:
    """One fact to ask for: where each answer leads, and which findings depend on it."""

    fact: str
    asks: tuple[tuple[str, str], ...]  # (label of the answer, outcome it leads to)
    because: tuple[Question, ...]
    kind: str


class Determination:
    """The recorded answer of one jurisdiction for one line.

    Holds references only; texts, questions and duties are worked out when they are looked at.
    """

    __slots__ = ("__dict__", "back", "combined", "engine", "facts", "law", "leaves", "manifest")

    def __init__(
        self,
        engine: Engine,
        manifest: Manifest,
        facts: Facts,
        law: LawAsOf,
        leaves: tuple[Leaf, ...],
        combined: Combined,
        back: Mapping[object, object] | None = None,
    ) -> None:
        self.back = back or {}
        self.engine = engine
        self.manifest = manifest
        self.facts = facts
        self.law = law
        self.leaves = leaves
        self.combined = combined

    @property
    def outcome(self) -> str:
        return self.combined.outcome

    @property
    def jurisdiction(self) -> str:
        return self.manifest.id

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Ids of the tables and dated values the rules read, sorted."""
        return tuple(sorted({t for leaf in self.leaves for t in leaf.tables}))

    @cached_property
    def not_modeled(self) -> tuple[Leaf, ...]:
        """Provisions that are not modeled and whose trigger these facts do not meet."""
        return tuple(x for x in self.leaves if x.rule.not_modeled and x.result in (DOES_NOT_APPLY, NOT_IN_FORCE))

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """What to do next, under this outcome."""
        effects = (*self.combined.requirements, *self.combined.prohibitions)
        result = Result(self.outcome, effects, self.combined.available)
        return tuple(d for f in self.manifest.duties for d in f(self.facts, self.law, result))

    @cached_property
    def questions(self) -> tuple[OpenQuestion, ...]:
        """The facts to ask for, best first: the one whose answers leave the fewest outcomes open."""
        return open_questions(self)


class Engine:
    """The rules of some jurisdictions over one edition of data.

    Args:
        edition: the data. manifests: the jurisdictions, by id. as_if: answer from the nearest edition
            where a table does not cover the day (findings then say so). bulk: evaluate places and codes that the law
            cannot tell apart once for all; worth its start-up for thousands of lines, the answers are the same.
    """

    def __init__(
        self, edition: Edition, manifests: Iterable[Manifest], *, as_if: bool = False, bulk: bool = False
    ) -> None:
        self.edition = edition
        self.as_if = as_if
        self.bulk = bulk
        self.manifests: Mapping[str, Manifest] = {m.id: m for m in manifests}
        days: set[date] = set()
        for m in self.manifests.values():
            for r in m.rules:
                p = r.in_force
                days.update(d for d in (p.period.start, p.period.end, p.known_from) if d)
        self.law = Law(edition, days)
        self._programs: dict[tuple[str, int], Program] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The facts that any of the jurisdictions may read."""
        vocabulary = core_vocabulary()
        for m in self.manifests.values():
            vocabulary = vocabulary.plus(m.facts)
        return vocabulary

    @cached_property
    def rules_digest(self) -> str:
        """A hash over the text of the rules: every program, vocabulary and catalog file of each jurisdiction's
        package, and of the rooms that read law and combine effects."""
        h = hashlib.sha256()
        packages = {_package_of(r.fn.__module__) for m in self.manifests.values() for r in m.rules}
        for package in sorted(packages | {"safeconduct.law", "safeconduct.determination", "safeconduct.model"}):
            for name, data in _files(resources.files(package)):
                h.update(f"{package}/{name}\n".encode() + hashlib.sha256(data).digest())
        return "sha256:" + h.hexdigest()

    def facts(self, cells: dict[str, Hashable]) -> Facts:
        """Facts over flat cells, with the derived facts of the jurisdictions."""
        return Facts(cells, self.vocabulary, self.derived)

    @cached_property
    def derived(self) -> dict[str, Any]:
        return {path: fn for m in self.manifests.values() for path, fn in m.derived.items()}

    def program(self, jurisdiction: str, day: date) -> Program:
        """The jurisdiction's rules as they stand on a day, with what they remember."""
        law = self.law.at(day, as_if=self.as_if)
        program = self._programs.get((jurisdiction, id(law)))
        if program is None:
            program = Program(self.manifests[jurisdiction], law, self.vocabulary if self.bulk else None)
            self._programs[jurisdiction, id(law)] = program
        return program

    def determine(self, facts: Facts, jurisdiction: str) -> Determination:
        """The answer of one jurisdiction. A line without a day is undetermined: every law has a day.

        Raises:
            KeyError: no such jurisdiction is loaded.
        """
        manifest = self.manifests[jurisdiction]
        day = facts.peek("date")
        if not isinstance(day, date):
            ask = Question(asks=(Ask("date"),), says="no_date", hold=True, cites=(), rule=f"{manifest.prefix}.date")
            combined = Combined(UNDETERMINED, NOT_SUBJECT, UNDETERMINED, (), (), (), (ask,), None)
            return Determination(self, manifest, facts, self.law.at(date.min), (), combined)
        program = self.program(jurisdiction, day)
        leaves, combined, back = program.run(facts)
        return Determination(self, manifest, facts, program.law, leaves, combined, back)


def _package_of(module: str) -> str:
    """The jurisdiction's package that a rule's module belongs to."""
    parts = module.split(".")
    i = parts.index("jurisdictions") + 2 if "jurisdictions" in parts else max(1, len(parts) - 1)
    return ".".join(parts[:i])


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for f in sorted(folder.iterdir(), key=lambda f: f.name):
        if f.is_dir():
            if f.name != "__pycache__":
                yield from _files(f, f"{prefix}{f.name}/")
        elif f.name.endswith((".py", ".toml", ".csv")):
            yield prefix + f.name, f.read_bytes()


def open_questions(d: Determination) -> tuple[OpenQuestion, ...]:
    """Group the questions by fact, try each answer, and order them greedily."""
    by_fact: dict[str, list[Question]] = {}
    options: dict[str, dict[str, object]] = {}
    bare: list[OpenQuestion] = []
    for q in d.combined.questions:
        if not q.asks:
            bare.append(OpenQuestion("", (), (q,), q.kind))
        for a in q.asks:
            by_fact.setdefault(a.fact, []).append(q)
            options.setdefault(a.fact, {}).update(a.options)
    vocabulary = d.engine.vocabulary
    if d.facts.peek("diligence") is None and any(vocabulary.absent(f) == "not_known" for f in by_fact):
        hidden = [q for f, qs in by_fact.items() if vocabulary.absent(f) == "not_known" for q in qs]
        by_fact["diligence"] = list(dict.fromkeys(hidden))
        options["diligence"] = {"complete": "complete"}
    # Each answer tried is a determination of its own: with hundreds of parties the later ones are asked untried.
    count = d.facts.peek("parties")
    left = max(24, _MAX_TRIED * 10 // max(10, count if isinstance(count, int) else 0))
    found = []
    for fact, because in by_fact.items():
        fitting = _fitting(vocabulary, fact, options[fact])
        left -= len(fitting)
        answers = tuple((label, _try(d, fact, value)) for label, value in fitting) if left >= 0 else ()
        found.append(OpenQuestion(fact, answers, tuple(dict.fromkeys(because)), because[0].kind))
    # Due diligence answers many at once, and what it would answer is asked after what only the facts can.
    hidden_facts = {f for f in by_fact if d.facts.peek("diligence") is None and vocabulary.absent(f) == "not_known"}
    found.sort(key=lambda q: (q.fact != "diligence", q.fact in hidden_facts, _left_open(q), q.fact))
    return (*found, *bare)


def _fitting(vocabulary: Vocabulary, fact: str, options: Mapping[str, object]) -> list[tuple[str, object]]:
    """The answers that can be tried: a list is not answered by yes."""
    known = vocabulary.get(fact)
    is_list = known is not None and known.kind == "list"
    return [(label, v) for label, v in options.items() if not is_list or isinstance(v, tuple)][:12]


def _left_open(q: OpenQuestion) -> tuple[float, int]:
    if not q.asks:
        return (1.0, 0)
    open_ = sum(1 for _, outcome in q.asks if outcome == UNDETERMINED)
    return (open_ / len(q.asks), len({o for _, o in q.asks}))


def _try(d: Determination, fact: str, value: object) -> str:
    changed = d.facts.replace({fact: value})
    return d.engine.determine(changed, d.jurisdiction).outcome
