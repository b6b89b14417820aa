"""A fixed piece of work in plain Python: what other figures are divided by, since machines differ and drift.

The nearest open tool answers some 3,000 lines a second without a trail on the machine where it was measured; it is
not published as a package, so it cannot be run beside. One *reference unit* stands in: an ordered pass over 200
small predicates on a dict of 30 facts, the least that a rule engine of this size would do without any memory.
"""

from __future__ import annotations

import time

_FACTS = {f"fact.{i}": i % 7 for i in range(30)}
_PATHS = [f"fact.{(i * 13) % 30}" for i in range(200)]


def unit() -> int:
    """One pass; returns a number so that nothing is optimized away."""
    hits = 0
    read = {}
    for i, path in enumerate(_PATHS):
        value = _FACTS.get(path)
        read[path] = value
        if value is not None and value > i % 7:
            hits += 1
    return hits + len(read)


def units_per_second(seconds: float = 0.5) -> float:
    """How many reference units this machine does in a second now."""
    n = 0
    start = time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(200):
            unit()
        n += 200
    return n / spent
