"""The stories of ``docs/stories.md``: each command, run again, gives the outcome, reasons and exceptions the page prints.

``python -m tests.cli.test_stories`` writes the answers of the page anew, where a change of the law or of words is meant.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeconduct.acts.determine import determine
from safeconduct.acts.session import Session
from safeconduct.cli.answer_view import OUTCOME_WORDS
from safeconduct.cli.main import main
from safeconduct.lawdata import embedded_folder

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "stories.md"
#: The command, and what the page prints as its answer.
BLOCK = re.compile(r"^```console\n\$ (safeconduct [^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REASON = re.compile(r"^  - (\S+): ", re.MULTILINE)
EXCEPTION = re.compile(r"^  - (\S+): (available|open|not available)\.", re.MULTILINE)
STATES = {True: "available", None: "open", False: "not available"}


@dataclass(frozen=True)
class Told:
    """What the page says: the command's request file, the outcome, the reasons, the exceptions with their states."""

    file: str
    outcome: str
    reasons: tuple[str, ...]
    exceptions: frozenset[tuple[str, str]]


def section(answer: str, title: str) -> str:
    """The part of a printed answer under one of its titles; empty where it has none."""
    found = re.search(rf"^{title}\n(.*?)(?=^\S|\Z)", answer, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def told() -> tuple[Told, ...]:
    words = {sentence: outcome for outcome, (sentence, _) in OUTCOME_WORDS.items()}
    out = []
    for command, answer in BLOCK.findall(PAGE.read_text("utf-8")):
        first = answer.strip().split("\n")[0]
        reasons = tuple(REASON.findall(section(answer, "Why")))
        exceptions = frozenset(EXCEPTION.findall(section(answer, "License exceptions")))
        out.append(Told(shlex.split(command)[-1], words.get(first, first), reasons, exceptions))
    return tuple(out)


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def test_the_page_tells_five_stories_and_every_request_beside_it() -> None:
    assert len(re.findall(r"^## \d\. ", PAGE.read_text("utf-8"), re.MULTILINE)) == 5
    beside = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs" / "stories").glob("*.json"))
    assert sorted(t.file for t in told()) == beside


@pytest.mark.parametrize("story", told(), ids=lambda t: Path(t.file).stem)
def test_story(story: Told) -> None:
    request = json.loads((ROOT / story.file).read_text("utf-8"))
    answer = determine(session(), request)
    (us,) = answer["determinations"]
    assert answer["outcome"] == story.outcome
    assert tuple(r["reason"] for r in (*us["prohibitions"], *us["requirements"])) == story.reasons
    assert {(x["symbol"], STATES[x["available"]]) for x in us["exceptions"]} == story.exceptions
    assert not answer.get("unknown_names")


def rewrite() -> None:
    """Write the answers of the page anew, from the embedded edition."""

    def run(found: re.Match[str]) -> str:
        _, *arguments = shlex.split(found.group(1))
        *options, file = arguments
        command = [*options, str(ROOT / file), "--edition", str(embedded_folder())]
        result = CliRunner().invoke(main, command, env={"COLUMNS": "100"}, catch_exceptions=False)
        lines = "\n".join(line.rstrip() for line in result.stdout.strip().split("\n"))
        return f"```console\n$ {found.group(1)}\n{lines}\n```"

    PAGE.write_text(BLOCK.sub(run, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    rewrite()
