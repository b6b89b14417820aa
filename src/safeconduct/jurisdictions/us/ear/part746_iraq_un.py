"""15 CFR 746.3: Iraq; and 746.1(c), a reference to a section that is gone. Rows for 746.1(b) are part 742's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import ccl, code, country_of, destination, is_eccn
from safeconduct.jurisdictions.us.ear.part746_shared import RECEIVERS, informed, nothing_moves
from safeconduct.law import LawAsOf, entry_of, read_since, rule
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Effect,
    Facts,
    PartyView,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: The text has stood since its last amendment, 85 FR 4177, in force with the firearms rule.
READ: Final = read_since("2020-03-09", source="85 FR 4177; texts of 2025-01, 2026-02-10 and 2026-09-24")
#: 746.3(c). License Exception CIV is named there and exists no more (85 FR 23470).
SURVIVES: Final = ("APP", "TMP", "RPL", "GOV", "GFT", "TSU", "BAG", "AVS", "ENC")
REASONS: Final = frozenset(["NS", "MT", "NP", "CW", "CB", "RS", "CC", "EI", "SI", "SL"])
#: Entries controlled for RS reasons to Iraq, 746.3(a)(3).
RS_ENTRIES: Final = frozenset(["0B999", "0D999", "1B999", "1C992", "1C995", "1C997", "1C999", "6A992"])
#: Capacities of the government of Iraq.
STATE: Final = ("government", "armed_forces", "police", "intelligence")


def _to_iraq(f: Facts) -> bool:
    return country_of(destination(f)) == "IQ" and not nothing_moves(f)


@rule(
    "us.ear.746.3.a.1",
    cites=("15 CFR 746.3(a)(1)", "15 CFR 746.3(a)(2)", "15 CFR 746.3(a)(3)", "15 CFR 746.3(c)"),
    in_force=READ,
)
def iraq_list(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Iraq for items controlled for any reason but anti-terrorism; ten exceptions at most survive.

    One requirement a paragraph: (a)(1) for the reasons it names, (a)(2) for UN reasons, (a)(3) for the RS entries.
    """
    if not _to_iraq(f):
        return
    c = code(f)
    if c is None or not is_eccn(c):
        return
    clist = ccl(law)
    found: dict[str, list[Truth]] = {}
    for row in clist.requirements(c):
        if row.off == "746.3" or (row.reason == "RS" and row.entry in RS_ENTRIES):
            found.setdefault("746.3(a)(3)", []).append(clist.holds(row, c, f))
        elif row.reason == "UN":
            found.setdefault("746.3(a)(2)", []).append(clist.holds(row, c, f))
        elif row.reason in REASONS and not (row.dest or {}).get("review_only"):
            found.setdefault("746.3(a)(1)", []).append(clist.holds(row, c, f))
    if entry_of(c) in RS_ENTRIES:
        found.setdefault("746.3(a)(3)", []).append(YES)
    for reason, truths in sorted(found.items()):
        yield Requirement(
            when=any_of(*truths), reason=reason, kind="746.3", survives=SURVIVES, cites=(f"15 CFR {reason}", "15 CFR 746.3(c)"),
            says="us.746.3.list", args=(("code", c),),
            review_policy="us.policy.746.3.infrastructure" if reason == "746.3(a)(3)" else "us.policy.746.3",
        )  # fmt: skip


@rule("us.ear.746.3.a.4", cites=("15 CFR 746.3(a)(4)", "15 CFR 746.3(c)"), in_force=READ)
def iraq_military(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Iraq for any item meant for a military end use or end user there; no exception lifts it.

    Not for official use of the US Government, nor for the Government of Iraq. A military end user is one that
    supports such uses and is no military organization that the United States recognizes: forces of other states than
    Iraq, and those of none, are taken for such.
    """
    if not _to_iraq(f):
        return
    receivers = f.parties(*RECEIVERS)
    users = []
    for p in receivers:
        forces = p.is_in("capacity", ("armed_forces", "intelligence"))
        users.append(NO if forces is NO else all_of(forces, not_(_iraqi(p))))
    told = informed(f, "746.3")
    military = any_of(f.truth("end_use.military"), f.truth("end_use.military_intelligence"), *users)
    if any_of(military, told) is NO:
        return
    state = [
        any_of(p.is_in("capacity", ("us_government",)), all_of(p.is_in("capacity", STATE), _iraqi(p)))
        for p in receivers
    ]
    free = all_of(*state) if state else NO
    yield Requirement(
        when=any_of(told, all_of(military, not_(free))), reason="746.3(a)(4)", kind="746.3", survives=NO_EXCEPTION,
        says="us.746.3.military", review_policy="us.policy.746.3.military",
    )  # fmt: skip


def _iraqi(p: PartyView) -> Truth:
    state = p.get("nationality_of_forces") or p.get("country")
    return unknown(Ask(p.path("country"), (("IQ", "IQ"),))) if state is None else truth_of(state == "IQ")


@rule("us.ear.746.3.f", cites=("15 CFR 746.3(f)(1)", "15 CFR 746.3(f)(2)"), in_force=READ)
def iraq_transfer(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to transfer inside Iraq what came there under a license or a license exception, or for weapons
    of mass destruction."""
    if not _to_iraq(f) or f.get("activity") != "transfer_in_country":
        return
    yield Requirement(
        when=f.truth("facts.iraq.licensed_before"), reason="746.3(f)(1)", kind="746.3", survives=SURVIVES,
        says="us.746.3.transfer", review_policy="us.policy.746.3",
    )  # fmt: skip
    uses = ("nuclear_explosive", "unsafeguarded_nuclear", "missile", "wmd_delivery", "chemical_biological")
    yield Requirement(
        when=any_of(*(f.truth(f"end_use.{x}") for x in uses)), reason="746.3(f)(2)(i)", kind="746.3", survives=NO_EXCEPTION,
        says="us.746.3.transfer_wmd", review_policy="us.policy.746.3",
    )  # fmt: skip


RULES = (iraq_list, iraq_military, iraq_transfer)
