"""``safeconduct overlay``: the organization's own records."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from safeconduct.acts.overlay import describe
from safeconduct.acts.session import home, overlay_folder
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import fail
from safeconduct.lawdata.overlay import Overlay


def _read(folder: str | None, edition: str | None) -> Overlay:
    """The overlay, read and held against the law; ends the program with every fault otherwise."""
    path = Path(folder) if folder else overlay_folder()
    if path is None:
        fail(
            f"no overlay: {home() / 'overlay'} is not there; give a FOLDER, or see docs/overlay.md for how to write one"
        )
    found = open_session(edition, overlay=str(path)).overlay
    assert found is not None
    return found


@click.group("overlay")
def overlay() -> None:
    """The organization's own dated records: stricter rules, "is informed" letters, parties refused and approved.

    They stand in $SAFECONDUCT_HOME/overlay (or --overlay FOLDER) and can add to an answer, never take from it.
    """


@overlay.command("check")
@click.argument("folder", required=False)
@click.option("--edition", metavar="FOLDER", help="Hold its places and codes against this edition.")
def check(folder: str | None, edition: str | None) -> None:
    """Check every file and entry; exit 2 and one line a fault when something is wrong."""
    o = _read(folder, edition)
    click.echo(
        f"{o.folder}: {o.name}: {_count(len(o.rules), 'rule')}, {_count(len(o.letters), 'letter')}, "
        f"{_count(len(o.parties), 'party', 'parties')}; all can be used"
    )
    for name in o.ignored:
        click.echo(f"note: {name} is not a .toml file and was not read")
    for kind in ("rules", "letters", "parties"):
        for e in describe(o, date.today())[kind]:
            if not e["holds"]:
                when = (
                    f"from {e['from']}" if e["from"] and e["from"] > date.today().isoformat() else f"until {e['until']}"
                )
                click.echo(f"note: {e.get('id') or e['name']} does not hold today ({when})")


@overlay.command("show")
@click.argument("folder", required=False)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Only what holds on this day.")
@click.option("--edition", metavar="FOLDER", help="Hold its places and codes against this edition.")
@click.option("--json", "as_json", is_flag=True)
def show(folder: str | None, day: datetime | None, edition: str | None, as_json: bool) -> None:
    """Everything the overlay holds, entry by entry, with whose record it is."""
    o = _read(folder, edition)
    found = describe(o, day.date() if day else None)
    if day:
        for kind in ("rules", "letters", "parties"):
            found[kind] = [e for e in found[kind] if e["holds"]]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        return
    click.secho(found["name"], bold=True)
    click.echo(f"{found['folder']}\n{found['digest']}")
    _section(
        "House rules", found["rules"], lambda r: f"{r['name']} [{r['effect']}]: {r['says']}", lambda r: r.get("ask", "")
    )
    _section("Letters", found["letters"], lambda x: f"{x['name']}: {x['section']}", lambda x: _covers(x["covers"]))
    _section(
        "Parties",
        found["parties"],
        lambda p: f"{p['id']} {p['decision']}: {p['name']}{_of(p['country'])}",
        lambda p: p["says"],
    )


def _section(title: str, entries: list[dict[str, Any]], line: Any, more: Any) -> None:
    if not entries:
        return
    click.secho(f"\n{title}", bold=True)
    for e in entries:
        click.echo(f"  {line(e)}")
        if more(e):
            click.echo(f"      {more(e)}")
        until = f" until {e['until']} (not included)" if e["until"] else ""
        click.echo(f"      from {e['from']}{until}; {e['file']}, {e['date']}, {e['author']}")


def _covers(covers: dict[str, list[str]]) -> str:
    return "; ".join(f"{k} {', '.join(v)}" for k, v in covers.items()) or "every line"


def _of(country: str | None) -> str:
    return f" ({country})" if country else ""


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
