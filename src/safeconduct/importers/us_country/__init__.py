"""Commerce Country Chart (15 CFR 738 Supp. 1), Country Groups (15 CFR 740 Supp. 1) and country codes."""

from safeconduct.importers.us_country.assemble import build

__all__ = ["build"]
