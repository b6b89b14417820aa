"""``safeconduct country``: one country on a day."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from safeconduct.acts.country import UnknownCountry, country_page
from safeconduct.cli.answers import open_session
from safeconduct.cli.control_list import as_day
from safeconduct.cli.io import fail


@click.command("country")
@click.argument("code")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="As of this day (default: today).")
@click.option("--json", "as_json", is_flag=True)
@click.option("--as-if-edition", "as_if", is_flag=True)
@click.option("--edition", metavar="FOLDER")
def country(code: str, day: datetime | None, as_json: bool, as_if: bool, edition: str | None) -> None:
    """Country groups, chart marks, embargoes and tables that name a country (code or name), as of a day."""
    try:
        page = country_page(open_session(edition, as_if=as_if), code, as_day(day))
    except UnknownCountry as e:
        fail(str(e))
    if as_json:
        click.echo(json.dumps(page, ensure_ascii=False, indent=1))
        return
    click.secho(f"{page['name']} ({page['country']}), law of {page['date']}", bold=True)
    for j, facts in page["jurisdictions"].items():
        click.echo(f"\n{j}")
        for key, value in facts.items():
            click.echo(f"  {key.replace('_', ' ')}: {_words(value)}")


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_words(v) for v in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return str(value)
