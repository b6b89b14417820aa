"""Supplement No. 3 to part 732: red flags, raised from the facts themselves or stated by the exporter.

A concrete flag holds a clear answer until it is resolved with a reason: one that the exporter states and has not
resolved, a forwarder as the only receiver, a receiver in an embargoed place other than the destination, a Common
High Priority item on an unexplained route through a known transshipment point. The others are listed and hold nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from safeconduct.jurisdictions.us.common import code as us_code
from safeconduct.jurisdictions.us.common import country_of, destination, in_groups, is_eccn, reading_country, series_of
from safeconduct.jurisdictions.us.ear.foreign import is_foreign_made
from safeconduct.jurisdictions.us.ear.part746_shared import RECEIVERS, deemed, hs6, nothing_moves
from safeconduct.law import LawAsOf, between, entry_of, read_since, rule, since
from safeconduct.model import YES, Ask, Effect, Facts, Question

READ: Final = read_since("2025-09-30", source="90 FR 47201; text of 2026-09-24")
#: Known transshipment points towards Russia and Belarus: joint alert of FinCEN and BIS, FIN-2022-Alert003 of 2022-06-28.
TRANSSHIPMENT: Final = frozenset(
    ("AE", "AM", "BR", "CN", "GE", "IL", "IN", "KG", "KZ", "MX", "NI", "RS", "SG", "TJ", "TR", "TW", "UZ", "ZA")
)
#: Places to which part 746 asks a license for most or all items: 746.2 to 746.9, as they stood on any day covered.
EMBARGOED: Final = frozenset(("BY", "CU", "IR", "KP", "RU", "SY", "UA-09", "UA-14", "UA-43"))
ALERT: Final = "FIN-2022-Alert003"
#: Receivers whose business has no use for military, missile or chip-making goods.
CIVIL_SERVICES: Final = ("hospital", "news_media")


@dataclass(frozen=True, slots=True)
class StatedFlags:
    """How many stated red flags are open, and how many are called resolved without saying how."""

    path: str = "red_flags"

    def __call__(self, facts: Facts) -> tuple[int, int] | None:
        flags = facts.peek(self.path)
        if flags is None:
            return None
        known = [x for x in flags if isinstance(x, Mapping)]
        unresolved = sum(1 for x in known if x.get("resolved") is not True) + len(flags) - len(known)
        silent = sum(1 for x in known if x.get("resolved") is True and not str(x.get("how") or "").strip())
        return unresolved, silent


def _flag(
    number: int, says: str, *, hold: bool = False, party: int | None = None, cites: tuple[str, ...] = ()
) -> Question:
    return Question(
        kind="red_flag", hold=hold, says=says, party=party, cites=(f"15 CFR 732 Supp. 3(b) flag {number}", *cites),
        args=(("flag", number),),
    )  # fmt: skip


@rule("us.ear.732.supp3.stated", cites=("15 CFR 732 Supp. 3(a)", "15 CFR 732 Supp. 3(b)"), in_force=READ)
def stated_flags(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A red flag that the exporter has seen must be resolved, and how, before the shipment goes."""
    counted = f.note(StatedFlags())
    if not isinstance(counted, tuple):
        return
    unresolved, silent = counted
    if unresolved:
        yield Question(
            kind="red_flag",
            hold=True,
            asks=(Ask("red_flags"),),
            says="us.red_flag.stated",
            args=(("count", unresolved),),
        )
    if silent:
        yield Question(kind="red_flag", says="us.red_flag.no_reason", args=(("count", silent),))


@rule("us.ear.732.supp3.flag2", cites=("15 CFR 732 Supp. 3(b) flag 2",), in_force=READ)
def item_and_business(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item that does not fit the receiver's business is a red flag: a hospital with military or missile items.

    Only a plain mismatch is raised from the facts: goods of the 600 series or 9x515 (body armor aside), of the missile
    entries, or semiconductor equipment, for a hospital or a news medium. Saying why it fits resolves it.
    """
    misfits = [p for p in f.parties(*RECEIVERS) if p.get("capacity") in CIVIL_SERVICES]
    if not misfits or nothing_moves(f):
        return
    c = us_code(f)
    if c is None or not is_eccn(c) or entry_of(c) == "1A613":
        return
    if series_of(c) in ("600", "9x515") or c[2] == "1" or entry_of(c) in ("3B001", "3B002"):
        for p in misfits:
            if p.truth("business_fits") is not YES:
                yield Question(
                    kind="red_flag", hold=True, says="us.red_flag.business", party=p.index, asks=(Ask(p.path("business_fits")),),
                    cites=("15 CFR 732 Supp. 3(b) flag 2",), args=(("code", c), ("capacity", p.get("capacity"))),
                )  # fmt: skip


@rule("us.ear.732.supp3.flag9", cites=("15 CFR 732 Supp. 3(b) flag 9",), in_force=READ)
def forwarder_receives(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A freight forwarder named as the only receiver is a red flag: who will use the item is not known."""
    parties = f.parties()
    roles = [p.get("role") for p in parties]
    receivers = [p for p, role in zip(parties, roles, strict=True) if role in RECEIVERS]
    if receivers:
        if all(p.get("freight_forwarder") is True for p in receivers) and not nothing_moves(f):
            yield _flag(9, "us.red_flag.forwarder", hold=True, party=receivers[0].index)
    elif "forwarder" in roles and not any(r is None or r in ("purchaser", "intermediate_consignee") for r in roles):
        if nothing_moves(f):
            return
        yield _flag(9, "us.red_flag.forwarder", hold=True, party=roles.index("forwarder"))


@rule("us.ear.732.supp3.flag10", cites=("15 CFR 732 Supp. 3(b) flag 10",), in_force=READ, guidance=(ALERT,))
def transshipment_route(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A route through a known transshipment point, or there, with a Common High Priority item is a red flag.

    Held only where such an item passes through such a point on its way to another country without a reason for the
    route. The points are guidance, not law; the item list is BIS's Common High Priority List.
    """
    place = country_of(destination(f))
    through = [c for c in f.get("route") or () if c in TRANSSHIPMENT and c != place]
    if not through and place not in TRANSSHIPMENT:
        return
    number = hs6(f)
    if number is None or f.truth("route_explained") is YES or nothing_moves(f) or not law.covers("us.chpl"):
        return
    if number not in law.index("us.chpl", "hs6"):
        return
    if through:
        yield Question(
            kind="red_flag", hold=True, says="us.red_flag.route", cites=("15 CFR 732 Supp. 3(b) flag 10",),
            args=(("hs", number), ("through", tuple(through))),
        )  # fmt: skip
    else:
        yield Question(
            kind="red_flag", says="us.red_flag.destination", cites=("15 CFR 732 Supp. 3(b) flag 10",),
            args=(("hs", number), ("destination", place)),
        )  # fmt: skip


@rule("us.ear.732.supp3.flag14", cites=("15 CFR 732 Supp. 3(b) flags 13 and 14",), in_force=READ)
def military_parts(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """600 series and 9x515 parts: is the quantity right for the country, and do they stay there?"""
    c = us_code(f)
    if nothing_moves(f) or c is None or not is_eccn(c) or series_of(c) not in ("600", "9x515"):
        return
    yield _flag(14, "us.red_flag.military_parts")


@rule("us.ear.732.supp3.flag26", cites=("15 CFR 732 Supp. 3(b) flag 26",), in_force=READ)
def foreign_fab_tools(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A foreign-made Category 3B item with an integrated circuit, to Macau or Country Group D:5, is a red flag."""
    c = us_code(f)
    if nothing_moves(f) or c is None or not is_eccn(c) or entry_of(c)[:2] != "3B" or is_foreign_made(f) is not YES:
        return
    place = reading_country(destination(f), law)
    if place is None or (place != "MO" and in_groups(place, law, ("D:5",)) is not YES):
        return
    yield _flag(26, "us.red_flag.fab_tools")


@rule("us.ear.734.13.c.receiver", cites=("15 CFR 734.13(c)", "15 CFR 748.5(e)", "15 CFR 748.5(f)"), in_force=READ)
def receiver_elsewhere(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """The ultimate consignee or end user is in an embargoed place, and another place is called the destination.

    An item goes where those who receive and use it are (734.13(c), 734.14(c), 748.5(e) and (f)).
    Reading: the answer for the destination stated is held back until it is said that the item is received and used
    there; the other reading takes the party's country for its seat and nothing more.
    """
    place = destination(f)
    if place is None or nothing_moves(f) or deemed(f):
        return
    for p in f.parties(*RECEIVERS):
        at = p.get("country")
        if at in EMBARGOED and at != place and p.get("receives_at_destination") is not True:
            yield Question(
                kind="red_flag", hold=True, party=p.index, says="us.red_flag.receiver",
                asks=(Ask(p.path("receives_at_destination"), (("yes", True),)), Ask("destination")),
                args=(("country", at), ("destination", place)),
            )  # fmt: skip


def _unknown_share(f: Facts) -> Iterator[Effect]:
    for p in f.parties():
        for owner in p.owners or ():
            listed = [x for x in owner.listed or () if x.list in ("us.entity_list", "us.meu_list")]
            if owner.share is None and any(x.status != "false_positive" for x in listed):
                yield _flag(29, "us.red_flag.share", party=p.index)
                break


@rule(
    "us.ear.732.supp3.flag29",
    cites=("15 CFR 732 Supp. 3(b) flag 29",),
    in_force=between("2025-09-29", "2025-11-10", source="90 FR 47201; stayed by 90 FR 50857"),
)
def unknown_share(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A listed owner whose share nobody knows is a red flag; whether it holds the answer is for the ownership rule."""
    yield from _unknown_share(f)


@rule(
    "us.ear.732.supp3.flag29.after_stay",
    cites=("15 CFR 732 Supp. 3(b) flag 29",),
    in_force=since("2026-11-10", source="90 FR 50857", basis="inferred"),
)
def unknown_share_after_stay(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """After the stay a listed owner of unknown share is a red flag again."""
    yield from _unknown_share(f)


RULES = (
    stated_flags,
    item_and_business,
    forwarder_receives,
    transshipment_route,
    military_parts,
    foreign_fab_tools,
    receiver_elsewhere,
    unknown_share,
    unknown_share_after_stay,
)
