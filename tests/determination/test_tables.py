"""The table of plain lines is what the explained rules say, cell by cell, and what the chart prints for plain rows."""

from __future__ import annotations

import random
from datetime import date

import pytest

from safeconduct.acts.session import Session
from safeconduct.determination.determine import Engine
from safeconduct.determination.tables import Cell, PlainTable
from safeconduct.lawdata import embedded_folder
from safeconduct.model import Facts

DAY = date(2026, 8, 3)
SAMPLE = 400


@pytest.fixture(scope="module")
def table() -> PlainTable:
    return PlainTable(Session(embedded_folder()).engine, "US", DAY)


def explained(engine: Engine, table: PlainTable, code: str, place: str) -> Cell:
    """The cell by running every rule for exactly this code and destination, without classes and shortcuts."""
    asked = table.facts(code, place)
    combined = engine.determine(Facts(dict(asked.cells), engine.vocabulary, engine.derived), "US").combined
    offered = {x.lift.symbol.partition("(")[0] for x in combined.exceptions if x.available is not False}
    reasons = tuple(dict.fromkeys(r.reason for r in combined.requirements))
    return Cell(combined.outcome, reasons, tuple(s for s in table.plain.symbols if s in offered))


@pytest.mark.parametrize("seed", range(4))
def test_a_random_sample_of_cells_equals_the_one_by_one_answers(table: PlainTable, seed: int) -> None:
    engine = Session(embedded_folder()).engine
    rng = random.Random(seed)
    for _ in range(SAMPLE // 4):
        code, place = rng.choice(list(table.plain.codes)), rng.choice(list(table.plain.destinations))
        assert table.cell(code, place) == explained(engine, table, code, place), f"{code} to {place}"


def test_columns_give_the_same_answers_as_cells(table: PlainTable) -> None:
    rng = random.Random(5)
    codes = [rng.choice(list(table.plain.codes)) for _ in range(200)]
    places = [rng.choice(list(table.plain.destinations)) for _ in range(200)]
    numbers = table.lookup(codes, places)
    assert [table.answers[n] for n in numbers] == [table.cell(c, p) for c, p in zip(codes, places, strict=True)]


def test_plain_rows_follow_the_chart(table: PlainTable) -> None:
    """A paragraph whose rows hold for the whole entry, without condition, needs a license exactly where the printed
    chart marks one of its columns; every column it needs is among the reasons."""
    edition = Session(embedded_folder()).edition
    marks = {r["country"]: set(r["columns"].split()) for r in edition.rows("us.country_chart") if not r["referral"]}
    rows: dict[str, list[dict[str, object]]] = {}
    for r in edition.rows("us.ccl.requirements"):
        rows.setdefault(str(r["entry"]), []).append(dict(r))
    plain = [
        entry
        for entry, found in rows.items()
        if all(
            r["scope"] == {"in": ["*"], "out": []} and r["when"] is None and r["column"] and not r["dest"]
            for r in found
        )
    ]
    assert len(plain) > 150, "too few plain entries to compare: has the form of the rows changed?"
    rng = random.Random(6)
    checked = 0
    for entry in rng.sample(sorted(plain), 60):
        columns = {str(r["column"]) for r in rows[entry]}
        for place in rng.sample(sorted(marks), 12):
            cell = table.cell(entry, place)
            if place in ("RU", "BY"):
                continue  # part 746 asks for every ECCN there
            needed = columns & marks[place]
            assert needed <= set(cell.reasons), f"{entry} to {place}"
            charted = {r for r in cell.reasons if r in columns}
            assert charted == needed, f"{entry} to {place}"
            checked += 1
    assert checked > 500
