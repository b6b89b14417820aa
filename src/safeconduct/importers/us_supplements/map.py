"""Map the rows of each table: renamed columns, codes spelled out, conditions as records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from safeconduct.importers.sheets import Row, SourceError, code_key, read_toml, write_csv
from safeconduct.importers.us_supplements.codes import entries, expand, only_codes, scopes
from safeconduct.importers.us_supplements.fetch import HERE

__all__ = ["columns_of", "cwc_rows", "fdp_lines", "meu_lines", "plain_rows", "sensitive_lines", "to_csv"]

TRAIL = ("cite", "as_of", "basis")


def columns_of(table: dict[str, Any]) -> list[tuple[str, str]]:
    """(source, ours) column pairs of a table, in our order."""
    pairs = []
    for text in table.get("columns", ()):
        source, _, ours = text.partition("=")
        pairs.append((source, ours or source))
    return pairs


def _trail(row: Row, table: dict[str, Any]) -> Row:
    return {
        "cite": row.get("citation") or table["cite"],
        "as_of": row["as_of"] or table["as_of"].isoformat(),
        "basis": row["basis"],
    }


def plain_rows(table: dict[str, Any], rows: Sequence[Row]) -> list[Row]:
    """Rows with our column names; `chain` closes each row's span on the next row's first day."""
    mapped = [{ours: row[source] for source, ours in columns_of(table)} | _trail(row, table) for row in rows]
    if "extend" in table:
        _extend(table, mapped)
    if table.get("chain"):
        days = sorted(row["from"] for row in mapped)
        following = dict(zip(days, [*days[1:], ""], strict=True))
        for row in mapped:
            row["until"] = following[row["from"]]
    return mapped


def _extend(table: dict[str, Any], rows: list[Row]) -> None:
    """Add the columns of a closed table read by hand, row by row; every row must be found, and none be left."""
    key = table["extend"]["key"]
    closed = {tuple(row[name] for name in key): row for row in read_toml(HERE / table["extend"]["file"])["row"]}
    for row in rows:
        found = closed.pop(tuple(row[name] for name in key), None)
        if found is None:
            raise SourceError(f"{table['source']}: {[row[name] for name in key]} is not in {table['extend']['file']}")
        row.update({name: found[name] for name in table["extend"]["columns"]})
    if closed:
        raise SourceError(f"{table['extend']['file']}: {sorted(closed)[:3]} are not in {table['source']}")


def to_csv(table: dict[str, Any], rows: Sequence[Row]) -> bytes:
    """Canonical CSV: mapped columns, then until (if chained), cite, as_of, basis."""
    columns = [ours for _, ours in columns_of(table)]
    if table.get("chain"):
        columns.insert(columns.index("from") + 1, "until")
    columns += table.get("extend", {}).get("columns", [])
    return write_csv([*columns, *TRAIL], rows)


def _lines(records: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], Any]) -> bytes:
    text = [
        json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        for record in sorted(records, key=key)
    ]
    return "".join(line + "\n" for line in text).encode("utf-8")


def _plain(value: Any) -> Any:
    """TOML has no null: an empty `reason` means none."""
    if isinstance(value, dict):
        return {k: (None if k == "reason" and v == "" else _plain(v)) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def meu_lines(table: dict[str, Any], rows: Sequence[Row]) -> bytes:
    """744 Supp. 2: one record a scope, with the condition under which the paragraph is caught."""
    closed = read_toml(HERE / "meu_items.toml")
    parts = {part["eccn"]: part for part in closed["part"]}
    records: list[dict[str, Any]] = []
    for row in rows:
        eccn, limit = row["eccn"], row["limit_own_words"]
        if row["destinations"] not in closed["destinations"]:
            raise SourceError(f"{table['source']}, {eccn}: destinations {row['destinations']!r} are new")
        since = ""
        if row["scope"] == "all":
            caught = [{"scope": {"in": [eccn], "out": []}}]
        elif row["scope"] == "part" and eccn in parts:
            part = parts.pop(eccn)
            if part["limit"] != limit:
                raise SourceError(f"{table['source']}, {eccn}: limit {limit!r} is new; read it, see meu_items.toml")
            caught = part["row"]
            since = part["from"].isoformat() if "from" in part else ""
        else:
            raise SourceError(f"{table['source']}, {eccn}: scope {row['scope']!r} has no reading in meu_items.toml")
        for number, one in enumerate(caught, start=1):
            records.append(
                {
                    "eccn": eccn,
                    "n": number,
                    "scope": one["scope"],
                    "when": _plain(one.get("when")),
                    "limit": limit,
                    "destinations": closed["destinations"][row["destinations"]],
                    "category": row["category"],
                    "from": since or None,
                    "until": None,
                    **_trail(row, table),
                }
            )
    if parts:
        raise SourceError(f"meu_items.toml: {sorted(parts)} are not in {table['source']}")
    return _lines(records, lambda r: (code_key(r["eccn"]), r["n"]))


def sensitive_lines(table: dict[str, Any], rows: Sequence[Row]) -> bytes:
    """774 Supps. 6 and 7: one record a paragraph; `partial` rows reach only some of it.

    A limit that is a mere list of entries (`for 9A011`) becomes a condition. Others stay words: a reader of the
    record must ask.
    """
    records: list[dict[str, Any]] = []
    for row in rows:
        limit, partial = row["limit_own_words"], row["scope"] == "part"
        if row["scope"] not in ("all", "part") or partial != bool(limit):
            raise SourceError(f"{table['source']}, {row['eccn_paragraph']}: scope and limit do not agree: {row}")
        served = only_codes(limit[4:]) if limit.startswith("for ") else None
        when = {"for": {"in": served, "out": [], "reason": None}} if served else None
        for code in expand(row["eccn_paragraph"]):
            records.append(
                {
                    "code": code,
                    "category": row["category"],
                    "partial": partial,
                    "when": when,
                    "limit": limit or None,
                    **_trail(row, table),
                }
            )
    codes = [record["code"] for record in records]
    if len(set(codes)) != len(codes):
        raise SourceError(f"{table['source']}: a paragraph stands twice")
    return _lines(records, lambda r: code_key(r["code"]))


def fdp_lines(table: dict[str, Any], rows: Sequence[Row]) -> bytes:
    """734.9: each rule with inputs, plants, item and places as codes."""
    closed = read_toml(HERE / "fdp.toml")

    def route(words: str) -> Any:
        known = closed["inputs"].get(words)
        if known is None:
            return {"entries": entries(words)}
        return None if known.get("none") else known

    def item(words: str) -> Any:
        return closed["items"].get(words) or {"scopes": scopes(words)}

    records: list[dict[str, Any]] = []
    for row in rows:
        place = closed["places"].get(row["destination_scope"])
        if place is None:
            raise SourceError(f"{table['source']}, rule {row['rule_734_9']}: destination is new; see fdp.toml")
        inputs = route(row["input_technology_software_eccns"])
        plant = route(row["plant_route_eccns"])
        if plant == {"same": True}:
            plant = inputs
        records.append(
            {
                "rule": row["rule_734_9"],
                "name": row["name"],
                "input": inputs,
                "plant": plant,
                "item": item(row["foreign_item"]),
                "contains_ic": {"yes": True, "no": False}[row["contains_ic_route"]],
                "dest": place,
                "party": row["party_scope"] or None,
                "license_from": row["license_requirement_section"] or None,
                **_trail(row, table),
            }
        )
    return _lines(records, lambda r: r["rule"])


def cwc_rows(table: dict[str, Any], rows: Sequence[Row], closed: Path = HERE / "cwc.toml") -> list[Row]:
    """States Parties: the rows of the source with the basis each was verified on, and the chart rows it lacks."""
    known = read_toml(closed)
    others = sorted(row["iso2"] for row in rows if row["state_party"] == "no")
    parties = [row["iso2"] for row in rows if row["state_party"] == "yes"]
    if len(parties) != known["parties"] or others != known["others"] or len(parties) + len(others) != len(rows):
        raise SourceError(
            f"{table['source']}: {len(parties)} parties and {others} outside; verified were {known['parties']}"
            f" and {known['others']}. Read the convention's status again"
        )
    day = known["as_of"].isoformat()
    result: list[Row] = []
    for row in rows:
        code = row["iso2"]
        result.append(
            {
                "country": code,
                "name": row["country"],
                "state_party": "unknown" if code in known["memory"] else row["state_party"],
                "note": known["memory"].get(code) or known["note"].get(code) or row["note"],
                "cite": table["cite"],
                "as_of": day,
                "basis": "memory" if code in known["memory"] else "read",
            }
        )
    for more in known["more"]:
        if more["country"] in {row["iso2"] for row in rows}:
            raise SourceError(f"cwc.toml: {more['country']} is in the source")
        result.append({**more, "cite": table["cite"], "as_of": day})
    return result
