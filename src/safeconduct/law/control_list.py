"""A control list as of one span: entries, paragraphs, requirement rows, exceptions per paragraph.

Codes are an entry (``3A001``) and a path of paragraphs (``.b.2.a``). A code covers itself and all under it; a
requester who gives less than the law's row asks for leaves the row's truth unknown, with the paragraphs
between which to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from safeconduct.law.as_of import LawAsOf
from safeconduct.law.conditions import evaluate
from safeconduct.model import NO, YES, Ask, Facts, Truth, all_of, any_of, not_, truth_of

PlaceTest = Callable[[str, Mapping[str, Any], Facts], Truth]


def entry_of(code: str) -> str:
    return code.partition(".")[0]


def covers(scope_code: str, code: str) -> bool:
    """Whether a paragraph is the code or lies under it."""
    return code == scope_code or code.startswith(scope_code + ".")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which paragraphs of an entry a row is about: ``within`` (("*",) is the entire entry) less ``without``."""

    within: tuple[str, ...]
    without: tuple[str, ...] = ()

    @staticmethod
    def of(raw: Mapping[str, Any] | None) -> Scope:
        if raw is None:
            return Scope(("*",))
        return Scope(tuple(raw.get("in") or ("*",)), tuple(raw.get("out") or ()))

    def relation(self, code: str) -> bool | None:
        """True inside, False outside, None when the code is too short to tell."""
        if "*" in self.within or any(covers(s, code) for s in self.within):
            inside: bool | None = True
        elif any(covers(code, s) for s in self.within):
            inside = None
        else:
            return False
        if any(covers(s, code) for s in self.without):
            return False
        if any(covers(code, s) for s in self.without):
            return None
        return inside


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """One row of an entry's License Requirements: reason, chart column or off-chart provision, destinations."""

    entry: str
    n: int
    reason: str
    scope: Scope
    when: Any
    column: str | None
    off: str | None
    dest: Mapping[str, Any] | None
    cite: str
    basis: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One statement of an entry on a list-based exception."""

    entry: str
    symbol: str
    allow: bool
    scope: Scope
    when: Any
    limit: str | None
    not_reasons: tuple[str, ...]
    dest: Mapping[str, Any] | None
    cite: str
    basis: str


class ControlList:
    """One control list on the days of a span.

    Args:
        prefix: table prefix, ``us.ccl`` for tables ``us.ccl.entries`` and so on.
        classification: path of the fact that holds a code of this list (``item.classification.us``).
        place: how the jurisdiction tests a place named by a condition: (path, scope, facts) -> Truth.
    """

    def __init__(self, law: LawAsOf, prefix: str, classification: str, place: PlaceTest | None = None) -> None:
        self.law = law
        self.prefix = prefix
        self.classification = classification
        self.place = place
        self.entries: dict[str, Mapping[str, Any]] = {r["code"]: r for r in law.rows(f"{prefix}.entries")}
        self.paragraphs: dict[str, Mapping[str, Any]] = {r["code"]: r for r in law.rows(f"{prefix}.paragraphs")}
        self._children: dict[str, list[str]] = {}
        for code, p in self.paragraphs.items():
            self._children.setdefault(p["parent"] or p["entry"], []).append(code)
        self._requirements: dict[str, list[RequirementRow]] = {}
        for r in law.rows(f"{prefix}.requirements"):
            row = RequirementRow(
                r["entry"], r["n"], r["reason"], Scope.of(r.get("scope")), r.get("when"), r.get("column"), r.get("off"),
                r.get("dest"), r["cite"], r.get("basis", "read"),
            )  # fmt: skip
            self._requirements.setdefault(row.entry, []).append(row)
        self._exceptions: dict[tuple[str, str], list[ExceptionRow]] = {}
        self._near: dict[str, tuple[RequirementRow, ...]] = {}
        self._near_exceptions: dict[tuple[str, str], tuple[ExceptionRow, ...]] = {}
        for r in law.rows(f"{prefix}.exceptions"):
            ex = ExceptionRow(
                r["entry"], r["symbol"], r["allow"], Scope.of(r.get("scope")), r.get("when"), r.get("limit"),
                tuple(r.get("not_reasons") or ()), r.get("dest"), r["cite"], r.get("basis", "read"),
            )  # fmt: skip
            self._exceptions.setdefault((ex.entry, ex.symbol), []).append(ex)

    @staticmethod
    def load(law: LawAsOf, prefix: str, classification: str, place: PlaceTest | None = None) -> ControlList:
        """The list on this span, built once.

        Raises:
            NotCovered: the list's tables say nothing of these days.
        """
        tables = [f"{prefix}.{t}" for t in ("entries", "paragraphs", "requirements", "exceptions")]
        return law.build(f"control_list {prefix}", tables, lambda: ControlList(law, prefix, classification, place))

    def knows(self, code: str) -> bool:
        return code in self.entries or code in self.paragraphs

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(self._children.get(code, ()))

    def leaves(self, code: str) -> Iterator[str]:
        """The lowest paragraphs under a code (itself when it has none)."""
        below = self.children(code)
        if not below:
            yield code
        for child in below:
            yield from self.leaves(child)

    def requirements(self, code: str) -> tuple[RequirementRow, ...]:
        """The rows of the code's entry that may bear on it, in the law's order; where none does, all of them."""
        near = self._near.get(code)
        if near is None:
            rows = tuple(self._requirements.get(entry_of(code), ()))
            near = tuple(r for r in rows if r.scope.relation(code) is not False) or rows
            self._near[code] = near
        return near

    def exceptions(self, code: str, symbol: str) -> tuple[ExceptionRow, ...]:
        """The entry's statements on an exception that may bear on the code; where none does, all of them."""
        near = self._near_exceptions.get((code, symbol))
        if near is None:
            rows = tuple(self._exceptions.get((entry_of(code), symbol), ()))
            near = tuple(r for r in rows if r.scope.relation(code) is not False) or rows
            self._near_exceptions[code, symbol] = near
        return near

    def symbols(self, entry: str) -> tuple[str, ...]:
        return tuple(s for e, s in self._exceptions if e == entry)

    def in_scope(self, scope: Scope, code: str) -> Truth:
        """Whether a code is inside a row's scope; unknown asks for the paragraph."""
        relation = scope.relation(code)
        if relation is not None:
            return YES if relation else NO
        named = [s for s in (*scope.within, *scope.without) if covers(code, s) and s != code]
        options = dict.fromkeys([*self.children(code)[:12], *named[:12]])
        return Truth("UNKNOWN", frozenset((Ask(self.classification, tuple((o, o) for o in options)),)))

    def holds(self, row: RequirementRow | ExceptionRow, code: str, facts: Facts) -> Truth:
        """Whether a row bears on the item: its scope and its condition. A condition that the facts leave open
        is settled by the reasons for control stated for the item, where they are."""
        scope = self.in_scope(row.scope, code)
        if scope is NO or row.when is None:
            return scope
        met = evaluate(row.when, facts, self)
        if met.is_unknown and isinstance(row, RequirementRow):
            reasons = facts.get("item.reasons")
            # Where nobody states the reasons, the item's own "meets the MT wording of its entry" settles a partial row.
            worded = facts.get(f"item.traits.{row.reason.lower()}_controlled") if reasons is None else None
            if reasons is not None:
                met = truth_of(stated(row, reasons))
            elif worded is not None:
                met = truth_of(bool(worded))
        return all_of(scope, met)

    def controlled_for(self, code: str, reason: str | None, facts: Facts) -> Truth:
        """Whether an item of this code is controlled for a reason (any requirement at all when None)."""
        rows = [r for r in self.requirements(code) if reason is None or r.reason == reason]
        return any_of(*(self._other_item(r, code, facts) for r in rows))

    def _other_item(self, row: RequirementRow, code: str, facts: Facts) -> Truth:
        # The condition speaks of another item than the one shipped: only its own traits could settle it.
        scope = self.in_scope(row.scope, code)
        if scope is NO or row.when is None:
            return scope
        reasons = facts.get("item.reasons")
        if reasons is not None:
            return all_of(scope, truth_of(stated(row, reasons)))
        return all_of(scope, Truth("UNKNOWN", frozenset((Ask("item.reasons"),))))


def stated(row: RequirementRow, reasons: Iterable[str]) -> bool:
    """Whether reasons stated for an item take in a row: by the reason (``NP``) or by the column (``NP1``)."""
    return any(r in (row.reason, row.column, row.off) for r in reasons)


def exception_stated(
    rows: Iterable[ExceptionRow], clist: ControlList, code: str, facts: Facts
) -> tuple[Truth, tuple[ExceptionRow, ...]]:
    """Whether an entry offers a list-based exception for a code: some allowing row holds and no denying one.

    Returns the truth and the allowing rows that hold or may hold (they carry the limits).
    """
    allow: list[Truth] = []
    deny: list[Truth] = []
    usable = []
    for row in rows:
        held = clist.holds(row, code, facts)
        if row.allow:
            allow.append(held)
            if held is not NO:
                usable.append(row)
        else:
            deny.append(held)
    return all_of(any_of(*allow), not_(any_of(*deny))), tuple(usable)
