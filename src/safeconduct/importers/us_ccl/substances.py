"""CAS numbers, and names of chemicals, organisms and toxins, in the paragraphs of category 1."""

from __future__ import annotations

import re

__all__ = ["agent_in", "cas_in", "cas_is_valid", "chemical_in"]

_CAS = re.compile(r"(?<![\d-])(\d{2,7})[-‐–−](\d{2})[-‐–−](\d)(?![\d-])")


def cas_is_valid(number: str) -> bool:
    """Check digit of a CAS number: the last digit is the weighted sum of the others, modulo ten."""
    digits = number.replace("-", "")
    total = sum(int(d) * n for n, d in enumerate(reversed(digits[:-1]), start=1))
    return total % 10 == int(digits[-1])


def cas_in(text: str) -> list[str]:
    """CAS numbers of a paragraph, in printed order, with a right check digit.

    The text must say CAS, or the number stand alone in brackets as in 1E355.
    """
    said = re.search(r"\bC\.?A\.?S\b", text) is not None
    found = []
    for match in _CAS.finditer(text):
        number = "-".join(match.groups())
        alone = text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
        if (said or alone) and cas_is_valid(number) and number not in found:
            found.append(number)
    return found


def _tidy(name: str) -> str:
    name = re.sub(r"\s*\[[^\]]*\]", "", name)
    name = re.sub(r"\s*—see [^)]*", "", name)
    name = re.sub(r"[“”]", "", name)
    name = re.sub(r",?\s*as follows:?$", "", name.strip())
    return re.sub(r"\s*[;.,]?\s*(?:\b(?:or|and))?\s*[;.,:]?$", "", name.strip())


def agent_in(entry: str, path: str, text: str) -> str | None:
    """Name of the organism or toxin of a paragraph of 1C351 or 1C354 ("d.15" -> "Ricin"), else None."""
    if entry not in {"1C351", "1C354"} or not re.fullmatch(r"[a-e]\.\d+", path):
        return None
    return _tidy(text) or None


def chemical_in(entry: str, text: str) -> str | None:
    """Name of the chemical of a paragraph of 1C350 or 1C355 that prints one with its CAS number, else None."""
    if entry not in {"1C350", "1C355"}:
        return None
    first = re.match(r"^\(?C\.?A\.?S\.?\s*#?\s*[\d-]+\)?,?\s*(.+)$", text, re.S)
    last = re.match(r"^(?:[A-Z]{2,6}: )?([^;]{3,90}?)\s*\(C\.?A\.?S\.?\s*#?\s*[\d-]+\)", text)
    match = first or last
    return _tidy(match.group(1)) if match else None
