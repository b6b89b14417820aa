"""``safeconduct matrix``: the whole law at a glance."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from safeconduct.acts.faults import RequestError
from safeconduct.acts.matrix import matrix as act
from safeconduct.cli.answers import open_session
from safeconduct.cli.control_list import as_day
from safeconduct.cli.io import EXIT_BAD_INPUT, fail, print_faults
from safeconduct.law import NotCovered


@click.command("matrix")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the law (default: today).")
@click.option("--output", required=True, metavar="FILE.parquet|.csv")
@click.option("--codes", default="*", show_default=True, metavar="GLOB", help="Only codes that fit, such as '3A001*'.")
@click.option("--destinations", metavar="CC,…", help="Only these destinations.")
@click.option("--as-if-edition", "as_if", is_flag=True)
@click.option("--edition", metavar="FOLDER")
def matrix(
    day: datetime | None, output: str, codes: str, destinations: str | None, as_if: bool, edition: str | None
) -> None:
    """One row a paragraph and destination, for a plain export from the US to a private civil user."""
    session = open_session(edition, as_if=as_if)
    places = destinations.split(",") if destinations else None
    try:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress

            with Progress(console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("cells", total=None)
                rows = act(
                    session, as_day(day), Path(output), codes=codes, destinations=places,
                    progress=lambda done, total: bar.update(task, completed=done, total=total),
                )  # fmt: skip
        else:
            rows = act(session, as_day(day), Path(output), codes=codes, destinations=places)
    except RequestError as e:
        print_faults(e, "matrix")
        sys.exit(EXIT_BAD_INPUT)
    except (NotCovered, OSError) as e:
        fail(str(e))
    click.echo(f"{output}: {rows} rows")
