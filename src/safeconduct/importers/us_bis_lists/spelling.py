"""Names that hold more than a name: former names, parents, subordinate parts, address words."""

from __future__ import annotations

import re

from safeconduct.lawdata.names import LEGAL_FORMS, normalise

__all__ = ["address_in", "parts_of"]

_ALSO = re.compile(
    r"[,.]?\s*\(?\s*\b(?:a\.?\s?k\.?\s?a|f\.?\s?k\.?\s?a)\b[.,]*\s*(?:the following [\w-]+ alias(?:es)?:?)?\s*",
    re.IGNORECASE,
)
# Parent and part in one name: the part is the party; it must be found under its own name too.
_PART = re.compile(
    r"^(?P<parent>.+?)[,.]?\s+(?:Affiliated Entity:|Subordinate Institution\s*[-:]|subordinate institution:|and subordinate entity|facilities:)\s*(?P<part>.+)$",
    re.IGNORECASE,
)
_GLOSS = re.compile(r"\s*\((?:a |an )?(?:subordinate|subsidiary|division|branch)\b[^)]*\)\s*$", re.IGNORECASE)
_SEE = re.compile(r"\s*\(\s*see (?:also )?(?:the )?alternate address[^)]*\)?\.?\s*", re.IGNORECASE)
# "Ministry ..., including the armed forces and all operating units": a description, not a name.
_INCLUDING = re.compile(r",?\s+including the\b.{80,}$", re.IGNORECASE | re.DOTALL)
_ADDRESS = re.compile(r"\d.*,|,.*\d|\. [A-Z\d].*,|; and ")


def parts_of(name: str) -> tuple[str, list[str]]:
    """The name itself, and the other names that stand in it.

    The name keeps its words except cross-references, descriptions and what follows "a.k.a." or "f.k.a.".
    """
    name = _INCLUDING.sub("", _SEE.sub(" ", name)).strip(" ,;")
    others: list[str] = []
    found = _ALSO.search(name)
    if found and found.start() > 0:
        tail = name[found.end() :].strip()
        name = name[: found.start()].strip(" ,(")
        if tail.endswith(")") and tail.count("(") < tail.count(")"):
            tail = tail[:-1]
        others += [part.strip(" ,") for part in _ALSO.split(tail)]
    part = _PART.match(name)
    if part:
        others.append(part["part"].strip())
    plain = _GLOSS.sub("", name)
    if plain != name:
        others.append(plain)
    return name, [other for other in others if normalise(other) and normalise(other) not in LEGAL_FORMS]


def address_in(alias: str) -> bool:
    """Whether an alias seems to run on into an address."""
    return bool(_ADDRESS.search(alias))
