"""Value types of every room: facts, truths, effects, amounts, periods."""

from safeconduct.model.effects import (
    ANY_EXCEPTION,
    NO_EXCEPTION,
    Block,
    Condition,
    Duty,
    Effect,
    Lift,
    Prohibition,
    Question,
    Requirement,
    symbol_matches,
)
from safeconduct.model.facts import Facts, Listing, Owner, PartyView
from safeconduct.model.truth import NO, YES, Ask, Truth, all_of, any_of, not_, truth_of, unknown
from safeconduct.model.values import FrozenMap, Money, Period, Quantity, freeze, thaw
from safeconduct.model.vocabulary import Fact, Vocabulary, core_vocabulary, read_facts

__all__ = [
    "ANY_EXCEPTION", "NO", "NO_EXCEPTION", "YES", "Ask", "Block", "Condition", "Duty", "Effect", "Fact", "Facts", "FrozenMap",
    "Lift", "Listing", "Money", "Owner", "PartyView", "Period", "Prohibition", "Quantity", "Question",
    "Requirement", "Truth", "Vocabulary", "all_of", "any_of", "core_vocabulary", "freeze", "not_", "read_facts",
    "symbol_matches", "thaw", "truth_of", "unknown",
]  # fmt: skip
