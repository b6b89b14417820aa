"""An independent checker of recorded determinations: shares no code with the rules or the engine."""

from safeconduct.checker.index import RuleRow, RulesIndex
from safeconduct.checker.verify import Checker, Verdict, check_answer

__all__ = ["Checker", "RuleRow", "RulesIndex", "Verdict", "check_answer"]
