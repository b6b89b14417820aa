"""``safeconduct law``: the law over time."""

from __future__ import annotations

import json
from datetime import datetime

import click

from safeconduct.acts.law_diff import law_diff, words
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import fail

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("law")
def law() -> None:
    """The law over time, as one edition of data and the rules know it."""


@law.command("diff")
@click.option("--from", "start", type=_DAY, required=True, help="The earlier day.")
@click.option("--to", "end", type=_DAY, required=True, help="The later day; changes of that day are among those told.")
@click.option(
    "--only",
    "only",
    type=click.Choice(["rule", "row", "value", "party"]),
    multiple=True,
    help="Only changes of this kind.",
)
@click.option("--json", "as_json", is_flag=True)
@click.option("--edition", metavar="FOLDER", help="Use this edition instead of the current one.")
@click.option("--overlay", metavar="FOLDER", help="Use this folder of the organization's own records.")
def diff(
    start: datetime, end: datetime, only: tuple[str, ...], as_json: bool, edition: str | None, overlay: str | None
) -> None:
    """What changed between two days: rules, dated rows and values, listed parties, each with its citation.

    What the edition does not know of either day is said at the end. Two editions are compared by: safeconduct data diff.
    """
    session = open_session(edition, overlay=overlay)
    try:
        found = law_diff(session, start.date(), end.date())
    except ValueError as e:
        fail(str(e))
    if only:
        found["changes"] = [c for c in found["changes"] if c["kind"] in only]
        found["only"] = list(only)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in words(found):
            click.echo(line)
