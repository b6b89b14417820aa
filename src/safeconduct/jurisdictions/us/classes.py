"""Countries and paragraphs that US law cannot tell apart, for bulk answers."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from safeconduct.jurisdictions.us.common import CODE, ccl
from safeconduct.law import LawAsOf, NotCovered
from safeconduct.law.classes import Classes, code_classes, country_classes, named_in

_LISTS = ("us.ccl.requirements", "us.ccl.exceptions", "us.ccl.sta")


@lru_cache(maxsize=1)
def _named() -> tuple[frozenset[str], frozenset[str]]:
    """Countries and codes named in the text of the rules themselves."""
    countries: set[str] = set()
    codes: set[str] = set()
    for text in _sources(resources.files("safeconduct.jurisdictions.us")):
        c, d = named_in(text)
        countries |= c
        codes |= d
    return frozenset(countries), frozenset(codes)


def _sources(folder: Traversable) -> list[str]:
    out = []
    for f in folder.iterdir():
        if f.is_dir():
            out += _sources(f)
        elif f.name.endswith(".py"):
            out.append(f.read_text("utf-8"))
    return out


def classes(law: LawAsOf) -> Classes:
    """The classes on a span; none of codes where the list does not cover it."""
    countries, codes = _named()
    by_country = country_classes(law, "us", countries)
    try:
        clist = ccl(law)
    except NotCovered:
        return Classes(by_country)
    scopes: dict[str, list[tuple[str, ...]]] = {}
    named = set(codes)
    for t in law.edition.tables.values():
        if not law.covers(t.id) or "lists/" in t.files[0] or not t.files[0].endswith((".csv", ".jsonl")):
            continue
        if t.id in _LISTS:
            for row in law.rows(t.id):
                scope = row.get("scope") or {}
                scopes.setdefault(row["entry"], []).append((*scope.get("in", ()), *scope.get("out", ())))
                named |= named_in(f'"{row.get("when")}"')[1]
        elif not t.id.startswith("us.ccl."):
            for row in law.rows(t.id):
                named |= named_in(str(dict(row)))[1]
    return Classes(by_country, {CODE: code_classes(clist, scopes, named)})
