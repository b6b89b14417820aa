"""Reading requests from files and pipes, and saying what is wrong with them."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from safeconduct.acts.faults import Fault, RequestError
from safeconduct.model import thaw

EXIT_STOP = 1
EXIT_BAD_INPUT = 2
STOP_OUTCOMES = ("prohibited", "license_required", "undetermined")


@dataclass(frozen=True)
class InputLine:
    """One line of bulk input: its number in the file, and the request or why it cannot be read."""

    number: int
    request: Any = None
    error: str = ""


def fail(message: str) -> NoReturn:
    """End with exit code 2 and a message on stderr."""
    click.echo(f"safeconduct: {message}", err=True)
    sys.exit(EXIT_BAD_INPUT)


def read_text(source: str) -> str:
    """The text of a file or, for ``-``, of standard input; ends the program when it cannot be read."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as e:
        fail(f"{source}: cannot be read: {e.strerror}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        fail(f"{source}: not UTF-8 text: byte {e.start} is 0x{data[e.start]:02x}; expected JSON in UTF-8")


def parse_json(text: str) -> Any:
    """JSON, with the numbers that JSON does not know (NaN, Infinity) as a fault.

    Raises:
        ValueError: not JSON; says where.
    """

    def constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is not a number of JSON; leave the field out or give null when it is not known")

    try:
        return json.loads(text, parse_constant=constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(text: str) -> float | str:
    number = float(text)
    # The text is kept so that decimals stay exact; a fault names what was written.
    return text if math.isfinite(number) else number


def read_request(source: str) -> Any:
    """One request from a file or standard input; ends the program with a clear fault otherwise."""
    text = read_text(source)
    try:
        return parse_json(text)
    except ValueError as e:
        line = f":{e.lineno}" if isinstance(e, json.JSONDecodeError) else ""
        what = e.msg if isinstance(e, json.JSONDecodeError) else str(e)
        fail(f"{source}{line}: not a JSON request: {what}")


def read_lines(source: str) -> Iterator[InputLine]:
    """Requests of a bulk file: JSON Lines, or CSV, Excel and Parquet whose columns are paths of facts."""
    suffix = "" if source == "-" else Path(source).suffix.lower()
    if suffix == ".csv":
        yield from _csv_lines(csv.reader(io.StringIO(read_text(source))))
    elif suffix in (".xlsx", ".xlsm"):
        yield from _excel_lines(source)
    elif suffix == ".parquet":
        import pyarrow.parquet as pq

        try:
            batches = pq.ParquetFile(source).iter_batches()
            n = 0
            for batch in batches:
                for record in batch.to_pylist():
                    n += 1
                    yield _nested(n, {k: _cell(v) if isinstance(v, str) else thaw(v) for k, v in record.items()})
        except (OSError, ValueError) as e:
            fail(f"{source}: not a Parquet file that can be read: {e}")
    else:
        for n, line in enumerate(read_text(source).split("\n"), 1):
            if not line.strip():
                continue
            try:
                yield InputLine(n, parse_json(line))
            except ValueError as e:
                what = f"{e.msg} at column {e.colno}" if isinstance(e, json.JSONDecodeError) else str(e)
                yield InputLine(n, error=f"not JSON: {what}")


def _excel_lines(source: str) -> Iterator[InputLine]:
    """The rows of the first sheet; its first row holds the paths of facts."""
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError) as e:
        fail(f"{source}: not an Excel file that can be read: {e}")
    rows = book.worksheets[0].iter_rows(values_only=True)
    header = [str(c) if c is not None else "" for c in next(rows, ())]
    for n, row in enumerate(rows, 2):
        # Excel keeps days as moments; a request wants days, and decimals as they are shown.
        cells = [c.date().isoformat() if isinstance(c, datetime) else c for c in row]
        flat = {k: _cell(v) if isinstance(v, str) else thaw(v) for k, v in zip(header, cells, strict=False) if k}
        if any(v is not None for v in flat.values()):
            yield _nested(n, flat)


def _csv_lines(rows: Any) -> Iterator[InputLine]:
    header: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as e:
            yield InputLine(rows.line_num, error=f"not CSV: {e}")
            continue
        if header is None:
            header = row
        elif len(row) > len(header):
            yield InputLine(rows.line_num, error=f"{len(row)} fields, expected the {len(header)} of the header")
        elif any(row):
            yield _nested(rows.line_num, {k: _cell(v) for k, v in zip(header, row, strict=False)})


def _nested(n: int, flat: Mapping[str, Any]) -> InputLine:
    try:
        return InputLine(n, nest(flat))
    except ValueError as e:
        return InputLine(n, error=str(e))


def _cell(text: str) -> Any:
    stripped = text.strip()
    if stripped in ("", "null"):
        return None
    if stripped in ("true", "false"):
        return stripped == "true"
    if stripped[:1] in "[{":
        try:
            return parse_json(stripped)
        except ValueError:
            return text
    return stripped


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"item.origin": "US", "parties[0].role": …}`` as nested objects and lists; absent values left out.

    Raises:
        ValueError: a column stands inside another's value, or numbers its list past 1000.
    """
    out: dict[str, Any] = {}
    for path, value in flat.items():
        if value is None:
            continue
        node: Any = out
        steps: list[str | int] = []
        for part in path.split("."):
            name, *indexes = part.split("[")
            steps.append(name)
            steps += [int(i.rstrip("]")) for i in indexes if i.rstrip("]").isdigit()]
        for here, after in zip(steps, [*steps[1:], None], strict=True):
            last = after is None
            empty: Any = value if last else ([] if isinstance(after, int) else {})
            if not _fits(node, here):
                raise ValueError(f"column '{path[:80]}' does not fit beside the others")
            if isinstance(here, int):
                while len(node) <= here:
                    node.append({})
                if last or (isinstance(after, int) and not isinstance(node[here], list)):
                    node[here] = empty
                node = node[here]
            else:
                if last or here not in node:
                    node[here] = empty
                node = node[here]
    return out


def _fits(node: object, step: str | int) -> bool:
    return isinstance(node, list) and step <= 1000 if isinstance(step, int) else isinstance(node, dict)


def print_faults(error: RequestError, where: str) -> None:
    """One line a fault on stderr: file, line and field, what was given, what was expected."""
    for fault in error.faults:
        click.echo(f"{where}: {fault}", err=True)


def fault_json(faults: list[Fault]) -> list[dict[str, str]]:
    return [
        {"where": f.where, "given": f.given, "expected": f.expected} | ({"hint": f.hint} if f.hint else {})
        for f in faults
    ]
