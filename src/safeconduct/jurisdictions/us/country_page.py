"""What US law says of one country, for ``safeconduct country``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from safeconduct.jurisdictions.us.common import chart_country, country_of, reading_country
from safeconduct.law import LawAsOf, NotCovered

#: Tables of countries and what standing in them means.
TABLES = {
    "us.740.supp3": "favorable treatment for encryption, 15 CFR 740 Supp. 3",
    "us.742.supp4": "semiconductor equipment reexports, 15 CFR 742 Supp. 4",
    "us.744.supp3": "outside certain nuclear end-use rules, 15 CFR 744 Supp. 3",
    "us.746.supp3": "substantially similar controls on Russia, 15 CFR 746 Supp. 3",
}


def describe(code: str, law: LawAsOf) -> dict[str, Any]:
    """Facts by label; a table that does not cover the day says so in its place."""
    out: dict[str, Any] = {}

    def put(label: str, make: Callable[[], Any]) -> None:
        try:
            out[label] = make()
        except NotCovered as gap:
            out[label] = f"not covered: {gap}"

    put("reads_the_chart_row_of", lambda: chart_country(code, law))
    put("reads_the_groups_of", lambda: reading_country(code, law))
    put("country_groups", lambda: groups_of(reading_country(code, law), law))
    put("country_chart", lambda: _chart(code, law))
    put("un_arms_embargo", lambda: _in("us.un_embargo", country_of(code), law))
    for table, meaning in TABLES.items():
        if table in law.edition.tables:
            put(meaning, lambda table=table: _in(table, reading_country(code, law), law))  # type: ignore[misc]
    put("chemical_weapons_convention", lambda: _cwc(code, law))
    return out


def groups_of(country: str | None, law: LawAsOf) -> list[str]:
    return sorted({r["group"] for r in law.rows("us.country_groups") if r["country"] == country})


def _chart(code: str, law: LawAsOf) -> dict[str, Any] | str:
    rows = law.index("us.country_chart", "country").get(chart_country(code, law))
    if not rows:
        return "no row"
    row = rows[0]
    out = {"marks": row["columns"] or "none"}
    if row.get("referral"):
        out["see"] = f"15 CFR {row['referral']}"
    if row.get("footnotes"):
        out["footnotes"] = row["footnotes"]
    return out


def _in(table: str, country: str | None, law: LawAsOf) -> str:
    rows = law.rows(table)
    key = next((k for k in ("country", "iso2", "code") if rows and k in rows[0]), "country")
    return "yes" if any(r[key] == country for r in rows) else "no"


def _cwc(code: str, law: LawAsOf) -> str:
    rows = law.index("us.cwc", "country").get(country_of(code) or "", ())
    return "State Party" if any(r["state_party"] == "yes" for r in rows) else "not a State Party"
