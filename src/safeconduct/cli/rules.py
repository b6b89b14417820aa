"""``safeconduct rules``: what is modeled and what is not."""

from __future__ import annotations

import json

import click

from safeconduct.acts.coverage import coverage, describe_rule
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import fail


@click.command("rules")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True)
@click.option("--coverage", "as_coverage", is_flag=True, help="Sections by part, with how they are modeled.")
@click.option("--edition", metavar="FOLDER")
def rules(name: str | None, as_json: bool, as_coverage: bool, edition: str | None) -> None:
    """Every provision the engine runs, in order; NAME picks those whose id or citation contains it."""
    engine = open_session(edition).engine
    if as_coverage:
        for row in coverage(engine):
            click.echo(
                json.dumps(row, ensure_ascii=False)
                if as_json
                else f"{row['section']}\t{row['state']}\t{', '.join(row['rules'])}"
            )
        return
    found = [describe_rule(r) for m in engine.manifests.values() for r in m.rules]
    if name:
        found = [r for r in found if name in r["rule"] or any(name in c for c in r["cites"])]
        if not found:
            fail(f"no rule whose id or citation contains '{name}'")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for r in found:
        state = "" if r["modeled"] else "  NOT MODELED, trigger only"
        click.echo(f"{r['rule']}  [{'; '.join(r['cites'])}]{state}\n    {r['says']}\n    {r['in_force']}")
