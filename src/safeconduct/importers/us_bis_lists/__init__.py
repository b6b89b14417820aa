"""Commerce's party lists: Entity List, Denied Persons, Unverified and Military End-User lists."""

from safeconduct.importers.us_bis_lists.map import build

__all__ = ["build"]
