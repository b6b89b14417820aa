"""Reading the Consolidated Screening List in its forms: official JSON, official CSV (also .gz), compact JSON.

All give the same rows. The form is told by the file's first bytes, never by its name, so that an error page saved under the
right name is refused for what it is.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import SourceError
from safeconduct.importers.us_csl.entries import Address

__all__ = ["CslFile", "CslRow", "country_code", "known_form", "read_csl", "source_text"]

CSV_COLUMNS = (
    "_id", "source", "entity_number", "type", "programs", "name", "title", "addresses",
    "federal_register_notice", "start_date", "end_date", "standard_order", "license_requirement",
    "license_policy", "call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage", "vessel_flag",
    "vessel_owner", "remarks", "source_list_url", "alt_names", "citizenships", "dates_of_birth",
    "nationalities", "places_of_birth", "source_information_url", "ids",
)  # fmt: skip
JSON_FIELDS = frozenset(CSV_COLUMNS) | {"id", "country"}
COMPACT_FIELDS = frozenset(["n", "a", "s", "t", "c", "e", "lr", "lp", "pg", "fr", "u"])
VESSEL = ("call_sign", "vessel_type", "gross_tonnage", "gross_registered_tonnage", "vessel_flag", "vessel_owner")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class CslRow:
    """One row of the list, cells cleaned of outer white space; `row` counts from 1 in the file's order."""

    row: int
    source: str
    name: str
    type: str = ""
    number: str = ""
    aliases: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    notice: str = ""
    requirement: str = ""
    policy: str = ""
    start: str = ""
    end: str = ""
    standard_order: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CslFile:
    """Rows of one file, its day when it says one, and what was read past (name -> count)."""

    form: str
    day: str | None
    rows: list[CslRow]
    ignored: Counter[str]


def source_text(path: Path) -> str:
    """The file as text. Refuses an empty file, a page of HTML and bytes that are not UTF-8, each by its name."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError) as fault:
            raise SourceError(f"{path.name}: the compressed file is cut or damaged ({fault}); fetch it again") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(f"{path.name}: not UTF-8 at byte {fault.start}; the official files are UTF-8") from None
    start = text.lstrip()[:200].casefold()
    if not start:
        raise SourceError(f"{path.name}: the file is empty; fetch it again")
    if start.startswith(("<!doctype html", "<html")):
        raise SourceError(f"{path.name}: a page of HTML stands where data was expected; fetch it again")
    return text


@contextmanager
def known_form(path: Path) -> Iterator[None]:
    """Turn a stumble over data of another shape into a fault that names the file."""
    try:
        yield
    except SourceError:
        raise
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as fault:
        raise SourceError(f"{path.name}: not of the known form ({type(fault).__name__}: {fault})") from fault


def read_csl(path: Path, settings: dict[str, Any]) -> CslFile:
    """Rows of one CSL file.

    Raises:
        SourceError: not one of the three forms, cut, a column or field that is not known, a country that is not known.
    """
    with known_form(path):
        return _read(path, settings)


def _read(path: Path, settings: dict[str, Any]) -> CslFile:
    text = source_text(path)
    if text.lstrip().startswith(("{", "[")):
        try:
            data = json.loads(text)
        except json.JSONDecodeError as fault:
            raise SourceError(
                f"{path.name}, line {fault.lineno}: not whole JSON ({fault.msg}); the file is cut or damaged"
            ) from None
        if isinstance(data, dict) and "fieldKey" in data:
            return _compact(path, data, settings)
        return _official_json(path, data, settings)
    return _official_csv(path, text, settings)


def country_code(cell: str, settings: dict[str, Any]) -> str | None:
    """ISO code of a country cell, None when the cell names a region no country can be said for; KeyError if new."""
    known: dict[str, str] = settings["countries"]
    if cell.upper() in known:
        return known[cell.upper()] or None
    if re.fullmatch("[A-Z]{2}", cell):
        return cell
    raise KeyError(cell)


def _split(cell: str) -> list[str]:
    """Parts of a `;` cell, without a leading `and`, none empty, none twice."""
    parts = (re.sub(r"^and\s+(?=\S)", "", part.strip()) for part in cell.replace("\xa0", " ").split(";"))
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def _compact(path: Path, data: dict[str, Any], settings: dict[str, Any]) -> CslFile:
    known = {
        "source", "sourceGeneratedAt", "entryCount", "countsBySource", "fieldKey", "tables", "entries",
    }  # fmt: skip
    ignore = set(settings["ignore"]["compact"])
    new = set(data) - known - ignore | set(data["fieldKey"]) - COMPACT_FIELDS
    if new:
        raise SourceError(f"{path.name}: fields {sorted(new)} are not known; say in source.toml what they mean")
    tables = data["tables"]
    new = set(tables) - {"sources", "licenceRequirements", "licencePolicies", "programmes", "urls"}
    if new:
        raise SourceError(f"{path.name}: tables {sorted(new)} are not known")
    if len(data["entries"]) != data["entryCount"]:
        raise SourceError(f"{path.name}: {len(data['entries'])} entries, the file itself says {data['entryCount']}")
    rows: list[CslRow] = []
    ignored: Counter[str] = Counter(dict.fromkeys(ignore & set(data), 1))
    for number, entry in enumerate(data["entries"], start=1):
        new = set(entry) - COMPACT_FIELDS
        if new:
            raise SourceError(f"{path.name}, entry {number}: fields {sorted(new)} are not known")
        rows.append(
            CslRow(
                row=number,
                source=tables["sources"][entry["s"]],
                name=" ".join(entry["n"].split()),
                type=entry.get("t", ""),
                number=entry.get("e", ""),
                aliases=_split(";".join(entry.get("a", []))),
                programs=_split(tables["programmes"][entry["pg"]]) if "pg" in entry else [],
                addresses=_places(path, number, entry.get("c", []), settings),
                notice=entry.get("fr", "").strip(),
                requirement=tables["licenceRequirements"][entry["lr"]] if "lr" in entry else "",
                policy=tables["licencePolicies"][entry["lp"]] if "lp" in entry else "",
            )
        )
        ignored["urls"] += "u" in entry
    counted = Counter(row.source for row in rows)
    if counted != Counter(data["countsBySource"]):
        raise SourceError(f"{path.name}: counts a list differ from those the file itself gives")
    return CslFile("compact", data["sourceGeneratedAt"][:10], rows, ignored)


def _places(path: Path, number: int, cells: list[str], settings: dict[str, Any]) -> list[Address]:
    found: list[Address] = []
    for cell in cells:
        try:
            code = country_code(cell, settings)
        except KeyError:
            raise SourceError(
                f"{path.name}, entry {number}: country {cell!r} is not known; add it to source.toml"
            ) from None
        place = Address(None if code else cell, code)
        if place not in found:
            found.append(place)
    return found


def _addresses(path: Path, number: int, cell: str, settings: dict[str, Any]) -> list[Address]:
    """Addresses of a CSV cell: parts by `;`, each ending in its country."""
    found: list[Address] = []
    for part in _split(cell):
        text, _, last = part.rpartition(", ")
        try:
            code = country_code(last, settings)
        except KeyError:
            # A full country name, or none: the words stay whole and say no country.
            found.append(Address(part, None))
            continue
        found.append(Address(text.strip(" ,") or None, code) if code else Address(part, None))
    return found


def _more(row: dict[str, Any]) -> dict[str, Any]:
    """What only some rows have, under our names. Personal data: never part of the embedded edition."""
    out: dict[str, Any] = {}
    for ours, theirs in (
        ("birth_dates", "dates_of_birth"), ("birth_places", "places_of_birth"),
        ("citizenships", "citizenships"), ("nationalities", "nationalities"), ("numbers", "ids"),
    ):  # fmt: skip
        value = row[theirs]
        out[ours] = value if isinstance(value, list) else _split(value)
    out["title"], out["remarks"] = row["title"], row["remarks"]
    out["vessel"] = {name: row[name] for name in VESSEL if row[name]}
    return {name: value for name, value in out.items() if value}


def _full_row(number: int, row: dict[str, Any], aliases: list[str], programs: list[str], at: list[Address]) -> CslRow:
    return CslRow(
        row=number,
        source=row["source"],
        name=" ".join(row["name"].split()),
        type=row["type"],
        number=row["entity_number"],
        aliases=aliases,
        programs=programs,
        addresses=at,
        notice=row["federal_register_notice"],
        requirement=row["license_requirement"],
        policy=row["license_policy"],
        start=row["start_date"],
        end=row["end_date"],
        standard_order=row["standard_order"].upper(),
        more=_more(row),
    )


def _official_csv(path: Path, text: str, settings: dict[str, Any]) -> CslFile:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    if tuple(header) != CSV_COLUMNS:
        new, gone = sorted(set(header) - set(CSV_COLUMNS)), sorted(set(CSV_COLUMNS) - set(header))
        raise SourceError(
            f"{path.name}, line 1: not the 29 columns of the list (new: {new or 'none'}, missing: {gone or 'none'}); "
            "say in the importer what they mean"
        )
    rows: list[CslRow] = []
    ignored: Counter[str] = Counter()
    skip = [name for name in settings["ignore"]["full"] if name in CSV_COLUMNS]
    for number, cells in enumerate(reader, start=1):
        if len(cells) != len(header):
            raise SourceError(
                f"{path.name}, line {reader.line_num}: {len(cells)} cells, expected {len(header)}; the file is cut or damaged"
            )
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        ignored.update({name: 1 for name in skip if row[name]})
        at = _addresses(path, number, row["addresses"], settings)
        rows.append(_full_row(number, row, _split(row["alt_names"]), _split(row["programs"]), at))
    if not text.endswith("\n"):
        raise SourceError(f"{path.name}: the last line is not ended; the file is cut")
    return CslFile("csv", _newest(rows), rows, ignored)


def _official_json(path: Path, data: Any, settings: dict[str, Any]) -> CslFile:
    results = data.get("results") if isinstance(data, dict) else data
    if not isinstance(results, list):
        raise SourceError(f"{path.name}: no list 'results' in the JSON; not a Consolidated Screening List")
    total = data.get("total") if isinstance(data, dict) else None
    if isinstance(total, int) and total != len(results):
        raise SourceError(f"{path.name}: {len(results)} results, the file itself says {total}")
    rows: list[CslRow] = []
    ignored: Counter[str] = Counter()
    for number, given in enumerate(results, start=1):
        new = set(given) - JSON_FIELDS
        if new:
            raise SourceError(f"{path.name}, result {number}: fields {sorted(new)} are not known; say what they mean")
        ignored.update({name: 1 for name in settings["ignore"]["full"] if given.get(name)})
        row: dict[str, Any] = {name: given.get(name) or "" for name in CSV_COLUMNS}
        row |= {name: str(value).strip() for name, value in row.items() if not isinstance(value, list)}
        for name in ("dates_of_birth", "places_of_birth", "citizenships", "nationalities"):
            row[name] = [str(one) for one in row[name]] if isinstance(row[name], list) else row[name]
        if isinstance(row["ids"], list):
            row["ids"] = [
                ", ".join(str(v) for v in one.values() if v) if isinstance(one, dict) else str(one)
                for one in row["ids"]
            ]
        at: list[Address] = []
        for one in row["addresses"] or []:
            new = set(one) - {"address", "city", "state", "postal_code", "country"}
            if new:
                raise SourceError(f"{path.name}, result {number}: address fields {sorted(new)} are not known")
            words = ", ".join(str(one[k]).strip() for k in ("address", "city", "state", "postal_code") if one.get(k))
            try:
                code = country_code(one["country"], settings) if one.get("country") else None
            except KeyError:
                raise SourceError(f"{path.name}, result {number}: country {one['country']!r} is not known") from None
            at.append(Address(words or None, code))
        aliases = _split(";".join(row["alt_names"] or []))
        rows.append(_full_row(number, row, aliases, _split(";".join(row["programs"] or [])), at))
    return CslFile("json", _newest(rows), rows, ignored)


def _newest(rows: list[CslRow]) -> str | None:
    """The newest start date: these forms carry no day of their own."""
    return max((row.start for row in rows if _DAY.fullmatch(row.start)), default=None)
