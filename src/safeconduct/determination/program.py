"""A jurisdiction's rules on one span of days, arranged so that lines share what the rules remember.

The arrangement never changes an answer: it decides only which rules are remembered together. It begins with the
law's own parts and is made anew from what the rules turned out to read.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from safeconduct.determination.classes import Canonizer
from safeconduct.determination.combine import Combined, combine
from safeconduct.determination.trace import NOT_IN_FORCE, UNDETERMINED, GroupMemory, Leaf, Node, RuleMemory
from safeconduct.law import LawAsOf, Manifest, Rule
from safeconduct.model import Effect, Facts, Question, Requirement, Vocabulary

_MAX_COMBINED: Final = 200_000
#: Runs after which the rules are grouped anew by what they read.
REGROUP_AT: Final = (300, 3_000)
#: A reading with more different results than this tells lines apart; rules that make several such are left alone.
TELLING: Final = 12

Run = Callable[[Facts], Any]


class Stage:
    """Rules in order, run in groups. ``found`` is a tuple of what each unit returned; ``leaves`` puts it in order."""

    def __init__(self, slots: list[Leaf | RuleMemory]) -> None:
        self.slots = slots
        self._runs = 0
        self._units: list[tuple[Run, tuple[int, ...]]] = []
        self._fixed = {i: s for i, s in enumerate(slots) if isinstance(s, Leaf)}
        groups: dict[str, list[int]] = {}
        for i, s in enumerate(slots):
            if isinstance(s, RuleMemory):
                groups.setdefault(s.rule.fn.__module__, []).append(i)
        self._arrange(list(groups.values()), [])

    def _arrange(self, groups: list[list[int]], alone: list[int]) -> None:
        memories: dict[int, RuleMemory] = {i: s for i, s in enumerate(self.slots) if isinstance(s, RuleMemory)}
        self._units = [(GroupMemory(tuple(memories[i] for i in g)).run, tuple(g)) for g in groups if g]
        self._units += [(memories[i].run, (i,)) for i in alone]
        self._calls = [run for run, _ in self._units]

    def run(self, facts: Facts) -> tuple[Any, ...]:
        """What each unit finds for these facts: leaves of a group as a tuple, of a lone rule as a leaf."""
        self._runs += 1
        if self._runs in REGROUP_AT:
            self._regroup()
        return tuple([run(facts) for run in self._calls])

    def leaves(self, found: tuple[Any, ...]) -> tuple[Leaf, ...]:
        """The leaves of all rules in the law's order."""
        out: list[Any] = [None] * len(self.slots)
        for i, leaf in self._fixed.items():
            out[i] = leaf
        for (_, positions), leaves in zip(self._units, found, strict=True):
            if isinstance(leaves, Leaf):
                out[positions[0]] = leaves
            else:
                for i, leaf in zip(positions, leaves, strict=True):
                    out[i] = leaf
        return tuple(out)

    def _regroup(self) -> None:
        """Rules that turn on the same telling reading together; those that turn on several alone."""
        results: dict[Any, set[Hashable]] = {}
        read: dict[int, set[Any]] = {}
        for i, s in enumerate(self.slots):
            if isinstance(s, RuleMemory):
                read[i] = set()
                _collect(s.paths.root, results, read[i])
        telling = {p for p, values in results.items() if len(values) > TELLING}
        groups: dict[frozenset[Any], list[int]] = {}
        alone = []
        for i, probes in read.items():
            mine = frozenset(probes & telling)
            if len(mine) > 1:
                alone.append(i)
            else:
                groups.setdefault(mine, []).append(i)
        self._arrange(list(groups.values()), alone)


def _collect(node: Any, results: dict[Any, set[Hashable]], read: set[Any]) -> None:
    if not isinstance(node, Node):
        return
    read.update(node.probes)
    for values, below in node.children.items():
        for probe, value in zip(node.probes, values, strict=True):
            seen = results.setdefault(probe, set())
            if len(seen) <= TELLING:
                seen.add(value)
        _collect(below, results, read)


class Program:
    """A jurisdiction's rules on one span, with what they remember.

    Rules on exceptions (the manifest names them) are run only where a requirement stands or may stand: without
    one there is nothing to lift.

    Args:
        vocabulary: given for bulk work, where places and codes of one class are answered once.
    """

    def __init__(self, manifest: Manifest, law: LawAsOf, vocabulary: Vocabulary | None = None) -> None:
        self.law = law
        classes = manifest.extra.get("classes") if vocabulary is not None else None
        self._canonize = Canonizer(classes(law), vocabulary) if classes and vocabulary is not None else None
        exceptions: tuple[str, ...] = tuple(manifest.extra.get("exceptions", ()))
        second = [r for r in manifest.rules if exceptions and r.id.startswith(exceptions)]
        self.first = Stage(_slots((r for r in manifest.rules if r not in second), law))
        self.second = Stage(_slots(second, law))
        self._combined: dict[tuple[int, ...], tuple[tuple[Leaf, ...], Combined | None, object]] = {}

    def run(self, facts: Facts) -> tuple[tuple[Leaf, ...], Combined, Mapping[object, object]]:
        """Leaves in order, what they come to, and representative -> what the line says (see ``Canonizer``)."""
        back: Mapping[object, object] = {}
        if self._canonize is not None:
            facts, back = self._canonize(facts)
        first = self.first.run(facts)
        leaves, combined = self._joined(first, None)
        if combined is None:
            leaves, combined = self._joined(first, self.second.run(facts))
        assert combined is not None
        return leaves, combined, back

    def _joined(
        self, first: tuple[Any, ...], second: tuple[Any, ...] | None
    ) -> tuple[tuple[Leaf, ...], Combined | None]:
        """All leaves and what they come to; None where exceptions must be looked at first."""
        key = tuple(map(id, first if second is None else (*first, None, *second)))
        known = self._combined.get(key)
        if known is not None:
            return known[0], known[1]
        leaves = self.first.leaves(first)
        if second is not None:
            leaves += self.second.leaves(second)
        effects = [e for leaf in leaves for e in leaf.effects]
        early = second is None and self.second.slots
        combined = None if early and may_require(effects) else combine(effects)
        if len(self._combined) > _MAX_COMBINED:
            self._combined.clear()
        # Holding what was found keeps its identity from being used again.
        self._combined[key] = (leaves, combined, (first, second))
        return leaves, combined


def may_require(effects: Iterable[Effect]) -> bool:
    return any(
        isinstance(e, Requirement) or (isinstance(e, Question) and any(isinstance(t, Requirement) for t in e.then))
        for e in effects
    )


def _slots(rules: Iterable[Rule], law: LawAsOf) -> list[Leaf | RuleMemory]:
    """What runs on a span: a memory for each rule in force; what the span itself settles is a fixed leaf."""
    out: list[Leaf | RuleMemory] = []
    for r in rules:
        p = r.in_force
        if p.known_from and law.first < p.known_from and not law.as_if:
            gap = Question(
                cites=r.cites, rule=r.id, says="provision_not_covered", hold=True, kind="not_covered",
                args=(("provision", ", ".join(r.cites)), ("from", str(p.known_from))),
            )  # fmt: skip
            # What is known later still raises requirements earlier: a false alarm is the safer error.
            out += [Leaf(r, (gap,), (), (), UNDETERMINED), RuleMemory(r, law)]
        elif p.period.covers(law.first) or (law.first == date.min and p.period.start is None):
            out.append(RuleMemory(r, law))
        else:
            out.append(Leaf(r, (), (), (), NOT_IN_FORCE))
    return out
