"""Read Supplement No. 1 to 15 CFR part 774 (eCFR XML) into raw entries, with no reading of their meaning.

The mark-up is flat: one element after another below the root, and only the words tell which part of an entry
an element belongs to. The reader walks the elements once and keeps a state. What it meets outside an entry
(category headings and notes, the annex of explosives, editorial notes) is counted by name, and an element it
cannot place is reported, never dropped.

Text: white space folded; a superscript is written with a caret (``5 × 10^−6 m``); a subscript is joined.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

ECCN = re.compile(r"^([0-9][A-E][0-9]{3})(?![0-9])\.?\s*(.*)$", re.S)
_LETTER = r"[a-z](?![a-z])"
_PATH = re.compile(
    # "a.", "b.2.a.", "z.1.b": a letter, then numbers and letters joined by dots, then a dot or a blank
    rf"^({_LETTER}(?:\.(?:\d{{1,3}}|{_LETTER})(?![\w(,]))*)(\.{{0,2}})(?=\s|[—“'‘\[(A-Z]|$)\s*(.*)$",
    re.S,
)
_RANGE = re.compile(
    r"^([a-z](?:\.(?:\d{1,3}|[a-z]))*)\.?\s*(?:through|to|and|-|–)\s*\.?([a-z](?:\.(?:\d{1,3}|[a-z]))*)\.?\s+(\[Reserved\].*)$",
    re.S | re.I,
)
_SYMBOL = re.compile(r"^(LVS|GBS|TSR|CIV|APP|ENC|ACE|NAC/ACA|NAC|ACA|AIA|ACM|LPP|HBM|IEC)\s*:\s*(.*)$", re.S)
_NOTE_START = re.compile(
    r"^(technical notes?|notes?|n\.\s?b\.|heading note|control notes?)\b[^a-z]*(?::|to\b|\d|$)", re.I
)
_SUPERSCRIPT = {"SU", "sup"}
_SUPERSCRIPT_E = {"51", "53"}


@dataclass
class RawItem:
    """One paragraph of the List of Items: its path inside the entry (``b.2.a``), text, notes and tables."""

    path: str
    text: str
    line: int
    notes: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    until: str | None = None  # last path of a reserved range: "f. through y. [Reserved]"


@dataclass
class RawEntry:
    """One ECCN as printed; every list keeps the order of the law."""

    code: str
    heading: str
    line: int
    reason_line: str = ""
    requirements: list[tuple[str, str]] = field(default_factory=list)  # (scope, requirement) of the table
    control_lines: list[str] = field(default_factory=list)  # requirements printed as sentences, not as a table
    requirement_notes: list[str] = field(default_factory=list)
    reporting: list[str] = field(default_factory=list)
    exceptions: list[tuple[str, list[str]]] = field(default_factory=list)  # (symbol, its lines)
    exception_notes: list[str] = field(default_factory=list)
    sta: list[str] = field(default_factory=list)
    related_controls: list[str] = field(default_factory=list)
    related_definitions: list[str] = field(default_factory=list)
    eccn_controls: list[str] = field(default_factory=list)
    unit: str = ""
    items_text: list[str] = field(default_factory=list)  # words under "Items:" that carry no paragraph letter
    items: list[RawItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # notes of the items part that stand before any paragraph
    requirement_lines: list[int] = field(default_factory=list)  # line of each row of `requirements`
    has_requirements: bool = False


@dataclass
class ReadResult:
    """Entries in printed order, and what became of every top-level element."""

    entries: list[RawEntry]
    elements: int
    mapped: Counter[str]
    ignored: Counter[str]
    unreadable: list[dict[str, Any]]
    irregular: list[tuple[str, str, str]]  # (entry, path, kind) of paragraphs set in unusual mark-up


def fold(text: str) -> str:
    """White space folded; a sign set beside its superscript joined to it (``^−^10`` is ``^−10``)."""
    text = re.sub(r"\s+", " ", text.replace("\u00ad", "")).strip()
    text = re.sub(r"\^([−-])\s*\^\s*", r"^\1", text)
    return re.sub(r"\s+([,.;:])(?=\s|$)", r"\1", text)


def plain(element: Any) -> str:
    """Text of an element; superscripts written ``^n``, ``<br>`` a blank, fractions set off by a blank."""
    out: list[str] = []

    def walk(node: Any) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag == "br":
            out.append(" ")
        elif tag == "img":
            pass
        elif tag in _SUPERSCRIPT or (tag == "E" and node.get("T") in _SUPERSCRIPT_E):
            inner = "".join(node.itertext()).strip()
            # No blank between a digit, letter or bracket and its power.
            while out and not out[-1]:
                out.pop()
            if out:
                out[-1] = out[-1].rstrip() if re.search(r"[\dA-Za-z)²³]\s*$", out[-1]) else out[-1]
            out.append("^" + inner)
        else:
            if tag == "FR":
                out.append(" ")
            if node.text:
                out.append(node.text)
            for child in node:
                walk(child)
            if tag in {"P", "HED", "TD", "TH", "FP-1"}:
                out.append(" ")
        if node.tail is not None and node is not element:
            out.append(node.tail)

    walk(element)
    return fold("".join(out))


def table_rows(element: Any) -> list[tuple[int, list[str]]]:
    """Rows of the tables under an element, without the header: (line, cell texts)."""
    rows: list[tuple[int, list[str]]] = []
    for body in element.iter("TBODY", "TFOOT"):
        for row in body.iter("TR"):
            cells = [plain(cell) for cell in row if isinstance(cell.tag, str) and cell.tag in {"TD", "TH"}]
            rows.append((row.sourceline or 0, cells))
    return rows


def split_path(text: str) -> tuple[str, str] | None:
    """``("b.2.a", rest)`` when a paragraph begins with a letter path, else None."""
    match = _PATH.match(text)
    if match is None:
        return None
    path = re.sub(r"\s", "", match.group(1))
    if not match.group(2) and "." not in path:
        return None  # "a transmitter": a lone letter needs its dot
    return path, match.group(3).strip()


def _italic(element: Any) -> bool:
    """Whether the element begins in italics, as notes do."""
    return not (element.text or "").strip() and len(element) > 0 and element[0].tag == "I"


class _Reader:
    """The walk: `state` says which part of the current entry the next element belongs to."""

    def __init__(self) -> None:
        self.entries: list[RawEntry] = []
        self.entry: RawEntry | None = None
        self.state = "outside"
        self.outside = "front matter"
        self.mapped: Counter[str] = Counter()
        self.ignored: Counter[str] = Counter()
        self.unreadable: list[dict[str, Any]] = []
        self.irregular: list[tuple[str, str, str]] = []  # (entry, path, kind of irregular mark-up)
        self.note_mode = False  # inside the list of a note that was set as plain paragraphs

    # -- places ---------------------------------------------------------------------------------------------

    def bad(self, element: Any, why: str) -> None:
        self.unreadable.append({"row": f"line {element.sourceline}", "why": why})

    def start(self, element: Any, code: str, heading: str) -> None:
        self.entry = RawEntry(code, heading, element.sourceline or 0)
        self.entries.append(self.entry)
        self.state = "heading"
        self.note_mode = False
        self.mapped["heading"] += 1

    def leave(self, name: str) -> None:
        self.entry = None
        self.state = "outside"
        self.outside = name

    def item(self, element: Any, text: str) -> bool:
        """Take a paragraph of the List of Items; False when the text has no letter path."""
        assert self.entry is not None
        found = _RANGE.match(text)
        if found:
            self.entry.items.append(
                RawItem(
                    found.group(1).lower(),
                    found.group(3),
                    element.sourceline or 0,
                    until=found.group(2).lower(),
                )
            )
            return True
        split = split_path(text)
        if split is None:
            return False
        self.entry.items.append(RawItem(split[0], split[1], element.sourceline or 0))
        return True

    def note(self, text: str) -> None:
        """A note goes to the paragraph before it, or to the entry when no paragraph has been read."""
        assert self.entry is not None
        (self.entry.items[-1].notes if self.entry.items else self.entry.notes).append(text)
        self.mapped["note"] += 1

    # -- elements -------------------------------------------------------------------------------------------

    def take(self, element: Any) -> None:
        tag = element.tag
        text = plain(element)
        if tag in {"HEAD", "CITA", "EDNOTE"}:
            self.ignored[{"HEAD": "title", "CITA": "source note", "EDNOTE": "editorial note"}[tag]] += 1
            return
        if tag == "img":
            self.ignored["formula image"] += 1
            return
        if tag in {"FP-2", "FP-1", "P"}:
            bold = element.find("B")
            if bold is not None and not (element.text or "").strip():
                if text.startswith("EAR99"):
                    self.leave("EAR99 basket")
                    self.ignored["EAR99 basket"] += 1
                    return
                match = ECCN.match(text)
                if match:
                    self.start(element, match.group(1), match.group(2))
                    return
        if tag in {"HD1", "HD2", "HD3"}:
            self.header(element, tag, text)
            return
        if self.entry is None:
            self.ignored[self.outside] += 1
            return
        if tag == "DIV":
            self.table(element)
        elif tag == "NOTE":
            self.take_note(element, text)
        elif tag in {"FP-1", "FP-2", "FP", "P"}:
            self.line(element, text)
        else:
            self.bad(element, f"element <{tag}> inside {self.entry.code}: expected text, note or table")

    def header(self, element: Any, tag: str, text: str) -> None:
        if self.entry is not None and re.match(r"(List Based )?License Exceptions|List of Items", text, re.I):
            self.line(element, text)
        elif tag == "HD2" and self.entry is not None:
            self.ignored["subject heading inside an entry"] += 1
        else:
            self.leave(
                "annex of explosives"
                if text.startswith("Annex") or "Explosives" in text
                else "technical note on adjusted peak performance"
                if tag == "HD3"
                else "category note"
            )
            self.ignored["category or group heading"] += 1

    def table(self, element: Any) -> None:
        assert self.entry is not None
        if self.state in {"requirements", "heading", "requirement_notes"}:
            for line, cells in table_rows(element):
                while len(cells) > 2 and not cells[-1]:
                    cells.pop()  # an empty third column
                if len(cells) == 2:
                    self.entry.requirements.append((cells[0], cells[1]))
                elif len(cells) == 1:
                    # One cell spanning both columns: the column stands at its end ("... CB Column 2.").
                    match = re.match(r"^(.*?)\s+([A-Z]{2} Column \d\.?)$", cells[0])
                    if match is None:
                        # A table of one column (0E982) prints the whole requirement as a sentence.
                        self.entry.control_lines.append(cells[0])
                        continue
                    self.entry.requirements.append((match.group(1), match.group(2)))
                else:
                    self.bad(element, f"{self.entry.code}: requirement row of {len(cells)} cells, expected 2")
                    continue
                self.entry.requirement_lines.append(line)
            self.entry.has_requirements = True
            self.mapped["requirement table"] += 1
        elif self.state == "items" and self.entry.items:
            self.entry.items[-1].tables.append([cells for _, cells in table_rows(element)])
            self.mapped["table inside a paragraph"] += 1
        else:
            self.bad(element, f"{self.entry.code}: a table in the part '{self.state}'")

    def take_note(self, element: Any, text: str) -> None:
        assert self.entry is not None
        self.note_mode = False
        if re.match(r"license requirements?\b", text, re.I) or self.state in {
            "requirements",
            "requirement_notes",
        }:
            self.entry.requirement_notes.append(text)
            self.mapped["license requirement note"] += 1
        elif self.state in {"exceptions", "sta", "reporting"} or re.match(r"license exceptions? note", text, re.I):
            self.entry.exception_notes.append(text)
            self.mapped["license exception note"] += 1
        else:
            self.note_with_paragraph(element, text)

    def note_with_paragraph(self, element: Any, text: str) -> None:
        """A note block; a paragraph of the law that was set inside it (1C001.b, 6A002.a.3) is taken out.

        The notes are in italics. A lettered line in roman type, after lines in italics, is a paragraph, and what
        follows it in the block is a note to it.
        """
        assert self.entry is not None
        lines = [child for child in element if isinstance(child.tag, str)]
        seen_italic = False
        for index, child in enumerate(lines):
            if child.tag != "P":
                continue
            if _italic(child):
                seen_italic = True
            elif seen_italic and self.state == "items" and split_path(plain(child)):
                self.note(fold(" ".join(plain(c) for c in lines[:index])))
                self.item(child, plain(child))
                self.irregular.append((self.entry.code, self.entry.items[-1].path, "inside_note"))
                rest = fold(" ".join(plain(c) for c in lines[index + 1 :]))
                if rest:
                    self.entry.items[-1].notes.append(rest)
                return
        self.note(text)

    def label(self, text: str) -> tuple[str, str] | None:
        """(part, rest) when a line opens a part of the entry."""
        for part, pattern in _LABELS:
            match = pattern.match(text)
            if match:
                return part, text[match.end() :].strip()
        return None

    def line(self, element: Any, text: str) -> None:
        entry = self.entry
        assert entry is not None
        if not text:
            self.ignored["empty element"] += 1
            # An empty sub-heading: the lines that follow carry their own labels.
            return
        found = self.label(text)
        if found is not None:
            part, rest = found
            self.note_mode = False
            self.mapped[part] += 1
            self.open(element, part, rest)
            return
        symbol = _SYMBOL.match(text)
        if symbol and self.state != "items":
            self.state = "exceptions"
            entry.exceptions.append((symbol.group(1), [symbol.group(2)] if symbol.group(2) else []))
            self.mapped["exception line"] += 1
            return
        self.content(element, text)

    def open(self, element: Any, part: str, rest: str) -> None:
        entry = self.entry
        assert entry is not None
        if part == "reason":
            entry.reason_line = rest
            entry.has_requirements = True
            self.state = "requirements"
        elif part == "control":
            entry.has_requirements = True
            self.state = "requirements"
            if rest:
                entry.control_lines.append(rest)
        elif part == "requirements":
            entry.has_requirements = True
            self.state = "requirements"
            if rest:
                entry.requirement_notes.append(rest)
        elif part == "requirement_notes":
            self.state = "requirement_notes" if self.state != "items" else self.state
            if rest:
                entry.requirement_notes.append(rest)
        elif part == "exception_note":
            entry.exception_notes.append(rest)
        elif part == "related_controls_text":
            self.state = "related_controls"
            entry.related_controls.append(rest)
        elif part == "unit":
            entry.unit = rest.rstrip(".")
            self.state = "list"
        elif part in {"related_controls", "related_definitions", "eccn_controls", "reporting", "sta"}:
            self.state = part
            if rest:
                getattr(entry, part).append(rest)
        elif part == "items":
            self.state = "items"
            if rest and not self.item(element, rest):
                entry.items_text.append(rest)
        elif part == "list":
            self.state = "list"
            if rest and self.item(element, rest):
                self.state = "items"
            elif rest:
                entry.items_text.append(rest)
        else:  # exceptions
            self.state = part

    def content(self, element: Any, text: str) -> None:
        """A line without a label continues the part that is open."""
        entry = self.entry
        assert entry is not None
        state = self.state
        if state in {"items", "list"} or (
            state in {"related_controls", "related_definitions", "eccn_controls"} and self.begins_items(element, text)
        ):
            self.state = "items"
            self.items_line(element, text)
            return
        if state == "heading":
            # No sub-heading at all: 0Y521 entries and pointers say what they are in one sentence.
            entry.items_text.append(text)
        elif state == "requirements" and entry.requirements and text.startswith("See §"):
            entry.requirement_notes.append(text)
        elif state == "requirements":
            entry.control_lines.append(text)
        elif state == "requirement_notes":
            entry.requirement_notes.append(text)
        elif state == "exceptions":
            if re.match(r"\(See Part 740", text, re.I):
                pass  # the rest of the sub-heading
            elif entry.exceptions:
                entry.exceptions[-1][1].append(text)
            else:
                entry.exception_notes.append(text)
        elif state in {"related_controls", "related_definitions", "eccn_controls", "reporting", "sta"}:
            getattr(entry, state).append(text)
        else:
            self.bad(element, f"{entry.code}: text in the part '{state}'")
            return
        self.mapped[f"continued {state}"] += 1

    def begins_items(self, element: Any, text: str) -> bool:
        """Some entries forget the word "Items:"; there the first lettered paragraph opens the list.

        Where the word does follow, a lettered list before it belongs to the field that is open (1A008, 1C240).
        """
        split = split_path(text)
        if split is None or split[0] != "a":
            return False
        for later in element.itersiblings():
            if later.tag in {"FP-2", "HD1"}:
                return True
            if later.tag in {"FP", "FP-1", "P"} and re.match(r"Items\s*:|Items\s+a\. ", plain(later)):
                return False
        return True

    def items_line(self, element: Any, text: str) -> None:
        entry = self.entry
        assert entry is not None
        italic = _italic(element)
        if _NOTE_START.match(text) or text.startswith("Accompanying Technical Information"):
            self.note(text)
            self.note_mode = True
            return
        if self.note_mode and italic:
            # The list of a note, set as paragraphs in italics: "a. ..." here is not a paragraph of the entry.
            notes = entry.items[-1].notes if entry.items else entry.notes
            notes[-1] += " " + text
            self.mapped["list inside a note"] += 1
            return
        self.note_mode = False
        if self.item(element, text) or (entry.items and self.bare_number(element, text)):
            self.mapped["paragraph"] += 1
        elif entry.items and italic:
            self.note(text)
        elif entry.items:
            entry.items[-1].text += " " + text
            self.mapped["continued paragraph"] += 1
        else:
            entry.items_text.append(text)
            self.mapped["items text"] += 1

    def bare_number(self, element: Any, text: str) -> bool:
        """ "1. ..." after a paragraph that announces a list: its letter was left out (7A101.a)."""
        entry = self.entry
        assert entry is not None
        match = re.match(r"(\d{1,2})\.\s+(.*)$", text, re.S)
        last = entry.items[-1]
        if match is None:
            return False
        number = int(match.group(1))
        if number == 1 and last.text.rstrip().endswith(":"):
            path = f"{last.path}.1"
        elif number > 1 and last.path.endswith(f".{number - 1}"):
            path = f"{last.path.rsplit('.', 1)[0]}.{number}"
        else:
            return False
        entry.items.append(RawItem(path, match.group(2), element.sourceline or 0))
        self.irregular.append((entry.code, path, "number_without_letter"))
        return True


_LABELS: list[tuple[str, re.Pattern[str]]] = [
    ("requirement_notes", re.compile(r"License Requirements? Notes?\s*:?\s*", re.I)),
    (
        "exception_note",
        re.compile(r"(Note to List Based License Exceptions|License Exceptions Note)\s*:\s*", re.I),
    ),
    ("requirements", re.compile(r"License Requirements?\s*:?\s*(?=$|See)", re.I)),
    ("reason", re.compile(r"Reasons? for Control\s*:\s*")),
    ("control", re.compile(r"Controls?\(s\)\s*:?\s*|Controls\s*:\s*")),
    ("reporting", re.compile(r"Reporting Requirements\s*:?\s*(?=$|See)|Special Reporting\s*:\s*", re.I)),
    ("exceptions", re.compile(r"(List Based )?License Exceptions\s*(\(see part 740.*\)\.?)?\s*$", re.I)),
    (
        "sta",
        re.compile(r"Special Conditions for (STA|Strategic Trade Authorization \(STA\))\s*:?\s*$|STA\s*:\s*", re.I),
    ),
    ("list", re.compile(r"List of Items Controlled\s*:?\s*", re.I)),
    ("related_controls", re.compile(r"Related Controls?\s*:\s*|Related Controls\s+(?=\(1\)|See)", re.I)),
    ("related_definitions", re.compile(r"Related Definitions?\s*:\s*", re.I)),
    ("eccn_controls", re.compile(r"ECCN Controls?\s*:\s*")),
    ("unit", re.compile(r"Unit\s*:\s*")),
    ("items", re.compile(r"Items\s*:\s*|Items\s+(?=a\. )")),
]


def read_supplement(path: Path) -> ReadResult:
    """Read the XML file. Raises lxml's XMLSyntaxError for a broken file, ValueError for another document."""
    root = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    if root.tag != "DIV9" or root.get("N") != "Supplement No. 1 to Part 774":
        raise ValueError(
            f"{path.name}: root <{root.tag} N={root.get('N')!r}>, expected <DIV9 N='Supplement No. 1 to Part 774'>"
        )
    reader = _Reader()
    count = 0
    for element in root:
        if not isinstance(element.tag, str):
            continue
        count += 1
        if element.tail and element.tail.strip():
            reader.bad(element, "text between elements")
        reader.take(element)
    return ReadResult(reader.entries, count, reader.mapped, reader.ignored, reader.unreadable, reader.irregular)


def read_entries(path: Path) -> list[RawEntry]:
    """All entries of the supplement, in printed order."""
    return read_supplement(path).entries
