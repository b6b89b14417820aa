"""Facts that US law works out from others: what kind of item, and where a release goes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Final

from safeconduct.jurisdictions.us.common import CODE, DEEMED, is_eccn
from safeconduct.model import Facts
from safeconduct.model.facts import Derive


def item_kind(facts: Facts) -> Hashable | None:
    """From the product group of the ECCN: A, B and C are commodities, E is technology. D is software, but whether
    source or object code only the requester knows."""
    c = facts.peek(CODE)
    if not isinstance(c, str) or not is_eccn(c):
        return None
    return {"A": "commodity", "B": "commodity", "C": "commodity", "E": "technology"}.get(c[1])


def release_destination(facts: Facts) -> Hashable | None:
    """Where a deemed export or reexport goes: the most recent citizenship or permanent residency (734.13(b)).

    Stated outright, or the most recent citizenship, or the only one, unless a permanent residency elsewhere may be
    the more recent status. A transfer stays in its country (734.16).
    """
    if facts.peek("activity") == "transfer_in_country":
        place = facts.peek("exported_from")
        return place if isinstance(place, str) else None
    if facts.peek("activity") not in DEEMED:
        return None
    stated = facts.peek("person.most_recent_status")
    if stated is not None:
        return stated if isinstance(stated, str) else None
    citizenships: tuple[str, ...] = facts.peek("person.citizenships") or ()
    recent = facts.peek("person.most_recent_citizenship")
    if recent is None and len(citizenships) == 1:
        recent = citizenships[0]
    residencies = facts.peek("person.permanent_residencies") or ()
    if recent is None or any(r != recent for r in residencies):
        return None
    return recent if isinstance(recent, str) else None


def embedding(facts: Facts) -> Hashable | None:
    """Whether a camera goes to be embedded in a civil product (6A003.b.4.b), from the trait where only that is stated.

    Reading: somebody who states the trait at all speaks of this condition; the stricter column follows from it. The
    other reading, that the camera is already built in, would leave it out of 742.6(a)(2)(iv).
    """
    stated = facts.peek("item.traits.embedded_in_civil_product")
    return stated if isinstance(stated, bool) else None


def for_peak_performance(facts: Facts) -> Hashable | None:
    """The performance of the computer that software or technology is for, where it is stated as if it were the item's own."""
    c = facts.peek(CODE)
    if not isinstance(c, str) or not is_eccn(c) or c[1] not in "DE":
        return None
    stated: Hashable | None = facts.peek("item.parameters.adjusted_peak_performance")
    return stated


DERIVED: Final[Mapping[str, Derive]] = {
    "item.kind": item_kind,
    "destination": release_destination,
    "end_use.embedding_in_civil_product": embedding,
    "item.parameters.for_adjusted_peak_performance": for_peak_performance,
}
