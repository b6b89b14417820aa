"""``safeconduct recheck``: which recorded answers move."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import click

from safeconduct.acts.recheck import recheck as act
from safeconduct.cli.answer_view import SHORT
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import EXIT_BAD_INPUT, EXIT_STOP, fail
from safeconduct.cli.record import _STORE, _store
from safeconduct.records import StoreError

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("recheck")
@click.option("--edition", metavar="FOLDER", help="Evaluate with this edition instead of the current one.")
@click.option("--overlay", metavar="FOLDER", help="Use this folder of the organization's own records.")
@click.option("--since", type=_DAY, help="Only records made on or after this day.")
@click.option(
    "--as-of", "as_of", type=_DAY, help="Evaluate each also as if it left on this day: shipments not gone yet."
)
@_STORE
@click.option("--json", "as_json", is_flag=True)
@click.option("--exit-code", "exit_code", is_flag=True, help="Exit 1 when an answer gets worse.")
def recheck(
    edition: str | None, overlay: str | None, since: datetime | None, as_of: datetime | None, store: str | None, as_json: bool,
    exit_code: bool,
) -> None:  # fmt: skip
    """Evaluate every recorded request again; list the answers that move, from what to what and why, worst first.

    Stores nothing. A single record in full: safeconduct record replay.
    """
    records = _store(store)
    session = open_session(edition, overlay=overlay)
    try:
        total = records.head()[0]
        chain = list(records.faults())
        with _progress(total) as step:
            found = act(
                session, records, today=date.today(), since=since.date() if since else None,
                as_of=as_of.date() if as_of else None, step=step,
            )  # fmt: skip
    except StoreError as e:
        fail(str(e))
    found["chain"] = chain
    for fault in chain:
        click.echo(f"{records.path}: {fault}; what it says may not be what was answered", err=True)
    for bad in found["errors"]:
        click.echo(f"{records.path}: record {bad['seq']}: {bad['fault']}", err=True)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in _words(found, str(records.path)):
            click.echo(line)
    if found["errors"] or chain:
        sys.exit(EXIT_BAD_INPUT)
    sys.exit(EXIT_STOP if exit_code and found["worse"] else 0)


def _words(found: Mapping[str, Any], store: str) -> Iterator[str]:
    if not found["records"]:
        yield f"No record in {store} to look at: safeconduct check records each answer."
        return
    n = found["records"]
    yield (
        f"{n} record{'s' if n > 1 else ''} evaluated with edition {found['edition']['name']}: {found['same']} the same, "
        f"{len(found['moved'])} moved, {found['worse']} for the worse."
    )
    for row in found["moved"]:
        yield ""
        note = ", not gone yet" if row["open"] else ""
        yield f"Record {row['seq']}, {row['id'] or 'no id'}, for {row['date'] or 'no day'}{note}"
        yield from _moved(row, "now")
        if row.get("as_of"):
            yield from _moved(row["as_of"], f"if it leaves on {row['as_of']['date']}")


def _moved(row: Mapping[str, Any], when: str) -> Iterator[str]:
    if not row["differences"]:
        yield f"  {when}: the same"
        return
    mark = " WORSE" if row["worse"] else ""
    before, after = (SHORT[row[k]].removeprefix("still ") for k in ("then", "now"))
    yield f"  {before} then, {after} {when}{mark}"
    for line in row["differences"]:
        if not line.startswith("outcome:"):
            yield f"    - {line}"
    for line in row["made_by"]:
        yield f"    because of {line}"
    for line in row["why"]:
        yield f"    why: {line}"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal's stderr; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("records", total=total)
        yield lambda: bar.advance(task)
