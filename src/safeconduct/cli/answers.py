"""``safeconduct determine`` and ``safeconduct check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import click

from safeconduct.acts.determine import canonical
from safeconduct.acts.faults import RequestError
from safeconduct.acts.session import Session
from safeconduct.cli.io import (
    EXIT_BAD_INPUT,
    EXIT_STOP,
    STOP_OUTCOMES,
    InputLine,
    fail,
    fault_json,
    print_faults,
    read_lines,
    read_request,
)
from safeconduct.lawdata import EditionError
from safeconduct.lawdata.overlay import OverlayError
from safeconduct.records import StoreError

Act = Callable[[Session, Any], dict[str, Any]]

_OPTIONS = (
    click.argument("request", required=False, metavar="REQUEST.json|-"),
    click.option("--lines", "lines", metavar="FILE|-", help="Bulk: JSON Lines (or CSV, Excel, Parquet with paths of facts as columns); one answer a line, in order."),
    click.option("--output", "output", metavar="FILE", help="Write the answers of --lines here instead of standard output."),
    click.option("--json", "as_json", is_flag=True, help="Answer in the contract's JSON."),
    click.option("--exit-code", "exit_code", is_flag=True, help="Exit 1 when the answer is to stop."),
    click.option("--as-if-edition", "as_if", is_flag=True, help="Where no data covers the day, answer from the nearest edition and say so."),
    click.option("--edition", "edition", metavar="FOLDER", help="Use this edition instead of the current one."),
    click.option("--overlay", "overlay", metavar="FOLDER", help="Use this folder of the organization's own records."),
    click.option("--trail/--no-trail", "trail", default=False, help="Show every rule that was run and what it read."),
)  # fmt: skip


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("determine")
@_options
def determine(**options: Any) -> None:
    """May it go? Parties carry `listed` themselves (an empty list: screened, nothing found). Stores nothing."""
    from safeconduct.acts.determine import determine as act

    _run(act, **options)


@click.command("check")
@_options
@click.option("--no-record", is_flag=True, help="Do not append the answer to the record store.")
def check(no_record: bool, **options: Any) -> None:
    """May this transaction go ahead? Resolves and screens the parties, evaluates the law, records the answer."""
    from safeconduct.acts.check import check as act

    _run(lambda session, request: act(session, request, record=not no_record), **options)


def open_session(edition: str | None, *, as_if: bool = False, overlay: str | None = None) -> Session:
    """A session over an edition's folder or the current one, with the organization's own records where there are any;
    ends the program when it cannot be opened."""
    try:
        return Session(Path(edition) if edition else None, as_if=as_if, overlay=Path(overlay) if overlay else None)
    except OverlayError as e:
        for fault in e.faults:
            click.echo(f"{e.folder}: {fault}", err=True)
        fail(
            f"the overlay {e.folder} cannot be used: nothing is answered until it is corrected (safeconduct overlay check)"
        )
    except (EditionError, LookupError) as e:
        fail(str(e))


def _run(
    act: Act, request: str | None, lines: str | None, output: str | None, as_json: bool, exit_code: bool, as_if: bool,
    edition: str | None, overlay: str | None, trail: bool,
) -> None:  # fmt: skip
    if (request is None) == (lines is None):
        raise click.UsageError("give one request file (or - for standard input), or --lines FILE for many")
    session = open_session(edition, as_if=as_if, overlay=overlay)
    if lines is not None:
        sys.exit(_bulk(act, session, lines, output, exit_code))
    source = request or "-"
    decoded = read_request(source)
    try:
        answer = act(session, decoded)
    except RequestError as e:
        print_faults(e, source)
        sys.exit(EXIT_BAD_INPUT)
    except StoreError as e:
        fail(f"{e}; no answer is given without its record (--no-record answers without one)")
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        from safeconduct.cli.answer_view import print_answer

        print_answer(answer, decoded, session, trail=trail)
    sys.exit(EXIT_STOP if exit_code and answer["outcome"] in STOP_OUTCOMES else 0)


def _bulk(act: Act, session: Session, lines: str, output: str | None, exit_code: bool) -> int:
    bad = stop = False
    with _opened(output) as out:
        for line in progress(read_lines(lines), "lines"):
            answer, ok = _one(act, session, line, lines)
            bad |= not ok
            stop |= ok and answer["outcome"] in STOP_OUTCOMES
            out.write(canonical(answer) + "\n")
    if bad:
        return EXIT_BAD_INPUT
    return EXIT_STOP if stop and exit_code else 0


def _one(act: Act, session: Session, line: InputLine, source: str) -> tuple[dict[str, Any], bool]:
    """One line's answer; a line that cannot be read keeps its place as an object with ``errors``."""
    where = f"{source}:{line.number}"
    if line.error:
        click.echo(f"{where}: {line.error}", err=True)
        return {
            "id": "",
            "line": line.number,
            "outcome": None,
            "errors": [{"where": "line", "given": line.error, "expected": "a JSON object"}],
        }, False
    try:
        return act(session, line.request), True
    except RequestError as e:
        print_faults(e, where)
        line_id = line.request.get("id") if isinstance(line.request, dict) else None
        return {
            "id": "" if line_id is None else str(line_id),
            "line": line.number,
            "outcome": None,
            "errors": fault_json(e.faults),
        }, False
    except StoreError as e:
        fail(f"{where}: {e}; no answer is given without its record (--no-record answers without one)")


class _opened:
    """Standard output, or a file written beside its final place and moved there when all is done."""

    def __init__(self, path: str | None) -> None:
        self.path = Path(path) if path else None

    def __enter__(self) -> IO[str]:
        if self.path is None:
            self.file: IO[str] = sys.stdout
        else:
            try:
                self.file = self.path.with_name(self.path.name + ".part").open(
                    "w", encoding="utf-8", errors="backslashreplace"
                )
            except OSError as e:
                fail(f"{self.path}: cannot be written: {e.strerror}")
        return self.file

    def __exit__(self, kind: object, *_: object) -> None:
        if self.path is not None:
            self.file.close()
            part = self.path.with_name(self.path.name + ".part")
            if kind is None:
                part.replace(self.path)
            else:
                part.unlink(missing_ok=True)


def progress(items: Iterator[InputLine], unit: str) -> Iterator[InputLine]:
    """Pass items through, counting them on a terminal's stderr."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.completed} " + unit), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=None)
        for item in items:
            yield item
            bar.advance(task)
