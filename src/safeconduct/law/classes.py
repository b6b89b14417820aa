"""Places and codes that the law cannot tell apart.

Two countries about which every table says the same, and which no rule names, get the same findings; so do two
paragraphs of an entry that lie alike to every scope of the entry's rows. Evaluating one for all of them lets
bulk answers share what rules remember. The sweep in the tests holds class answers equal to single ones.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from safeconduct.law.as_of import LawAsOf
from safeconduct.law.control_list import ControlList, covers, entry_of

_COUNTRY: Final = re.compile(r"""["']([A-Z]{2}(?:-[A-Z0-9]{1,3})?)["']""")
_CODE_ALONE: Final = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?$")
_CODE: Final = re.compile(r"\b[0-9][A-E][0-9]{3}(?:\.[a-z0-9]+)*")
#: Columns that say which country's row or groups a place takes: its profile already holds them.
STATE_COLUMNS: Final = ("reads", "to")
#: Columns whose value is a country; the row less these and less names is what the table says of it.
COUNTRY_COLUMNS: Final = ("country", "code", "iso2")
NAME_COLUMNS: Final = (
    "name", "alias", "note", "source", "sources", "cite", "citation", "as_of", "basis", "from", "until", "footnote",
    "footnotes", "fr_cite", "fr_date", "resolves",
)  # fmt: skip
#: Tables that only say what a country is called.
NAME_TABLES: Final = (".iso", ".country_aliases")


@dataclass(frozen=True)
class Classes:
    """Representatives: country -> country, and per classification path code -> code."""

    countries: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Plain:
    """What a jurisdiction calls a plain line, and where its codes and destinations are.

    cells: facts of the line but code and destination. code_path, place_paths: facts that hold them.
    symbols: the list-based exceptions. codes: every code of the list on a span; destinations: every place.
    """

    cells: Mapping[str, Hashable]
    code_path: str
    place_paths: tuple[str, ...]
    symbols: tuple[str, ...]
    codes: Sequence[str]
    destinations: Sequence[str]


def named_in(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Countries and codes that a program text names in quotes."""
    return frozenset(_COUNTRY.findall(source)), frozenset(_CODE.findall(source))


def country_classes(law: LawAsOf, prefix: str, named: Iterable[str]) -> dict[str, str]:
    """Countries by what the tables under ``prefix`` (party lists aside) say of them on this span."""
    apart = set(named)
    profile: dict[str, list[str]] = {}
    for t in law.edition.tables.values():
        if (
            not t.id.startswith(prefix + ".")
            or t.id.endswith(NAME_TABLES)
            or "lists/" in t.files[0]
            or not t.files[0].endswith((".csv", ".jsonl"))
        ):
            continue
        if not law.covers(t.id):
            continue
        for n, row in enumerate(law._rows(t.id)):
            column = next((c for c in COUNTRY_COLUMNS if _is_country(row.get(c))), None)
            own = row[column] if column is not None else None
            rest = {k: "itself" if v == own else v for k, v in row.items() if k != column and k not in NAME_COLUMNS}
            if own is not None:
                profile.setdefault(own, []).append(f"{t.id}{sorted(rest.items(), key=str)}")
            # A country named elsewhere in a row belongs with those named in the same place.
            for where, country in _countries_in({k: v for k, v in rest.items() if k not in STATE_COLUMNS}):
                profile.setdefault(country, []).append(f"{t.id}#{n}{where}")
    out: dict[str, str] = {}
    first: dict[str, str] = {}
    for country in sorted(profile):
        if country in apart:
            out[country] = country
        else:
            key = "\n".join(sorted(profile[country]))
            out[country] = first.setdefault(key, country)
    return out


def _is_country(value: Any) -> bool:
    return isinstance(value, str) and _CODE_ALONE.match(value) is not None


def _countries_in(node: Any, where: str = "") -> Iterable[tuple[str, str]]:
    """Country codes in a row with the place they stand in; a list is one place."""
    if _is_country(node):
        yield where, node
    elif isinstance(node, Mapping):
        for k, v in node.items():
            yield from _countries_in(v, f"{where}.{k}")
    elif isinstance(node, (list, tuple)):
        for v in node:
            yield from _countries_in(v, f"{where}[]")


def code_classes(
    clist: ControlList, scopes: Mapping[str, list[tuple[str, ...]]], named: Iterable[str]
) -> dict[str, str]:
    """Codes of a list by how they lie to every scope of their entry's rows and to every code named elsewhere.

    Args:
        scopes: per entry the code lists of its rows. named: codes that rules or other tables name.
    """
    by_entry: dict[str, list[str]] = {}
    for c in named:
        by_entry.setdefault(entry_of(c), []).append(c)
    first: dict[Any, str] = {}
    out: dict[str, str] = {}
    for code in [*clist.entries, *clist.paragraphs]:
        entry = entry_of(code)
        targets = sorted({c for s in scopes.get(entry, ()) for c in s if c != "*"} | set(by_entry.get(entry, ())))
        relation = tuple(1 if covers(t, code) else 2 if covers(code, t) else 0 for t in targets)
        parts = code.split(".")
        letter = parts[1] if len(parts) > 1 else ""
        # An open relation asks between the code's own paragraphs, and .x, .y and .z paragraphs are told by letter.
        own = code if 2 in relation or letter in ("x", "y", "z") else ""
        special = (
            (clist.paragraphs[code].get("agent"), tuple(clist.paragraphs[code].get("cas") or ()))
            if code in clist.paragraphs
            else None
        )
        key = (entry, len(parts) > 1, relation, own, special)
        out[code] = first.setdefault(key, code)
    return out
