"""Part 736: general prohibitions that no other part repeats. Four and five to seven are in parts 744 and 746.

Read in the text of 2026-02-10.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import EXPORTS, code, country_of
from safeconduct.jurisdictions.us.ear.content import license_to
from safeconduct.jurisdictions.us.ear.lists import members
from safeconduct.law import LawAsOf, read_since, rule
from safeconduct.model import NO, NO_EXCEPTION, Ask, Effect, Facts, Prohibition, Question, Requirement

TEXT: Final = "eCFR 2026-02-10"
TRANSIT: Final = "736.2(b)(8)(ii)"


@rule("us.ear.736.2.b.8", cites=("15 CFR 736.2(b)(8)",), in_force=read_since("2026-02-10", source=TEXT))
def in_transit(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item may pass through certain countries only if it could go to them without a license or under an exception.

    Reading: the exceptions found for the line are found for its destination, so none of them is taken to serve the
    country of transit; an exception that does lifts the prohibition (736.2(b)(8)(i)).
    """
    if f.get("activity") not in EXPORTS:
        return
    route = f.get("route")
    if route is None:
        open_ = f.is_in("route", ())
        if open_ is not NO:
            yield Question(asks=tuple(open_.asks), then=(_transit("", ""),), says="us.736.2.b.8.route")
        return
    listed = members(law, TRANSIT, "country")
    through = [p for p in route if country_of(p) in listed and p != f.get("destination")]
    if not through:
        return
    c = code(f)
    if c is None:
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.no_classification")
        return
    for place in through:
        yield _transit(c, place, license_to(c, place, law, f))


def _transit(c: str, place: str, when: object = None) -> Requirement:
    from safeconduct.model import YES, Truth

    return Requirement(
        when=when if isinstance(when, Truth) else YES, reason="736.2(b)(8)", kind="736.2(b)(8)", survives=NO_EXCEPTION,
        cites=("15 CFR 736.2(b)(8)",), says="us.736.2.b.8", args=(("code", c), ("place", place)),
    )  # fmt: skip


@rule("us.ear.736.2.b.9", cites=("15 CFR 736.2(b)(9)",), in_force=read_since("2026-02-10", source=TEXT))
def terms_and_orders(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No one may act against an order, or against the terms of a license or exception under which an item stands."""
    yield Prohibition(when=f.truth("conduct.against_order_or_terms"), reason="736.2(b)(9)", says="us.736.2.b.9")


@rule(
    "us.ear.736.2.b.10",
    cites=("15 CFR 736.2(b)(10)", "15 CFR 764.2(e)"),
    in_force=read_since("2026-02-10", source=TEXT),
)
def knowledge_of_violation(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No one may go on with an item knowing that a violation has occurred, is about to occur or is intended."""
    yield Prohibition(when=f.truth("conduct.known_violation"), reason="736.2(b)(10)", says="us.736.2.b.10")


@rule(
    "us.ear.736.supp1", cites=("15 CFR 736 Supp. 1",), in_force=read_since("2026-02-10", source=TEXT), not_modeled=True
)
def general_orders(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """General orders add or waive requirements for the persons and items they name; their text was not read."""
    yield Question(hold=True, kind="not_modeled", when=f.truth("conduct.general_order_applies"), says="us.736.supp1")


RULES: Final = (in_transit, terms_and_orders, knowledge_of_violation, general_orders)
