"""Commerce Control List: Supplement No. 1 to 15 CFR part 774, from the eCFR XML."""

from safeconduct.importers.us_ccl.whole import build

__all__ = ["build"]
