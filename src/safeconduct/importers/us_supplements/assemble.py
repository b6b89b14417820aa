"""Build the supplement tables of the edition, their description and the coverage report."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from safeconduct.importers.build import BuildResult
from safeconduct.importers.sheets import Row, SourceError, digest, read_rows, read_toml, write_csv
from safeconduct.importers.us_country.fetch import HERE as COUNTRY
from safeconduct.importers.us_supplements import map as maps
from safeconduct.importers.us_supplements.fetch import ELSEWHERE, HERE, locate
from safeconduct.importers.us_supplements.read import check_values, read_table

__all__ = ["build"]

# Source columns of the tables that are mapped by code rather than by a list of columns.
SPECIAL = {
    "meu": ("category", "eccn", "scope", "limit_own_words", "destinations"),
    "sensitive": ("category", "eccn_paragraph", "scope", "limit_own_words"),
    "fdp": (
        "rule_734_9",
        "name",
        "input_technology_software_eccns",
        "plant_route_eccns",
        "foreign_item",
        "contains_ic_route",
        "destination_scope",
        "party_scope",
        "license_requirement_section",
    ),
    "cwc": ("iso2", "country", "state_party", "note"),
}
CWC_COLUMNS = ("country", "name", "state_party", "note", "cite", "as_of", "basis")
# Where a long source note names several publications, each is one source of the table.
_PUBLICATION = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}:\S+")


def build(source_dir: Path) -> BuildResult:
    """Canonical tables `supp/*`, `tables.supp.toml` and the coverage report.

    Args:
        source_dir: root of the data folder (`source_dir/us/supplements/...`).
    Raises:
        SourceError: a file, column, code or limit is new, or a count leaves its range.
    """
    folder, settings = locate(source_dir)
    countries = frozenset(row["code"] for row in read_rows(COUNTRY / "iso.csv", ("code", "name")))
    tables: dict[str, bytes] = {}
    report: dict[str, Any] = {"read": {}, "mapped": {}, "ignored": {}, "unreadable": [], "basis": {}}
    described: list[str] = []
    raw: dict[str, list[Row]] = {}
    for table in settings:
        path = folder / table["source"]
        mapped = SPECIAL.get(table["kind"]) or [source for source, _ in maps.columns_of(table)]
        sources = {ours: source for source, ours in maps.columns_of(table)} | {"cite": "citation"}
        key = [sources.get(name, name) for name in table["key"]]
        rows = read_table(path, mapped, table["count"], key)
        kept, dropped = _without(table, _verified(table, _corrected(table, rows)))
        report["read"][path.name] = len(rows)
        report["mapped"][path.name] = len(kept)
        report["ignored"] |= dropped
        rows = raw[table["id"]] = kept
        tables[table["file"]] = _mapped(table, rows, countries)
        report["ignored"][f"{path.name}: source (kept in tables.supp.toml)"] = len(rows)
        report["basis"][table["id"]] = _count(row["basis"] for row in rows)
        described.append(_describe(table, rows, digest(path)))
    _agree(raw)
    for name in sorted(ELSEWHERE):
        report["ignored"][f"{name}: read by us_country"] = 1
    head = "# Written by safeconduct.importers.us_supplements from its source.toml.\n\n"
    tables["tables.supp.toml"] = (head + "\n".join(described)).encode("utf-8")
    return BuildResult(tables, report)


def _corrected(table: dict[str, Any], rows: list[Row]) -> list[Row]:
    """Rows with the errors of the source put right, as `correction` says; a printed value that is gone stops."""
    fixed = list(rows)
    for fix in table.get("correction", ()):
        key, column = fix["key"], fix["column"]
        places = [n for n, row in enumerate(fixed) if row[key["column"]] == key["is"]]
        if not places or any(fixed[n][column] != fix["printed"] for n in places):
            raise SourceError(f"{table['source']}: {fix['printed']!r} is not in {column} of {key['is']!r} any more")
        for n in places:
            fixed[n] = fixed[n] | {
                column: fix["correct"], "basis": fix["basis"], "as_of": fix["as_of"], "source": fix["where"],
            }  # fmt: skip
    return fixed


def _verified(table: dict[str, Any], rows: list[Row]) -> list[Row]:
    """Rows of basis memory that were seen since, as `verified` says, become read with their source."""
    rule = table.get("verified")
    if rule is None:
        return rows
    seen = []
    for row in rows:
        if row[rule["column"]] in rule["is"]:
            if row["basis"] != "memory":
                raise SourceError(f"{table['source']}: {row[rule['column']]} is read; take it out of verified")
            row = row | {"basis": "read", "as_of": rule["as_of"], "source": rule["where"]}
        seen.append(row)
    return seen


def _without(table: dict[str, Any], rows: list[Row]) -> tuple[list[Row], dict[str, int]]:
    """Rows that hold a fact, and those `ignore_rows` names as holding none, counted by reason."""
    kept, dropped = rows, {}
    for rule in table.get("ignore_rows", ()):
        before = len(kept)
        kept = [row for row in kept if row[rule["column"]] != rule["is"]]
        if len(kept) == before:
            raise SourceError(f"{table['source']}: no row left to ignore: {rule}; take it out of source.toml")
        dropped[f"{table['source']}: {rule['why']}"] = before - len(kept)
    return kept, dropped


def _mapped(table: dict[str, Any], rows: list[Row], countries: frozenset[str]) -> bytes:
    check_values(table["source"], [_checked(row) for row in rows], countries)
    match table["kind"]:
        case "meu":
            return maps.meu_lines(table, rows)
        case "sensitive":
            return maps.sensitive_lines(table, rows)
        case "fdp":
            return maps.fdp_lines(table, rows)
        case "cwc":
            return write_csv(CWC_COLUMNS, maps.cwc_rows(table, rows))
        case "csv" | "hts":
            plain = maps.plain_rows(table, rows)
            check_values(table["source"], plain, countries)
            return maps.to_csv(table, plain)
        case other:
            raise SourceError(f"source.toml, {table['id']}: kind {other!r} is not known")


def _checked(row: Row) -> Row:
    """Source columns under the names check_values knows; a printed name in `country` is not a code."""
    kept = {name: cell for name, cell in row.items() if name not in ("country", "from", "until")}
    return kept | ({"country": row["iso2"]} if "iso2" in row else {})


def _count(values: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items()))


def _agree(raw: dict[str, list[Row]]) -> None:
    """Columns that repeat what another table says must repeat it truly."""
    codes = {name: {row["hts6"] for row in raw[f"us.746.{name}"]} for name in ("supp2", "supp4", "supp5", "supp7")}
    chpl = {row["hs6"]: row for row in raw["us.chpl"]}
    claims = [
        ("us.746.supp2", "also_in_supp4", codes["supp4"]),
        ("us.746.supp4", "also_in_supp2", codes["supp2"]),
        ("us.746.supp4", "also_in_supp5", codes["supp5"]),
        ("us.746.supp5", "also_in_supp4", codes["supp4"]),
        ("us.chpl", "in_746_supp7", codes["supp7"]),
        ("us.chpl", "in_746_supp4", codes["supp4"]),
    ]
    for table, column, members in claims:
        for row in raw[table]:
            code = row.get("hts6") or row["hs6"]
            if (row[column] == "yes") != (code in members):
                raise SourceError(f"{table}, {code}: {column} says {row[column]!r}, the other table does not")
    for row in raw["us.746.supp7"]:
        if row["chpl_tier"] != (chpl[row["hts6"]]["tier"] if row["hts6"] in chpl else ""):
            raise SourceError(f"us.746.supp7, {row['hts6']}: tier {row['chpl_tier']!r} is not that of the list")


def _describe(table: dict[str, Any], rows: list[Row], sha256: str) -> str:
    """The `[[table]]` block of one table."""
    wheres: set[str] = set()
    for row in rows:
        named = _PUBLICATION.findall(row["source"])
        wheres |= {name.rstrip(";,)") for name in named} or ({row["source"]} if row["source"] else set())
    extra = read_toml(HERE / "cwc.toml")["source"] if table["kind"] == "cwc" else ""
    listed = sorted(wheres)
    note = table["note"]
    if len(listed) > 8:
        listed, note = [f"{len(listed)} publications, named in the collected table"], note
    if extra:
        listed = [part.strip() for part in extra.split("; ")]
    if not listed:
        listed = ["not named"]
    since = f"; newest amendment known: {table['since']}" if table.get("since") else ""
    if table.get("printed"):
        since += f"; newest amendment printed with it: {table['printed']}"
    basis = _table_basis(table, rows)
    day = table["as_of"].isoformat()
    lines = [
        "[[table]]",
        f'id = "{table["id"]}"',
        f'files = ["{table["file"]}"]',
        f"as_of = {day}",
        f"verified_from = {table['verified_from'].isoformat()}",
        f"verified_until = {table['verified_until'].isoformat()}",
        f"age_limit_days = {table.get('age_limit_days', 365)}",
        f'cite = "{table["cite"]}"',
        f'basis = "{basis}"',
        "sources = [",
        *[
            f'  {{ what = "{_quote(table["source"])}", where = "{_quote(where)}", sha256 = "{sha256}", day = {day} }},'
            for where in listed
        ],
        "]",
        f'note = "{_quote(note + since)}"',
        "",
    ]
    return "\n".join(lines)


def _table_basis(table: dict[str, Any], rows: list[Row]) -> str:
    """The basis of a table: that of all its rows, else of the better ones (each row carries its own)."""
    if table["kind"] == "cwc":
        return "read"
    found = {row["basis"] for row in rows}
    return "read" if "read" in found else sorted(found)[0]


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
