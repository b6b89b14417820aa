"""Paragraphs of an entry: codes, parents, kinds, how sub-paragraphs join, and which notes belong to which.

Kinds: `heading` announces a list of which any one suffices; `reserved`; `item` all others. A paragraph that asks
for *all* of its sub-paragraphs is an `item` (the thing is classified there) with `join` "all"; one whose
sub-paragraphs only say what it leaves out ("... that are NOT:") has `join` "none".
A parent the law never prints (``3A001.z.1`` above ``z.1.a``) is added, marked `printed` false: requirements name it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .codes import is_under, parent_of
from .read import RawEntry, RawItem

__all__ = ["Paragraph", "gaps_of", "paragraphs_of"]

_RESERVED = re.compile(r"^\[?reserved\]?[.;]?(\s*(or|and))?[.;]?$", re.I)
_ALL = re.compile(r"\b(all|both|each|two or more)( of)? (the )?(following|these)\b|\bmeets? all\b", re.I)
_ANY = re.compile(r"\b(any|either|one|the)( one)?( or more)?( of)?( the)? following\b|\bas follows\b|\bsuch as\b", re.I)
_NOTE_TARGET = re.compile(r"^[^:]{0,20}?\b(?:note|n\.\s?b\.|notes)\b[^:]{0,12}?\bto (.{1,80}?):", re.I)
_NOTE_BODY = re.compile(r":\s*(?:For the purposes of )?(?:ECCN )?([0-9][A-E][0-9]{3}(?:\.[a-z0-9]+)*)")
_FULL = re.compile(r"\b([0-9][A-E][0-9]{3}(?:\.(?:[a-z](?![a-z])|\d{1,3}))*)")
_LOCAL = re.compile(r"(?<![\w.])\.?([a-z](?:\.(?:[a-z](?![a-z])|\d{1,3}))*)(?![\w])")


@dataclass
class Paragraph:
    """One paragraph; `text` and `notes` are the law's words and never leave the user's installation."""

    code: str
    entry: str
    parent: str
    kind: str
    text: str
    line: int
    join: str | None = None
    printed: bool = True
    notes: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)


def _expand(item: RawItem) -> list[RawItem]:
    """A reserved range ("d. through y. [Reserved]") as one paragraph for each letter or number."""
    if item.until is None:
        return [item]
    *head, first = item.path.split(".")
    last = item.until.split(".")[-1]
    if first.isdigit():
        names = [str(n) for n in range(int(first), int(last) + 1)]
    else:
        names = [chr(n) for n in range(ord(first), ord(last) + 1)]
    return [RawItem(".".join([*head, name]), item.text, item.line) for name in names]


def gaps_of(entry: RawEntry) -> list[str]:
    """Paragraphs missing from the sequence of their siblings (``1C001.b`` between a and c); v to z may stand alone."""
    names: dict[str, set[str]] = {}
    for raw in entry.items:
        for item in _expand(raw):
            parts = item.path.split(".")
            for depth in range(len(parts)):
                names.setdefault(".".join(parts[:depth]), set()).add(parts[depth])
    missing = []
    for above, children in names.items():
        prefix = f"{entry.code}.{above}." if above else f"{entry.code}."
        digits = sorted(int(c) for c in children if c.isdigit())
        letters = sorted(c for c in children if not c.isdigit() and c < "t")
        missing += [f"{prefix}{n}" for n in range(1, digits[-1]) if n not in digits] if digits else []
        missing += [prefix + chr(n) for n in range(97, ord(letters[-1])) if chr(n) not in letters] if letters else []
    return missing


def paragraphs_of(entry: RawEntry) -> tuple[list[Paragraph], list[str], list[str]]:
    """Paragraphs in printed order, the notes of the whole entry, and codes printed twice."""
    out: dict[str, Paragraph] = {}
    twice: list[str] = []
    ranged: set[str] = set()
    entry_notes = list(entry.notes)
    loose: list[tuple[str, str]] = []  # (paragraph before the note, note)
    for raw in entry.items:
        for item in _expand(raw):
            code = f"{entry.code}.{item.path}"
            above = parent_of(code)
            missing = []
            while above is not None and above != entry.code and above not in out:
                missing.append(above)
                above = parent_of(above)
            for name in reversed(missing):
                out[name] = Paragraph(name, entry.code, parent_of(name) or "", "heading", "", item.line, printed=False)
            if code in out and not (out[code].kind == "reserved" and code in ranged):
                twice.append(code)
                continue
            # a reserved range may reach over a paragraph that is printed after it (9A515.w)
            if raw.until is not None:
                ranged.add(code)
            kind = "reserved" if _RESERVED.match(item.text.strip()) else "item"
            out[code] = Paragraph(
                code, entry.code, parent_of(code) or "", kind, item.text, item.line, tables=item.tables
            )
            loose += [(code, note) for note in item.notes]
    children: dict[str, list[Paragraph]] = {}
    for paragraph in out.values():
        if paragraph.kind != "reserved":
            children.setdefault(paragraph.parent, []).append(paragraph)
    for paragraph in out.values():
        if paragraph.code in children:
            paragraph.join = _join(paragraph.text, children[paragraph.code])
            paragraph.kind = "heading" if paragraph.join == "any" else "item"
    for before, note in loose:
        targets = _targets(note, entry.code, out)
        if targets == [entry.code]:
            entry_notes.append(note)
        for code in targets or [before]:
            if code in out:
                out[code].notes.append(note)
    return list(out.values()), entry_notes, twice


def _join(text: str, children: list[Paragraph]) -> str:
    """ "any", "all" or "none": how the sub-paragraphs of a paragraph join.

    The words of the heading decide; where it only ends in a colon ("Shelters designed to:"), the conjunction before
    the last sub-paragraph does.
    """
    head = re.split(r"[.;] (?=Note\b)", text)[0].strip()
    if re.search(r"\b(?:that are not|except):$", head, re.I):
        return "none"
    if _ALL.search(head[-120:]):
        return "all"
    if head.endswith((":", ", and")) and not _ANY.search(head) and len(children) > 1:
        return "all" if re.search(r"\band[.,;]?$", children[-2].text.strip()) else "any"
    return "any"


def _targets(note: str, entry: str, known: dict[str, Paragraph]) -> list[str]:
    """Paragraphs a note says it belongs to; [entry] for the whole entry; [] when it does not say."""
    head = _NOTE_TARGET.match(note)
    found: list[str] = []
    if head:
        words = head.group(1)
        found = [code for code in _FULL.findall(words) if is_under(code, entry)]
        rest = _FULL.sub(" ", words)
        rest = re.sub(r"\b(paragraphs?|note|and|or|of|to|eccns?|technical|a list)\b", " ", rest, flags=re.I)
        for local in _LOCAL.findall(rest):
            code = f"{entry}.{local}"
            if code in known and code not in found:
                found.append(code)
    if not found:
        body = _NOTE_BODY.search(note[:160])
        if body and is_under(body.group(1), entry) and body.group(1) != entry:
            found = [body.group(1)]
    return [code for code in found if code == entry or code in known]
