"""Reading Commerce's own publications of its lists: eCFR XML of Supp. No. 4 to part 744, the JSON shape of it, `dpl.txt`."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_csl.entries import Address
from safeconduct.importers.us_csl.read import known_form, source_text
from safeconduct.lawdata.names import LEGAL_FORMS, normalise

__all__ = ["Dated", "Listed", "country_of", "dated_citations", "read_denied", "read_entity_list", "split_addresses"]

DPL_COLUMNS = (
    "Name", "Street_Address", "City", "State", "Country", "Postal_Code", "Effective_Date", "Expiration_Date",
    "Standard_Order", "Last_Update", "Action", "FR_Citation",
)  # fmt: skip
NSFREG_FIELDS = frozenset(
    ["name", "aliases", "country", "address", "status", "effective_date", "federal_register", "notes"]
)
# Supp. No. 4 and Supp. No. 7 to part 744; the latter's three columns are known by description only.
XML_HEADERS = (
    ("country", "entity", "license requirement", "license review policy", "federal register citation"),
    ("country", "entity", "federal register citation"),
)
_CITE = re.compile(
    r"\b(\d{1,3})\s*F\.?\s*R\.?\s*(\d{1,6})(?:\s*preview citation details)?\b,?\s*(?:\(?(\d{1,2}/\d{1,2}/\d{2,4})\)?)?",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\(\s*see (?:also )?(?:the )?alternate address(?:es)? (?:listed )?(?:under|in) [^)]*\)?\.?", re.I
)
_AKA = re.compile(
    r",?\s*\(?\s*(?<!\w)(?:a\.\s?k\.\s?a|f\.\s?k\.\s?a|also known as)(?!\w)[.,]*\s*(?:the following [\w-]+ alias(?:es)?:?)?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A Federal Register citation and its day of publication when the source prints it."""

    cite: str
    day: str | None


@dataclass(slots=True)
class Listed:
    """One row of a Commerce list as its own publication gives it; `row` counts from 1."""

    row: int
    name: str
    country: str
    aliases: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    cites: list[Dated] = field(default_factory=list)
    requirement: str = ""
    policy: str = ""
    start: str | None = None
    until: str | None = None
    standard: bool | None = None


def country_of(words: str, settings: dict[str, Any], where: str) -> str:
    """ISO code of a country heading; a heading that is not in source.toml is a fault, never a guess."""
    codes: dict[str, str] = {name.casefold(): code for name, code in settings["countries"].items()}
    code = codes.get(words.strip().casefold())
    if code is None:
        raise SourceError(f"{where}: country {words!r} is not known; add it to source.toml")
    return code


def _day(text: str) -> str | None:
    month, day, year = (int(part) for part in text.split("/"))
    if year < 100:
        year += 1900 if year > 60 else 2000
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def dated_citations(text: str) -> list[Dated]:
    """Citations in a cell with their days, in order, none twice."""
    found: dict[str, Dated] = {}
    for volume, page, day in _CITE.findall(text):
        cite = f"{int(volume)} FR {int(page)}"
        found.setdefault(cite, Dated(cite, _day(day) if day else None))
    return list(found.values())


def _country_at_end(text: str, codes: dict[str, str]) -> str | None:
    """The country named last in an address; postal codes may follow it."""
    best: tuple[int, int, str] | None = None
    for words, code in codes.items():
        for found in re.finditer(rf"(?<![\w-]){re.escape(words)}(?!\w)", text):
            spot = (found.end(), len(words), code)
            if best is None or spot > best:
                best = spot
    if best is None or len(re.sub(r"[\W\d_]", "", text[best[0] :])) > 6:
        return None
    return best[2]


def split_addresses(text: str, heading: str | None, codes: dict[str, str]) -> list[Address]:
    """Addresses of one cell, parted at `;`; one that names no country at its end lies in the heading's (None: not known)."""
    plain = _ELSEWHERE.sub(" ", text)
    plain = re.sub(r"^\s*(?:and\s+)?(?:the following \w+ (?:alias|address)(?:es)?:)?", "", " ".join(plain.split()))
    found: list[Address] = []
    for part in re.split(r";\s*(?:and\b,?\s*)?", plain):
        part = re.sub(r"^Address(?:es)?:\s*", "", part.strip(" .,;"))
        if part:
            one = Address(part, _country_at_end(part, codes) or heading)
            if one not in found:
                found.append(one)
    return found


def read_entity_list(
    path: Path, settings: dict[str, Any], known_names: Iterable[str] = ()
) -> tuple[list[Listed], Counter[str], str | None]:
    """Rows of a Commerce list with what was read past and the day of the text when it says one.

    Args:
        known_names: names under which parties are listed elsewhere; they tell where a name ends and its address begins.
    Raises:
        SourceError: unknown form, column, field or country, a cut file.
    """
    with known_form(path):
        text = source_text(path)
        if text.lstrip().startswith("<"):
            rows, doubtful = _xml(path, settings, {normalise(name): name for name in known_names})
            return rows, Counter({"names whose end was told by legal form only": doubtful}), None
        return _nsfreg(path, text, settings)


def _json(path: Path, text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as fault:
        raise SourceError(
            f"{path.name}, line {fault.lineno}: not whole JSON ({fault.msg}); the file is cut or damaged"
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("entities"), list):
        raise SourceError(f"{path.name}: no list 'entities'")
    new = set(data) - {"list_id", "source_file", "extracted", "count", "entities"}
    if new:
        raise SourceError(f"{path.name}: fields {sorted(new)} are not known")
    if len(data["entities"]) != data["count"]:
        raise SourceError(f"{path.name}: {len(data['entities'])} entities, the file itself says {data['count']}")
    return data


def _nsfreg(path: Path, text: str, settings: dict[str, Any]) -> tuple[list[Listed], Counter[str], str | None]:
    data = _json(path, text)
    rows: list[Listed] = []
    ignored: Counter[str] = Counter({name: 1 for name in ("list_id", "source_file") if name in data})
    for number, given in enumerate(data["entities"], start=1):
        where = f"{path.name}, entity {number}"
        if set(given) != NSFREG_FIELDS:
            raise SourceError(f"{where}: fields {sorted(set(given) ^ NSFREG_FIELDS)} are not as expected")
        if given["status"] is not None:
            raise SourceError(f"{where}: status {given['status']!r}; it was empty in every row, say what it means")
        ignored["status"] += 1
        country = country_of(given["country"], settings, where)
        ignored["cross-references to other addresses"] += len(_ELSEWHERE.findall(given["address"] or ""))
        rows.append(
            Listed(
                row=number,
                name=" ".join(given["name"].split()),
                country=country,
                aliases=[" ".join(alias.split()) for alias in given["aliases"]],
                addresses=split_addresses(given["address"] or "", country, settings["countries"]),
                cites=dated_citations(given["federal_register"] or ""),
                requirement=given["notes"] or "",
                start=given["effective_date"],
            )
        )
    return rows, ignored, data["extracted"]


def _words(cell: etree._Element) -> str:
    """Text of a table cell; a line break stays a line break, a superscript is set apart by a blank."""
    out: list[str] = [cell.text or ""]
    for child in cell:
        tag = etree.QName(child).localname.lower() if isinstance(child.tag, str) else ""
        if tag == "br":
            out.append("\n")
        elif tag in ("sup", "su"):
            out.append(" " + _words(child).strip() + " ")
        else:
            out.append(_words(child))
        out.append(child.tail or "")
    return "".join(out).replace("\xa0", " ")


def _xml(path: Path, settings: dict[str, Any], known: dict[str, str]) -> tuple[list[Listed], int]:
    try:
        tree = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        raise SourceError(f"{path.name}: not whole XML ({fault.msg}); the file is cut or damaged") from None
    rows: list[Listed] = []
    country, number, doubtful = "", 0, 0
    for table in tree.iter("TABLE"):
        heads = tuple(" ".join(_words(head).split()).casefold() for head in table.iter("TH"))
        if heads not in XML_HEADERS:
            raise SourceError(f"{path.name}: table columns {heads}, expected one of {XML_HEADERS}; say what they mean")
        for line in table.iter("TR"):
            cells = [_words(cell) for cell in line.iter("TD")]
            if not cells:
                continue
            number += 1
            where = f"{path.name}, row {number}"
            if len(cells) != len(heads):
                raise SourceError(f"{where}: {len(cells)} cells, expected {len(heads)}")
            heading = " ".join(cells[0].split())
            country = country_of(heading, settings, where) if heading else country
            if not " ".join(cells[1].split()):
                continue
            name, aliases, rest, sure = _entity(cells[1], known)
            doubtful += not sure
            rows.append(
                Listed(
                    row=number,
                    name=name,
                    country=country,
                    aliases=aliases,
                    addresses=split_addresses(rest, country or None, settings["countries"]),
                    cites=dated_citations(cells[-1]),
                    requirement=_cell(cells[2]) if len(cells) > 3 else "",
                    policy=_cell(cells[3]) if len(cells) > 3 else "",
                )
            )
    if not rows:
        raise SourceError(f"{path.name}: no table of the Entity List in the XML")
    return rows, doubtful


def _cell(text: str) -> str:
    return re.sub(r" (?=[,.;)])", "", " ".join(text.split()))


def _entity(cell: str, known: dict[str, str]) -> tuple[str, list[str], str, bool]:
    """Name, aliases and address text of an entity cell, and whether the name's end is certain."""
    lines = [" ".join(line.split()) for line in cell.split("\n")]
    first, rest = lines[0], lines[1:]
    found = _AKA.search(first)
    if found:
        name, after = first[: found.start()], first[found.end() :].strip()
        aliases = [after] if after else []
        while rest and rest[0].startswith("\u2014"):
            aliases.append(rest.pop(0))
        clean = [re.sub(r"[;,]?\s*(?:and)?\s*[;.]?$", "", alias.lstrip("\u2014 ")).strip() for alias in aliases]
        return name.strip(" ,"), [alias for alias in clean if alias], " ".join(rest), True
    whole = " ".join(lines)
    pieces = whole.split(", ")
    for size in range(len(pieces), 0, -1):
        if normalise(", ".join(pieces[:size])) in known:
            return ", ".join(pieces[:size]).strip(" ,"), [], ", ".join(pieces[size:]), True
    size = 1
    while size < len(pieces) and normalise(pieces[size]) in LEGAL_FORMS:
        size += 1
    return ", ".join(pieces[:size]).strip(" ,"), [], ", ".join(pieces[size:]), False


def read_denied(path: Path, settings: dict[str, Any]) -> tuple[list[Listed], Counter[str], str | None]:
    """Rows of the Denied Persons List: the official tab form, or the JSON shape of it."""
    with known_form(path):
        text = source_text(path)
        return _denied_json(path, text, settings) if text.lstrip().startswith("{") else _denied_tab(path, text)


def _denied_tab(path: Path, text: str) -> tuple[list[Listed], Counter[str], str | None]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    header = tuple(next(reader, []))
    if header != DPL_COLUMNS:
        new, gone = sorted(set(header) - set(DPL_COLUMNS)), sorted(set(DPL_COLUMNS) - set(header))
        raise SourceError(
            f"{path.name}, line 1: not the 12 columns of the list (new: {new or 'none'}, missing: {gone or 'none'})"
        )
    rows: list[Listed] = []
    for number, cells in enumerate(reader, start=1):
        if len(cells) != len(header):
            raise SourceError(
                f"{path.name}, line {reader.line_num}: {len(cells)} cells, expected {len(header)}; the file is cut or damaged"
            )
        row = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=True)}
        words = ", ".join(row[k] for k in ("Street_Address", "City", "State", "Postal_Code") if row[k])
        # A blank country with a US state is the source's habit for addresses in the United States.
        country = row["Country"] or ("US" if re.fullmatch("[A-Z]{2}", row["State"]) else "")
        rows.append(
            Listed(
                row=number,
                name=row["Name"],
                country=country,
                addresses=[Address(words or None, country or None)],
                cites=dated_citations(row["FR_Citation"]),
                start=_day(row["Effective_Date"]) if row["Effective_Date"] else None,
                until=_after(_day(row["Expiration_Date"])) if row["Expiration_Date"] else None,
                standard={"Y": True, "N": False}.get(row["Standard_Order"].upper()),
            )
        )
    if not text.endswith("\n"):
        raise SourceError(f"{path.name}: the last line is not ended; the file is cut")
    days = [row.start for row in rows if row.start]
    return rows, Counter({"Action": len(rows), "Last_Update": len(rows)}), max(days, default=None)


def _after(day: str | None) -> str | None:
    """The first day after an order's last day, in the half-open form of the records."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else None


_NOTE = re.compile(r"(?:Type of denial: (Standard|Non-Standard))?(?:(?:; )?Expires: (\d{4}-\d{2}-\d{2}))?")


def _denied_json(path: Path, text: str, settings: dict[str, Any]) -> tuple[list[Listed], Counter[str], str | None]:
    data = _json(path, text)
    rows, ignored, _ = _nsfreg(path, text, settings)
    for row in rows:
        note = _NOTE.fullmatch(row.requirement)
        if note is None:
            raise SourceError(f"{path.name}, entity {row.row}: note {row.requirement!r} is not of the known form")
        row.standard = {"Standard": True, "Non-Standard": False}.get(note[1] or "")
        row.until = _after(note[2])
        row.requirement = ""
        row.addresses = [
            Address(re.sub(r"(?:, )?\b[A-Z]{2}(?=, [\w -]+$|$)", "", one.text or ""), row.country)
            for one in row.addresses
        ]
    made = re.search(r"(\d{2})(\d{2})(\d{4})", str(data["source_file"]))
    return rows, ignored, f"{made[3]}-{made[1]}-{made[2]}" if made else data["extracted"]
