"""The five things a rule can say, and nothing else (STYLE.md).

Each effect carries ``when``: YES means it holds, an unknown makes a question of it, NO is dropped.
Effects name parties by index, never by name, so that they can be shared between transactions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from safeconduct.model.truth import YES, Ask, Truth

ANY_EXCEPTION = ("*",)
NO_EXCEPTION: tuple[str, ...] = ()
_EMPTY: Mapping[str, object] = MappingProxyType({})


def symbol_matches(symbol: str, patterns: tuple[str, ...]) -> bool:
    """Whether an exception such as ``GOV(b)(2)(ii)`` falls under one of the patterns (``GOV(b)(2)``, ``*``).

    A pattern covers itself and its sub-paragraphs. A symbol given without paragraphs is not covered by a
    pattern that names one: the part that the law keeps is narrower than the whole.
    """
    return any(
        p == "*" or symbol == p or (symbol.startswith(p) and symbol[len(p) : len(p) + 1] in ("(", " ", "/"))
        for p in patterns
    )


@dataclass(frozen=True)
class Effect:
    """What all effects share. ``says`` is a message id of the catalog with ``args``; ``cites`` are paragraphs."""

    cites: tuple[str, ...] = ()
    when: Truth = YES
    says: str = ""
    args: tuple[tuple[str, object], ...] = ()
    party: int | None = None
    rule: str = field(default="", kw_only=True)  # filled in by the engine
    basis: str = field(default="read", kw_only=True)


@dataclass(frozen=True)
class Requirement(Effect):
    """A license is required.

    reason: the chart column (``NS2``) or the provision that makes it (``744.11``).
    kind: the reason for control it belongs to (``NS``), or the part's section; exceptions limited to a
        reason look here.
    survives: which exceptions may lift it: ("*",) for the chart, () for none, else symbols with paragraphs.
    lifted_without: True when 740.1 exceptions reach it only because ``survives`` says so (parts 744 and 746).
    agency: who licenses it, if not the jurisdiction's own authority.
    beyond_scope: it reaches items that the jurisdiction's law otherwise does not (US-person support).
    """

    reason: str = ""
    kind: str = ""
    survives: tuple[str, ...] = ANY_EXCEPTION
    review_policy: str = ""
    agency: str = ""
    beyond_scope: bool = False


@dataclass(frozen=True)
class Prohibition(Effect):
    """No license or exception of this authority can make it lawful (a denial order, a blocked person)."""

    reason: str = ""
    beyond_scope: bool = False


@dataclass(frozen=True)
class Condition:
    """One condition of an exception. ``met``: YES, NO, or unknown with the fact to ask for."""

    met: Truth
    cites: tuple[str, ...] = ()
    says: str = ""
    args: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True)
class Lift(Effect):
    """An exception: lifts every requirement it reaches, when all its conditions are met.

    symbol: ``GBS``, ``GOV(b)(2)(ii)``; ``not_subject`` says the law does not reach the item at all, ``no_act`` that
        what is done is none of the acts the law licenses (not an export).
    kinds: the reasons for control it can lift; None means any that survive.
    duties: what its use brings with it (message ids of the catalog).
    """

    symbol: str = ""
    conditions: tuple[Condition, ...] = ()
    kinds: frozenset[str] | None = None
    duties: tuple[str, ...] = ()

    @property
    def is_scope(self) -> bool:
        return self.symbol in ("not_subject", "no_act")


@dataclass(frozen=True)
class Block(Effect):
    """A bar on exceptions: ``bars`` may not be used, except those in ``but``."""

    bars: tuple[str, ...] = ANY_EXCEPTION
    but: tuple[str, ...] = ()

    def hits(self, symbol: str) -> bool:
        return symbol_matches(symbol, self.bars) and not symbol_matches(symbol, self.but)


@dataclass(frozen=True)
class Question(Effect):
    """Something to settle first. Rules rarely write one: an effect whose ``when`` is unknown becomes one.

    then: the effects it would bring if answered one way.
    hold: it keeps any clear answer back whatever the other rules say (an unfulfilled duty that the law makes
        a precondition, an unresolved red flag, a table that does not cover the day).
    kind: "fact", "duty", "red_flag", "not_covered", "not_modeled", "screening", "conflict".
    """

    asks: tuple[Ask, ...] = ()
    then: tuple[Effect, ...] = ()
    hold: bool = False
    kind: str = "fact"


@dataclass(frozen=True)
class Duty:
    """What to do next: file, state, report, keep. Worked out after the outcome is known."""

    duty: str
    cites: tuple[str, ...]
    says: str = ""
    args: tuple[tuple[str, object], ...] = ()
    due: str = ""
