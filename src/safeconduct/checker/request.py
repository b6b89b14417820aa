"""The request read a second time: whether what the rules say they read is what stands there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from safeconduct.model import Facts, Money, Quantity, Vocabulary

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def stated(request: Mapping[str, Any], path: str) -> Any:
    """What a request says at a path; objects may be nested or written with dots in the key."""
    if path == "parties":
        parties = request.get("parties")
        return len(parties) if isinstance(parties, list) else None
    return _at(request, [m.group(1) or int(m.group(2)) for m in _STEP.finditer(path)])


def _at(node: Any, steps: Sequence[str | int]) -> Any:
    if not steps:
        return node
    head, rest = steps[0], steps[1:]
    if isinstance(head, int):
        return _at(node[head], rest) if isinstance(node, list) and head < len(node) else None
    if not isinstance(node, Mapping):
        return None
    got = _at(node[head], rest) if head in node else None
    for n in range(2, len(steps) + 1):
        if got is not None:
            break
        joined = ".".join(str(s) for s in steps[:n])
        if joined in node:
            got = _at(node[joined], steps[n:])
    return got


def agrees(read: Any, said: Any) -> bool:
    """Whether a value noted as read is the request's: numbers by value, codes whatever their spelling."""
    if read is None or said is None:
        return read is None and said is None
    if isinstance(read, bool) or isinstance(said, bool):
        return read is said
    if isinstance(read, Mapping) and isinstance(said, Mapping):
        if {"amount", "currency"} <= read.keys() or {"value", "unit"} == read.keys():
            key = "amount" if "amount" in read else "value"
            units = (read.get("unit"), said.get("unit"))
            if all(isinstance(u, str) and u for u in units) and _fold(units[0]) != _fold(units[1]):
                return _number(said.get(key)) is not None
            return _same_number(read[key], said.get(key)) and read.get("currency") in (None, said.get("currency"))
        return all(agrees(v, said.get(k)) for k, v in read.items() if k != "status") and (
            read.get("status") is None or read["status"] == (said.get("status") or "open")
        )
    if isinstance(read, Mapping):
        number = read.get("amount", read.get("value"))
        return _same_number(number, said)
    if isinstance(read, list) and isinstance(said, list):
        return len(read) == len(said) and all(agrees(a, b) for a, b in zip(read, said, strict=True))
    if _same_number(read, said):
        return True
    if isinstance(read, str) and isinstance(said, str):
        return _fold(read) == _fold(said)
    return False


def derived(path: str, facts: Mapping[str, Any]) -> Any:
    """A fact worked out from others, by the provision that says how; None where no way is known here."""
    code = str(facts.get("item.classification.us") or "")
    if path == "item.kind":  # 738.2(b): product groups
        return {"A": "commodity", "B": "commodity", "C": "commodity", "E": "technology"}.get(code[1:2])
    if path == "destination":
        if facts.get("activity") == "transfer_in_country":  # 734.16
            return facts.get("exported_from")
        if facts.get("activity") in ("deemed_export", "deemed_reexport"):  # 734.13(b)
            if facts.get("person.most_recent_status"):
                return facts["person.most_recent_status"]
            held = facts.get("person.citizenships") or []
            return facts.get("person.most_recent_citizenship") or (held[0] if len(held) == 1 else None)
    if path == "end_use.embedding_in_civil_product":
        return facts.get("item.traits.embedded_in_civil_product")
    if path == "item.parameters.for_adjusted_peak_performance":
        return facts.get("item.parameters.adjusted_peak_performance")
    return None


def as_facts(read: Mapping[str, Any], vocabulary: Vocabulary) -> Facts:
    """Facts for testing the conditions of law-data rows, from the readings of the trail."""
    return Facts({p: v for p, raw in read.items() if (v := _typed(p, raw, vocabulary)) is not None}, vocabulary)


def _typed(path: str, raw: Any, vocabulary: Vocabulary) -> Any:
    if isinstance(raw, Mapping):
        if {"amount", "currency"} <= raw.keys():
            usd = raw.get("usd")
            return Money(Decimal(raw["amount"]), raw["currency"], None if usd is None else Decimal(usd))
        return Quantity(Decimal(raw["value"]), raw["unit"]) if {"value", "unit"} == raw.keys() else None
    if isinstance(raw, list):
        return tuple(x for x in raw if isinstance(x, str)) if all(isinstance(x, str) for x in raw) else None
    fact = vocabulary.get(path)
    if isinstance(raw, str) and fact is not None and fact.kind in ("number", "int", "percent"):
        return _number(raw)
    return raw


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        return Decimal(str(value).replace(",", "").strip().rstrip("%"))
    except InvalidOperation:
        return None


def _same_number(a: Any, b: Any) -> bool:
    x, y = _number(a), _number(b)
    return x is not None and x == y


def _fold(text: Any) -> str:
    return re.sub(r"[\s()._-]+", "", str(text)).casefold()
