"""What the lines of one order say of each other: License Exception LVS counts an order's value per ECCN."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Final

from safeconduct.jurisdictions.us.common import CODE
from safeconduct.law import entry_of
from safeconduct.model import Money

ORDER_SUM: Final = "facts.lvs.split_from_order_of"


def sum_order(lines: Sequence[dict[str, Hashable]]) -> None:
    """Put the order's total for each ECCN beside its lines (15 CFR 740.3(d)(1)), where the requester states none.

    A line without a value in dollars leaves the total of its ECCN unknown, which leaves LVS open for its lines.
    """
    by_entry: dict[str, list[dict[str, Hashable]]] = {}
    for cells in lines:
        code = cells.get(CODE)
        if isinstance(code, str) and code != "EAR99":
            by_entry.setdefault(entry_of(code), []).append(cells)
    for group in by_entry.values():
        if len(group) < 2:
            continue
        amounts = [v.in_("USD") if isinstance(v := c.get("item.value"), Money) else None for c in group]
        known = [a for a in amounts if a is not None]
        total = Money(sum(known, Decimal(0)), "USD") if len(known) == len(group) else Money(Decimal(0), "XXX")
        for cells in group:
            stated = cells.get(ORDER_SUM)
            if (
                isinstance(stated, Money)
                and total.currency == "USD"
                and (stated.in_("USD") or Decimal(0)) >= total.amount
            ):
                continue
            cells[ORDER_SUM] = total
