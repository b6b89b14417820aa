"""Codes named in the words of the list: entries with their paragraphs, and categories of the munitions list."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

__all__ = ["ancestors", "codes_in", "is_under", "parent_of"]

_ECCN = re.compile(
    # the paragraph may be printed with a stray blank ("3A101.a.2 .a")
    r"\b([0-9][A-E][0-9]{3})((?:\.(?:[a-z](?![a-z])|\d{1,3}(?!\d)))*)"
)
_RANGE = re.compile(r"\b([0-9][A-E])([0-9]{3})\s+(?:to|through)\s+\1([0-9]{3})\b(?!\.[a-z])")
_ROMAN = r"(?:XXI|XX|XIX|XVIII|XVII|XVI|XV|XIV|XIII|XII|XI|IX|IV|X|VIII|VII|VI|V|III|II|I)"
_USML = re.compile(
    rf"(?:USML|U\.S\. Munitions List|Munitions List)[^.;]{{0,40}}?Categor(?:y|ies)\s+((?:{_ROMAN}\b(?:\([^)]*\))*"
    rf"(?:,\s*(?:and|or)?\s*|\s+(?:and|or)\s+)?)+)"
    rf"|Categor(?:y|ies)\s+((?:{_ROMAN}\b(?:\([^)]*\))*(?:,\s*(?:and|or)?\s*|\s+(?:and|or)\s+)?)+)\s*"
    r"(?:of the (?:USML|U\.S\. Munitions List|United States Munitions List))"
)


def parent_of(code: str) -> str | None:
    """``3A001.b`` for ``3A001.b.2``; None for an entry."""
    return code.rsplit(".", 1)[0] if "." in code else None


def ancestors(code: str) -> list[str]:
    """The codes above a paragraph, the entry first."""
    parts = code.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def is_under(code: str, above: str) -> bool:
    """Whether ``code`` is ``above`` or a paragraph of it."""
    return code == above or code.startswith(above + ".")


def codes_in(text: str, known_entries: Collection[str]) -> list[str]:
    """Entries and paragraphs, and munitions list categories (``USML XI``), in order of mention, once each.

    "2B119 to 2B122" names every known entry between; the words of the law are not kept.
    """
    found: list[str] = []
    spans: list[tuple[int, str]] = []
    for match in _RANGE.finditer(text):
        group, low, high = match.groups()
        spans.extend(
            (match.start(), code)
            for code in sorted(known_entries)
            if code.startswith(group) and low <= code[2:] <= high
        )
    spans.extend((m.start(), (m.group(1) + m.group(2)).rstrip(".")) for m in _ECCN.finditer(text))
    for match in _USML.finditer(text):
        names = match.group(1) or match.group(2)
        spans.extend((match.start(), f"USML {roman}") for roman in re.findall(_ROMAN + r"\b", names))
    for _, code in sorted(spans, key=lambda span: span[0]):
        if code not in found:
            found.append(code)
    return found


def without_lineage(codes: Iterable[str], own: str) -> list[str]:
    """The codes that are not the paragraph itself, nor above nor below it."""
    return [code for code in codes if not is_under(code, own) and not is_under(own, code)]
