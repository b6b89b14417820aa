"""Direct products that leave a country with controls of its own (746 Supp. 3): what sections 746.6 to 746.8 free."""

from __future__ import annotations

from typing import Final

from safeconduct.jurisdictions.us.ear.deminimis import above_de_minimis
from safeconduct.jurisdictions.us.ear.part734_direct import by_direct_rule
from safeconduct.jurisdictions.us.ear.part746_shared import foreign_made, from_supplement_3
from safeconduct.law import LawAsOf
from safeconduct.model import NO, YES, Facts, Truth, any_of, not_

#: Rules of 734.9 from which no country of Supplement 3 is freed.
OTHER_RULES: Final = ("b", "c", "d", "e1", "e2", "e3", "h", "i", "k", "l")


def only_as_direct_product(f: Facts, law: LawAsOf) -> Truth:
    """Whether a foreign-made item leaves a Supp. 3 country and is subject only by the direct product rules from which
    the section frees that country: its US content is within de minimis, and no other rule of 734.9 reaches it.

    Reading: where a section has a paragraph of its own for direct products and frees those of Supp. 3 countries from
    it, its paragraph for "any item" cannot be meant to bring them back in: that would empty the exclusion.
    """
    if not foreign_made(f) or from_supplement_3(f, law) is not YES:
        return NO
    if f.truth("item.subject_only_as_direct_product") is YES:
        return YES
    content = above_de_minimis(f, law)
    return NO if content is YES else not_(any_of(content, *(by_direct_rule(f, law, x) for x in OTHER_RULES)))
