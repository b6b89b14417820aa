"""``safeconduct demo``: the main job on the embedded edition, then where to go next."""

from __future__ import annotations

import json
from importlib import resources

import click

from safeconduct.acts.determine import determine
from safeconduct.acts.session import Session
from safeconduct.cli.answer_view import print_answer
from safeconduct.lawdata import embedded_folder

NEXT = """
Where to go next
  safeconduct demo --request > request.json   the request above, to change and ask again
  safeconduct check request.json              answer it, and keep the record
  safeconduct determine --lines many.jsonl    answer many, one JSON line each
  safeconduct facts                           every fact that may be stated, and the question it answers
  safeconduct list show 2B350.i               what the list says of the item
  safeconduct country BR                      what the law says of the destination
  safeconduct data status                     how old the data is"""


@click.command("demo")
@click.option("--request", "only_request", is_flag=True, help="Print the request only.")
def demo(only_request: bool) -> None:
    """Answer a real transaction on the embedded edition: a pump for a vaccine plant in Brazil."""
    text = resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8")
    if only_request:
        click.echo(text, nl=False)
        return
    request = json.loads(text)
    session = Session(embedded_folder(), overlay=False)
    item = request["item"]
    click.echo(
        f"The question: may a {item['description']}, US-made, worth ${item['value']['amount']}, "
        "be exported to a university institute in Brazil?"
    )
    print_answer(determine(session, request), request, session)
    click.echo(NEXT)
