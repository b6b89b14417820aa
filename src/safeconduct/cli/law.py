"""``safeconduct law``: the law over time."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

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


@law.command("propose")
@click.argument("file", metavar="FILE.toml")
@click.option("--cases", metavar="FOLDER", help="Cases to answer under both (default: tests/cases, where it is there).")
@click.option("--date", "days", type=_DAY, multiple=True, help="Day of the matrix; may be given several times.")
@click.option("--codes", default="*", metavar="GLOB", help="Only these codes of the matrix, such as '3A*'.")
@click.option("--destinations", metavar="CC,…", help="Only these destinations of the matrix.")
@click.option("--no-matrix", is_flag=True, help="Leave the matrix of all paragraphs and destinations aside.")
@click.option("--store", metavar="FILE", help="Another record store than the user's own.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--edition", metavar="FOLDER", help="Use this edition instead of the current one.")
def propose(
    file: str, cases: str | None, days: tuple[datetime, ...], codes: str, destinations: str | None, no_matrix: bool, store: str | None, as_json: bool,
    edition: str | None,
) -> None:  # fmt: skip
    """What changed records or rules would move, before they are merged: cases, cells of the matrix, recorded answers.

    FILE holds rows to add, change and remove, values, and may name a Python module with rules, which is run.
    """
    from safeconduct.acts.faults import RequestError
    from safeconduct.acts.propose import propose as act
    from safeconduct.cli.io import EXIT_BAD_INPUT, print_faults
    from safeconduct.cli.propose_view import words as proposal_words
    from safeconduct.cli.record import _store
    from safeconduct.records import StoreError

    folder = Path(cases) if cases else Path("tests/cases")
    if cases and not folder.is_dir():
        fail(f"{cases}: no such folder of cases")
    session = open_session(edition)
    try:
        found = act(
            session, Path(file), today=datetime.now().date(), cases=folder if folder.is_dir() else None,
            days=[d.date() for d in days], records=_store(store), matrix=not no_matrix, codes=codes,
            destinations=destinations.split(",") if destinations else None,
        )  # fmt: skip
    except RequestError as e:
        print_faults(e, file)
        sys.exit(EXIT_BAD_INPUT)
    except StoreError as e:
        fail(str(e))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in proposal_words(found):
            click.echo(line)
