"""The whole law at a glance: every paragraph and destination on a day."""

from __future__ import annotations

import csv
import fnmatch
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from safeconduct.acts.faults import Fault, RequestError
from safeconduct.acts.session import Session
from safeconduct.determination.tables import PlainTable

COLUMNS = ("code", "destination", "outcome", "reasons", "exceptions")
BATCH = 100_000


def matrix(
    session: Session, day: date, output: Path, *, codes: str = "*", destinations: Iterable[str] | None = None,
    jurisdiction: str = "US", progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:  # fmt: skip
    """Write the matrix as Parquet or CSV (by the file's ending) and return the number of rows.

    Written beside and moved into place when complete. Reasons and exceptions are joined by ``;`` in CSV and lists
    in Parquet.

    Raises:
        RequestError: an unknown destination, a pattern no code fits, an ending that is neither.
        NotCovered: the list says nothing of the day.
    """
    table = PlainTable(session.engine, jurisdiction, day)
    places = None if destinations is None else [d.strip().upper() for d in destinations]
    faults = []
    if output.suffix not in (".csv", ".parquet"):
        faults.append(Fault("output", output.name, "a file name ending in .csv or .parquet"))
    for d in places or ():
        if d not in session.countries.codes:
            faults.append(Fault("destinations", d, "a country code", session.countries.suggest(d)))
    fitting = [c for c in table.plain.codes if codes == "*" or fnmatch.fnmatchcase(c, codes)]
    if not fitting:
        faults.append(Fault("codes", codes, "a pattern such as 3A001* that some code of the list fits"))
    if faults:
        raise RequestError(faults)
    total = len(fitting) * len(places or table.plain.destinations)
    part = output.with_name(output.name + ".part")
    writer = _write_csv if output.suffix == ".csv" else _write_parquet
    done = writer(part, table, codes, places, lambda n: progress(n, total))
    part.replace(output)
    return done


def _write_csv(path: Path, table: PlainTable, codes: str, places: list[str] | None, tick: Callable[[int], None]) -> int:
    n = 0
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(COLUMNS)
        for n, (code, place, cell) in enumerate(table.rows(codes, places), 1):
            writer.writerow((code, place, cell.outcome, ";".join(cell.reasons), ";".join(cell.exceptions)))
            if n % BATCH == 0:
                tick(n)
    tick(n)
    return n


def _write_parquet(
    path: Path, table: PlainTable, codes: str, places: list[str] | None, tick: Callable[[int], None]
) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = pa.list_(pa.string())
    schema = pa.schema([(c, pa.string()) for c in COLUMNS[:3]] + [(c, words) for c in COLUMNS[3:]])
    n = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        columns: list[list[object]] = [[], [], [], [], []]
        for n, (code, place, cell) in enumerate(table.rows(codes, places), 1):
            for column, value in zip(columns, (code, place, cell.outcome, cell.reasons, cell.exceptions), strict=True):
                column.append(value)
            if n % BATCH == 0:
                writer.write_table(pa.table(columns, schema=schema))
                columns = [[], [], [], [], []]
                tick(n)
        writer.write_table(pa.table(columns, schema=schema))
    tick(n)
    return n
