"""Unit conversion at the edge, by pint; imported only when a unit differs from the vocabulary's."""

from __future__ import annotations

from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, Final

MAX_UNIT: Final = 40


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(non_int_type=Decimal)
    registry.define("WT = [weighted_teraflops]")  # Weighted TeraFLOPS, 15 CFR 774 Category 4 technical note
    registry.define("GFLOPS = 1e9 * count / second")
    registry.define("TFLOPS = 1e12 * count / second")
    registry.define("GSPS = 1e9 * count / second")
    registry.define("MSPS = 1e6 * count / second")
    registry.define("TPP = [total_processing_performance]")
    return registry


def convert(value: Decimal, given: str, unit: str) -> Decimal | None:
    """A value in another unit, or None when the units do not convert."""
    if len(given) > MAX_UNIT:  # no unit is that long, and pint takes hours over one that is
        return None
    names = {"Mbit/s": "megabit / second", "GB/s/mm2": "gigabyte / second / mm**2", "TPP/mm2": "TPP / mm**2"}
    text = {"Mbps": "megabit / second", "Gbps": "gigabit / second", "kbps": "kilobit / second", "inches": "inch"}
    try:
        q = _registry().Quantity(value, text.get(given, names.get(given, given)))
        result = q.to(names.get(unit, unit)).magnitude
        # The last digits of a division are the conversion's, not the requester's: 457.2 mm are 18 in, not less.
        return Context(prec=20).create_decimal(Decimal(str(result))).normalize()
    except Exception:  # pint raises many kinds for a unit it cannot read
        return None
