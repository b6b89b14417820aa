"""From effects to an outcome. The precedence of findings, and what the unknown does to them.

An outcome is worked out twice: with every open question answered for the better and for the worse. Where both
agree, that is the answer and the questions are listed as open; where they differ, the line is undetermined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from safeconduct.determination.trace import lift_truth
from safeconduct.model import NO, YES, Block, Effect, Lift, Prohibition, Question, Requirement, symbol_matches

PROHIBITED: Final = "prohibited"
LICENSE_REQUIRED: Final = "license_required"
UNDETERMINED: Final = "undetermined"
EXCEPTION_AVAILABLE: Final = "exception_available"
NO_LICENSE_REQUIRED: Final = "no_license_required"
NOT_SUBJECT: Final = "not_subject"
OUTCOMES: Final = (
    PROHIBITED, LICENSE_REQUIRED, UNDETERMINED, EXCEPTION_AVAILABLE, NO_LICENSE_REQUIRED, NOT_SUBJECT,
)  # fmt: skip
_CLEAR: Final = (EXCEPTION_AVAILABLE, NO_LICENSE_REQUIRED)


def worst(outcomes: Iterable[str]) -> str:
    """The worst of several outcomes."""
    return min(outcomes, key=OUTCOMES.index)


@dataclass(frozen=True)
class ExceptionFinding:
    """How one exception stands: available True, False, or None while conditions are open.

    because: the effect that bars it, or the requirement it does not reach, or None.
    """

    lift: Lift
    available: bool | None
    because: Effect | None = None
    unmet: tuple[int, ...] = ()


@dataclass(frozen=True)
class Combined:
    """What all effects of one jurisdiction come to."""

    outcome: str
    best: str
    worst: str
    requirements: tuple[Requirement, ...]
    prohibitions: tuple[Prohibition, ...]
    exceptions: tuple[ExceptionFinding, ...]
    questions: tuple[Question, ...]
    scope: Lift | None

    @property
    def available(self) -> tuple[str, ...]:
        return tuple(x.lift.symbol for x in self.exceptions if x.available)


def reaches(lift: Lift, requirement: Requirement) -> bool:
    """Whether an exception can lift a requirement: its reason for control, and what the requirement lets survive."""
    if lift.kinds is not None and requirement.kind not in lift.kinds:
        return False
    return symbol_matches(lift.symbol, requirement.survives)


def combine(effects: Sequence[Effect]) -> Combined:
    """The outcome of a line from the effects of all rules, in the rules' order."""
    known = [e for e in effects if not isinstance(e, Question)]
    questions = tuple(e for e in effects if isinstance(e, Question))
    then = [t for q in questions for t in q.then]
    scope = _widest(known)
    scope_if_best = _widest([*known, *then])

    requirements = [e for e in known if isinstance(e, Requirement)]
    prohibitions = [e for e in known if isinstance(e, Prohibition)]
    lifts = [e for e in known if isinstance(e, Lift) and not e.is_scope]
    blocks = [e for e in known if isinstance(e, Block)]

    low = _outcome(requirements, prohibitions, lifts, blocks, scope_if_best)
    high = _outcome(
        [*requirements, *(e for e in then if isinstance(e, Requirement))],
        [*prohibitions, *(e for e in then if isinstance(e, Prohibition))],
        lifts,
        [*blocks, *(e for e in then if isinstance(e, Block))],
        scope,
    )
    outcome = low if low == high else UNDETERMINED
    if (low, high) == (NOT_SUBJECT, NO_LICENSE_REQUIRED):
        # Whether the law reaches the item is open, but even if it does no license is needed.
        outcome = NO_LICENSE_REQUIRED
    if outcome in _CLEAR and any(q.hold for q in questions):
        outcome = UNDETERMINED
    # Lists reach further than the scope of one law: a named party that nobody screened holds that answer too.
    if outcome == NOT_SUBJECT and any(q.hold and q.kind == "screening" and q.party is not None for q in questions):
        outcome = UNDETERMINED

    if scope is not None:
        requirements = [r for r in requirements if r.beyond_scope]
        prohibitions = [p for p in prohibitions if p.beyond_scope]
    maybe_blocks = [t for t in then if isinstance(t, Block)]
    exceptions = tuple(_finding(x, requirements, blocks, maybe_blocks) for x in lifts) if requirements else ()
    if prohibitions:  # no exception reaches a prohibition
        exceptions = tuple(ExceptionFinding(x.lift, False, prohibitions[0]) for x in exceptions)
    return Combined(outcome, low, high, tuple(requirements), tuple(prohibitions), exceptions, questions, scope)


def _widest(effects: Iterable[Effect]) -> Lift | None:
    """The release from scope that reaches furthest: not subject to the law, before no act of the law."""
    found = [e for e in effects if isinstance(e, Lift) and e.is_scope]
    return min(found, key=lambda e: e.symbol != "not_subject", default=None)


def _outcome(
    requirements: Sequence[Requirement],
    prohibitions: Sequence[Prohibition],
    lifts: Sequence[Lift],
    blocks: Sequence[Block],
    scope: Lift | None,
) -> str:
    if scope is not None:
        requirements = [r for r in requirements if r.beyond_scope]
        prohibitions = [p for p in prohibitions if p.beyond_scope]
    if prohibitions:
        return PROHIBITED
    if not requirements:
        return NOT_SUBJECT if scope is not None and scope.symbol == "not_subject" else NO_LICENSE_REQUIRED
    for lift in lifts:
        if (
            lift_truth(lift) is YES
            and not any(b.hits(lift.symbol) for b in blocks)
            and all(reaches(lift, r) for r in requirements)
        ):
            return EXCEPTION_AVAILABLE
    return LICENSE_REQUIRED


def _finding(
    lift: Lift, requirements: Sequence[Requirement], blocks: Sequence[Block], maybe: Sequence[Block]
) -> ExceptionFinding:
    barred = next((b for b in blocks if b.hits(lift.symbol)), None)
    if barred is not None:
        return ExceptionFinding(lift, False, barred)
    unreached = next((r for r in requirements if not reaches(lift, r)), None)
    if unreached is not None:
        return ExceptionFinding(lift, False, unreached)
    failed = tuple(i for i, c in enumerate(lift.conditions) if c.met is NO)
    if failed:
        return ExceptionFinding(lift, False, None, failed)
    if lift_truth(lift) is not YES or any(b.hits(lift.symbol) for b in maybe):
        return ExceptionFinding(lift, None, next((b for b in maybe if b.hits(lift.symbol)), None))
    return ExceptionFinding(lift, True)
