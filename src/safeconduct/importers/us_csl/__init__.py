"""The Consolidated Screening List of trade.gov: OFAC's and State's lists, and rows for the Commerce lists."""

from safeconduct.importers.us_csl.map import build

__all__ = ["build"]
