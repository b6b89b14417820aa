"""Other names that a list prints inside a name: `PEARL (A.K.A. ANN CHU) LI`, `LIM -AKA- LEE`, `Igor; a.k.a. Ivan Petrov`."""

from __future__ import annotations

import re

from safeconduct.lawdata.names import normalise

__all__ = ["names_inside"]

# With dots, slashes or in capitals or small letters throughout: `Aka` is a name.
_MARK = r"(?:\b[aAfF]\.\s?[kK]\.\s?[aA]\b\.?|\b[aAfF]/[kK]/[aA]\b|\bAKAS?\b|\bakas?\b|\bFKA\b|\bfka\b)"
_BRACKET = re.compile(rf"^(?P<before>.*?)\s*[(\[]\s*{_MARK}[\s:,]*(?P<inside>[^)\]]*)[)\]]?\s*(?P<after>.*)$")
_SPLIT = re.compile(rf"[\s;,(\-]*{_MARK}[\s:,\-]*")


def names_inside(name: str) -> list[str]:
    """The names that stand in one name, none when it holds only itself. The name as printed is not among them."""
    found = _BRACKET.match(name)
    parts: list[str]
    if found:
        parts = [f"{found['before']} {found['after']}".strip(), *_SPLIT.split(found["inside"])]
    else:
        parts = _SPLIT.split(name)
        if len(parts) == 1 or not parts[0].strip():
            return []
    kept = (part.strip(" ,;()[]") for part in parts)
    return [part for part in dict.fromkeys(kept) if len(normalise(part)) > 2]
