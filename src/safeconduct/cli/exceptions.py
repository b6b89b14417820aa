"""``safeconduct exceptions``: the lawful ways to make a line shippable."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from safeconduct.acts.determine import canonical
from safeconduct.acts.faults import RequestError
from safeconduct.acts.ways import ways
from safeconduct.cli.answer_view import OUTCOME_WORDS, SHORT
from safeconduct.cli.answers import _bulk, open_session
from safeconduct.cli.io import EXIT_BAD_INPUT, print_faults, read_request


@click.command("exceptions")
@click.argument("request", required=False, metavar="REQUEST.json|-")
@click.option("--lines", "lines", metavar="FILE|-", help="Bulk: one request a line, one answer a line, in order.")
@click.option("--output", "output", metavar="FILE", help="Write the answers of --lines here.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--edition", metavar="FOLDER", help="Use this edition instead of the current one.")
@click.option("--overlay", metavar="FOLDER", help="Use this folder of the organization's own records.")
def exceptions(
    request: str | None, lines: str | None, output: str | None, as_json: bool, edition: str | None, overlay: str | None
) -> None:
    """The ways to make a line shippable: available now, available on conditions, barred and by what; and the license.

    Never offers another destination, route, party or end use: that would be another transaction.
    """
    if (request is None) == (lines is None):
        raise click.UsageError("give one request file (or - for standard input), or --lines FILE for many")
    session = open_session(edition, overlay=overlay)
    if lines is not None:
        sys.exit(_bulk(ways, session, lines, output, False))
    source = request or "-"
    decoded = read_request(source)
    try:
        answer = ways(session, decoded)
    except RequestError as e:
        print_faults(e, source)
        sys.exit(EXIT_BAD_INPUT)
    if output:
        with click.open_file(output, "w", encoding="utf-8") as f:
            f.write(canonical(answer) + "\n")
    elif as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        console = Console(highlight=False)
        for line in answer.get("items") or [answer]:
            print_ways(console, line)


def print_ways(console: Console, a: Mapping[str, Any]) -> None:
    """One line's ways as a page."""
    words, style = OUTCOME_WORDS[a["outcome"]]
    head = f"{a['id']}: " if a.get("id") else ""
    console.print()
    console.print(Text(head + words, style=style))
    for n in a.get("unknown_names", ()):
        console.print(
            Text(f"Not a known fact: {n['name']}; nearest: {', '.join(n['nearest']) or 'none'}", style="yellow")
        )
    for d in a["determinations"]:
        if len(a["determinations"]) > 1:
            console.print(Text(f"\n{d['jurisdiction']}: {SHORT[d['outcome']]}", style="bold"))
        if d["reasons"]:
            console.print(f"Licensed for: {', '.join(d['reasons'])}")
        for p in d["prohibitions"]:
            _item(console, p["says"], p["cites"])
        _exceptions(console, d)
        print_would_change(console, d["would_change"], d["searched"]["complete"])
        if d["license"] is not None:
            _license(console, d["license"])
        _rest(console, d)
    console.print("\nEvery offer was tried by running the rules. Not legal advice.", style="dim")


def _title(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold"))


def _item(console: Console, text: str, cites: list[str] | None = None, *, indent: int = 2, mark: str = "-") -> None:
    body = Text(f"{mark} {text}")
    if cites:
        body.append(f"  [{'; '.join(cites[:5])}]", style="dim")
    console.print(Padding(body, (0, 0, 0, indent)))


def _exceptions(console: Console, d: Mapping[str, Any]) -> None:
    if d["available"]:
        _title(console, "Available now")
        for x in d["available"]:
            _item(console, f"{x['symbol']}: {x['because']}", x["cites"])
            for duty in x.get("duties", ()):
                _item(console, duty, indent=6, mark="then")
    if d["open"]:
        _title(console, "Available when these conditions are met")
        for x in d["open"]:
            _item(console, f"{x['symbol']}: {len(x['conditions'])} open, {x['met']} met. {x['because']}", x["cites"])
            for c in x["conditions"]:
                opens = f"  opens with: {' or '.join(c['opens'])}" if c["opens"] else ""
                _item(console, f"{c['ask'] or c['says']}  ({c['fact']}){opens}", c["cites"], indent=6, mark="?")
    if d["barred"]:
        _title(console, "Barred")
        for x in d["barred"]:
            _item(console, f"{x['symbol']}: {x['because']}", x["cites"], mark="x")


def print_would_change(console: Console, offers: list[dict[str, Any]], complete: bool = True) -> None:
    """The smallest changes of facts that lead to a clear answer; nothing where there are none."""
    if not offers:
        return
    _title(console, "What would change the answer")
    for o in offers[:6]:
        sets = "; and ".join(f"{c['ask']} {c['to']} ({c['fact']})" for c in o["changes"])
        under = f": {', '.join(o['exceptions'])}" if o["exceptions"] else ""
        cites = list(dict.fromkeys(x for c in o["changes"] for x in c["cites"]))
        _item(console, f"{sets} -> {SHORT[o['outcome']]}{under}", cites, mark="*")
        for note in dict.fromkeys(c["note"] for c in o["changes"] if "note" in c):
            console.print(Padding(Text(note, style="dim"), (0, 0, 0, 6)))
    if len(offers) > 6:
        console.print(Padding(Text(f"and {len(offers) - 6} more (exceptions --json shows all)"), (0, 0, 0, 4)))
    if not complete:
        console.print(Padding(Text("Not every combination was tried; these are not all.", style="dim"), (0, 0, 0, 4)))


def _license(console: Console, x: Mapping[str, Any]) -> None:
    _title(console, f"With a license ({', '.join(x['agencies'])})")
    for duty in x["file"]:
        _item(console, duty["says"], duty["cites"])
    strictest = x["review"]["strictest"]
    if strictest:
        rank = strictest["rank"].replace("_", " ")
        _item(
            console, f"Review, strictest of {len(x['review']['all'])}: {rank}. {strictest['says']}", strictest["cites"]
        )
    for p in x["review"]["all"]:
        if p["rank"] is None:
            _item(console, f"Review for {', '.join(p['reasons'])}: {p['says']}", p["cites"])
    for r in x["documents"][:8]:
        _item(console, f"Application: {r['says']}", [r["cite"]])
    for c in x.get("clocks", ()):
        _item(console, f"{c['days']} days {c['counted']}: {c['says']}", [c["cite"]], mark="@")
    if x.get("clock_stops"):
        _item(
            console,
            f"The clock stops for {'; '.join(s['says'] for s in x['clock_stops'])}",
            ["15 CFR 750.4(b)"],
            mark="@",
        )


def _rest(console: Console, d: Mapping[str, Any]) -> None:
    if d.get("questions"):
        _title(console, "Open questions")
        for q in d["questions"]:
            _item(console, f"{q['ask']}  ({q['fact']})", q["cites"], mark="?")
    if d.get("duties"):
        _title(console, "What to do next")
        for duty in d["duties"]:
            _item(console, duty["says"], duty["cites"])
