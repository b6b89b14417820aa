"""``python -m benches``: figures with their ratio to the fixed reference unit, medians of several runs.

Never a test: nothing fails here. Quote ratios; absolute figures belong to one machine on one day.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path

from benches.reference import units_per_second
from benches.workload import lines
from safeconduct.acts.determine import determine_line, parse_lines
from safeconduct.acts.session import Session
from safeconduct.determination.tables import PlainTable
from safeconduct.lawdata import embedded_folder

RUNS = 5


def report(name: str, per_second: float, reference: float, note: str = "") -> None:
    print(f"{name:<44} {per_second:>12,.0f} /s   {per_second / reference:>7.3f} reference units  {note}")


def median_rate(work: Callable[[], int], runs: int = RUNS) -> float:
    rates = []
    for _ in range(runs):
        start = time.perf_counter()
        n = work()
        rates.append(n / (time.perf_counter() - start))
    return statistics.median(rates)


def cold_start() -> None:
    """Time and memory of one question. Measured first: a child's peak memory counts its parent's at the fork."""
    request = resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.json"
        path.write_text(request, "utf-8")
        command = [sys.executable, "-m", "safeconduct.cli", "determine", str(path), "--json"]
        times, memory = [], 0
        for _ in range(RUNS):
            start = time.perf_counter()
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            _, _, usage = os.wait4(child.pid, 0)
            times.append(time.perf_counter() - start)
            memory = max(memory, usage.ru_maxrss)
    print(f"one question from a cold start: {statistics.median(times):.3f} s, {memory / 1024:.0f} MB at most\n")


def main() -> None:
    cold_start()
    reference = statistics.median(units_per_second() for _ in range(3))
    print(f"one reference unit: {1e6 / reference:.1f} µs; {RUNS} runs each, medians; one core\n")
    session = Session(embedded_folder(), bulk=True)
    requests = lines(session, 20_000)
    parsed = [line for r in requests for line in parse_lines(session, r)]

    start = time.perf_counter()
    for line in parsed:
        determine_line(session, line)
    first = len(parsed) / (time.perf_counter() - start)
    report("determine with trail, cold memory", first, reference, "20,000 lines, all rules run where not yet known")

    def warm() -> int:
        for line in parsed:
            determine_line(session, line)
        return len(parsed)

    report("determine with trail, warm memory", median_rate(warm), reference, "the same lines again")

    def as_json() -> int:
        for line in parsed[:1000]:
            determine_line(session, line).as_dict()
        return 1000

    report("determine to the contract's JSON", median_rate(as_json, 3), reference, "texts, questions, digest")

    table = PlainTable(session.engine, "US", date(2026, 8, 3))
    codes = [str(p.cells["item.classification.us"]) for p in parsed]
    places = [str(p.cells["destination"]) for p in parsed]
    start = time.perf_counter()
    table.lookup(codes, places)
    report("plain lines over columns, cold table", len(codes) / (time.perf_counter() - start), reference)
    report("plain lines over columns, warm table", median_rate(lambda: len(table.lookup(codes, places))), reference)

    if "--matrix" in sys.argv:
        start = time.perf_counter()
        n = sum(1 for _ in PlainTable(Session(embedded_folder(), bulk=True).engine, "US", date(2026, 8, 3)).rows())
        spent = time.perf_counter() - start
        report("matrix, all paragraphs and destinations", n / spent, reference, f"{n:,} cells in {spent:.1f} s")


if __name__ == "__main__":
    main()
