"""The supplements of the EAR and the reference tables beside them (15 CFR 732 to 774, 30, 22 CFR 121)."""

from safeconduct.importers.us_supplements.assemble import build

__all__ = ["build"]
