"""A country that does not exist, as an outsider would add it: a manifest, two rules, a list, a group."""

from __future__ import annotations

from collections.abc import Iterator

from safeconduct.law import ControlList, LawAsOf, Manifest, between, rule, since
from safeconduct.model import ANY_EXCEPTION, Condition, Effect, Fact, Facts, Lift, Requirement, truth_of

CODE = "item.classification.fr"


@rule("freedonia.act.3", cites=("Freedonian Export Act s. 3",), in_force=since("2020-01-01", source="Gazette 1"))
def listed_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Listed items need a license outside the League."""
    code = f.get(CODE)
    if code is None or code == "free":
        return
    clist = ControlList.load(law, "freedonia.list", CODE)
    outside = truth_of(not law.group("freedonia.League").includes(f.get("destination")))
    for row in clist.requirements(code):
        if outside is truth_of(True):
            yield Requirement(
                when=clist.holds(row, code, f),
                reason=row.reason,
                kind=row.reason,
                survives=ANY_EXCEPTION,
                says="freedonia.listed",
            )


@rule(
    "freedonia.act.9",
    cites=("Freedonian Export Act s. 9",),
    in_force=between("2022-01-01", "2023-01-01", source="Gazette 9"),
)
def duck_embargo(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """For one year nothing went to Sylvania."""
    if f.get("destination") == "SY":
        yield Requirement(reason="s. 9", kind="embargo", survives=())


@rule("freedonia.act.12", cites=("Freedonian Export Act s. 12",), in_force=since("2020-01-01", source="Gazette 1"))
def opera_exception(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Instruments for an opera tour may go without a license."""
    yield Lift(
        symbol="OPERA",
        conditions=(Condition(f.condition("facts.opera.tour"), says="freedonia.tour"),),
        kinds=frozenset({"music"}),
    )


MANIFEST = Manifest(
    id="FREEDONIA",
    prefix="freedonia",
    title="Freedonia",
    time_zone="UTC",
    currency="FRD",
    rules=(listed_items, duck_embargo, opera_exception),
    facts=(
        Fact("facts.opera.tour", "bool", "", "not_claimed", "Is it for an opera tour?", "s. 12"),
        Fact(CODE, "code", "", "unknown", "How is it classified in Freedonia?", "s. 3"),
    ),
    catalog={"freedonia.listed": "It is listed.", "freedonia.tour": "It goes with an opera tour."},
)
