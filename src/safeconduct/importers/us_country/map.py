"""Map the printed rows to ISO codes, referral sections, notes and dated memberships."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from safeconduct.importers.sheets import Row, SourceError, require_count, sentence_key
from safeconduct.importers.us_country.read import Chart

__all__ = [
    "CHART_COLUMNS",
    "GROUP_COLUMNS",
    "ISO_COLUMNS",
    "chart_notes",
    "chart_rows",
    "differences",
    "group_rows",
    "iso_rows",
    "names_to_codes",
    "un_embargo_rows",
]

CHART_COLUMNS = ("country", "name", "columns", "footnotes", "referral", "from", "until")
GROUP_COLUMNS = ("group", "country", "from", "until", "footnote")
ISO_COLUMNS = ("code", "name", "resolves", "to")


def names_to_codes(rows: Iterable[Row]) -> dict[str, str]:
    """Printed name -> ISO code; a name may stand once only."""
    codes: dict[str, str] = {}
    for row in rows:
        if row["printed"] in codes:
            raise SourceError(f"names.csv: {row['printed']!r} stands twice")
        codes[row["printed"]] = row["country"]
    return codes


def _code(where: str, name: str, codes: dict[str, str]) -> str:
    if name not in codes:
        raise SourceError(f"{where}: no ISO code for {name!r}; add it to names.csv")
    return codes[name]


def differences(one: Chart, two: Chart) -> list[str]:
    """What two publications of the chart say differently, cell by cell; empty when they agree."""
    found: list[str] = []
    if one.columns != two.columns:
        found.append(f"columns: {one.columns} against {two.columns}")
    for name in sorted(set(one.rows) | set(two.rows)):
        a, b = one.rows.get(name), two.rows.get(name)
        if a is None or b is None:
            found.append(f"{name}: row in one publication only")
        elif a.pointer is None and b.pointer is None:
            for column in one.columns:
                if (column in a.columns) != (column in b.columns):
                    found.append(f"{name}, {column}: marked in one publication only")
            if a.footnotes != b.footnotes:
                found.append(f"{name}: footnotes {a.footnotes} against {b.footnotes}")
        elif a.footnotes != b.footnotes or sentence_key(a.pointer or "") != sentence_key(b.pointer or ""):
            found.append(f"{name}: referral differs")
    for number in sorted(set(one.footnotes) | set(two.footnotes)):
        if sentence_key(one.footnotes.get(number, "")) != sentence_key(two.footnotes.get(number, "")):
            found.append(f"footnote {number}: text differs")
    return found


def chart_rows(chart: Chart, codes: dict[str, str], settings: dict[str, Any]) -> list[Row]:
    """Rows of `country/chart.csv`; every referral sentence and footnote text must be a known one."""
    counts = settings["counts"]
    marked = [row for row in chart.rows.values() if row.pointer is None]
    require_count("chart rows", len(marked), counts["chart_rows"])
    require_count("chart referral rows", len(chart.rows) - len(marked), counts["referral_rows"])
    require_count("chart columns", len(chart.columns), counts["columns"])
    require_count("chart footnotes", len(chart.footnotes), counts["footnotes"])
    for number, text in chart.footnotes.items():
        if settings["footnote_text"].get(str(number)) != sentence_key(text):
            raise SourceError(
                f"chart footnote {number}: its text (key {sentence_key(text)}) is new; read it, "
                "then change chart_notes.toml and source.toml"
            )
    referrals = {(r["country"], r["sentence"]): str(r["referral"]) for r in settings["referral"]}
    rows: list[Row] = []
    for name, row in chart.rows.items():
        country = _code("chart", name, codes)
        referral = ""
        if row.pointer is not None:
            key = (country, sentence_key(row.pointer))
            if key not in referrals:
                raise SourceError(f"chart, row {name!r}: referral sentence {key[1]} is new; read it, see source.toml")
            referral = referrals[key]
        for number in row.footnotes:
            if number not in chart.footnotes:
                raise SourceError(f"chart, row {name!r}: footnote {number} does not exist")
        rows.append(
            {
                "country": country,
                "name": name,
                "columns": " ".join(row.columns),
                "footnotes": " ".join(str(number) for number in row.footnotes),
                "referral": referral,
                "from": "",
                "until": "",
            }
        )
    if len({row["country"] for row in rows}) != len(rows):
        raise SourceError("chart: two rows have one ISO code; correct names.csv")
    return rows


def group_rows(groups: dict[str, list[str]], codes: dict[str, str], settings: dict[str, Any]) -> list[Row]:
    """Rows of `country/groups.csv`: the publication's memberships, and those that ended inside the span."""
    expected = settings["counts"]["groups"]
    if set(groups) != set(expected):
        raise SourceError(f"groups {sorted(set(groups) ^ set(expected))}: new or missing; see source.toml")
    begins: dict[tuple[str, str], str] = {}
    ended: list[tuple[str, str, str]] = []
    for change in settings["change"]:
        day = change["day"].isoformat()
        for group in change["entered"]:
            begins[group, change["country"]] = day
        ended += [(group, change["country"], day) for group in change["left"]]
    marks = {(mark["group"], mark["country"]): mark["note"] for mark in settings["mark"]}

    def row(group: str, country: str, since: str, until: str) -> Row:
        note = marks.get((group, country)) or marks.get(("*", country)) or ""
        return {"group": group, "country": country, "from": since, "until": until, "footnote": note}

    rows: list[Row] = []
    for group, names in groups.items():
        require_count(f"group {group}", len(names), expected[group])
        for name in names:
            country = _code(f"group {group}", name, codes)
            rows.append(row(group, country, begins.pop((group, country), ""), ""))
    if begins:
        raise SourceError(f"source.toml: {sorted(begins)} entered, but the publication does not list it")
    held = {(r["group"], r["country"]) for r in rows}
    for group, country, day in ended:
        if (group, country) in held:
            raise SourceError(f"source.toml: {country} left {group} on {day}, but the publication lists it")
        rows.append(row(group, country, "", day))
    return rows


def iso_rows(names: Iterable[Row], chart: Iterable[Row], territories: Iterable[Row]) -> list[Row]:
    """Rows of `country/iso.csv`: every code with what answers for it.

    `resolves`: row (a chart row), referral (a chart row without marks), territory (reads another row), self
    (the United States), unassigned (nothing in the law says: ask).
    """
    by_chart = {row["country"]: row for row in chart}
    by_territory = {row["code"]: row for row in territories if row["kind"] != "region"}
    rows: list[Row] = []
    for name in names:
        code = name["code"]
        resolves, target = "", code
        if code in by_chart:
            resolves = "referral" if by_chart[code]["referral"] else "row"
            if code in by_territory and by_territory[code]["kind"] != "row":
                raise SourceError(f"territories.csv: {code} has a chart row of its own")
        elif code in by_territory:
            resolves, target = by_territory[code]["kind"], by_territory[code]["reads"]
            known = target in by_chart or (target == "US" and resolves == "self")
            if not known and not (resolves == "unassigned" and not target):
                raise SourceError(f"territories.csv: {code} reads {target!r}, which has no chart row")
        else:
            raise SourceError(f"iso.csv: {code} ({name['name']}) has no row and no line in territories.csv")
        rows.append({"code": code, "name": name["name"], "resolves": resolves, "to": target})
    if missing := sorted(set(by_chart) - {row["code"] for row in rows}):
        raise SourceError(f"iso.csv: {missing} of the chart are missing")
    return rows


def _plain(value: Any) -> Any:
    """TOML has no null: an empty `reason` means none."""
    if isinstance(value, dict):
        return {k: (None if k == "reason" and v == "" else _plain(v)) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value


def chart_notes(notes: Iterable[dict[str, Any]], chart: Iterable[Row]) -> bytes:
    """`country/chart_notes.jsonl`: what each footnote does and on which rows it stands."""
    stands: dict[str, list[str]] = {}
    for row in chart:
        for number in row["footnotes"].split():
            stands.setdefault(number, []).append(row["country"])
    lines: list[tuple[int, int, str]] = []
    seen: dict[str, int] = {}
    for note in notes:
        number = str(note["footnote"])
        seen[number] = seen.get(number, 0) + 1
        countries = note.get("countries", sorted(stands.get(number, [])))
        if not set(countries) <= set(stands.get(number, [])):
            raise SourceError(f"chart_notes.toml: footnote {number} does not stand on the rows {countries}")
        line = {
            "footnote": number,
            "n": seen[number],
            "kind": note["kind"],
            "countries": countries,
            "to": note.get("to", []),
            "column": note.get("column"),
            "scope": note.get("scope"),
            "when": _plain(note.get("when")),
            "cite": f"15 CFR 738 Supp. 1 n. {number}",
            "basis": "read",
        }
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        lines.append((int(number), seen[number], text))
    if missing := sorted(set(stands) - set(seen)):
        raise SourceError(f"chart_notes.toml: footnotes {missing} are not read")
    return "".join(text + "\n" for _, _, text in sorted(lines)).encode("utf-8")


def un_embargo_rows(text: str, settings: dict[str, Any], countries: Iterable[str]) -> list[Row]:
    """Rows of `country/un_embargo.csv`; a new sentence in 746.1(b)(2) stops the import."""
    closed = settings["un_embargo"]
    if sentence_key(text) != closed["sentence"]:
        raise SourceError(f"{closed['chunk']}: sentence {sentence_key(text)} is new; read it, see source.toml")
    known = set(countries)
    if unknown := [code for code in closed["countries"] if code not in known]:
        raise SourceError(f"source.toml, un_embargo: {unknown} have no chart row")
    return [
        {"country": code, "cite": closed["cite"], "as_of": closed["as_of"], "basis": "read"}
        for code in closed["countries"]
    ]
