"""Pairing rows of the screening list with the rows of Commerce's own publication, conservatively.

Two rows are one party when their names agree *and* country or citation does. What finds no partner stays a row of its own: a
party listed twice only asks twice, a party joined to another's row could be missed.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from safeconduct.importers.us_bis_lists.read import Listed
from safeconduct.importers.us_csl.map import citations
from safeconduct.importers.us_csl.read import CslRow
from safeconduct.lawdata.names import normalise, without_legal_form

__all__ = ["copies", "pair"]

_NEAR = {"CN": {"CN", "HK", "MO"}, "UA-43": {"UA-43", "UA"}, "UA": {"UA", "UA-43"}, "GB": {"GB", "KY", "VG"}}
_FORMER = re.compile(r"\s*\(?\s*\b(?:a\.?k\.?a|f\.?k\.?a)\b.*$|\([^)]*\)", re.IGNORECASE)

Keys = Callable[[str, Sequence[str]], set[str]]


def _whole(name: str, aliases: Sequence[str]) -> set[str]:
    return {normalise(name)} - {""}


def _short(name: str, aliases: Sequence[str]) -> set[str]:
    return {without_legal_form(normalise(_FORMER.sub(" ", name)))} - {""}


def _squeezed(name: str, aliases: Sequence[str]) -> set[str]:
    """Name without blanks: `TanWei` and `Tan Wei`."""
    return {normalise(_FORMER.sub(" ", name)).replace(" ", "")} - {""}


def _any(name: str, aliases: Sequence[str]) -> set[str]:
    return {normalise(_FORMER.sub(" ", one)) for one in (name, *aliases)} - {""}


def _country(row: CslRow, listed: Listed) -> int:
    """2 when the heading is the row's first country, 1 when it is one of its countries or the row has none, else 0."""
    codes = [one.country for one in row.addresses if one.country]
    if not codes:
        return 1
    near = _NEAR.get(listed.country, {listed.country})
    return 2 if codes and codes[0] in near else int(any(code in near for code in codes))


def _cites(row: CslRow, listed: Listed) -> int:
    """2 for a citation in common, 1 for two of the same volume whose pages lie in the same notice (within 12 pages)."""
    ours = [tuple(map(int, cite.split(" FR "))) for cite in citations(row.notice)]
    theirs = [tuple(map(int, one.cite.split(" FR "))) for one in listed.cites]
    if set(ours) & set(theirs):
        return 2
    return int(any(a[0] == b[0] and abs(a[1] - b[1]) <= 12 for a in ours for b in theirs))


def pair(
    rows: Sequence[CslRow], listed: Sequence[Listed], means: Callable[[CslRow], object]
) -> tuple[dict[int, CslRow], Counter[str]]:
    """The screening list's row for each listed row that has one (by `Listed.row`), and how many each way of agreeing gave.

    Several listed rows may share one: the screening list often joins a party's entries under several countries. A listed row
    between two equally near rows that mean different things (`means`) stays alone.
    """
    partner: dict[int, CslRow] = {}
    ways: Counter[str] = Counter()
    for way, keys, both in (
        ("same name", _whole, False),
        ("same name without legal form", _short, True),
        ("same letters", _squeezed, True),
        ("a name or alias of both", _any, True),
    ):
        index: dict[str, list[CslRow]] = defaultdict(list)
        for row in rows:
            for key in keys(row.name, row.aliases):
                index[key].append(row)
        for one in listed:
            if one.row in partner:
                continue
            near = {row.row: row for key in keys(one.name, one.aliases) for row in index.get(key, [])}
            scored = [(_country(row, one), _cites(row, one), row) for row in near.values()]
            fit = [(place + cite, row) for place, cite, row in scored if (place and cite if both else place or cite)]
            if not fit:
                continue
            best = max(score for score, _ in fit)
            tied = [row for score, row in fit if score == best]
            if len({means(row) for row in tied}) == 1:
                partner[one.row] = max(tied, key=lambda row: (len(row.aliases), row.name, row.notice))
                ways[way] += 1
    return partner, ways


def copies(
    rows: Sequence[CslRow], listed: Sequence[Listed], partner: dict[int, CslRow], means: Callable[[CslRow], object]
) -> dict[int, list[CslRow]]:
    """Rows of the screening list that repeat an entry already paired, by `Listed.row`.

    The list holds some entries twice, with the notice's first page and with the entry's own. A row is a copy when name,
    country, notice and meaning are those of exactly one paired entry; else it stays an entry of its own.
    """
    used = {row.row for row in partner.values()}
    index: dict[str, list[Listed]] = defaultdict(list)
    for one in listed:
        if one.row in partner:
            index[normalise(partner[one.row].name)].append(one)
    found: dict[int, list[CslRow]] = defaultdict(list)
    for row in rows:
        if row.row in used:
            continue
        fit = [one for one in index.get(normalise(row.name), []) if _country(row, one) and _cites(row, one)]
        if len(fit) == 1 and means(row) == means(partner[fit[0].row]):
            found[fit[0].row].append(row)
    return found
