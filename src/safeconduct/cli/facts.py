"""``safeconduct facts``: the vocabulary."""

from __future__ import annotations

import csv
import json
import sys

import click

from safeconduct.acts.schema import facts_table, request_schema
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import fail


@click.command("facts")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "as_csv", is_flag=True)
@click.option("--schema", is_flag=True, help="The JSON Schema of a request.")
@click.option("--edition", metavar="FOLDER")
def facts(name: str | None, as_json: bool, as_csv: bool, schema: bool, edition: str | None) -> None:
    """The facts a rule may read. With NAME: that fact, or all whose path or question contains it."""
    vocabulary = open_session(edition).engine.vocabulary
    if schema:
        click.echo(json.dumps(request_schema(vocabulary), indent=1, ensure_ascii=False))
        return
    rows = facts_table(vocabulary)
    if name:
        exact = vocabulary.get(name)
        rows = [r for r in rows if exact and r["path"] == exact.path] or [
            r for r in rows if name.casefold() in r["path"].casefold() or name.casefold() in r["ask"].casefold()
        ]
        if not rows:
            near = vocabulary.nearest(name)
            fail(f"no fact '{name}'" + (f"; nearest: {', '.join(near)}" if near else ""))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif as_csv:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        for r in rows:
            unit = f" ({r['unit']})" if r["unit"] else ""
            click.echo(f"{r['path']}  {r['type']}{unit}, absent: {r['absent']}")
            click.echo(f"    {r['ask']}  [{r['read_by']}]")
