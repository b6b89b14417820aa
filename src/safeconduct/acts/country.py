"""What the law says of one country on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from safeconduct.acts.session import Session


class UnknownCountry(LookupError):
    """No such country code; carries a suggestion."""


def country_page(session: Session, text: str, day: date) -> dict[str, Any]:
    """Country groups, chart row, territory, tables that name the country, and listed parties there.

    Raises:
        UnknownCountry: with the nearest names.
    """
    countries = session.countries
    code = text.strip().upper()
    if code not in countries.codes:
        from safeconduct.acts.request import fold

        named = countries.names.get(fold(text))
        if named is None:
            hint = countries.suggest(text)
            raise UnknownCountry(f"'{text}' is not a country code or name" + (f"; {hint}" if hint else ""))
        code = named
    law = session.engine.law.at(day, as_if=session.engine.as_if)
    page: dict[str, Any] = {
        "country": code,
        "name": countries.codes[code],
        "date": day.isoformat(),
        "jurisdictions": {},
    }
    for m in session.engine.manifests.values():
        describe = m.extra.get("country")
        if describe is not None:
            page["jurisdictions"][m.id] = describe(code, law)
    return page
