"""Who takes part and who uses the item: roles of 15 CFR 748.5, military and intelligence users, headquarters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import TRANSACTION_PARTIES, country_of, destination, in_groups, reading_country
from safeconduct.law import LawAsOf
from safeconduct.model import NO, YES, Ask, Facts, PartyView, Truth, all_of, any_of, truth_of
from safeconduct.model.facts import ListingView

#: Roles whose holder may turn out to be the intermediate consignee of 748.5(d), who takes possession as an agent.
MAY_TAKE_POSSESSION: Final = ("forwarder", "bank", "servicer")
USERS: Final = ("end_user", "ultimate_consignee", "purchaser")
#: Armed services, national guard and national police, intelligence organizations: 744.9(d), 744.17(e), 744.21(g).
MILITARY_CAPACITIES: Final = ("armed_forces", "police", "intelligence")


def act_of_the_ear(f: Facts) -> bool:
    """Whether something is exported, reexported, transferred or released, rather than supported only (744.6)."""
    return bool(f.get("activity") != "us_person_support")


def in_transaction(p: PartyView) -> Truth:
    """Whether a party is one of 748.5(c) to (f); an unstated role counts as any.

    A forwarder, bank or servicer is one as intermediate consignee, when it takes possession of the items for their
    delivery (748.5(d)). Reading: where nobody says so, a forwarder does; of a bank or servicer it is asked.
    """
    role = p.get("role")
    if role is None or role in TRANSACTION_PARTIES:
        return YES
    if role not in MAY_TAKE_POSSESSION:
        return NO
    if role == "forwarder" and p.get("takes_possession") is None:
        return YES
    return p.truth("takes_possession")


def listings(f: Facts, *lists: str) -> Iterator[tuple[PartyView, ListingView, Truth]]:
    """Each listing on one of the lists of a party to the transaction that is not a false positive, and whether it is
    a true match of such a party."""
    for p in f.parties(*TRANSACTION_PARTIES, *MAY_TAKE_POSSESSION):
        for x in p.listed_on(*lists):
            if x.is_true_match is NO:
                continue
            held = all_of(x.is_true_match, in_transaction(p))
            if held is not NO:
                yield p, x, held


def users(f: Facts) -> tuple[PartyView, ...]:
    """Who receives, buys or uses the item: not those who only carry it."""
    return f.parties(*USERS)


def military(f: Facts, capacities: Iterable[str] = MILITARY_CAPACITIES) -> Truth:
    """Whether the item is for a military end use, or one who receives it is a military end user."""
    use = f.truth("end_use.military")
    if use is YES:
        return YES
    return any_of(use, *(p.is_in("capacity", capacities) for p in users(f)))


def country_test(law: LawAsOf, countries: Iterable[str] = (), groups: Iterable[str] = ()) -> Callable[[str], bool]:
    """A test of places: in one of the countries, or in one of the country groups."""
    named, grouped = tuple(countries), tuple(groups)

    def test(place: str) -> bool:
        country = country_among(place, law, named)
        return country in named or any(law.group(f"us.{g}").includes(country) for g in grouped)

    return test


def country_among(place: str | None, law: LawAsOf, named: tuple[str, ...]) -> str | None:
    """The country whose law a place takes. One that the rule names itself is known without the table of territories, so that a
    requirement is raised on days which that table does not cover."""
    country = country_of(place)
    return country if country in named else reading_country(place, law)


def in_or_by(f: Facts, test: Callable[[str], bool]) -> Truth:
    """Whether a use is "in or by" such a country: the destination is one, or one who uses the item is of one."""
    place = destination(f)
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask("destination"),)))
    if test(place):
        return YES
    return truth_of(
        any((c := p.get("country")) is not None and test(c) for p in f.parties("end_user", "ultimate_consignee"))
    )


def to_macau_or_d5(f: Facts, law: LawAsOf) -> Truth:
    """Whether the destination is Macau or in Country Group D:5 (Macau is not in D:5)."""
    place = destination(f)
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask("destination"),)))
    country = reading_country(place, law)
    return any_of(truth_of(country == "MO"), in_groups(country, law, ("D:5",)))


def of_macau_or_d5(f: Facts, law: LawAsOf) -> Truth:
    """Whether one who receives, buys or uses the item, or its ultimate parent, is headquartered in Macau or D:5.

    An entity that stands in such a place and of which no headquarters is stated is taken to be of it: only a stated
    headquarters elsewhere of it and of its parent says otherwise.
    """
    test = country_test(law, ("MO",), ("D:5",))
    found = []
    for p in users(f):
        seats = [p.get("headquarters"), p.get("ultimate_parent.headquarters")]
        if any(s is not None and test(s) for s in seats):
            return YES
        at = p.get("country")
        if seats == [None, None] and at is not None and test(at):
            return YES
        found += [
            p.is_in(k, ())
            for k, s in zip(("headquarters", "ultimate_parent.headquarters"), seats, strict=True)
            if s is None
        ]
    return any_of(*found)
