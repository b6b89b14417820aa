"""Small value types: periods of law, citations, money, quantities. All are immutable and hashable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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
