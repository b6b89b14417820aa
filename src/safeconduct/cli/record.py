"""``safeconduct record``: recorded answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from safeconduct.acts import records as acts
from safeconduct.acts.check import record_store
from safeconduct.acts.faults import RequestError
from safeconduct.acts.proof import make_proof
from safeconduct.cli.answers import open_session
from safeconduct.cli.io import EXIT_STOP, fail, print_faults, read_request, read_text
from safeconduct.records import ChainFault, Record, RecordStore, StoreError
from safeconduct.records.signing import SigningError, make_key

_STORE = click.option("--store", metavar="FILE", help="Another record store than the user's own.")


def _store(path: str | None) -> RecordStore:
    if path and not Path(path).is_file():
        fail(f"{path}: no such record store")
    return RecordStore(Path(path)) if path else record_store()


def _find(store: RecordStore, key: str) -> Record:
    try:
        found = store.find(key)
    except StoreError as e:
        fail(str(e))
    if not found:
        fail(f"no record '{key}' in {store.path}; give its number, the request's id, or the beginning of its hash")
    return found[-1]


@click.group("record")
def record() -> None:
    """Recorded answers: an append-only chain that shows any change."""


@record.command("list")
@_STORE
@click.option("--json", "as_json", is_flag=True)
def list_(store: str | None, as_json: bool) -> None:
    """All records, a line each."""
    try:
        records = list(_store(store))
    except StoreError as e:
        fail(str(e))
    for r in records:
        answer = r.content["answer"]
        if as_json:
            click.echo(
                json.dumps({"seq": r.seq, "at": r.at, "id": answer["id"], "outcome": answer["outcome"], "hash": r.hash})
            )
        else:
            click.echo(f"{r.seq}\t{r.at}\t{answer['outcome']}\t{answer['id']}\t{r.hash[:19]}")


@record.command("show")
@click.argument("key")
@_STORE
@click.option("--json", "as_json", is_flag=True, help="The stored bytes of the answer.")
def show(key: str, store: str | None, as_json: bool) -> None:
    """Show a recorded answer (by number, request id, or hash) as it was stored."""
    r = _find(_store(store), key)
    content = r.content
    if as_json:
        from safeconduct.acts.determine import canonical

        click.echo(canonical(content["answer"]))
        return
    from safeconduct.cli.answer_view import print_answer

    print_answer(content["answer"], content["request"], open_session(None))
    click.echo(f"Record {r.seq} of {r.at}, {r.hash}")


@record.command("verify")
@_STORE
@click.option("--head", metavar="FILE", help="A head exported earlier: the chain must still contain it.")
@click.option("--public-key", metavar="HEX", help="The key that must have signed the head.")
@click.option("--export", "export_file", metavar="FILE|-", help="Verify an export instead of the store.")
def verify(store: str | None, head: str | None, public_key: str | None, export_file: str | None) -> None:
    """Verify the chain, a head kept elsewhere, or an export."""
    try:
        if export_file:
            if head or public_key:
                fail("a head is held against the store; verify the export and the head one at a time")
            faults = acts.verify_export(read_text(export_file).split("\n"))
            what = export_file
        else:
            s = _store(store)
            body: Any = read_request(head) if head else None
            if head and not isinstance(body, dict):
                fail(f"{head}: expected the JSON of an exported head")
            faults = acts.verify_store(s, body, public_key)
            what = f"{s.path}: {s.head()[0]} records"
    except StoreError as e:
        fail(str(e))
    for f in faults:
        click.echo(f"{what.split(':')[0]}: {f}", err=True)
    if faults:
        sys.exit(EXIT_STOP)
    click.echo(f"{what}: whole")


@record.command("replay")
@click.argument("key")
@_STORE
@click.option("--edition", metavar="FOLDER", help="Evaluate with this edition.")
@click.option("--json", "as_json", is_flag=True)
def replay(key: str, store: str | None, edition: str | None, as_json: bool) -> None:
    """Evaluate a record again and say what differs and what made the difference: law data, rules or engine."""
    r = _find(_store(store), key)
    try:
        result = acts.replay(open_session(edition), r)
    except RequestError as e:
        print_faults(e, f"record {r.seq}")
        sys.exit(2)
    except ChainFault as e:
        fail(str(e))
    if as_json:
        click.echo(
            json.dumps(
                {
                    "same": result.same,
                    "then": result.then,
                    "now": result.now,
                    "made_by": result.made_by,
                    "differences": result.differences,
                }
            )
        )
        return
    click.echo(
        f"Record {r.seq}: {result.then} then, {result.now} now: {'the same findings' if result.same else 'it differs'}."
    )
    for line in result.differences:
        click.echo(f"  - {line}")
    for line in result.made_by:
        click.echo(f"  because of {line}")


@record.command("export")
@_STORE
@click.option("--output", metavar="FILE", help="Write here instead of standard output.")
@click.option(
    "--pseudonymize", is_flag=True, help="Names and addresses of parties replaced; the export still fits the chain."
)
@click.option("--head", "as_head", is_flag=True, help="Export only the head of the chain, for keeping elsewhere.")
@click.option("--sign", "key", metavar="KEYFILE", help="Sign the head or the proof with this Ed25519 key.")
@click.option("--proof", metavar="KEY", help="Export the proof of one record (number, request id, or hash).")
@click.option(
    "--edition", metavar="FOLDER", help="The edition the proved record was made with, if not the current one."
)
def export(
    store: str | None,
    output: str | None,
    pseudonymize: bool,
    as_head: bool,
    key: str | None,
    proof: str | None,
    edition: str | None,
) -> None:
    """Export all records as JSON Lines, the chain's head, or the proof of one record (safeconduct verify)."""
    s = _store(store)
    if proof and as_head:
        fail("--proof and --head: export one at a time")
    if edition and not proof:
        fail("--edition goes with --proof")
    try:
        if proof:
            bundle = make_proof(
                open_session(edition), _find(s, proof), Path(key) if key else None, pseudonymize=pseudonymize
            )
            text = json.dumps(bundle, sort_keys=True, separators=(",", ":")) + "\n"
        elif as_head or key:
            text = json.dumps(acts.make_head(s, Path(key) if key else None), indent=1) + "\n"
        else:
            text = "".join(line + "\n" for line in acts.export(s, pseudonymize=pseudonymize))
    except (StoreError, SigningError, ChainFault) as e:
        fail(str(e))
    if output:
        Path(output).write_text(text, "utf-8")
    else:
        click.echo(text, nl=False)


@record.command("key")
@click.argument("file")
def key(file: str) -> None:
    """Make a signing key (Ed25519); prints the public key to give to those who verify."""
    try:
        click.echo(make_key(Path(file)))
    except (SigningError, OSError) as e:
        fail(str(e))
