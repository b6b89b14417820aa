"""Comparison of the entries read with three other copies of the list: nothing is copied from them, only confirmed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .paragraphs import Paragraph
from .read import RawEntry, RawItem

__all__ = ["confirm_flat", "confirm_headings", "flat_texts", "newer_items", "tree_differences"]


def squeeze(text: str) -> str:
    """The letters and digits of a text, for comparison only."""
    return re.sub(r"[^0-9a-z]+", "", text.lower())


def flat_texts(path: Path) -> dict[str, str]:
    """Flat text of each entry in the copy of 2026-07-23. The false entry 1C012 is left out."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["code"].removeprefix("ECCN-"): row["text"] for row in rows if row["code"] != "ECCN-1C012"}


def newer_items(text: str, last: str) -> tuple[str, list[RawItem]]:
    """Heading and top-level paragraphs a to ``last`` of an entry, cut out of its flat text; notes follow the last.

    Raises:
        ValueError: a letter is missing.
    """
    marks: list[tuple[str, int, int]] = []
    place = 0
    for letter in (chr(n) for n in range(ord("a"), ord(last) + 1)):
        match = re.compile(rf"(?<=[.:;)]\s){letter}\. ").search(text, place)
        if match is None:
            raise ValueError(f"flat text: paragraph {letter} not found")
        marks.append((letter, match.start(), match.end()))
        place = match.end()
    ends = [start for _, start, _ in marks[1:]] + [len(text)]
    items = [RawItem(letter, text[begin:end].strip(), 0) for (letter, _, begin), end in zip(marks, ends, strict=True)]
    body, *notes = re.split(r"\s(?=(?:Technical )?Notes?(?: \d+)?(?: to [^:]{1,40})?: )", items[-1].text)
    items[-1].text = body
    items[-1].notes = notes
    return text[: marks[0][1]].strip(), items


def confirm_flat(entries: Iterable[RawEntry], flat: Mapping[str, str]) -> dict[str, Any]:
    """How many paragraphs of the XML stand word for word in the flat text; the codes of those that do not."""
    same, differ, absent = 0, [], []
    for entry in entries:
        if entry.code not in flat:
            absent.append(entry.code)
            continue
        body = squeeze(flat[entry.code])
        for item in entry.items:
            if squeeze(item.text) in body:
                same += 1
            else:
                differ.append(f"{entry.code}.{item.path}")
    return {"same": same, "differ": differ, "absent": absent}


def confirm_headings(entries: Iterable[RawEntry], path: Path) -> dict[str, Any]:
    """Entries of the 2026-08-07 file whose heading or reasons differ from those read."""
    newest = json.loads(path.read_text(encoding="utf-8"))["eccns"]
    known = {entry.code: entry for entry in entries}
    shared = [code for code in known if code in newest]
    return {
        "day": "2026-08-07",
        "same": sum(squeeze(known[c].heading) == squeeze(newest[c]["t"]) for c in shared),
        "heading_differs": [c for c in shared if squeeze(known[c].heading) != squeeze(newest[c]["t"])],
        "reasons_differ": [c for c in shared if re.findall(r"[A-Z]{2}", known[c].reason_line) != newest[c]["r"]],
        "only_here": [c for c in known if c not in newest],
        "only_there": [c for c in newest if c not in known],
    }


def tree_differences(
    entries: Iterable[RawEntry],
    paragraphs: Iterable[Paragraph],
    path: Path,
    tree_only: Mapping[str, str],
    here_only: Mapping[str, str],
    newer: Iterable[str],
) -> tuple[list[dict[str, str]], list[str]]:
    """Rows `code, in, reason` of every difference to the paragraph tree, and the codes nobody has explained."""
    tree: set[str] = set()
    with path.open(encoding="utf-8") as file:
        for line in file:
            node = json.loads(line)
            if node["kind"] == "ccl":
                tree.add(node["code"])
    mine: dict[str, Paragraph | None] = {entry.code: None for entry in entries}
    mine.update({paragraph.code: paragraph for paragraph in paragraphs})
    rows: list[dict[str, str]] = []
    unexplained: list[str] = []
    for code in sorted(tree - set(mine)):
        reason = tree_only.get(code)
        rows.append({"code": code, "in": "tree", "reason": reason or "not explained"})
        if reason is None:
            unexplained.append(code)
    amended = set(newer)
    for code in sorted(set(mine) - tree):
        paragraph = mine[code]
        reason = here_only.get(code)
        if reason is None and paragraph is not None and paragraph.kind == "reserved":
            reason = "reserved; the tree leaves reserved paragraphs out"
        elif reason is None and paragraph is not None and not paragraph.printed:
            reason = "parent not printed; added because requirements name it"
        elif reason is None and code.split(".")[0] in amended:
            reason = "amended after the tree was made"
        rows.append({"code": code, "in": "here", "reason": reason or "not explained"})
        if reason is None:
            unexplained.append(code)
    return rows, unexplained
