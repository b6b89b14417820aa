"""The vocabulary of facts: every path a rule may read, with type, unit, question and what absence means.

One table (``vocabulary.csv`` here, more from each jurisdiction) feeds the request reader, the JSON Schema,
the questions, the docs page and ``safeconduct facts``.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

ABSENT = ("unknown", "not_known", "not_claimed", "derived")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact a rule may read.

    path: as in the request, ``parties[].role`` for each party.
    type: ``bool``, ``enum a|b``, ``country``, ``money``, ``quantity``, ``number``, ``int``, ``percent``, ``date``,
        ``text`` or a described list or code.
    absent: ``unknown`` | ``not_known`` | ``not_claimed`` | ``derived`` (interfaces of the contract).
    """

    path: str
    type: str
    unit: str
    absent: str
    ask: str
    read_by: str

    @property
    def kind(self) -> str:
        """The first word of the type."""
        return self.type.split()[0].rstrip(",") if self.type else "text"

    @property
    def choices(self) -> tuple[str, ...]:
        m = re.match(r"enum (\S+)$", self.type)
        return tuple(m.group(1).split("|")) if m else ()


class Vocabulary:
    """Facts by path. Later tables may add facts, never change one."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts: dict[str, Fact] = {}
        for fact in facts:
            if fact.absent not in ABSENT:
                raise ValueError(f"fact {fact.path}: absent is '{fact.absent}', expected one of {', '.join(ABSENT)}")
            if self._facts.setdefault(fact.path, fact) != fact:
                raise ValueError(f"fact {fact.path} is defined twice, differently")

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, path: str) -> bool:
        return generic_path(path) in self._facts

    def get(self, path: str) -> Fact | None:
        """The fact at a path; indexes count as ``[]`` (``parties[0].role`` is ``parties[].role``)."""
        return self._facts.get(generic_path(path))

    def absent(self, path: str) -> str:
        """What absence of the path means; a path no table knows is ``unknown``."""
        try:
            return self._absent[path]
        except KeyError:
            fact = self.get(path)
            policy = fact.absent if fact else "unknown"
            if len(self._absent) < 20_000:  # party indexes are few; this only guards against abuse
                self._absent[path] = policy
            return policy

    @cached_property
    def _absent(self) -> dict[str, str]:
        return {f.path: f.absent for f in self}

    def nearest(self, path: str, n: int = 3) -> list[str]:
        """Known paths most like an unknown one, for the error message."""
        return difflib.get_close_matches(generic_path(path)[:200], self._facts, n=n, cutoff=0.5)

    def plus(self, more: Iterable[Fact]) -> Vocabulary:
        return Vocabulary([*self, *more])


def generic_path(path: str) -> str:
    return re.sub(r"\[\d+\]", "[]", path)


def read_facts(text: str) -> list[Fact]:
    """Facts from CSV text with the header ``path,type,unit,absent,ask,read_by``."""
    rows = csv.DictReader(io.StringIO(text))
    expected = ["path", "type", "unit", "absent", "ask", "read_by"]
    if rows.fieldnames != expected:
        raise ValueError(f"vocabulary header is {rows.fieldnames}, expected {expected}")
    return [Fact(**row) for row in rows]


def core_vocabulary() -> Vocabulary:
    """The facts that belong to every jurisdiction."""
    text = resources.files("safeconduct.model").joinpath("vocabulary.csv").read_text("utf-8")
    return Vocabulary(read_facts(text))
