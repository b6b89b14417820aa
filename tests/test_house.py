"""What the repository may not hold, and what it must: no sentence of law, no machine's path, a case for every rule."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from safeconduct.model import Block, Effect, Lift, Question, Requirement
from tests.test_cases import ALL, answer

ROOT = Path(__file__).resolve().parents[1]
RUN = 12  # words in a row that make a sentence of law
#: Headings and column titles of the publication: its form, by which an importer knows its parts.
FORM = ("See Part 740 for a description of all license exceptions",)
#: Names are no sentences: long official names of countries, and organisms with their former names.
NAMES = re.compile(r'"(?:agent|agents|aliases|names?)":(?:"[^"]*"|\[[^\]]*\])')
NAME_FILES = frozenset({"chart_2026_09_01.txt", "names.csv", "iso.csv", "aliases.csv", "chart.csv"})
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|[0-9]+(?:\.[0-9]+)*")
_TEXT = (
    ".py",
    ".toml",
    ".md",
    ".csv",
    ".jsonl",
    ".json",
    ".tsv",
    ".txt",
    ".cfg",
    ".yml",
    ".yaml",
    "Makefile",
    "run",
    "LICENSE",
)


@cache
def committed() -> tuple[Path, ...]:
    """Text files under version control, the lock file and the license aside; all files where git is not there."""
    try:
        names = (
            subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
            .stdout.decode()
            .split("\0")
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the repository's own list of files (git)")
    paths = (ROOT / n for n in names if n and n.endswith(_TEXT))
    return tuple(p for p in paths if p.is_file() and p.name not in ("uv.lock", "LICENSE"))


def words(text: str) -> list[str]:
    return [w.casefold() for w in _WORD.findall(text)]


def runs(found: list[str]) -> Iterator[int]:
    """Hashes of every run of words; runs of codes and numbers only are no sentence."""
    for i in range(len(found) - RUN + 1):
        window = found[i : i + RUN]
        if sum(w.isalpha() and len(w) > 2 for w in window) >= 8:
            yield hash(tuple(window))


def law_texts(folder: Path) -> Iterator[str]:
    """The publications whose words are law: the control list's XML and the sections' text."""
    for path in sorted((folder / "us" / "ccl").glob("*.xml")):
        yield re.sub(r"<[^>]+>", " ", path.read_text("utf-8", errors="replace"))
    for path in sorted((folder / "us" / "ear-text").glob("*")):
        if path.suffix == ".jsonl":
            for line in path.read_text("utf-8").splitlines():
                yield " ".join(_texts(json.loads(line)))
        elif path.suffix == ".md" and path.name != "SOURCES.md":
            yield path.read_text("utf-8", errors="replace")


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield re.sub(r"<[^>]+>", " ", node)
    elif isinstance(node, dict):
        for below in node.values():
            yield from _texts(below)
    elif isinstance(node, list):
        for below in node:
            yield from _texts(below)


def test_runs_are_found_whatever_the_punctuation() -> None:
    law = words("The quick brown fox jumps over the lazy dog, and then it sleeps under trees.")
    ours = words('x = "the QUICK brown\n# fox jumps; over the lazy dog and then it sleeps"')
    assert set(runs(law)) & set(runs(ours))
    assert not set(runs(law)) & set(
        runs(words("The quick brown fox jumps over the lazy cat, and then it sleeps under trees."))
    )


@pytest.mark.needs_shared
@pytest.mark.slow
def test_no_sentence_of_law_is_committed(shared_data: Path) -> None:
    ours: dict[int, tuple[Path, str]] = {}
    for path in committed():
        if path.name in NAME_FILES:
            continue
        text = path.read_text("utf-8", errors="replace")
        found = words(NAMES.sub(" | ", text) if path.suffix == ".jsonl" else text)
        for i in range(len(found) - RUN + 1):
            window = found[i : i + RUN]
            if sum(w.isalpha() and len(w) > 2 for w in window) >= 8:
                ours.setdefault(hash(tuple(window)), (path, " ".join(window)))
    law: set[int] = set()
    read = 0
    for text in law_texts(shared_data):
        read += 1
        text = " ".join(text.split())
        for heading in FORM:
            text = re.sub(re.escape(heading), " 0 " * RUN, text, flags=re.IGNORECASE)
        law |= ours.keys() & set(runs(words(text)))
    assert read > 100
    hits = sorted({f"{p.relative_to(ROOT)}: {w}" for p, w in (ours[h] for h in law)})
    assert not hits, f"{len(hits)} runs of {RUN} words also stand in the law's text\n" + "\n".join(hits[:40])


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a machine's path", re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt|tmp)/[a-z_.]")),
        ("a registry's host", re.compile(r"pypi\.org|files\.pythonhosted\.org|index-url|--extra-index|registry\.npmjs|artifactory|/simple/")),
        ("how it was made", re.compile(r"\b(?:LLM|ChatGPT|Claude|sub-?agent|language model)\b", re.IGNORECASE)),
    ],
)  # fmt: skip
def test_the_repository_says_nothing_of(what: str, pattern: re.Pattern[str]) -> None:
    hits = []
    for path in committed():
        if path == Path(__file__) or ("lists" in path.parts and path.suffix in (".jsonl", ".tsv")):
            continue  # names of listed parties are anybody's
        for n, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{n}: {line.strip()[:120]}")
    assert not hits, f"{what}:\n" + "\n".join(hits[:20])


def test_nothing_committed_is_too_large() -> None:
    large = [f"{p.relative_to(ROOT)}: {p.stat().st_size}" for p in committed() if p.stat().st_size >= 4 * 1024 * 1024]
    assert not large, large


def expected_of(rule_id: str, effects: Iterator[Effect], expect: Mapping[str, object]) -> bool:
    """Whether a case expects something that only this rule's effects bring about: its id, reason, exception, question."""

    def listed(*keys: str) -> set[object]:
        return {x for k in keys for x in expect.get(k, ())}  # type: ignore[attr-defined]

    if rule_id in listed("rules", "not_rules", "not_modeled"):
        return True
    symbols = listed("exceptions", "exceptions_open", "exceptions_not")
    for e in effects:
        if isinstance(e, Requirement) and e.reason in listed("reasons"):
            return True
        if isinstance(e, Lift) and e.symbol in symbols:
            return True
        if isinstance(e, Block) and any(e.hits(str(x)) for x in listed("exceptions_not")):
            return True
        if isinstance(e, Question) and {a.fact for a in e.asks} & listed("questions"):
            return True
    return False


def test_every_rule_of_the_manifest_has_a_case() -> None:
    """A rule without a case is a rule nobody has checked.

    A case checks a rule when it names it, or when the rule's own effects bring what the case expects: a reason, an
    exception available, open or barred, a question.
    """
    from safeconduct.jurisdictions.us import MANIFEST

    if not ALL:
        pytest.skip("no cases yet in tests/cases")
    open_ = {r.id for r in MANIFEST.rules}
    for case in ALL:
        named = {x for k in ("rules", "not_rules", "not_modeled") for x in case.expect.get(k, ())}
        open_ -= named
        for leaf in answer(case.request).leaves:
            if leaf.rule.id in open_:
                effects = (x for e in leaf.effects for x in (e, *(e.then if isinstance(e, Question) else ())))
                if expected_of(leaf.rule.id, effects, case.expect):
                    open_.discard(leaf.rule.id)
    assert not open_, f"{len(open_)} of {len(MANIFEST.rules)} rules have no case: " + ", ".join(sorted(open_))


def test_every_case_names_rules_that_exist() -> None:
    """A case that expects a rule nobody wrote can never have passed for the right reason."""
    from safeconduct.jurisdictions.us import MANIFEST

    ids = {r.id for r in MANIFEST.rules}
    wrong = []
    for path in sorted((ROOT / "tests" / "cases").rglob("*.toml")):
        text = path.read_text("utf-8")
        for block in re.findall(r"^(?:not_)?rules\s*=\s*\[(.*?)\]", text, re.MULTILINE | re.DOTALL):
            wrong += [f"{path.name}: {x}" for x in re.findall(r"[\"']([^\"']+)[\"']", block) if x not in ids]
    assert not wrong, "\n".join(wrong)
