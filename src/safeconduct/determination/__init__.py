"""From facts to a determination: the engine knows no country."""

from safeconduct.determination.combine import OUTCOMES, Combined, combine, worst
from safeconduct.determination.determine import ENGINE_VERSION, Determination, Engine

__all__ = ["ENGINE_VERSION", "OUTCOMES", "Combined", "Determination", "Engine", "combine", "worst"]
