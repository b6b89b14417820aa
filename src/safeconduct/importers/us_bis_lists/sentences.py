"""The closed tables of sentences: what an Entity List requirement or policy sentence means.

Each sentence was read by a person and is known by its key alone; the words are the law's and stay out of the package. A
sentence that is not in the table stops the import and is reported beside the one most like it.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError, sentence_key

__all__ = ["BLANK", "Sentence", "combine", "footnotes_in", "key_of", "meaning", "policies", "sentences", "signature"]

# A footnote's digit stands glued to, or a blank after, the section or the words it belongs to.
_AFTER_SECTION = re.compile(r"734\.9\([a-z]\)(?:\(\d\))?,? ?([1-5])(?=[ ,]|$)")
_AFTER_EAR = re.compile(r"\bEAR\.?\)?,? ?([1-5])(?=[ .,)]|$)")
_WORD = re.compile(r"[\w.()§-]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one sentence says. `void` marks a sentence cut by its source, of which nothing may be taken."""

    key: str
    covers: Any
    exceptions: tuple[dict[str, Any], ...]
    footnotes: tuple[str, ...]
    inferred: tuple[str, ...]
    policy: str | None
    worldwide: bool
    see: tuple[str, ...]
    void: bool


def key_of(text: str) -> str:
    """Key of a sentence: `sentence_key` of it without white space and final stops, which no meaning turns on."""
    return sentence_key("".join(text.split()).rstrip("."))


def signature(text: str) -> str:
    """A 64-bit similarity hash, 16 hex digits: sentences that share most word pairs differ in few bits."""
    words = _WORD.findall(text.casefold())
    pairs = list(itertools.pairwise(words)) or [(word, "") for word in words]
    weights = [0] * 64
    for pair in pairs:
        value = int.from_bytes(hashlib.sha256(" ".join(pair).encode()).digest()[:8], "big")
        for bit in range(64):
            weights[bit] += 1 if value >> bit & 1 else -1
    return f"{sum(1 << bit for bit, weight in enumerate(weights) if weight > 0):016x}"


def footnotes_in(text: str) -> list[str]:
    """Footnotes printed in a requirement sentence, sorted: `734.9(g),3`, `734.9(e) 1`, `of the EAR)4`, `the EAR 2`."""
    folded = " ".join(text.split())
    return sorted({*_AFTER_SECTION.findall(folded), *_AFTER_EAR.findall(folded)})


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with Path(__file__).with_name("sentences.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _sentence(row: Mapping[str, str]) -> Sentence:
    covers: Any = row["covers"] or None
    if covers and covers.startswith("{"):
        covers = json.loads(covers)
    return Sentence(
        key=row["key"],
        covers=covers,
        exceptions=tuple(json.loads(row["exceptions"])) if row["exceptions"] else (),
        footnotes=tuple(row["footnotes"].split()),
        inferred=tuple(row["footnotes_inferred"].split()),
        policy=row["policy"] or None,
        worldwide=row["worldwide"] == "yes",
        see=tuple(row["see"].split()),
        void=row["of"] == "requirement" and not row["covers"],
    )


@cache
def sentences() -> dict[tuple[str, str], Sentence]:
    """The table, by (`requirement` or `policy`, key)."""
    return {(row["of"], row["key"]): _sentence(row) for row in _rows()}


@cache
def policies() -> tuple[dict[str, str], ...]:
    """Rows of policies.csv: `policy`, `parts` (JSON), `see`, `note`."""
    with Path(__file__).with_name("policies.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def meaning(of: str, text: str, where: str) -> Sentence:
    """The meaning of a requirement or policy sentence.

    Raises:
        SourceError: a new sentence, or one whose printed footnotes are not those of the table; names `where`.
    """
    found = sentences().get((of, key_of(text)))
    if found is None:
        raise SourceError(f"{where}: new {of} sentence (key {key_of(text)}): {text!r}. {_nearest(of, text)}")
    if of == "requirement" and not found.void:
        printed = tuple(footnotes_in(text))
        if printed != found.footnotes:
            raise SourceError(f"{where}: footnotes {printed} are printed, the table of sentences has {found.footnotes}")
    return found


# A blank requirement cell: nothing is known of what the entry covers, and its reader takes the strictest reading.
BLANK = Sentence("", None, (), (), (), None, False, (), True)


def _nearest(of: str, text: str) -> str:
    wanted = int(signature(text), 16)
    rows = [row for row in _rows() if row["of"] == of]
    best = min(rows, key=lambda row: ((int(row["signature"], 16) ^ wanted).bit_count(), row["key"]))
    says = best["note"] or best["policy"]
    apart = (int(best["signature"], 16) ^ wanted).bit_count()
    return f"Nearest known: {best['key']} ({says}; {apart} of 64 bits apart). Read it and add a row to sentences.csv"


def combine(requirement: Sentence, policy: str | None) -> str | None:
    """The policy of an entry whose requirement cell holds a part of it."""
    if requirement.policy is None:
        return policy
    if (requirement.policy, policy) == ("ccl_case_by_case", "ear99_approval"):
        return "ccl_case_by_case_ear99_approval"
    raise SourceError(f"policies {requirement.policy!r} and {policy!r} stand in one entry; say what they mean together")
