"""What effects come to, worked out from the contract (interfaces.md), not from the engine.

Effects are the JSON of ``trail[].effects``. An effect that hangs on an open question stands in the question's
``then``: it may hold or not. The answer is the one that holds both ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Effect = Mapping[str, Any]
WORST_FIRST: Final = (
    "prohibited", "license_required", "undetermined", "exception_available", "no_license_required", "not_subject",
)  # fmt: skip
RELEASES: Final = ("not_subject", "no_act")


@dataclass(frozen=True)
class Conclusion:
    """outcome, and the span between which it lies; the findings that must stand in the answer, in order."""

    outcome: str
    between: tuple[str, str]
    requirements: tuple[Effect, ...]
    prohibitions: tuple[Effect, ...]
    exceptions: tuple[tuple[str, str, bool | None], ...]  # (rule, symbol, available)


def under(symbol: str, patterns: Iterable[str]) -> bool:
    """Whether a symbol is one of the patterns or a paragraph of one (``TMP`` takes in ``TMP(a)(9)``)."""
    for p in patterns:
        if p == "*" or p == symbol:
            return True
        rest = symbol.removeprefix(p)
        if rest != symbol and rest[0] in "( /":
            return True
    return False


def barred(symbol: str, bars: Iterable[Effect]) -> bool:
    return any(under(symbol, b["bars"]) and not under(symbol, b["but"]) for b in bars)


def lifts_all(lift: Effect, requirements: Iterable[Effect]) -> bool:
    """Whether an exception by itself reaches every requirement: two exceptions are never combined."""
    kinds = lift.get("kinds")
    return all((kinds is None or r["kind"] in kinds) and under(lift["symbol"], r["survives"]) for r in requirements)


def conclude(effects: Sequence[Effect]) -> Conclusion:
    """The conclusion of all rules' effects, in the rules' order."""
    sure = [e for e in effects if e["effect"] != "question"]
    questions = [e for e in effects if e["effect"] == "question"]
    maybe = [t for q in questions for t in q["then"]]

    best = _standing(sure, sure, _release([*sure, *maybe]))
    worst_ = _standing([*sure, *maybe], sure, _release(sure))
    outcome = best if best == worst_ else "undetermined"
    if best == "not_subject" and worst_ == "no_license_required":
        outcome = "no_license_required"  # free either way; the weaker ground is given
    held = [q for q in questions if q["hold"]]
    if outcome in ("exception_available", "no_license_required") and held:
        outcome = "undetermined"
    if outcome == "not_subject" and any(q["kind"] == "screening" and "party" in q for q in held):
        outcome = "undetermined"

    requirements = _in_scope(sure, "requirement", _release(sure))
    prohibitions = _in_scope(sure, "prohibition", _release(sure))
    bars = [e for e in sure if e["effect"] == "block"]
    open_bars = [e for e in maybe if e["effect"] == "block"]
    exceptions: list[tuple[str, str, bool | None]] = []
    if requirements:
        for x in sure:
            if x["effect"] == "lift" and x["symbol"] not in RELEASES:
                exceptions.append((x["rule"], x["symbol"], _available(x, requirements, bars, open_bars)))
    return Conclusion(outcome, (best, worst_), tuple(requirements), tuple(prohibitions), tuple(exceptions))


def worst(outcomes: Iterable[str]) -> str:
    return WORST_FIRST[min(WORST_FIRST.index(o) for o in outcomes)]


def result_of(effects: Sequence[Effect]) -> str:
    """What a rule's row must say: one effect that holds is enough to apply, an open one leaves it undetermined."""
    open_ = False
    for e in effects:
        states: Sequence[bool | None] = e["conditions"] if e["effect"] == "lift" else ()
        if e["effect"] == "question" or (None in states and False not in states):
            open_ = True
        elif False not in states:
            return "applies"
    return "undetermined" if open_ else "does_not_apply"


def _available(
    x: Effect, requirements: Sequence[Effect], bars: Sequence[Effect], open_: Sequence[Effect]
) -> bool | None:
    if barred(x["symbol"], bars) or not lifts_all(x, requirements) or False in x["conditions"]:
        return False
    return None if None in x["conditions"] or barred(x["symbol"], open_) else True


def _release(effects: Iterable[Effect]) -> str | None:
    found = {e["symbol"] for e in effects if e["effect"] == "lift"}
    return next((r for r in RELEASES if r in found), None)


def _in_scope(effects: Iterable[Effect], kind: str, release: str | None) -> list[Effect]:
    return [e for e in effects if e["effect"] == kind and (release is None or e.get("beyond_scope"))]


def _standing(effects: Sequence[Effect], lifts: Sequence[Effect], release: str | None) -> str:
    if _in_scope(effects, "prohibition", release):
        return "prohibited"
    needed = _in_scope(effects, "requirement", release)
    if not needed:
        return "not_subject" if release == "not_subject" else "no_license_required"
    bars = [e for e in effects if e["effect"] == "block"]
    for x in lifts:
        usable = x["effect"] == "lift" and x["symbol"] not in RELEASES and all(c is True for c in x["conditions"])
        if usable and not barred(x["symbol"], bars) and lifts_all(x, needed):
            return "exception_available"
    return "license_required"
