"""An organization's own dated records beside the law: house rules, "is informed" letters, parties it decided on.

A folder of TOML files, ``overlay.toml`` with ``[overlay]`` among them; any file may hold ``[[rule]]``, ``[[letter]]`` and
``[[party]]`` entries (``docs/overlay.md``). What is read here can only add to an answer: nothing in these records can
say that a requirement falls away. A fault anywhere makes the whole overlay unusable; nothing in it is skipped.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from safeconduct.lawdata.names import keys
from safeconduct.model import Period

HEADER: Final = "overlay.toml"
EFFECTS: Final = ("requirement", "prohibition", "question")
DECISIONS: Final = ("refused", "approved")
ALWAYS: Final = "always"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RESERVED: Final = ("parties", "release")  # ids of the house that are not a person's
#: What a letter may say it covers.
COVERS: Final = ("items", "parties", "destinations", "uses")


@dataclass(frozen=True, slots=True)
class OverlayFault:
    """One fault: the file, the entry in it, the field, what was given and what was expected."""

    file: str
    entry: str
    field: str
    given: str
    expected: str

    def __str__(self) -> str:
        where = ": ".join(x for x in (self.file, self.entry, self.field) if x)
        return f"{where}: given {self.given}, expected {self.expected}"


class OverlayError(ValueError):
    """An overlay cannot be used; carries every fault found. No answer is given with a part of it."""

    def __init__(self, folder: Path, faults: list[OverlayFault]) -> None:
        self.folder = folder
        self.faults = faults
        super().__init__(f"overlay {folder} cannot be used, so nothing is answered: " + "; ".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose record it is: the file, the entry, the day of the decision, who made it."""

    file: str
    entry: str
    date: date
    author: str

    @property
    def cite(self) -> str:
        return f"house record {self.file}, {self.entry}, {self.date}, {self.author}"


@dataclass(frozen=True)
class HouseRule:
    """A stricter rule of the house. when: a condition (``law/overlay_conditions.py``), or ``always``.

    effect: ``requirement``, ``prohibition`` or ``question``; a question is settled by the fact ``facts.house.<name>``.
    """

    name: str
    jurisdiction: str
    period: Period
    effect: str
    says: str
    ask: str
    when: Any
    origin: Origin


@dataclass(frozen=True)
class Letter:
    """A letter by which an authority told the organization that a license is needed.

    section: the provision it was written under, as the jurisdiction numbers them. covers: items (codes or globs), destinations (places or groups), uses (facts), parties
    (names); each that is given must hold, and none given covers every line.
    """

    name: str
    jurisdiction: str
    period: Period
    section: str
    says: str
    items: tuple[str, ...]
    destinations: tuple[str, ...]
    uses: tuple[str, ...]
    parties: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class PartyRecord:
    """A party the organization refused or approved. id: made of name, country and day, so that it stays the same."""

    id: str
    name: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    country: str | None
    period: Period
    decision: str
    effect: str
    says: str
    origin: Origin


@dataclass(frozen=True)
class Overlay:
    """All records of one folder. digest: over the bytes of its files. ignored: files that are not TOML."""

    folder: Path
    name: str
    digest: str
    rules: tuple[HouseRule, ...] = ()
    letters: tuple[Letter, ...] = ()
    parties: tuple[PartyRecord, ...] = ()
    ignored: tuple[str, ...] = ()
    by_key: Mapping[str, tuple[PartyRecord, ...]] = field(default_factory=dict)
    by_id: Mapping[str, tuple[PartyRecord, ...]] = field(default_factory=dict)


def read_overlay(folder: Path) -> Overlay:
    """The overlay of a folder, wholly or not at all.

    Raises:
        OverlayError: with every fault of form. Whether places, codes and facts exist is checked against the law
            (``law.overlay.faults``).
    """
    if not folder.is_dir():
        raise OverlayError(folder, [OverlayFault(str(folder), "", "", "no such folder", f"a folder with {HEADER}")])
    reader = _Reader(folder)
    overlay = reader.read()
    if reader.faults or overlay is None:
        raise OverlayError(folder, reader.faults)
    return overlay


def fold_id(text: str) -> str:
    """An identifier for comparison: letters and digits only, upper case."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[OverlayFault] = []
        self.header: dict[str, Any] = {}
        self.seen: dict[str, str] = {}

    def read(self) -> Overlay | None:
        files: list[Path] = []
        ignored: list[Path] = []
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            (files if path.suffix == ".toml" else ignored).append(path)
        h = hashlib.sha256()
        tables: list[tuple[str, dict[str, Any]]] = []
        for path in files:
            name = path.relative_to(self.folder).as_posix()
            try:
                data = path.read_bytes()
                h.update(f"{name}\n".encode() + hashlib.sha256(data).digest())
                tables.append((name, tomllib.loads(data.decode("utf-8"))))
            except OSError as e:
                self._fault(name, "", "", f"a file that cannot be read ({e.strerror})", "a readable file")
            except UnicodeDecodeError as e:
                self._fault(name, "", "", f"byte 0x{data[e.start]:02x} at {e.start}", "UTF-8 text")
            except RecursionError:
                self._fault(name, "", "", "tables nested too deeply", "conditions a person can read")
            except tomllib.TOMLDecodeError as e:
                self._fault(name, "", "", f"what is not TOML: {e}", "TOML (a date without quotes, text in quotes)")
        head = dict(next((t for n, t in tables if n == HEADER), {}))
        if HEADER not in {n for n, _ in tables}:
            if not any(f.file == HEADER for f in self.faults):
                self._fault(HEADER, "", "", "no such file", "the overlay's [overlay] table with name and jurisdiction")
        else:
            top = _Entry(self, HEADER, "[overlay]", head.get("overlay", {}))
            self.header = {
                "name": top.text("name"), "jurisdiction": top.text("jurisdiction").upper(), "author": top.text("author", ""),
            }  # fmt: skip
            top.done()
        rules: list[HouseRule] = []
        letters: list[Letter] = []
        parties: list[PartyRecord] = []
        for name, table in tables:
            for kind, rows in table.items():
                if kind == "overlay" and name == HEADER:
                    continue
                if kind not in ("rule", "letter", "party") or not isinstance(rows, list):
                    near = difflib.get_close_matches(kind, ("rule", "letter", "party"), n=1)
                    hint = f" (did you mean [[{near[0]}]]?)" if near else ""
                    self._fault(name, "", kind, "an unknown table", f"[[rule]], [[letter]] or [[party]]{hint}")
                    continue
                for n, raw in enumerate(rows, 1):
                    if not isinstance(raw, dict):
                        self._fault(name, f"{kind} {n}", "", repr(raw)[:40], "a table")
                    elif kind == "rule":
                        rules.append(self._rule(name, n, raw))
                    elif kind == "letter":
                        letters.append(self._letter(name, n, raw))
                    else:
                        parties.append(self._party(name, n, raw))
        if self.faults:
            return None
        by_key: dict[str, tuple[PartyRecord, ...]] = {}
        by_id: dict[str, tuple[PartyRecord, ...]] = {}
        for p in parties:
            for key in dict.fromkeys(k for x in p.names for k in keys(x)):
                by_key[key] = (*by_key.get(key, ()), p)
            for i in p.ids:
                by_id[fold_id(i)] = (*by_id.get(fold_id(i), ()), p)
        return Overlay(
            self.folder, self.header["name"], "sha256:" + h.hexdigest(), tuple(rules), tuple(letters), tuple(parties),
            tuple(p.relative_to(self.folder).as_posix() for p in ignored), by_key, by_id,
        )  # fmt: skip

    def _rule(self, file: str, n: int, raw: dict[str, Any]) -> HouseRule:
        e = _Entry(self, file, f"rule {n}", raw)
        name = e.name()
        period, origin = e.dated()
        effect = e.choice("effect", EFFECTS)
        says = e.text("says")
        ask = e.text("ask", "")
        if effect == "question" and not ask:
            e.fault("ask", "nothing", "the question that settles it, such as 'Has the export office approved it?'")
        if effect in EFFECTS[:2] and ask:
            e.fault("ask", "a question", 'none: only effect = "question" asks')
        when = e.pop("when", None)
        if when != ALWAYS and not isinstance(when, dict):
            e.fault("when", shown(when), 'a condition, such as { destination = { countries = ["HK"] } }, or "always"')
        rule = HouseRule(name, e.jurisdiction(), period, effect, says, ask, when, origin)
        e.done()
        return rule

    def _letter(self, file: str, n: int, raw: dict[str, Any]) -> Letter:
        e = _Entry(self, file, f"letter {n}", raw)
        name = e.name()
        period, origin = e.dated()
        section = e.text("section")
        covers = e.pop("covers", {})
        if not isinstance(covers, dict):
            e.fault("covers", shown(covers), "a table with items, parties, destinations or uses")
            covers = {}
        inner = _Entry(self, file, e.entry, covers, "covers.")
        said = {k: inner.texts(k) for k in COVERS}
        for key, values in said.items():
            if key in covers and not values:
                inner.fault(key, "an empty list", "what it covers, or no such field: without it all are covered")
        inner.done()
        letter = Letter(
            name, e.jurisdiction(), period, section, e.text("says", ""), said["items"], said["destinations"], said["uses"],
            said["parties"], origin,
        )  # fmt: skip
        e.done()
        for party in said["parties"]:
            if not keys(party):
                inner.fault("parties", shown(party), "a name with a letter or digit in it")
        return letter

    def _party(self, file: str, n: int, raw: dict[str, Any]) -> PartyRecord:
        e = _Entry(self, file, f"party {n}", raw)
        name = e.text("name")
        if name and not keys(name):
            e.fault("name", shown(name), "a name with a letter or digit in it")
        country = e.text("country", "").upper() or None
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            e.fault("country", shown(country), "an ISO 3166-1 alpha-2 code such as DE")
        period, origin = e.dated()
        decision = e.choice("decision", DECISIONS)
        effect = e.choice("effect", EFFECTS, "requirement") if decision != "approved" else ""
        made = hashlib.sha256(f"{name}\n{country}\n{origin.date}\n{decision}".encode()).hexdigest()[:12]
        # The name is personal data and may go out pseudonymized: citations name the record by its id.
        origin = Origin(origin.file, f"party hp:{made}", origin.date, origin.author)
        record = PartyRecord(
            f"hp:{made}", name, (name, *e.texts("aliases")), e.texts("ids"), country, period, decision, effect,
            e.text("says", ""), origin,
        )  # fmt: skip
        for i in record.ids:
            if len(fold_id(i)) < 4:
                e.fault("ids", shown(i), "an identifier of at least four letters or digits")
        e.done()
        self._once(e, f"party {record.id}", "name", name)
        return record

    def _once(self, e: _Entry, key: str, name: str, given: str) -> None:
        before = self.seen.setdefault(key, e.where)
        if before != e.where:
            e.fault(name, shown(given), f"a record of its own: {before} is the same")

    def _fault(self, file: str, entry: str, name: str, given: str, expected: str) -> None:
        self.faults.append(OverlayFault(file, entry, name, given, expected))


class _Entry:
    """One entry, its fields taken out one by one; what is left at the end is a fault."""

    def __init__(self, reader: _Reader, file: str, entry: str, raw: Any, prefix: str = "") -> None:
        self.reader, self.file, self.entry, self.prefix = reader, file, entry, prefix
        self.number = entry
        self.known: list[str] = []
        if not isinstance(raw, dict):
            self.fault("", shown(raw), "a table")
            raw = {}
        self.raw: dict[str, Any] = dict(raw)
        if isinstance(raw.get("name"), str) and not prefix and entry != "[overlay]":
            self.entry = f"{entry} ('{raw['name'][:60]}')"

    @property
    def where(self) -> str:
        return f"{self.file}, {self.number}"

    def fault(self, name: str, given: str, expected: str) -> None:
        self.reader._fault(self.file, self.entry, self.prefix + name if name else "", given, expected)

    def pop(self, name: str, default: Any) -> Any:
        self.known.append(name)
        return self.raw.pop(name, default)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.pop(name, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value.strip()
        self.fault(name, shown(value) if value is not None else "nothing", "text")
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.pop(name, [])
        if isinstance(value, list) and all(isinstance(x, str) and x.strip() for x in value):
            return tuple(x.strip() for x in value)
        self.fault(name, shown(value), "a list of texts")
        return ()

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.pop(name, default)
        if value in choices:
            return str(value)
        near = difflib.get_close_matches(str(value), choices, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        self.fault(name, shown(value) if value is not None else "nothing", f"one of {', '.join(choices)}{hint}")
        return ""

    def name(self) -> str:
        name = self.text("name")
        if name and not _NAME.fullmatch(name):
            self.fault(
                "name", shown(name), "small letters, digits and _ beginning with a letter, such as no_night_vision"
            )
        elif name in _RESERVED:
            self.fault("name", shown(name), "another name: this one is the program's own")
        elif name:
            self.reader._once(self, f"name {name}", "name", name)
        return name

    def jurisdiction(self) -> str:
        return self.text("jurisdiction", self.reader.header.get("jurisdiction", "")).upper()

    def day(self, name: str) -> date | None:
        value = self.pop(name, None)
        if value is None or type(value) is date:
            return value
        self.fault(name, shown(value), "a day without quotes, such as 2026-01-31")
        return None

    def dated(self) -> tuple[Period, Origin]:
        """From when until when it holds (until is the first day it no longer does), and whose record it is."""
        before = len(self.reader.faults)
        day, start, end = self.day("date"), self.day("from"), self.day("until")
        author = self.text("author", self.reader.header.get("author", ""))
        if day is None and len(self.reader.faults) == before:
            self.fault("date", "nothing", "the day of the decision or letter, such as 2026-01-31")
        if not author:
            self.fault("author", "nothing", f"who made the record (here, or once in {HEADER})")
        start = start or day
        period = Period(start)
        if start and end and end <= start:
            self.fault("until", str(end), f"a day after {start}: the first day it no longer holds")
        elif end:
            period = Period(start, end)
        return period, Origin(
            self.file, self.entry.replace("'", "").replace("(", "").replace(")", ""), day or date.min, author
        )

    def done(self) -> None:
        for name in self.raw:
            near = difflib.get_close_matches(name, self.known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            self.fault(name, "an unknown field", f"one of {', '.join(dict.fromkeys(self.known))}{hint}")


def shown(value: object) -> str:
    """A given value for a message, on one line, at most 60 characters."""
    text = f"'{value}'" if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:200])
    return text if len(text) <= 60 else text[:57] + "…"
