"""Conditions of law-data rows: small boolean expressions over facts, evaluated in three values.

Forms: ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": c}`` and the leaves
``{"fact": path, "is": value}``, ``{"fact": path, "in": [values]}``, ``{"fact": path, "op": "<", "value": 18, "unit": "in"}``,
``{"fact": path, "any_of": [values]}`` (a list that holds any of them),
``{"fact": path, "countries"|"groups"|"not_groups"|"cwc": ...}`` (a place, tested as the jurisdiction tests destinations),
``{"for": {"in": [codes], "out": [codes], "reason": "MT" | null}}`` (what software or technology is for),
``{"meets": {"reason": "MT", "entries": [codes]}}`` (meets or exceeds the parameters of other entries),
``{"agent": [names]}``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from safeconduct.model import NO, Ask, Facts, Truth, all_of, any_of, not_, truth_of

if TYPE_CHECKING:
    from safeconduct.law.control_list import ControlList


class ConditionError(ValueError):
    """A condition of a record has a form this reader does not know."""


def evaluate(cond: Mapping[str, Any], facts: Facts, clist: ControlList) -> Truth:
    """The truth of a condition for these facts.

    Raises:
        ConditionError: unknown form; a fault of the data, found by the edition's tests.
    """
    if "all" in cond:
        return all_of(*(evaluate(c, facts, clist) for c in cond["all"]))
    if "any" in cond:
        return any_of(*(evaluate(c, facts, clist) for c in cond["any"]))
    if "not" in cond:
        return not_(evaluate(cond["not"], facts, clist))
    if "fact" in cond:
        return _fact(cond, facts, clist)
    if "for" in cond:
        return _for(cond["for"], facts, clist)
    if "meets" in cond:
        return _meets(cond["meets"], facts)
    if "agent" in cond:
        return _agent(cond["agent"], facts)
    raise ConditionError(f"condition {dict(cond)!r}: expected one of all, any, not, fact, for, meets, agent")


_PLACE = frozenset({"countries", "groups", "not_groups", "cwc"})


def _fact(cond: Mapping[str, Any], facts: Facts, clist: ControlList) -> Truth:
    path = cond["fact"]
    if not _PLACE.isdisjoint(cond):
        if clist.place is None:
            raise ConditionError(f"condition {dict(cond)!r}: this list was loaded without a test of places")
        return clist.place(path, {k: v for k, v in cond.items() if k != "fact"}, facts)
    if "any_of" in cond:
        held = facts.get(path)
        if held is None:
            return Truth("UNKNOWN", frozenset((Ask(path, tuple((str(v), (v,)) for v in cond["any_of"])),)))
        return truth_of(any(v in held for v in cond["any_of"]))
    if "op" in cond:
        return facts.compare(path, cond["op"], str(cond["value"]), cond.get("unit", ""))
    if "in" in cond:
        return facts.is_in(path, tuple(cond["in"]))
    if "is" not in cond:
        raise ConditionError(f"condition {dict(cond)!r}: expected is, in, any_of, op or a place beside the fact")
    want = cond["is"]
    if isinstance(want, bool):
        got = facts.truth(path)
        return got if want else not_(got)
    return facts.is_in(path, (want,))


def _agent(names: Iterable[str], facts: Facts) -> Truth:
    """An agent is named by its paragraph (which covers all under it) or by its name."""
    given = facts.get("item.agent")
    choices = tuple(names)
    if given is None:
        return Truth("UNKNOWN", frozenset((Ask("item.agent", tuple((c, c) for c in choices[:8])),)))
    text = str(given)
    return truth_of(
        any(
            text.casefold() == c.casefold()
            or text.startswith(c + ".")
            or (text.casefold() in c.casefold() and len(text) > 4)
            for c in choices
        )
    )


def _for(spec: Mapping[str, Any], facts: Facts, clist: ControlList) -> Truth:
    codes = facts.get("item.for_items")
    reason = spec.get("reason")
    if codes is None:
        if spec.get("only"):
            # An exclusion for what serves those items only releases: nobody claims it, so it releases nothing.
            return NO
        named = tuple((c, (c,)) for c in spec["in"][:8])
        return Truth("UNKNOWN", frozenset((Ask("item.for_items", named),)))
    from safeconduct.law.control_list import Scope

    scope = Scope(tuple(spec["in"]), tuple(spec.get("out") or ()))
    results: list[Truth] = []
    for code in codes:
        relation = scope.relation(code)
        inside = (
            Truth(
                "UNKNOWN",
                frozenset((Ask("item.for_items", tuple((c, (c,)) for c in clist.children(code)[:8])),)),
            )
            if relation is None
            else truth_of(relation)
        )
        if reason and inside is not NO:
            inside = all_of(inside, clist.controlled_for(code, reason, facts))
        results.append(inside)
    # "only": every item it is for must be covered (an exclusion for parts of one aircraft does not free those of another).
    return all_of(*results) if spec.get("only") and results else any_of(*results)


def _meets(spec: Mapping[str, Any], facts: Facts) -> Truth:
    reason = spec["reason"]
    stated = facts.get("item.reasons")
    if stated is not None:
        return truth_of(any(r.rstrip("0123456789") == reason for r in stated))
    return facts.truth(f"item.traits.{reason.lower()}_controlled")
