"""Part 734: acts and people. What is no export, releases to foreign persons, encrypted storage (734.13 to 734.20).

Read in the text of 2026-09-01. The destination of a deemed export follows from the person (``derived.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import (
    DEEMED,
    EXPORTS,
    code,
    country_of,
    destination,
    in_groups,
    reading_country,
)
from safeconduct.jurisdictions.us.ear.foreign import in_united_states
from safeconduct.jurisdictions.us.ear.part734 import is_information
from safeconduct.law import LawAsOf, read_since, rule, since
from safeconduct.law.control_list import entry_of
from safeconduct.model import NO, YES, Ask, Effect, Facts, Lift, Question, Truth, all_of, any_of, not_, truth_of

TEXT: Final = "eCFR 2026-09-01"
#: What is done is no export, reexport or transfer: the item stays subject to the EAR, the act needs no license.
NO_ACT: Final = "no_act"
DEFINED: Final = "81 FR 35603"  # the definitions of 2016


def is_deemed(f: Facts) -> bool:
    return f.get("activity") in DEEMED


@rule(
    "us.ear.734.13.b", cites=("15 CFR 734.13(b)", "15 CFR 734.14(b)"), in_force=read_since("2016-09-01", source=DEFINED)
)
def most_recent_status(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A release to a foreign person goes to the person's most recent country of citizenship or permanent residency."""
    if is_deemed(f) and destination(f) is None:
        yield Question(asks=(Ask("person.most_recent_status"),), hold=True, says="us.734.13.b")


@rule("us.ear.734.13.act", cites=("15 CFR 734.13(a)", "15 CFR 734.14(a)", "15 CFR 734.16"),
      in_force=read_since("2016-09-01", source=DEFINED))  # fmt: skip
def act(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """What is done, an export, reexport, transfer, release or support, decides which rules speak."""
    if f.get("activity") is None:
        named = tuple((a, a) for a in (*EXPORTS, *DEEMED, "us_person_support"))
        yield Question(asks=(Ask("activity", named),), hold=True, says="us.734.13.act")


@rule("us.ear.734.13.a.2", cites=("15 CFR 734.13(a)(2)", "15 CFR 734.14(a)(2)", "15 CFR 734.15"),
      in_force=since("2016-09-01", source=DEFINED))  # fmt: skip
def only_technology_is_released(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Only technology and source code can be released to a foreign person; goods and object code cannot.

    Inspection of a commodity that reveals technology is a release of that technology (734.15(a)(1)): classify it.
    """
    if not is_deemed(f):
        return
    kind = f.is_in("item.kind", ("commodity", "software"), strict=True)
    yield Lift(symbol=NO_ACT, when=kind, cites=("15 CFR 734.13(a)(2)",), says="us.734.13.a.2")


@rule("us.ear.772.1.foreign_person", cites=("15 CFR 772.1 foreign person", "15 CFR 734.18(a)(2)"),
      in_force=since("2016-09-01", source=DEFINED))  # fmt: skip
def not_a_foreign_person(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A US citizen, permanent resident or protected individual is no foreign person: a release to one is no deemed export."""
    if not is_deemed(f):
        return
    citizenships = f.get("person.citizenships") or ()
    citizen = "US" in citizenships or f.get("person.most_recent_citizenship") == "US"
    resident = "US" in (f.get("person.permanent_residencies") or ()) or f.get("person.most_recent_status") == "US"
    settled = YES if citizen or resident else f.truth("person.us_permanent_resident")
    if settled is not NO:
        yield Lift(symbol=NO_ACT, when=settled, cites=("15 CFR 772.1 foreign person",), says="us.772.1.foreign_person")


@rule("us.ear.734.18.a.4", cites=("15 CFR 734.18(a)(4)", "15 CFR 734.13(a)(1)", "15 CFR 734.14(a)(1)"),
      in_force=since("2016-09-01", source=DEFINED))  # fmt: skip
def inside_the_united_states(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Shipments between US states, Puerto Rico and US territories, and shipments to the United States, are no exports.

    Not a transfer of encryption software to an embassy or affiliate of a foreign country in the United States, which
    734.17(a)(2) makes an export.
    """
    if f.get("activity") not in EXPORTS or not in_united_states(country_of(destination(f))):
        return
    c = code(f)
    when = YES
    if c is None or entry_of(c) == "5D002":
        when = not_(f.truth("facts.enc.to_embassy_or_affiliate"))
    yield Lift(symbol=NO_ACT, when=when, cites=("15 CFR 734.18(a)(4)",), says="us.734.18.a.4")


@rule("us.ear.734.18.a.1", cites=("15 CFR 734.18(a)(1)",), in_force=since("2016-09-01", source=DEFINED))
def launch(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Launching a spacecraft, launch vehicle or payload into space is no export."""
    claim = f.truth("facts.launch_into_space")
    if claim is not NO and f.get("activity") in EXPORTS:
        yield Lift(symbol=NO_ACT, when=claim, cites=("15 CFR 734.18(a)(1)",), says="us.734.18.a.1")


@rule("us.ear.734.18.a.2", cites=("15 CFR 734.18(a)(2)-(3)",), in_force=since("2016-09-01", source=DEFINED))
def among_us_persons(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Technology and software passed inside one country among persons none of whom is a foreign person is no export."""
    if f.get("activity") not in ("export", "transfer_in_country"):
        return
    claim = f.truth("facts.among_us_persons_only")
    if claim is NO:
        return
    origin, place = f.get("exported_from"), destination(f)
    same = truth_of(origin == place) if origin and place else truth_of(f.get("activity") == "transfer_in_country")
    yield Lift(
        symbol=NO_ACT, when=all_of(claim, is_information(f), same), cites=("15 CFR 734.18(a)(2)-(3)",),
        says="us.734.18.a.2",
    )  # fmt: skip


@rule(
    "us.ear.734.18.a.5",
    cites=("15 CFR 734.18(a)(5)", "15 CFR 734.18(b)"),
    in_force=since("2024-05-10", source="89 FR 40371"),
)
def encrypted_storage(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Sending or storing unclassified technology or software end to end encrypted is no export, unless it is meant to be stored in D:5."""
    if f.get("activity") not in EXPORTS:
        return
    claim = f.truth("facts.cloud.end_to_end_encrypted")
    if claim is NO:
        return
    stored = f.get("facts.cloud.stored_in")
    if stored is None:
        outside = Truth("UNKNOWN", frozenset((Ask("facts.cloud.stored_in"),)))
    else:
        outside = not_(any_of(*(in_groups(reading_country(c, law), law, ("D:5",)) for c in stored)))
    secured = all_of(f.truth("facts.cloud.fips_140_or_equal"), not_(f.condition("facts.cloud.keys_shared")))
    yield Lift(
        symbol=NO_ACT, when=all_of(claim, is_information(f), secured, outside), cites=("15 CFR 734.18(a)(5)",),
        says="us.734.18.a.5",
    )  # fmt: skip


@rule(
    "us.ear.734.19",
    cites=("15 CFR 734.19(a)-(b)", "15 CFR 734.15(b)"),
    in_force=read_since("2024-12-05", source="89 FR 96812"),
)
def access_information(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A password, key or license key needs the authorization of what it opens: give the classification of that item."""
    if f.get("item.access_information") is True and code(f) is None:
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.734.19")


@rule("us.ear.734.20", cites=("15 CFR 734.20(a)-(c)",), in_force=since("2016-09-01", source="81 FR 35605"))
def not_deemed_reexports(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A foreign entity that may have the technology may release it to employees of third countries under the conditions of 734.20."""
    if f.get("activity") != "deemed_reexport":
        return
    holder = f.truth("facts.deemed_reexport.entity_authorized")
    if holder is NO:
        return
    country_free = f.truth("facts.deemed_reexport.country_authorized")
    employee = all_of(
        f.is_in("person.employment", ("bona_fide_full_time_employee",)), not_(f.truth("person.proscribed"))
    )
    ways = any_of(
        country_free,
        all_of(employee, _only_a5(f, law), _place_a5(f, law)),
        all_of(
            employee, f.truth("facts.deemed_reexport.within_entity_country"),
            f.truth("facts.deemed_reexport.diversion_procedures"), f.truth("facts.deemed_reexport.screened_or_cleared"),
        ),
    )  # fmt: skip
    yield Lift(symbol=NO_ACT, when=all_of(holder, ways), cites=("15 CFR 734.20",), says="us.734.20")


def _only_a5(f: Facts, law: LawAsOf) -> Truth:
    """734.20(b)(3): a national exclusively of A:5 countries."""
    citizenships = f.get("person.citizenships")
    if citizenships is None:
        return Truth("UNKNOWN", frozenset((Ask("person.citizenships"),)))
    return all_of(*(in_groups(reading_country(c, law), law, ("A:5",)) for c in citizenships)) if citizenships else NO


def _place_a5(f: Facts, law: LawAsOf) -> Truth:
    """734.20(b)(4): released entirely within an A:5 country or the United States."""
    place = f.get("exported_from")
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask("exported_from"),)))
    return any_of(truth_of(in_united_states(place)), in_groups(reading_country(place, law), law, ("A:5",)))


@rule("us.ear.734.13.a.3", cites=("15 CFR 734.13(a)(3)", "15 CFR 734.14(a)(3)"),
      in_force=read_since("2016-09-01", source=DEFINED), not_modeled=True)  # fmt: skip
def spacecraft_control(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Transferring registration, control or ownership of a spacecraft may be an export without any shipment."""
    c = code(f)
    if c is not None and not c.startswith(("9A515", "9A004")):
        return
    yield Question(
        hold=True, kind="not_modeled", when=f.truth("facts.spacecraft_control_transferred"), says="us.734.13.a.3"
    )


@rule(
    "us.ear.734.17",
    cites=("15 CFR 734.17(b)-(c)",),
    in_force=read_since("2024-04-19", source="89 FR 28598"),
    not_modeled=True,
)
def encryption_made_available(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Making encryption software available for download abroad is an export, and precautions count."""
    c = code(f)
    if c is not None and entry_of(c) != "5D002":
        return
    yield Question(
        hold=True, kind="not_modeled", when=f.truth("facts.enc.made_available_for_download"), says="us.734.17"
    )


@rule(
    "us.ear.734.14.a.2",
    cites=("15 CFR 734.14(a)(2)", "15 CFR 734.16"),
    in_force=read_since("2016-09-01", source=DEFINED),
)
def of_the_same_country(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A release to a national of the very country where it takes place is no deemed reexport; it may be a transfer in that country."""
    if f.get("activity") != "deemed_reexport":
        return
    place, person = f.get("exported_from"), destination(f)
    if place is None and person is not None:
        yield Question(asks=(Ask("exported_from"),), hold=True, says="us.734.14.a.2.place")
    elif place is not None and place == person:
        named = (("transfer_in_country", "transfer_in_country"),)
        yield Question(asks=(Ask("activity", named),), hold=True, says="us.734.14.a.2")


@rule(
    "us.ear.734.5.a",
    cites=("15 CFR 734.5(a)", "15 CFR 744.6(c)(2)"),
    in_force=read_since("2024-12-05", source="89 FR 96810"),
)
def supported_item(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """US-person support reaches certain items whatever their use: to Macau and Country Group D:5 the item must be known."""
    if f.get("activity") != "us_person_support" or code(f) is not None:
        return
    place = destination(f)
    country = reading_country(place, law)
    near = any_of(truth_of(country == "MO"), in_groups(country, law, ("D:5",)))
    if near is not NO:
        yield Question(asks=(Ask("item.classification.us"),), hold=True, says="us.734.5.a")


RULES: Final = (
    act, supported_item, most_recent_status, of_the_same_country, only_technology_is_released, not_a_foreign_person, inside_the_united_states, launch,
    among_us_persons, encrypted_storage, access_information, not_deemed_reexports, spacecraft_control,
    encryption_made_available,
)  # fmt: skip
