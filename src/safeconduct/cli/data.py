"""``safeconduct data``: the editions of law data."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from safeconduct.acts import data as acts
from safeconduct.acts.edition_import import Imported
from safeconduct.acts.editions import DataError, find_edition
from safeconduct.cli.io import EXIT_BAD_INPUT, fail
from safeconduct.lawdata import EditionError
from safeconduct.records.signing import SigningError, make_key

T = TypeVar("T")
_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
_FEWER = click.option("--accept-fewer", multiple=True, metavar="TABLE", help="Take this table though it lost more than a fifth of its rows.")  # fmt: skip
_NAMED = click.option("--name", metavar="NAME", help="Name of the new edition (default: imported-<newest day>).")
_SIGN = click.option("--sign", "key", metavar="KEYFILE", help="Sign the manifest with this private key.")


@click.group("data")
def data() -> None:
    """The editions of law data: what is in use and how old it is; bring in, compare, prove, go back.

    The edition in use is the embedded one until you import the publications yourself.
    """


@data.command("status")
@click.argument("edition", required=False)
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="Ages on this day (default: today).")
@_JSON
@click.option("--all", "everything", is_flag=True, help="Sources and notes of each table too.")
def status(edition: str | None, day: datetime | None, as_json: bool, everything: bool) -> None:
    """The edition in use: each table's day, age, span, rows, basis and source, with warnings."""
    found = _or_fail(lambda: acts.status(day.date() if day else date.today(), edition))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.secho(f"Edition {found['edition']} ({found['name']})", bold=True)
    click.echo(f"{found['folder']}\n{found['digest']}, {_signed(found['signed_by'])}")
    for lists, title in ((False, "Tables of law"), (True, "Party lists")):
        rows = [t for t in found["tables"] if t["list"] is lists]
        if not rows:
            continue
        click.secho(f"\n{title} on {found['date']}", bold=True)
        click.echo(f"  {'table':28} {'as of':10} {'age':>6} {'read for':23} {'presumed to':11} {'rows':>6} basis")
        for t in rows:
            span = f"{t['verified_from']}..{t['verified_until']}"
            mark = {"stale": "  STALE", "not_covered": "  NOT YET"}.get(
                t["state"], "  soon stale" if t["warning"] else ""
            )
            click.echo(
                f"  {t['table']:28} {t['as_of']} {t['age_days']:>4} d {span:23}{t['presumed_until']} {t['rows']:>6} "
                f"{t['basis']}{mark}"
            )
            if everything:
                click.echo(f"      {t['cite']}{'; ' + t['note'] if t['note'] else ''}")
                for s in t["sources"]:
                    click.echo(f"      source: {s.get('what', '')}, {s.get('day', '')}: {s.get('where', '')}")
    click.echo("")
    for w in _gathered(found["warnings"]):
        click.echo(f"warning: {w}")
    if not found["warnings"]:
        click.echo("No table is stale.")


@data.command("list")
@_JSON
def list_(as_json: bool) -> None:
    """The editions installed; * marks the one in use."""
    for e in _or_fail(acts.list_editions):
        if as_json:
            click.echo(json.dumps(e, ensure_ascii=False))
        elif "fault" in e:
            click.echo(f"{'*' if e['current'] else ' '} {e['name']}  damaged: {e['fault']}")
        else:
            click.echo(
                f"{'*' if e['current'] else ' '} {e['name']}  {e['tables']} tables of {e['oldest']} to {e['newest']}, "
                f"{_signed(e['signed_by'])}"
            )


@data.command("import")
@click.argument("folder")
@_NAMED
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the texts, where they do not say it.")
@_SIGN
@_FEWER
@_JSON
def import_(
    folder: str, name: str | None, as_of: datetime | None, key: str | None, accept_fewer: tuple[str, ...], as_json: bool
) -> None:
    """Build your own edition from a folder of official publications, with the law's own words, and use it.

    All or nothing: it is built beside the edition in use, proven, and only then put in use; the old one is kept
    (safeconduct data rollback). Publications that the folder does not hold are taken from the edition in use. How
    the folder is laid out: docs/data.md.
    """
    done = _or_fail(
        lambda: acts.import_folder(
            Path(folder), name=name, as_of=as_of.date() if as_of else None, key=Path(key) if key else None,
            accept_fewer=accept_fewer, say=_progress(as_json),
        )
    )  # fmt: skip
    _print_installed(done, as_json)


@data.command("update")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this publication (repeatable); default: all.")  # fmt: skip
@click.option("--base-url", metavar="URL", help="Fetch from this mirror instead of the official hosts.")
@_NAMED
@_SIGN
@_FEWER
@_JSON
def update(
    sources: tuple[str, ...], base_url: str | None, name: str | None, key: str | None, accept_fewer: tuple[str, ...],
    as_json: bool,
) -> None:  # fmt: skip
    """Fetch the publications from their official addresses and put a new edition in use.

    All or nothing: the edition in use stays until the new one has passed. Tested against a local server only; it
    was NEVER RUN LIVE against the official addresses. Where it fails, fetch the files by hand and use data import.
    """
    from safeconduct.acts.data_update import update as act

    done = _or_fail(
        lambda: act(
            sources, base_url=base_url, name=name, key=Path(key) if key else None, accept_fewer=accept_fewer,
            say=_progress(as_json),
        )
    )  # fmt: skip
    if done.installed is not None:
        _print_installed(done.installed, as_json, fetched=done.fetched, notices=done.notices)
    elif as_json:
        click.echo(json.dumps({"new": False, "fetched": done.fetched, "notices": done.notices}, ensure_ascii=False))
    else:
        for line in (*done.notices, "nothing new: the edition in use stays"):
            click.echo(line)


@data.command("verify")
@click.argument("folder", required=False)
@click.option("--public-key", metavar="HEX", help="The key that must have signed it.")
@_JSON
def verify(folder: str | None, public_key: str | None, as_json: bool) -> None:
    """Every file's hash, the manifest's digest and its signature; exit 1 and a line a fault when damaged."""
    edition = _or_fail(lambda: find_edition(folder), code=1)
    faults, signer = acts.verify(edition, public_key)
    if as_json:
        click.echo(
            json.dumps({"edition": edition.name, "digest": edition.digest, "signed_by": signer, "faults": faults})
        )
    elif faults:
        for f in faults:
            click.echo(f"{edition.folder}: {f}", err=True)
    else:
        files = sum(len(t["files"]) for t in edition.manifest["tables"])
        known = "" if public_key or not signer else " (compare it: --public-key)"
        click.echo(f"edition {edition.name} is whole: {files} files, {edition.digest}, {_signed(signer)}{known}")
    sys.exit(1 if faults else 0)


@data.command("sign")
@click.argument("keyfile")
@click.argument("edition", required=False)
@click.option("--make-key", "new_key", is_flag=True, help="Make the private key first (never overwrites).")
def sign(keyfile: str, edition: str | None, new_key: bool) -> None:
    """Sign an edition's manifest (default: the one in use) with a private key; prints the public key."""
    if new_key:
        _or_fail(lambda: make_key(Path(keyfile)))
    name, public = _or_fail(lambda: acts.sign_installed(Path(keyfile), edition))
    click.echo(f"edition {name} signed; public key {public}")


@data.command("rollback")
@click.argument("name", required=False)
def rollback(name: str | None) -> None:
    """Put the previous edition back in use, or the one named ("embedded" is one)."""
    click.echo(f"in use now: {_or_fail(lambda: acts.rollback(name))}")


@data.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--table", "prefix", metavar="PREFIX", help="Only tables whose id begins so, for example us.ccl.")
@_JSON
def diff(old: str, new: str | None, prefix: str | None, as_json: bool) -> None:
    """What changed from one edition to another, in words. Editions by name, by folder, or "embedded".

    Without NEW: to the edition in use.
    """
    from safeconduct.acts.edition_diff import diff as act
    from safeconduct.acts.edition_diff import words

    found = _or_fail(lambda: act(find_edition(old), find_edition(new), prefix))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for line in words(found) or ["no difference"]:
        click.echo(line)


def _gathered(warnings: list[str]) -> list[str]:
    """One line for the tables that share a warning."""
    shared: dict[str, list[str]] = {}
    for w in warnings:
        table, _, why = w.partition(": ")
        shared.setdefault(why, []).append(table)
    return [f"{', '.join(tables)}: {why}" for why, tables in shared.items()]


def _progress(quiet: bool) -> Callable[[str], None] | None:
    """Lines of progress on a terminal's stderr."""
    return (lambda line: click.echo(line, err=True)) if not quiet and sys.stderr.isatty() else None


def _signed(key: str | None) -> str:
    return f"signed by {key}" if key else "not signed"


def _or_fail(act: Callable[[], T], code: int = EXIT_BAD_INPUT) -> T:
    try:
        return act()
    except (DataError, EditionError, SigningError) as e:
        _stop(str(e), code)
    except (ValueError, OSError) as e:
        _stop(f"stopped, nothing was changed: {e}", code)


def _stop(message: str, code: int) -> NoReturn:
    if code == EXIT_BAD_INPUT:
        fail(message)
    click.echo(f"safeconduct: {message}", err=True)
    sys.exit(code)


def _print_installed(
    done: acts.Installed, as_json: bool, fetched: list[dict[str, Any]] | None = None, notices: list[str] | None = None
) -> None:
    i = done.imported
    if as_json:
        out = {
            "edition": done.name, "folder": str(done.folder), "new": done.new, "before": done.before, "coverage": i.coverage,
            "carried": i.carried, "changed": i.changed, "same": i.same, "by_hand": i.built.by_hand,
            "notices": [*(notices or ()), *i.notices], "unread": i.unread,
        } | ({"fetched": fetched} if fetched is not None else {})  # fmt: skip
        click.echo(json.dumps(out, ensure_ascii=False, indent=1))
        return
    _print_coverage(i)
    for n in (*(notices or ()), *i.notices):
        click.echo(f"notice: {n}")
    if i.changed:
        click.echo(f"new content: {', '.join(i.changed)}")
    click.echo(f"same as before: {len(i.same)} tables")
    if done.new:
        click.secho(f"edition {done.name} is in use", bold=True)
        click.echo(
            f"{done.folder}\nwhat changed: safeconduct data diff {done.before} {done.name}; back: safeconduct data rollback"
        )
    else:
        click.secho(f"nothing new: edition {done.name} holds the same and is in use", bold=True)


def _print_coverage(i: Imported) -> None:
    for importer, c in i.coverage.items():
        click.echo(
            f"{importer}: {c['read']} read, {c['mapped']} mapped, {len(c['ignored'])} kinds ignored by name, "
            f"{len(c['unreadable'])} unreadable"
        )
        for name, count in c["ignored"].items():
            click.echo(f"    ignored: {name}" + (f" ({count})" if isinstance(count, int) else ""))
        for why in c["unreadable"]:
            click.echo(f"    unreadable: {why}")
    for importer, why in i.carried.items():
        click.echo(f"{importer}: not built ({why}); its tables are taken from the edition in use")
    if i.unread:
        shown = ", ".join(i.unread[:5]) + (f" and {len(i.unread) - 5} more" if len(i.unread) > 5 else "")
        click.echo(f"not read by any importer: {shown}")
