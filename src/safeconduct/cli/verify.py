"""``safeconduct verify``: check the proof of a recorded answer without the one who made it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from safeconduct.acts.proof import index_faults, verify_proof
from safeconduct.acts.session import Session, current_edition_folder
from safeconduct.cli.io import EXIT_STOP, fail, read_request
from safeconduct.lawdata import Edition, EditionError, embedded_folder


@click.command("verify")
@click.argument("bundle")
@click.option("--public-key", metavar="HEX", help="The key that must have signed; without it any signer is named.")
@click.option("--edition", metavar="FOLDER", help="The edition the answer rests on, if not the installed one.")
@click.option("--unsigned", is_flag=True, help="Take a bundle that nobody signed.")
@click.option("--json", "as_json", is_flag=True)
def verify(bundle: str, public_key: str | None, edition: str | None, unsigned: bool, as_json: bool) -> None:
    """Check a proof (made by: safeconduct record export --proof) against the law data, without running a rule."""
    body = read_request(bundle)
    if not isinstance(body, dict):
        fail(f"{bundle}: expected the JSON of a proof bundle")
    try:
        at_hand = Edition(Path(edition)) if edition else _edition(body)
        verdict, signer = verify_proof(body, at_hand, public_key, unsigned=unsigned)
        verdict.faults += index_faults(body, Session(at_hand.folder, overlay=False), verdict.notes)
    except (EditionError, ValueError, KeyError, TypeError, AttributeError) as e:
        fail(f"{bundle}: {e}")
    if as_json:
        click.echo(
            json.dumps(
                {
                    "accepted": verdict.accepted,
                    "faults": verdict.faults,
                    "notes": verdict.notes,
                    "signed_by": signer or None,
                }
            )
        )
    else:
        for f in verdict.faults:
            click.echo(f"{bundle}: {f}", err=True)
        for n in verdict.notes:
            click.echo(f"note: {n}")
        if verdict.accepted:
            answer = body["answer"]
            click.echo(f"Accepted: {answer['outcome']} for {answer['id'] or 'the request'} of {answer['date']}.")
            click.echo(f"Law data: {at_hand.name}, {at_hand.digest}")
            click.echo(f"Signed by {signer}" if signer else "Not signed.")
            if signer and not public_key:
                click.echo("note: anybody can sign; hold the key against the one the signer gave you: --public-key HEX")
    if not verdict.accepted:
        sys.exit(EXIT_STOP)


def _edition(body: dict[str, object]) -> Edition:
    """The installed edition, or the embedded one where the bundle rests on that."""
    current = Edition(current_edition_folder())
    named = body.get("edition")
    if isinstance(named, dict) and named.get("digest") != current.digest:
        embedded = Edition(embedded_folder())
        if embedded.digest == named.get("digest"):
            return embedded
    return current
