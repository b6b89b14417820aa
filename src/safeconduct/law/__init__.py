"""The law as of one day and edition: tables, country groups, control lists, rules and manifests."""

from safeconduct.law.as_of import Law, LawAsOf, NotCovered, Status
from safeconduct.law.control_list import ControlList, Scope, covers, entry_of
from safeconduct.law.provision import Manifest, Result, Rule, between, read_since, rule, since

__all__ = [
    "ControlList",
    "Law",
    "LawAsOf",
    "Manifest",
    "NotCovered",
    "Result",
    "Rule",
    "Scope",
    "Status",
    "between",
    "covers",
    "entry_of",
    "read_since",
    "rule",
    "since",
]
