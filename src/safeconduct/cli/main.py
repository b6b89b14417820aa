"""``safeconduct``: the command and its subcommands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Mapping
from typing import Any, Final

import click

#: subcommand -> (module, attribute, one line of help)
COMMANDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "check": ("answers", "check", "May this transaction go ahead? Screens, determines, records."),
    "country": ("country", "country", "What the law says of one country on a day."),
    "data": ("data", "data", "The editions of law data: status, import, update, verify, diff, roll back."),
    "demo": ("demo", "demo", "The main job on the embedded edition, then where to go next."),
    "determine": ("answers", "determine", "Like check, without screening and without recording."),
    "exceptions": (
        "exceptions",
        "exceptions",
        "The lawful ways to make a line shippable: exceptions, what would change it, license.",
    ),
    "facts": ("facts", "facts", "The facts a rule may read: names, types, units, questions; JSON Schema."),
    "law": ("law", "law", "The law over time: what changed between two days."),
    "list": ("control_list", "list_", "Look into a control list: show a paragraph, search, compare editions."),
    "matrix": ("matrix", "matrix", "Every paragraph and destination on a day, as CSV or Parquet."),
    "overlay": ("overlay", "overlay", "The organization's own records: house rules, letters, parties; check and show."),
    "recheck": ("recheck", "recheck", "Which recorded answers move under today's law data, rules and engine."),
    "record": ("record", "record", "Recorded answers: show, verify, replay, export."),
    "rules": ("rules", "rules", "The provisions that are modeled, and those that are not."),
    "verify": ("verify", "verify", "Check the proof of a recorded answer, offline."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module when it is named, so that one answer starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module = importlib.import_module(f"safeconduct.cli.{entry[0]}")
        command: click.Command = getattr(module, entry[1])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][2]) for name in sorted(COMMANDS)])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as e:
            import difflib

            near = difflib.get_close_matches(args[0] if args else "", COMMANDS, n=1)
            if near:
                raise click.UsageError(f"{e.message} Did you mean '{near[0]}'?", ctx) from None
            raise


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="safeconduct")
def main() -> None:
    """Export controls as dated data and readable rules: may it ship, to whom, and why.

    Every answer names its law, its day and its data. Unknown is never clear. Not legal advice.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON may carry half a character ("\\ud800"); written as its escape it stays valid JSON.
            stream.reconfigure(errors="backslashreplace")


def run() -> None:
    """Entry point of the console script: output to a closed pipe ends quietly."""
    try:
        main()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
