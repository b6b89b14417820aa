"""Facts of one line of a transaction, and the accessors through which rules read them.

Rules never see the request. They get a ``Facts`` whose accessors return values, Truths and party views, and
which notes every reading while a rule is traced. What was read, in which order and with which result, is the
key under which the engine remembers the rule's effects (``determination/trace.py``): a rule must therefore
read all it needs through these accessors and nothing else.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from safeconduct.model.truth import BOOL_OPTIONS, NO, YES, Ask, Truth, truth_of
from safeconduct.model.values import Money, Quantity
from safeconduct.model.vocabulary import Vocabulary

OPS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_FLIP = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


class Derive(Protocol):
    """Works out a fact that the request does not state; None when it cannot."""

    def __call__(self, facts: Facts) -> Hashable | None: ...


@dataclass(frozen=True, slots=True)
class Listing:
    """One list entry a party is said to be.

    list: list id (``us.entity_list``). status: ``open``, ``true_match`` or ``false_positive``.
    entry: id or name in the edition. ``covers``, ``footnotes``, ``programs``, ``address_only`` as stated in the
    request, None where it leaves them to the edition.
    """

    list: str
    status: str = "open"
    entry: str | None = None
    covers: Hashable | None = None
    footnotes: tuple[str, ...] | None = None
    programs: tuple[str, ...] | None = None
    address_only: bool | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner of a party: ``share`` in percent or None when unknown; listings None when never screened."""

    name: str
    country: str | None = None
    share: Decimal | None = None
    listed: tuple[Listing, ...] | None = None


class Facts:
    """The facts of one line, flat: path -> immutable value. None and absent both mean *not known*.

    Args:
        cells: ``{"destination": "CN", "parties[0].role": "end_user", ...}``; ``parties`` holds their number.
        vocabulary: gives what the absence of a path means.
        derived: functions for facts that may be worked out, by path.
        worked: paths of ``cells`` that were worked out, not given; kept up by ``peek``.
    """

    __slots__ = ("_log", "cells", "derived", "vocabulary", "worked")

    def __init__(
        self,
        cells: dict[str, Hashable],
        vocabulary: Vocabulary,
        derived: Mapping[str, Derive] | None = None,
        worked: set[str] | None = None,
    ) -> None:
        self.cells = cells
        self.vocabulary = vocabulary
        self.derived = derived or {}
        self.worked = set() if worked is None else worked
        self._log: list[tuple[Probe, Hashable]] | None = None

    # -- reading -------------------------------------------------------------------------------------------
    def peek(self, path: str) -> Any:
        """The value at a path without noting it; for the engine and for rendering."""
        cells = self.cells
        try:
            return cells[path]
        except KeyError:
            derive = self.derived.get(path)
            value = derive(Facts(cells, self.vocabulary, self.derived, self.worked)) if derive else None
            if derive:
                self.worked.add(path)
            cells[path] = value
            return value

    def get(self, path: str) -> Any:
        """The value at a path, or None when it is not known. Noted as read."""
        value = self.peek(path)
        if self._log is not None:
            self._log.append((path, value))
        return value

    def note(self, probe: Probe) -> Hashable:
        """Evaluate a predicate probe and note its result instead of the value (amounts, days)."""
        value = probe(self) if callable(probe) else self.peek(probe)
        if self._log is not None:
            self._log.append((probe, value))
        return value

    @property
    def diligent(self) -> bool:
        return bool(self.get("diligence") == "complete")

    def truth(self, path: str) -> Truth:
        """A yes-or-no fact under its absence policy: ``not_known`` reads NO once diligence is complete,
        ``not_claimed`` reads NO, ``unknown`` stays unknown."""
        value = self.get(path)
        if value is None:
            return self._absent(path, Ask(path, BOOL_OPTIONS))
        return YES if value is True else NO if value is False else truth_of(bool(value))

    def condition(self, path: str) -> Truth:
        """A yes-or-no condition of an exception: absent is unknown whatever its policy, since an exception
        is the exporter's to claim and its open conditions are shown."""
        value = self.get(path)
        return Truth("UNKNOWN", frozenset((Ask(path, BOOL_OPTIONS),))) if value is None else truth_of(bool(value))

    def is_in(self, path: str, values: Iterable[Hashable], *, strict: bool = False) -> Truth:
        """Whether a value is one of ``values``; absent as in ``truth`` (``strict``: absent is unknown)."""
        choices = tuple(values)
        value = self.get(path)
        if value is None:
            ask = Ask(path, tuple((str(v), v) for v in choices[:12]))
            return Truth("UNKNOWN", frozenset((ask,))) if strict else self._absent(path, ask)
        return truth_of(value in choices)

    def compare(self, path: str, op: str, limit: Decimal | int | str, unit: str = "") -> Truth:
        """Compare a quantity, number or percent in the vocabulary's unit with a limit. Strictness is law:
        ``op`` is one of < <= > >= == != (``=`` is read as ``==``)."""
        op = "==" if op == "=" else op
        limit = Decimal(limit)
        got = self.note(NumberProbe(path, op, limit, unit))
        if got is None:
            label = f"{limit} {unit}".strip()
            nudge = abs(limit) * Decimal("0.001") or Decimal("0.001")
            yes, no = _examples(op, limit, nudge)
            ask = Ask(path, ((f"{op} {label}", yes), (f"{_FLIP[op]} {label}", no)))
            return self._incomparable(path, ask)
        return truth_of(bool(got))

    def amount(self, path: str, op: str, limit: Decimal | int | str, currency: str = "USD") -> Truth:
        """Compare money with a limit in its own currency; another currency without ``usd`` beside it is unknown."""
        limit = Decimal(limit)
        got = self.note(MoneyProbe(path, op, limit, currency))
        if got is None:
            nudge = Decimal(1)
            yes, no = _examples(op, limit, nudge)
            ask = Ask(
                path,
                ((f"{op} {limit} {currency}", Money(yes, currency)), (f"{_FLIP[op]} {limit} {currency}", Money(no, currency))),
            )  # fmt: skip
            return self._incomparable(path, ask)
        return truth_of(bool(got))

    def on_or_after(self, path: str, day: date) -> Truth:
        """Whether a date fact is on or after a day."""
        got = self.note(DateProbe(path, day))
        return self._absent(path, Ask(path)) if got is None else truth_of(bool(got))

    def _incomparable(self, path: str, ask: Ask) -> Truth:
        """A fact that gave no comparison: stated in another unit or currency it is unknown, else absent."""
        return Truth("UNKNOWN", frozenset((ask,))) if self.get(path) is not None else self._absent(path, ask)

    def _absent(self, path: str, ask: Ask) -> Truth:
        policy = self.vocabulary.absent(path)
        if policy == "not_claimed":
            return NO
        if policy == "not_known":
            if self.diligent:
                return NO
            return Truth("UNKNOWN", frozenset((ask,)))
        return Truth("UNKNOWN", frozenset((ask,)))

    # -- parties -------------------------------------------------------------------------------------------
    def parties(self, *roles: str) -> tuple[PartyView, ...]:
        """Views of the parties in these roles (all when none is named). An unstated role counts as any."""
        count = self.get("parties") or 0
        views = tuple(PartyView(self, i) for i in range(count))
        if not roles:
            return views
        return tuple(p for p in views if (r := p.get("role")) is None or r in roles)

    # -- the engine's side ---------------------------------------------------------------------------------
    def recorder(self) -> tuple[Facts, list[tuple[Probe, Hashable]]]:
        """A view of the same cells that notes what is read."""
        view = Facts(self.cells, self.vocabulary, self.derived, self.worked)
        view._log = []
        return view, view._log

    def replace(self, changes: Mapping[str, Hashable]) -> Facts:
        """The same facts with some replaced: those worked out are worked out anew, those given stay."""
        cells = {k: v for k, v in self.cells.items() if k not in self.worked or k in changes}
        cells.update(changes)
        return Facts(cells, self.vocabulary, self.derived)


def _examples(op: str, limit: Decimal, nudge: Decimal) -> tuple[Decimal, Decimal]:
    """A value that meets ``op limit`` and one that does not."""
    return {
        "<": (limit - nudge, limit), "<=": (limit, limit + nudge), ">": (limit + nudge, limit),
        ">=": (limit, limit - nudge), "==": (limit, limit + nudge), "!=": (limit + nudge, limit),
    }[op]  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberProbe:
    """Reads a number only as the result of one comparison, so that other values share the rule's memory."""

    path: str
    op: str
    limit: Decimal
    unit: str = ""

    def __call__(self, facts: Facts) -> bool | None:
        value = facts.peek(self.path)
        if isinstance(value, Quantity):
            if self.unit and value.unit and value.unit.casefold() != self.unit.casefold():
                return None  # another unit than the law's: not comparable, so not known
            value = value.value
        if value is None or isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            return None
        return OPS[self.op](value, self.limit)


@dataclass(frozen=True, slots=True)
class MoneyProbe:
    """Reads money only as the result of one comparison."""

    path: str
    op: str
    limit: Decimal
    currency: str

    def __call__(self, facts: Facts) -> bool | None:
        value = facts.peek(self.path)
        amount = value.in_(self.currency) if isinstance(value, Money) else None
        return None if amount is None else OPS[self.op](amount, self.limit)


@dataclass(frozen=True, slots=True)
class DateProbe:
    """Reads a date only as on-or-after a day."""

    path: str
    day: date

    def __call__(self, facts: Facts) -> bool | None:
        value = facts.peek(self.path)
        return None if not isinstance(value, date) else value >= self.day


Probe = str | NumberProbe | MoneyProbe | DateProbe | Callable[[Facts], Hashable]


class PartyView:
    """One party as a rule sees it: never its name, so that parties share what rules remember."""

    __slots__ = ("_facts", "index")

    def __init__(self, facts: Facts, index: int) -> None:
        self._facts = facts
        self.index = index

    def path(self, name: str) -> str:
        return f"parties[{self.index}].{name}"

    def get(self, name: str) -> Any:
        return self._facts.get(self.path(name))

    def truth(self, name: str) -> Truth:
        return self._facts.truth(self.path(name))

    def condition(self, name: str) -> Truth:
        return self._facts.condition(self.path(name))

    def is_in(self, name: str, values: Iterable[Hashable], *, strict: bool = False) -> Truth:
        return self._facts.is_in(self.path(name), values, strict=strict)

    def compare(self, name: str, op: str, limit: Decimal | int | str, unit: str = "") -> Truth:
        return self._facts.compare(self.path(name), op, limit, unit)

    @property
    def screened(self) -> Truth:
        """YES when somebody says on which lists the party stands, even on none."""
        if self.get("listed") is None:
            return Truth("UNKNOWN", frozenset((Ask(self.path("listed"), (("on none", ()),)),)))
        return YES

    @property
    def listings(self) -> tuple[ListingView, ...]:
        listed = self.get("listed") or ()
        return tuple(ListingView(self, i, x) for i, x in enumerate(listed))

    def listed_on(self, *lists: str) -> tuple[ListingView, ...]:
        return tuple(x for x in self.listings if x.list in lists)

    @property
    def owners(self) -> tuple[Owner, ...] | None:
        """The owners, () for established as none, None when not known."""
        owners = self.get("owners")
        return None if owners is None else tuple(owners)


@dataclass(frozen=True, slots=True)
class ListingView:
    """A listing of a party, with its alert's state as a Truth."""

    party: PartyView
    n: int
    listing: Listing

    @property
    def list(self) -> str:
        return self.listing.list

    @property
    def is_true_match(self) -> Truth:
        if self.listing.status == "true_match":
            return YES
        if self.listing.status == "false_positive":
            return NO
        # The question is put on the party's listings as a whole: each answer is all of them with this one decided.
        listed = tuple(self.party.get("listed") or ())
        answers = tuple(
            (
                f"{self.list} {status}",
                (*listed[: self.n], dataclasses.replace(self.listing, status=status), *listed[self.n + 1 :]),
            )
            for status in ("true_match", "false_positive")
        )
        return Truth("UNKNOWN", frozenset((Ask(self.party.path("listed"), answers),)))
