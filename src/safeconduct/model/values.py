"""Small value types: periods of law, citations, money, quantities. All are immutable and hashable."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` (included) until ``end`` (not included); None is open."""

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start >= self.end:
            raise ValueError(f"period ends before it starts: from {self.start} until {self.end}")

    def covers(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its ISO 4217 currency; ``usd`` is the same price in dollars where the requester gave it."""

    amount: Decimal
    currency: str
    usd: Decimal | None = None

    def in_(self, currency: str) -> Decimal | None:
        """The amount in that currency, or None: nothing is converted by itself."""
        if self.currency == currency:
            return self.amount
        return self.usd if currency == "USD" else None

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the vocabulary's unit; ``given`` is what the requester wrote."""

    value: Decimal
    unit: str
    given: str = ""

    def __str__(self) -> str:
        return self.given or f"{self.value} {self.unit}".strip()


class FrozenMap(Mapping[str, Any]):
    """An immutable, hashable mapping for structured facts (a red flag, a notice, what an entry covers)."""

    __slots__ = ("_data", "_hash")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(sorted(data.items()))
        self._hash = hash(tuple(self._data.items()))

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenMap) and self._data == other._data

    def __repr__(self) -> str:
        return f"FrozenMap({self._data!r})"


def freeze(value: Any) -> Any:
    """Lists to tuples and mappings to FrozenMap, all the way down; other values as they are."""
    if isinstance(value, Mapping):
        return FrozenMap({str(k): freeze(v) for k, v in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(freeze(v) for v in value)
    return value


_PLAIN = (str, bool, int, float)


def thaw(value: Any) -> Any:
    """The JSON form of a fact's value: dates, decimals and amounts as strings, tuples as lists."""
    if value is None or value.__class__ in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {k: thaw(v) for k, v in value.items()}
    if isinstance(value, (tuple, list, frozenset)):
        return [thaw(v) for v in (sorted(value, key=str) if isinstance(value, frozenset) else value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Money):
        out = {"amount": str(value.amount), "currency": value.currency}
        if value.usd is not None:
            out["usd"] = str(value.usd)
        return out
    if isinstance(value, Quantity):
        return {"value": str(value.value), "unit": value.unit}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: thaw(v) for f in dataclasses.fields(value) if (v := getattr(value, f.name)) is not None}
    return value
