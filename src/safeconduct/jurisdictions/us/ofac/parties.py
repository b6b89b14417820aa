"""OFAC, minimal: blocked persons and those they own by half, the other lists, comprehensive programs.

The programs' own rules (31 CFR chapter V) are not modeled. What stands here from memory may raise a question or a
prohibition; it never clears anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from safeconduct.jurisdictions.us.common import country_of, destination
from safeconduct.jurisdictions.us.ear.part744_ownership import UNOWNED, Holding, half_owned, owners_of
from safeconduct.jurisdictions.us.listings import SDN
from safeconduct.law import LawAsOf, Result, between, read_since, rule
from safeconduct.model import NO, YES, Ask, Duty, Effect, Facts, Owner, Prohibition, Question, Truth

OTHER_LISTS: Final = ("us.ofac.ssi", "us.ofac.cmic", "us.ofac.mbs", "us.ofac.cap", "us.ofac.plc", "us.ofac.fse")
#: Comprehensive programs by destination (table us.ofac_programs, basis memory); Syria's has ended.
PROGRAMS: Final = {
    "CU": "Cuba", "IR": "Iran", "KP": "North Korea", "UA-43": "Crimea region",
    "UA-14": "DNR and LNR regions", "UA-09": "DNR and LNR regions",
}  # fmt: skip
STATE_BODIES: Final = ("government", "armed_forces", "police", "intelligence", "state_owned")
FIFTY: Final = Decimal(50)


def applies(f: Facts) -> bool:
    """OFAC's rules bind US persons and what touches the United States. Only a statement that neither is there takes a
    transaction out; the EAR's own rule for such cases is 744.8."""
    if f.get("facts.ofac.us_nexus") is not False:
        return True
    return f.get("activity") in ("export", "deemed_export", "us_person_support") or f.get("exported_from") == "US"


@rule(
    "us.ofac.blocked",
    cites=("31 CFR chapter V",),
    in_force=read_since("2014-08-13", source="from memory", basis="memory"),
)
def blocked_persons(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No dealing with a blocked person (on the SDN List), unless OFAC authorizes it."""
    for p in f.parties():
        for x in p.listed_on(SDN):
            match = x.is_true_match
            if match is NO or not applies(f) or f.truth("facts.ofac.authorized") is YES:
                continue
            yield Prohibition(when=match, reason="OFAC", beyond_scope=True, party=p.index, says="us.ofac.blocked")


@rule(
    "us.ofac.fifty_percent",
    cites=("31 CFR chapter V",),
    in_force=read_since("2014-08-13", source="OFAC guidance of 2014-08-13, from memory", basis="memory"),
    guidance=("OFAC guidance on entities owned by blocked persons, 2014-08-13",),
)
def owned_by_blocked_persons(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An entity that blocked persons own by half or more together, directly or indirectly, is blocked itself."""
    for p in f.parties():
        if p.get("role") == "exporter":
            continue
        owners = owners_of(f, p)
        if owners is None and not f.diligent and p.get("capacity") not in UNOWNED and applies(f):
            yield Question(
                asks=(Ask(p.path("owners"), (("no blocked owners", ()),)),), hold=True, kind="screening", says="us.ofac.owners",
                party=p.index,
            )  # fmt: skip
        if not owners:
            continue
        held = [h for h in (_blocked(o) for o in owners) if h is not None]
        if not held or not applies(f) or f.truth("facts.ofac.authorized") is YES:
            continue
        owned: Truth = half_owned(p, owners, held, FIFTY, diligent=f.diligent)
        if not any(h.listings for h in held):
            if owned is not NO:  # owners of half or more whom nobody has screened
                yield Question(
                    asks=(Ask(p.path("owners")),), hold=True, kind="screening", says="us.ofac.owners_not_screened", party=p.index,
                )  # fmt: skip
            continue
        if owned is NO:
            yield Question(kind="red_flag", says="us.ofac.minority", party=p.index)
            continue
        yield Prohibition(when=owned, reason="OFAC", beyond_scope=True, party=p.index, says="us.ofac.fifty_percent")


def _blocked(o: Owner) -> Holding | None:
    if o.listed is None:
        return Holding(o.share, (), False)
    on = tuple(x for x in o.listed if x.list == SDN and x.status != "false_positive")
    return Holding(o.share, on, any(x.status == "true_match" for x in on)) if on else None


@rule(
    "us.ofac.lists",
    cites=("31 CFR chapter V",),
    in_force=read_since("2014-08-13", source="from memory", basis="memory"),
)
def other_lists(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A party on another OFAC list is not blocked, but certain dealings with it are prohibited: read which."""
    for p in f.parties():
        for x in p.listed_on(*OTHER_LISTS):
            match = x.is_true_match
            if match is NO or f.truth("facts.ofac.authorized") is YES:
                continue
            yield Question(
                when=match, asks=(Ask("facts.ofac.authorized", (("yes", True),)),), hold=True, kind="screening",
                says=f"us.ofac.list.{x.list.rpartition('.')[2]}", party=p.index,
            )  # fmt: skip


@rule(
    "us.ofac.programs",
    cites=("31 CFR chapter V",),
    in_force=read_since("2014-12-19", source="from memory", basis="memory"),
)
def comprehensive_programs(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Dealings with some places are prohibited as a whole by OFAC, beside the EAR: its license or general license is needed too.

    Reading: for these places part 746 asks for its own license or keeps exceptions that OFAC's general licenses for
    exports follow. The question is therefore shown as open beside the answer under the EAR and does not change it;
    for Iran 746.7(e) makes it part of the EAR. The blocked government of Venezuela holds a clear answer back, and so
    does a party of such a place elsewhere (31 CFR 560.204, 515.201, 510.201), and its state bodies' seats abroad,
    and transit through such a place (31 CFR 560.403).
    """
    place = destination(f)
    if place is None or not applies(f) or f.truth("facts.ofac.authorized") is YES:
        return
    name = PROGRAMS.get(place) or PROGRAMS.get(country_of(place) or "")
    if name is not None:
        yield Question(
            asks=(Ask("facts.ofac.authorized", (("yes", True), ("no", False))),), says="us.ofac.program", args=(("program", name),),
        )  # fmt: skip
    for point in f.get("route") or ():  # 31 CFR 560.403 and the like: transit through such a place is export to it
        through = PROGRAMS.get(point)
        if through is not None and through != name and f.get("activity") in ("export", "reexport"):
            yield Question(
                asks=(Ask("facts.ofac.authorized", (("yes", True),)), Ask("route")), hold=True, kind="screening",
                says="us.ofac.transit", args=(("program", through),),
            )  # fmt: skip
    to_venezuela = country_of(place) == "VE"
    for p in f.parties():
        if p.get("role") == "exporter" and not to_venezuela:
            continue
        state = p.get("capacity") in STATE_BODIES
        homes = (p.get("country"), p.get("headquarters")) if state else (p.get("country"),)
        if state and (to_venezuela or "VE" in homes):
            says, program = "us.ofac.venezuela", "Venezuela"
        elif name is None and (of := next((PROGRAMS[x] for x in homes if x in PROGRAMS), None)) is not None:
            says, program = "us.ofac.party", of
        else:
            continue
        yield Question(
            asks=(Ask("facts.ofac.authorized", (("yes", True),)),), hold=True, kind="screening", says=says, party=p.index,
            args=(("program", program),),
        )  # fmt: skip


@rule(
    "us.ofac.programs.syria",
    cites=("31 CFR 542",),
    in_force=between("2011-08-18", "2025-06-30", source="EO 13582; ended by EO 14312; from memory", basis="memory"),
)
def syria_program(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Until 2025-06-30 OFAC's program on Syria stood beside the EAR."""
    if destination(f) == "SY" and applies(f) and f.truth("facts.ofac.authorized") is not YES:
        yield Question(
            asks=(Ask("facts.ofac.authorized", (("yes", True), ("no", False))),), says="us.ofac.program", args=(("program", "Syria"),),
        )  # fmt: skip


def keep_authorization(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
    """Where OFAC's authorization lets a blocked person take part: keep it with the shipment's records."""
    if f.truth("facts.ofac.authorized") is not YES:
        return
    for p in f.parties():
        owned = any(x.list == SDN and x.status == "true_match" for o in owners_of(f, p) or () for x in o.listed or ())
        if owned or any(x.is_true_match is YES for x in p.listed_on(SDN)):
            yield Duty("keep_ofac_authorization", ("31 CFR chapter V",), "us.duty.ofac_authorization")
            return


RULES = (blocked_persons, owned_by_blocked_persons, other_lists, comprehensive_programs, syria_program)
DUTIES = (keep_authorization,)
