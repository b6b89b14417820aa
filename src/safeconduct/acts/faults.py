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
        return one_line(f"{self.where}: given {self.given}, expected {self.expected}{hint}")


class RequestError(ValueError):
    """A request cannot be read. Carries every fault found, not only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(f) for f in faults))


def shown(value: object) -> str:
    """A given value for a message: quoted, control characters escaped, at most 60 characters."""
    if isinstance(value, str):
        text = "'" + one_line(value[:200]) + "'"
    else:
        try:
            text = one_line(repr(value))
        except (ValueError, RecursionError):  # a number of more digits than Python writes; nested without end
            text = f"a {type(value).__name__} too large to show"
    return text if len(text) <= 60 else text[:57] + "…"


def one_line(text: str) -> str:
    """The text with everything escaped that a terminal does not print as itself: control characters, lone surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
