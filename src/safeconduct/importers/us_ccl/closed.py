"""The closed tables of sentences: what a sentence of the law means, by the hash of its normal form.

No sentence stands in them, only keys (`grammar.key_of`) and the meaning written by a reader. A sentence in no table stops
the import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from safeconduct.importers.us_ccl.grammar import key_of

__all__ = ["UnknownSentence", "absolute", "jsonl", "nearest", "sentences"]

Json = dict[str, Any]


class UnknownSentence(ValueError):
    """A sentence of the law that neither the grammar nor a closed table knows."""

    def __init__(self, table: str, entry: str, row: object, sentence: str, why: str, near: str) -> None:
        super().__init__(
            f"{entry} row {row}: no reading in sentences/{table} for {sentence!r} ({why}). "
            f"Nearest known: {near}. Read the sentence and add key {key_of(sentence)} with its meaning."
        )


@cache
def sentences(name: str) -> Mapping[str, Json]:
    """A closed table by key. Raises ValueError for a key that stands twice."""
    text = resources.files("safeconduct.importers.us_ccl").joinpath("sentences", name).read_text("utf-8")
    table: dict[str, Json] = {}
    for number, line in enumerate(text.splitlines(), 1):
        row = json.loads(line)
        if row["key"] in table:
            raise ValueError(f"sentences/{name} line {number}: key {row['key']} stands twice")
        table[row["key"]] = row
    return table


def jsonl(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Canonical JSON Lines: sorted keys, no blanks, LF."""
    dump = (json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return "".join(line + "\n" for line in dump).encode()


def nearest(table: Mapping[str, Json], entry: str) -> str:
    """Entries whose sentences are known and stand closest to this one, by code."""
    known = {code.split("#")[0] for row in table.values() for code in row.get("entries", [row.get("entry", "")])}
    same = sorted(code for code in known if code[:2] == entry[:2]) or sorted(known)
    return ", ".join(sorted(same, key=lambda code: abs(_number(code) - _number(entry)))[:3])


def _number(code: str) -> int:
    return int(code[2:5]) if code[2:5].isdigit() else 0


def absolute(code: str, entry: str) -> str:
    """ ".b.2" written out for the entry."""
    return entry + code if code.startswith(".") else code
