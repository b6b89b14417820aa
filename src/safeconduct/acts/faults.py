"""Faults of what was handed in: what was given, what was expected, where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``where`` is the field's path; file and line are added by the face that read the input."""

    where: str
    given: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.where}: given {self.given}, expected {self.expected}{hint}"


class RequestError(ValueError):
    """A request cannot be read. Carries every fault found, not only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(f) for f in faults))


def shown(value: object) -> str:
    """A given value for a message: quoted, control characters escaped, at most 60 characters."""
    text = repr(value) if not isinstance(value, str) else "'" + value.encode("unicode_escape").decode()[:200] + "'"
    return text if len(text) <= 60 else text[:57] + "…"
