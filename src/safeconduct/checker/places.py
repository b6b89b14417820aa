"""Which row and groups of the tables a place takes, and whether a row's destination scope takes it in (US tables)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safeconduct.law import LawAsOf
from safeconduct.model import NO, YES, Ask, Truth, truth_of, unknown


def country_of(place: str) -> str:
    return place.partition("-")[0]


def reads(place: str, law: LawAsOf) -> str:
    """The country whose groups a place takes (15 CFR 738.3(b))."""
    own = country_of(place)
    for row in law.rows("us.territories"):
        if row["code"] == own:
            return str(row["reads"] or own)
    return own


def marks(place: str, law: LawAsOf) -> frozenset[str] | None:
    """The columns of the Country Chart marked for a place; None where it has no row."""
    rows = {r["country"]: r for r in law.rows("us.country_chart")}
    row = rows.get(country_of(place)) or rows.get(reads(place, law))
    return None if row is None else frozenset(row["columns"].split())


def within(spec: Mapping[str, Any] | None, place: str | None, law: LawAsOf) -> Truth:
    """Whether a destination scope takes in a place.

    Raises:
        ValueError: a kind of scope that is not known here.
    """
    if place is None:
        return unknown(Ask("destination"))
    if spec is None:
        return YES
    country = reads(place, law)
    parties = {r["country"]: r for r in law.rows("us.cwc")} if "cwc" in spec else {}
    uncertain = False
    for key, value in spec.items():
        if key == "all_but":
            ok = country not in value
        elif key in ("countries", "groups"):
            ok = country in spec.get("countries", ()) or _in_any(spec.get("groups", ()), country, law)
        elif key == "not_groups":
            ok = country in spec.get("countries", ()) or not _in_any(value, country, law)
        elif key == "not_countries":
            ok = country not in value
        elif key == "un_embargo":
            ok = any(r["country"] == country for r in law.rows("us.un_embargo"))
        elif key == "cwc":
            row = parties.get(country)
            party = row is not None and row["state_party"] != "no"
            uncertain |= row is not None and party and (row["state_party"] != "yes" or row["basis"] != "read")
            ok = (party is (value == "party")) or uncertain
        elif key == "but":
            ok = country not in value
        elif key == "all":
            ok = True
        else:
            raise ValueError(f"destination scope {dict(spec)!r}: unknown kind {key}")
        if not ok:
            return NO
    return unknown(Ask("destination")) if uncertain else truth_of(True)


def _in_any(groups: Any, country: str, law: LawAsOf) -> bool:
    return any(law.group(f"us.{g}").includes(country) for g in groups)
