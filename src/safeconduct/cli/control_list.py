"""``safeconduct list``: look into a control list."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import click

from safeconduct.acts import lists as acts
from safeconduct.acts.session import Session
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import fail

_LIST = click.option("--list", "prefix", default="us.ccl", show_default=True, help="Which control list.")
_DATE = click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="As of this day (default: today).")


def as_day(day: datetime | None) -> date:
    return day.date() if day else date.today()


@click.group("list")
def list_() -> None:
    """Look into a control list: entries, paragraphs, controls, exceptions."""


@list_.command("show")
@click.argument("code")
@_LIST
@_DATE
@click.option("--json", "as_json", is_flag=True)
@click.option("--as-if-edition", "as_if", is_flag=True)
@click.option("--edition", metavar="FOLDER")
def show(code: str, prefix: str, day: datetime | None, as_json: bool, as_if: bool, edition: str | None) -> None:
    """All the list says of an entry or paragraph: controls, chart columns, exceptions with limits."""
    session = open_session(edition, as_if=as_if)
    try:
        found = acts.show_code(session, code, prefix, as_day(day))
    except (acts.UnknownCode, acts.NotCovered) as e:
        fail(str(e))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print(found, session)


@list_.command("search")
@click.argument("query", nargs=-1, required=True)
@_LIST
@_DATE
@click.option("--json", "as_json", is_flag=True)
@click.option("--edition", metavar="FOLDER")
def search(query: tuple[str, ...], prefix: str, day: datetime | None, as_json: bool, edition: str | None) -> None:
    """Entries whose title has all the words; agents and CAS numbers are found too."""
    session = open_session(edition)
    try:
        found = list(acts.search(session, " ".join(query), prefix, as_day(day)))
    except (acts.UnknownCode, acts.NotCovered) as e:
        fail(str(e))
    if not found:
        fail(f"nothing in {prefix} has all of: {' '.join(query)}")
    for row in found:
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else f"{row['code']}  {row['title']}")


@list_.command("diff")
@click.argument("other", metavar="EDITION-FOLDER")
@_LIST
@click.option("--edition", metavar="FOLDER", help="The edition to compare with (default: the current one).")
def diff(other: str, prefix: str, edition: str | None) -> None:
    """What changed in a control list from one edition to another, in words."""
    from safeconduct.acts.edition_diff import diff_words

    words = diff_words(open_session(other).edition, open_session(edition).edition, prefix)
    for line in words or ["no difference"]:
        click.echo(line)


def _limit(x: dict[str, Any]) -> str:
    value = (
        f"{x['value']} {x.get('unit', '')}".strip()
        if not isinstance(x["value"], list)
        else f"{x['value'][0]} to {x['value'][1]} {x.get('unit', '')}"
    )
    return f"{x['what']} {x['op']} {value}"


def _print(f: dict[str, Any], session: Session) -> None:
    click.secho(f"{f['code']}  {f['title']}", bold=True)
    click.echo(f"{f['cite']}, as of {f['date']} ({f['status'].replace('_', ' ')})")
    if f["agency"]:
        click.echo(f"Licensed by another agency: {f['agency']}")
    if f["limits"]:
        click.echo("Limits: " + "; ".join(_limit(x) for x in f["limits"]))
    click.echo("\nControls")
    for r in f["requirements"]:
        where = r["column"] or f"{r['provision']}: {acts.describe_dest(r['dest'])}"
        when = f" when {acts.describe_condition(r['when'])}" if r["when"] else ""
        applies = "" if r["applies"] == "yes" else f" ({r['applies']})"
        click.echo(f"  {r['reason']}  {where}  {r['scope']}{when}{applies}")
    if not f["requirements"]:
        click.echo("  none")
    click.echo("\nList-based exceptions")
    for x in f["exceptions"]:
        state = "yes" if x["allow"] else "no"
        limit = f" up to ${x['limit']}" if x["limit"] else ""
        but = f", not for {', '.join(x['not_reasons'])}" if x["not_reasons"] else ""
        where = f" to {acts.describe_dest(x['dest'])}" if x["dest"] else ""
        when = f" when {acts.describe_condition(x['when'])}" if x["when"] else ""
        click.echo(f"  {x['symbol']}  {state}{limit}  {x['scope']}{but}{where}{when}")
    if not f["exceptions"]:
        click.echo("  none")
    for s in f["sta"]:
        click.echo(
            f"  STA  not to {', '.join(s['bars'] or [])}{' when ' + acts.describe_condition(s['when']) if s['when'] else ''}"
        )
    if f["related"]:
        click.echo(f"\nSee also: {', '.join(f['related'])}")
    if f["paragraphs"]:
        click.echo("Paragraphs: " + ", ".join(p["code"] for p in f["paragraphs"]))
    if f.get("text"):
        click.echo(f"\n{f['text']}")
