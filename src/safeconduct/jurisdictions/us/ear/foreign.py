"""Where an item was made and from where it leaves: what part 734 turns on before anything else."""

from __future__ import annotations

from typing import Final

from safeconduct.jurisdictions.us.common import reading_country
from safeconduct.law import LawAsOf
from safeconduct.model import NO, YES, Ask, Facts, Truth, any_of, truth_of

#: United States with Puerto Rico and the territories, 15 CFR 772.1 and 734.18(a)(4).
US_PLACES: Final = ("US", "PR", "GU", "VI", "AS", "MP", "UM")
#: Facts that nobody gives of an item made in the United States.
FOREIGN_SIGNS: Final = (
    "item.us_content.total_value", "item.us_content.controlled_value", "item.us_content.parts",
    "item.produced_with.technology", "item.produced_with.plant", "item.produced_with.contains_ic_from_such_plant",
)  # fmt: skip


def in_united_states(place: str | None) -> bool:
    return place in US_PLACES


def exported_from_abroad(f: Facts) -> Truth:
    """Whether the item leaves a country other than the United States, or moves inside one (734.3(a)(1))."""
    activity = f.get("activity")
    origin = f.get("exported_from")
    if activity in ("reexport", "transfer_in_country", "deemed_reexport"):
        # An item brought to the United States and sent on is an export, whatever it is called.
        return NO if origin is not None and in_united_states(origin) and activity == "reexport" else YES
    if activity in ("export", "deemed_export"):
        return truth_of(origin is not None and not in_united_states(origin))
    if activity == "us_person_support":
        return YES
    return Truth("UNKNOWN", frozenset((Ask("activity"),)))


def is_foreign_made(f: Facts) -> Truth:
    """Whether the item was made outside the United States.

    Reading: who calls an act a reexport or transfer speaks of an item subject to the EAR (734.14(a), 734.16). Unless
    a country of origin, US content or production technology is given, nobody claims that the item is foreign-made,
    and it is held to be subject; the other reading would ask for the origin of every reexported item.
    """
    origin = f.get("item.origin")
    if origin is not None:
        return truth_of(not in_united_states(origin))
    return YES if any(f.get(path) is not None for path in FOREIGN_SIGNS) else NO


def made_and_left_abroad(f: Facts) -> Truth:
    """Whether only 734.3(a)(3) to (5) can make the item subject to the EAR."""
    from_abroad = exported_from_abroad(f)
    if from_abroad is NO:
        return NO
    made = is_foreign_made(f)
    if made is NO:
        return NO
    return made if from_abroad is YES else from_abroad


def in_region(place: str | None, law: LawAsOf, places: tuple[str, ...]) -> Truth:
    """Whether a destination is one of these countries or regions, read as the groups read it."""
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask("destination"),)))
    return any_of(truth_of(place in places), truth_of(reading_country(place, law) in places))
