"""Expand the short lists of entries the law prints: `.a.2 to .a.5`, `.k-.n`, `3D001(for 3B)`."""

from __future__ import annotations

import re
from typing import Any

from safeconduct.importers.sheets import SourceError

__all__ = ["entries", "expand", "only_codes", "scopes"]

_CODE = re.compile(r"([0-9][A-E][0-9]{3})?((?:\.[a-z0-9]+)*)")
_TOKEN = re.compile(r"(?:[0-9][A-E][0-9]{3})?(?:\.[a-z0-9]+)+|[0-9][A-E][0-9]{3}")
_ENTRY = re.compile(r"([0-9][A-E][0-9]{3}(?:\.[a-z0-9]+)*)(?:\(for ([^)]*)\))?")


def _range(first: str, last: str) -> list[str]:
    """`3B001.k` to `.n`, `9E003.a.1` to `.a.5`: the last segment runs, all before it stays."""
    stem, _, start = first.rpartition(".")
    before, _, end = last.rpartition(".")
    # `.b.2.a-.b` names only the last segment; otherwise both ends must stand in one paragraph.
    if before not in (stem, stem.partition(".")[0]):
        raise SourceError(f"{first} to {last}: not a range of paragraphs")
    if start.isdigit() and end.isdigit():
        return [f"{stem}.{n}" for n in range(int(start), int(end) + 1)]
    if len(start) == len(end) == 1 and start.isalpha() and end.isalpha() and start <= end:
        return [f"{stem}.{chr(n)}" for n in range(ord(start), ord(end) + 1)]
    raise SourceError(f"{first} to {last}: not a range of paragraphs")


def expand(text: str, base: str = "") -> list[str]:
    """Codes of a list; `.x` continues the entry named before it (or `base`), ranges are spelled out.

    `1C010.c, .d` gives 1C010.c and 1C010.d; `3B001.k-.n` gives four codes.
    """
    parts = re.split(r"[,;\s]+", re.sub(r"\s+to\s+|-(?=\.)", " to ", text).strip())
    codes: list[str] = []
    entry, running = base, False
    for part in parts:
        if part in ("", "and"):
            continue
        if part == "to":
            running = True
            continue
        found = _CODE.fullmatch(part)
        if found is None or not (found[1] or entry):
            raise SourceError(f"{part!r} in {text!r} is not an entry or a paragraph of one")
        entry = found[1] or entry
        code = entry + found[2]
        if running:
            codes += _range(codes.pop(), code)
            running = False
        else:
            codes.append(code)
    return codes


def only_codes(text: str) -> list[str] | None:
    """The codes of `text` when it holds nothing but codes and `and`, else None."""
    plain = re.sub(r"\(also \.z\)", "", text)
    rest = _TOKEN.sub("", plain)
    if re.sub(r"\b(and|to)\b|[,\s]", "", rest):
        return None
    return expand(plain)


def scopes(text: str) -> list[dict[str, list[str]]]:
    """`3B001 except .a.4 .c; 3B903` as scopes with what is in and what is out."""
    result: list[dict[str, list[str]]] = []
    for part in text.split(";"):
        inside, _, outside = part.partition(" except ")
        base = inside.strip()[:5]
        result.append({"in": expand(inside), "out": expand(outside, base) if outside else []})
    return result


def entries(text: str) -> list[dict[str, Any]]:
    """`3D001(for 3B) 3D901` as entries, each with what it must be for (empty: anything it controls)."""
    rest = _ENTRY.sub("", text).strip()
    if rest:
        raise SourceError(f"{rest!r} in {text!r} is not a list of entries")
    return [{"code": code, "for": purpose.split()} for code, purpose in _ENTRY.findall(text)]
