"""The JSON Schema of a request, made from the vocabulary of facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from safeconduct.model import Fact, Vocabulary

_COUNTRY = {"type": "string", "pattern": "^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$"}
_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}]}
_AMOUNT = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d+(\.\d+)?$"}]}
_MONEY = {
    "type": "object",
    "properties": {"amount": _AMOUNT, "currency": {"type": "string", "pattern": "^[A-Za-z]{3}$"}, "usd": {}},
    "required": ["amount", "currency"],
}
_LISTING = {
    "type": "object",
    "properties": {
        "list": {"type": "string"}, "entry": {"type": ["string", "null"]}, "covers": {},
        "status": {"enum": ["open", "true_match", "false_positive", None]},
        "footnotes": {"type": ["array", "null"]}, "programs": {"type": ["array", "null"]},
        "address_only": {"type": ["boolean", "null"]},
    },
    "required": ["list"],
}  # fmt: skip


def request_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema (draft 2020-12) of one request. ``null`` is allowed everywhere: it means *not known*."""
    root: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Safeconduct request",
        "type": "object",
        "properties": {
            "id": {"type": ["string", "integer", "null"]},
            "jurisdictions": {"type": ["array", "null"], "items": {"type": "string"}, "minItems": 1},
        },
    }
    for fact in vocabulary:
        if fact.path == "parties":
            continue
        _place(root, fact)
    root["properties"]["items"] = {"type": ["array", "null"], "minItems": 1, "items": {"type": "object"}}
    return root


def _place(root: dict[str, Any], fact: Fact) -> None:
    node = root
    parts = fact.path.split(".")
    for i, part in enumerate(parts):
        name, many = part.removesuffix("[]"), part.endswith("[]")
        properties = node.setdefault("properties", {})
        if i == len(parts) - 1:
            properties[name] = {**_type(fact), "description": _describe(fact)}
            return
        child = properties.setdefault(
            name, {"type": ["array", "null"], "items": {"type": "object"}} if many else {"type": ["object", "null"]}
        )
        if "type" not in child or (not many and "object" not in child.get("type", ())):
            child = properties[name] = {"type": ["object", "null"]}
        node = child["items"] if many else child


def _describe(fact: Fact) -> str:
    unit = f" Unit: {fact.unit}." if fact.unit else ""
    return f"{fact.ask}{unit} Absent: {fact.absent}. Read by {fact.read_by}.".strip()


def _type(fact: Fact) -> dict[str, Any]:
    kind = fact.kind
    inner: dict[str, Any]
    if kind == "bool":
        return {"type": ["boolean", "null"]}
    if kind == "enum":
        return {"enum": [*fact.choices, None]}
    if kind == "country":
        inner = _COUNTRY
    elif kind == "date":
        inner = {"type": "string", "format": "date"}
    elif kind == "money":
        inner = _MONEY
    elif kind == "quantity":
        inner = {
            "anyOf": [
                *_NUMBER["anyOf"],
                {"type": "object", "properties": {"value": _NUMBER, "unit": {"type": "string"}}, "required": ["value"]},
            ]
        }
    elif kind in ("number", "int", "percent"):
        inner = _NUMBER
    elif kind == "list":
        inner = {"type": "array", "items": _item(fact)}
    else:
        inner = {"type": "string"}
    return {"anyOf": [inner, {"type": "null"}]}


def _item(fact: Fact) -> dict[str, Any]:
    of = fact.type.removeprefix("list of ")
    if fact.path.endswith(".listed"):
        return _LISTING
    if of == "country":
        return _COUNTRY
    return {"type": "object"} if of.startswith("{") else {"type": "string"}


def facts_table(vocabulary: Iterable[Fact]) -> list[dict[str, str]]:
    """The vocabulary as rows, sorted by path."""
    return sorted(
        (
            {"path": f.path, "type": f.type, "unit": f.unit, "absent": f.absent, "ask": f.ask, "read_by": f.read_by}
            for f in vocabulary
        ),
        key=lambda r: r["path"],
    )
