"""``python -m benches.counterfactual``: milliseconds a line for ``exceptions`` and what would change the answer, warm."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tests.test_cases import ALL, answer

from safeconduct.acts.counterfactual import counterfactuals
from safeconduct.acts.ways import ways_of
from safeconduct.determination import Determination


def main() -> None:
    found = [answer(c.request) for c in ALL]
    lines = [d for d in found if d.outcome in ("license_required", "undetermined")]
    works: tuple[tuple[str, Callable[[Determination], object]], ...] = (
        ("would change", counterfactuals),
        ("exceptions", ways_of),
    )
    for name, work in works:
        times = []
        for d in lines:
            work(d)
            start = time.perf_counter()
            work(d)
            times.append(1e3 * (time.perf_counter() - start))
        times.sort()
        late = sum(t > 20 for t in times)
        print(
            f"{name}: {len(times)} lines, median {statistics.median(times):.2f} ms, 99th percentile "
            f"{times[int(len(times) * 0.99)]:.1f} ms, most {times[-1]:.1f} ms, over 20 ms: {late}"
        )


if __name__ == "__main__":
    main()
