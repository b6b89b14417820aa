"""Entries and paragraphs of the Commerce Control List: `ccl/entries.jsonl`, `ccl/paragraphs.jsonl`.

Only codes, numbers, names of substances and our own short titles are written. The law's words go to
`ccl/texts.jsonl`, which stays in the user's own installation.

Beyond the codes a paragraph row may hold: `join` (how its sub-paragraphs join: "any", "all", or "none" for exclusions), `printed` false (a parent
the law never prints), `cas`, `agent` (organism or toxin), `chemical`, `from` (first day the paragraph is known),
`until` (first day it is no longer law).
An entry row holds `related` (codes its Related Controls name), `controls` (codes its ECCN Controls name), `excludes`
(codes the notes of the whole entry name) and `agency` (who licenses, "CCL" when another entry does).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import SourceError, read_rows, read_toml, require_count, write_csv

from . import crosscheck
from .amend import amend, outdated_words, unread
from .codes import codes_in, without_lineage
from .limits import Opening, limits_of, opening_of
from .paragraphs import Paragraph, gaps_of, paragraphs_of
from .read import RawEntry, read_supplement
from .substances import agent_in, cas_in, chemical_in

__all__ = ["build_structure"]

_HERE = Path(__file__).parent
_REASONS = {"AT", "CB", "CC", "CW", "EI", "FC", "MT", "NP", "NS", "RS", "SI", "SL", "SS", "UN"}
_ITAR = re.compile(r"\([^()]*subject to the ITAR[^()]*\)\.?$|subject to the ITAR[^.]*\.[^.]*\)\.?$")
_UNITS = {"$ value": "$ value", "number": "number", "kilograms": "kilograms"}
_EXCLUDING = re.compile(
    r"\b(?:do(?:es)? not|not) (?:control|apply|include|cover|specif)|\bexcept|\bexclud|\bcontrolled (?:under|by|in)\b"
    r"|\bother than\b|\bsee\b|\bspecified (?:by|in)\b|\bsubject to the ITAR\b",
    re.I,
)


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    ordered = sorted(rows, key=lambda row: str(row["code"]))
    return "".join(
        json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n" for row in ordered
    ).encode("utf-8")


def series_of(code: str) -> str | None:
    """ "600", "9x515", "0y521", "0x5zz" or None, from the characters of the code."""
    if code[2] == "6":
        return "600"
    if code[0] == "9" and code[2:] == "515":
        return "9x515"
    if code[0] == "0" and code[2] == "5":
        return "0y521" if code[2:] == "521" else "0x5zz"
    return None


def _titles(codes: list[str]) -> dict[str, str]:
    path = _HERE / "titles.csv"
    if not path.is_file():
        return {code: code for code in codes}
    titles = {row["code"]: row["title"] for row in read_rows(path, ("code", "title"))}
    missing = [code for code in codes if not titles.get(code)]
    if missing:
        raise SourceError(f"titles.csv: no title for {', '.join(missing)}; write one in our own words")
    return titles


def _reasons(entry: RawEntry) -> list[str]:
    found = re.findall(r"\b[A-Z]{2}\b", entry.reason_line)
    unknown = [reason for reason in found if reason not in _REASONS]
    if unknown:
        raise SourceError(f"{entry.code}, line {entry.line}: reasons {unknown} are not known")
    return list(dict.fromkeys(found))


def _entry_row(
    entry: RawEntry, title: str, agency: str | None, reserved: bool, notes: list[str], known: set[str]
) -> dict[str, Any]:
    unit = entry.unit.strip().lower() or None
    if unit is not None and unit not in _UNITS:
        raise SourceError(f"{entry.code}, line {entry.line}: unit {entry.unit!r} is not known")
    related = without_lineage(codes_in(" ".join(entry.related_controls), known), entry.code)
    controls = without_lineage(codes_in(" ".join(entry.eccn_controls), known), entry.code)
    return {
        "code": entry.code,
        "title": title,
        "category": int(entry.code[0]),
        "group": entry.code[1],
        "reasons": _reasons(entry),
        "series": series_of(entry.code),
        "agency": agency,
        "reserved": reserved,
        "unit": unit,
        "related": related,
        "controls": controls,
        "excludes": _excludes(entry.code, notes, known),
        "cite": f"15 CFR 774 Supp. 1, {entry.code}",
    }


def _excludes(own: str, notes: Iterable[str], known: set[str]) -> list[str]:
    """Other codes named by those notes that exclude something or send elsewhere."""
    words = " ".join(note for note in notes if _EXCLUDING.search(note))
    return without_lineage(codes_in(words, known), own)


def _paragraph_row(paragraph: Paragraph, opening: Opening | None, known: set[str]) -> dict[str, Any]:
    path = paragraph.code[6:]
    row: dict[str, Any] = {
        "code": paragraph.code,
        "entry": paragraph.entry,
        "parent": paragraph.parent,
        "kind": paragraph.kind,
        "limits": limits_of(paragraph.text, opening) if paragraph.kind != "reserved" else [],
        "excludes": _excludes(paragraph.code, paragraph.notes, known),
    }
    if paragraph.join is not None:
        row["join"] = paragraph.join
    if not paragraph.printed:
        row["printed"] = False
    cas = cas_in(paragraph.text)
    if cas:
        row["cas"] = cas
    agent = agent_in(paragraph.entry, path, paragraph.text) if paragraph.kind != "reserved" else None
    if agent:
        row["agent"] = agent
    chemical = chemical_in(paragraph.entry, paragraph.text)
    if chemical:
        row["chemical"] = chemical
    return row


def _has_number(text: str) -> bool:
    """Whether a paragraph states a number that is not part of a code, a CAS number, a formula or a standard's name."""
    text = re.sub(r"\b\d[A-E]\d{3}(?:\.[a-z0-9]+)*|\b\d{2,7}-\d{2}-\d\b", " ", text)
    text = re.sub(
        r"\b(?:ISO|VDI|ASTM|NIJ|IEEE|MIL)\S*[\s-][\w.-]*\d[\w/.-]*(?:\s*\(\d{4}\))?|§\s*[\d.]+|\bpart \d+", " ", text
    )
    text = re.sub(r"\b[A-Za-z][A-Za-z()-]*\d[\w()/-]*", " ", text)
    return re.search(r"\d", text) is not None


def build_structure(source_dir: Path) -> BuildResult:
    """Build the two tables, the list of differences and the texts from the data folder.

    Raises:
        SourceError: counts out of range, an element of an unknown kind, irregular mark-up, a gap in a sequence, a
            pointer or a difference to the paragraph tree that `source.toml` does not explain, or a missing title.
    """
    settings = read_toml(_HERE / "source.toml")
    files = {name: source_dir / place for name, place in settings["files"].items()}
    result = read_supplement(files["xml"])
    faults: list[str] = [f"{bad['row']}: {bad['why']}" for bad in result.unreadable]
    faults += [f"elements of an unknown kind: {n}" for n in result.ignored if n not in settings["counts"]["ignored"]]
    require_count(f"{files['xml'].name}: entries", len(result.entries), settings["counts"]["entries"])

    seen = sorted((f"{entry}.{path}", kind) for entry, path, kind in result.irregular)
    told = sorted((one["code"], one["kind"]) for one in settings["irregular"])
    if seen != told:
        faults.append(f"irregular mark-up {sorted(set(seen) ^ set(told))} does not agree with source.toml")

    flat = crosscheck.flat_texts(files["flat"]) if files["flat"].is_file() else {}
    flat_report = crosscheck.confirm_flat(result.entries, flat)
    for newer in settings["newer"]:
        for entry in result.entries:
            if entry.code == newer["entry"] and flat:
                entry.heading, entry.items = crosscheck.newer_items(flat[entry.code], newer["last"])
                entry.items_text = []

    for fix in settings["correction"]:
        entry_code, _, path = str(fix["code"]).partition(".")
        hits = [i for e in result.entries if e.code == entry_code for i in e.items if i.path == path]
        if len(hits) != 1 or fix["printed"] not in hits[0].text:
            faults.append(f"{fix['code']}: the error that source.toml corrects is not there any more")
            continue
        hits[0].text = hits[0].text.replace(fix["printed"], fix["read"])

    since = {one["entry"]: one["from"].isoformat() for one in settings["newer"]} if flat else {}
    known = {entry.code for entry in result.entries}
    pointers = {one["entry"]: one["agency"] for one in settings["pointer"]}
    joins = {one["code"]: one["join"] for one in settings["join"]}
    emptied = {one["entry"] for one in settings["emptied"]}
    titles = _titles([entry.code for entry in result.entries])

    entry_rows: list[dict[str, Any]] = []
    paragraph_rows: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    every: list[Paragraph] = []
    numbered = limited = 0
    for entry in result.entries:
        paragraphs, notes, twice = paragraphs_of(entry)
        for paragraph in paragraphs:
            if paragraph.code in joins:
                paragraph.join = joins[paragraph.code]
                paragraph.kind = "heading" if paragraph.join == "any" else "item"
        faults += [f"{code}: printed twice" for code in twice]
        faults += [f"{code}: missing in the sequence of its siblings" for code in gaps_of(entry)]
        agency = pointers.get(entry.code)
        if agency is None and not entry.requirements and _ITAR.search(re.sub("[“”]", "", entry.heading)):
            agency = "ITAR"
        reserved = entry.code in emptied
        without = not entry.requirements and not entry.control_lines
        if without and agency is None and not reserved and series_of(entry.code) != "0y521":
            faults.append(f"{entry.code}, line {entry.line}: no license requirement and no reason known")
        entry_rows.append(_entry_row(entry, titles[entry.code], agency, reserved, notes, known))
        texts.append({"code": entry.code, "text": entry.heading, "notes": notes + entry.requirement_notes})
        openings: dict[str, Opening | None] = {}
        for paragraph in paragraphs:
            openings[paragraph.code] = opening_of(paragraph.text)
            row = _paragraph_row(paragraph, openings.get(paragraph.parent), known)
            if entry.code in since:
                row["from"] = since[entry.code]
            paragraph_rows.append(row)
            texts.append({"code": paragraph.code, "text": paragraph.text, "notes": paragraph.notes})
            if _has_number(paragraph.text):
                numbered += 1
                limited += bool(row["limits"])
        every += paragraphs
    require_count("paragraphs", len(every), settings["counts"]["paragraphs"])

    tables: dict[str, bytes] = {
        "ccl/entries.jsonl": _json_lines(entry_rows),
        "ccl/paragraphs.jsonl": _json_lines(paragraph_rows),
    }
    report: dict[str, Any] = {
        "read": result.elements,
        "mapped": sum(result.mapped.values()),
        "mapped_as": dict(sorted(result.mapped.items())),
        "ignored": dict(sorted(result.ignored.items())),
        "unreadable": result.unreadable,
        "entries": len(entry_rows),
        "paragraphs": len(paragraph_rows),
        "irregular": seen,
        "paragraphs_with_numbers": numbered,
        "of_which_with_limits": limited,
        "limits": sum(len(row["limits"]) for row in paragraph_rows),
        "flat_2026_07_23": flat_report,
    }
    if files["requirements"].is_file():
        report["headings_2026_08_07"] = crosscheck.confirm_headings(result.entries, files["requirements"])
    if files["tree"].is_file():
        rows, unexplained = crosscheck.tree_differences(
            result.entries, every, files["tree"], settings["tree_only"], settings["here_only"],
            [one["entry"] for one in settings["newer"]],
        )  # fmt: skip
        tables["ccl/paragraph-differences.csv"] = write_csv(("code", "in", "reason"), rows)
        report["tree_differences"] = {"rows": len(rows), "unexplained": unexplained}
        faults += [f"{code}: differs from the paragraph tree, and source.toml does not say why" for code in unexplained]
    if faults:
        raise SourceError(f"{files['xml'].name}: {len(faults)} faults\n" + "\n".join(faults))
    tables = {**amend(tables), "ccl/unread.csv": unread()}
    texts = [text for text in texts if text["code"] not in outdated_words()]
    return BuildResult(tables, report, {"ccl/texts.jsonl": _json_lines(texts)})
