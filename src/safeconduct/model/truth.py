"""Three-valued logic that knows why it is unknown (Kleene's strong logic).

``YES`` and ``NO`` are single objects: compare with ``is``. Every other Truth is unknown and carries the
facts (``Ask``) whose answers would settle it, so that a question never has to be written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn


@dataclass(frozen=True, slots=True)
class Ask:
    """One fact that is not known, and the answers that would make a difference.

    ``options`` are pairs (label, value): the value put in place of the unknown to see where it leads.
    ``hold`` marks what must be settled before any clear answer, whatever the answer is.
    """

    fact: str
    options: tuple[tuple[str, object], ...] = ()

    def sort_key(self) -> tuple[str, str]:
        return (self.fact, str(self.options))


class Truth:
    """YES, NO or unknown. Has no truth value of its own: ``if truth:`` raises."""

    __slots__ = ("asks", "name")

    def __init__(self, name: str, asks: frozenset[Ask] = frozenset()) -> None:
        self.name = name
        self.asks = asks

    def __bool__(self) -> NoReturn:
        raise TypeError("a Truth is yes, no or unknown: compare with 'is YES' or 'is NO'")

    def __repr__(self) -> str:
        return self.name if not self.asks else f"UNKNOWN({', '.join(sorted(a.fact for a in self.asks))})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Truth) and self.name == other.name and self.asks == other.asks

    def __hash__(self) -> int:
        return hash((self.name, self.asks))

    def __reduce__(self) -> str | tuple[type[Truth], tuple[str, frozenset[Ask]]]:
        # A copy or a pickle of YES is YES itself: anything else would read as unknown.
        return self.name if self is YES or self is NO else (Truth, (self.name, self.asks))

    @property
    def is_unknown(self) -> bool:
        return self is not YES and self is not NO


YES: Final = Truth("YES")
NO: Final = Truth("NO")
BOOL_OPTIONS: Final = (("yes", True), ("no", False))


def unknown(*asks: Ask | str) -> Truth:
    """An unknown that the named facts would settle; a plain path means a yes-or-no fact."""
    return Truth("UNKNOWN", frozenset(a if isinstance(a, Ask) else Ask(a, BOOL_OPTIONS) for a in asks))


def truth_of(value: bool) -> Truth:
    return YES if value else NO


def _merge(parts: Iterable[Truth]) -> Truth:
    return Truth("UNKNOWN", frozenset(a for t in parts for a in t.asks))


def all_of(*parts: Truth) -> Truth:
    """Kleene and: NO if one is NO, YES if all are, else unknown with the unknowns' facts."""
    open_ = []
    for t in parts:
        if t is NO:
            return NO
        if t is not YES:
            open_.append(t)
    return _merge(open_) if open_ else YES


def any_of(*parts: Truth) -> Truth:
    """Kleene or: YES if one is YES, NO if all are, else unknown with the unknowns' facts."""
    open_ = []
    for t in parts:
        if t is YES:
            return YES
        if t is not NO:
            open_.append(t)
    return _merge(open_) if open_ else NO


def not_(t: Truth) -> Truth:
    if t is YES:
        return NO
    return YES if t is NO else t
