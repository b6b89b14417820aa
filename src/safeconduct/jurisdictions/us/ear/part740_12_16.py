"""15 CFR 740.12-740.16, in order: gifts, technology and software, baggage, aircraft and vessels, reexports."""

from __future__ import annotations

from safeconduct.jurisdictions.us.ear import part740_12, part740_13, part740_14, part740_15, part740_16

RULES = (*part740_12.RULES, *part740_13.RULES, *part740_14.RULES, *part740_15.RULES, *part740_16.RULES)
