"""15 CFR 740.20: License Exception STA, to Country Group A:5 under (c)(1) and to A:6 under (c)(2).

It is listed for every ECCN item going there, since the entry offers it unless it says otherwise; where a limit bars it, the
limit is the condition that fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import TRANSACTION_PARTIES, ccl, destination, reading_country
from safeconduct.jurisdictions.us.ear.part740_2 import COMPUTING
from safeconduct.jurisdictions.us.ear.part740_common import (
    GOVERNMENT,
    NEWER,
    OLDER,
    READ,
    Shipment,
    controlled,
    in_any,
    is_so,
    lift,
    made_for,
    need,
    open_amount,
    open_number,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, Scope, entry_of, rule
from safeconduct.law.conditions import evaluate
from safeconduct.model import NO, YES, Condition, Effect, Facts, Truth, all_of, any_of, not_

KINDS_A5: Final = frozenset({"NS", "CB", "NP", "RS", "CC", "SI"})
#: 740.20(b)(2)(ii)(A), (v), (vii), (viii)(D): barred wherever the item goes.
BARRED: Final = (
    ("0A501.a", "(ii)(A)"), ("0A501.b", "(ii)(A)"), ("0A501.c", "(ii)(A)"), ("0A501.d", "(ii)(A)"), ("0A501.e", "(ii)(A)"),
    ("0A506", "(ii)(A)"), ("0A507", "(ii)(A)"), ("0A509", "(ii)(A)"), ("0A981", "(ii)(A)"), ("0A982", "(ii)(A)"),
    ("0A983", "(ii)(A)"), ("0A503", "(ii)(A)"), ("0E504", "(ii)(A)"), ("0E982", "(ii)(A)"), ("1C351.a", "(v)"),
    ("1C351.b", "(v)"), ("1C351.c", "(v)"), ("1C351.d.14", "(v)"), ("1C351.d.15", "(v)"), ("1C351.e", "(v)"),
    ("1C353", "(v)"), ("1C354", "(v)"), ("1E351", "(v)"), ("9D004.f", "(viii)(D)"), ("9D004.g", "(viii)(D)"),
    ("6A002", "(x)"), ("6A293", "(x)"), ("6D003.c", "(x)"),
)  # fmt: skip
PATHOGENS: Final = ("1C351.a", "1C351.b", "1C351.c", "1C351.d.14", "1C351.d.15", "1C351.e", "1C353", "1C354")
ENGINE_TECHNOLOGY: Final = (
    "9E003.a.1", "9E003.a.2", "9E003.a.3", "9E003.a.4", "9E003.a.5", "9E003.c", "9E003.h", "9E003.i",
)  # fmt: skip
#: Entries whose limit depends on what the software or technology is for: entry -> (paragraph, codes it is for).
BARRED_FOR: Final = {
    "1E001": ("(v)", PATHOGENS), "6D002": ("(x)", ("6A002.b",)), "6D991": ("(x)", ("6A002", "6A003")),
    "6E001": ("(x)", ("6A002", "6A003")), "6E002": ("(x)", ("6A002", "6A003")), "3E001": ("(xi)", ("3A001.b.2", "3A001.b.3")),
    "9D002": ("(viii)(B)", ("9B001",)),
}  # fmt: skip
DRONES: Final = ("9A012.a", "9A120")
STEPS: Final = ("us.740.duty.sta_notice", "us.740.duty.sta_records", "us.740.duty.743_1")


def _barred(f: Facts, law: LawAsOf, s: Shipment) -> tuple[Truth, str]:
    """The limit of (b)(2)(ii), (v)-(xi) that bars the item, and its paragraph."""
    for listed, paragraph in BARRED:
        got = under(s.code, (listed,))
        if got is not NO:
            return got, paragraph
    entry = entry_of(s.code)
    if entry in ("0A502", "0A508"):
        return f.compare("item.parameters.barrel_length", "<", 18, "in"), "(ii)(B)"
    if entry == "7E004":
        return not_(under(s.code, ("7E004.a.7",))), "(vii)"
    if entry == "3A001" and (listed_truth := under(s.code, ("3A001.b.2", "3A001.b.3"))) is not NO:
        return all_of(listed_truth, not_(f.truth("item.traits.civil_telecom_use"))), "(xi)"
    if entry == "9D001":
        return any_of(
            made_for(f, law, "9B001", *ENGINE_TECHNOLOGY), f.truth("item.traits.engine_hot_section_software")
        ), "(viii)(B)"
    if entry == "9D002":
        return any_of(made_for(f, law, "9B001"), f.truth("item.traits.engine_hot_section_software")), "(viii)(B)"
    if entry == "9E003" and (engine := under(s.code, ENGINE_TECHNOLOGY)) is not NO:
        return all_of(engine, not_(f.truth("item.traits.fan_or_power_turbine"))), "(viii)(E)"
    if entry in BARRED_FOR:
        paragraph, codes = BARRED_FOR[entry]
        return made_for(f, law, *codes), paragraph
    if entry == "9B001" and in_any(s.country, law, "A:6"):
        return YES, "(viii)(A)"
    return NO, ""


def _special(f: Facts, law: LawAsOf, s: Shipment, group: str) -> Truth:
    """Whether the entry's own special condition bars STA to the group."""
    clist = ccl(law)
    found = []
    for row in law.index("us.ccl.sta", "entry").get(entry_of(s.code), ()):
        if group not in row["bars"]:
            continue
        held = clist.in_scope(Scope.of(row["scope"]), s.code)
        if held is not NO and row["when"] is not None:
            held = all_of(held, evaluate(row["when"], f, clist))
        if row.get("unless"):
            # BIS may have found the end item eligible, 740.20(g).
            held = all_of(held, not_(f.truth("facts.sta.eligible_under_g")))
        found.append(held)
    return any_of(*found)


def _limits(f: Facts, law: LawAsOf, s: Shipment, group: str) -> Iterator[Condition | None]:
    barred, paragraph = _barred(f, law, s)
    if barred is not NO:
        yield is_so(not_(barred), f"15 CFR 740.20(b)(2){paragraph}", "us.740.c.sta_limit", code=s.code)
    special = _special(f, law, s, group)
    if special is not NO:
        yield is_so(
            not_(special), f"15 CFR 774 Supp. 1, {entry_of(s.code)}", "us.740.c.sta_special", code=s.code, group=group
        )
    if special is NO and under(s.code, COMPUTING) is not NO:
        yield need(f, "facts.sta.computing_confirmed", "15 CFR 740.20(b)(2)", "us.740.c.sta_computing")
    never = controlled(f, law, s.code, "EI", "SS", "SL", "CW")
    if never is not NO:
        yield is_so(not_(never), "15 CFR 740.20(b)(2)(iii)", "us.740.c.sta_reasons")


def _paperwork(f: Facts, law: LawAsOf, s: Shipment) -> Iterator[Condition | None]:
    """Paragraph (d): what must be in hand before the shipment or release."""
    if s.deemed:
        told = any_of(f.condition("facts.sta.prior_consignee_statement"), f.condition("facts.sta.recipient_notified"))
        yield is_so(told, "15 CFR 740.20(d)(4)", "us.740.c.sta_recipient")
        return
    yield need(f, "facts.sta.eccn_furnished", "15 CFR 740.20(d)(1)", "us.740.c.sta_eccn")
    consignees = f.parties("ultimate_consignee", "intermediate_consignee")
    named = consignees or f.parties("end_user")
    all_government = bool(named) and all(
        p.get("capacity") in GOVERNMENT and in_any(str(p.get("country") or s.country), law, "A:5", "A:6") for p in named
    )
    if not all_government:
        says = "us.740.c.sta_statement_check" if s.series in ("600", "9x515") else "us.740.c.sta_statement"
        yield need(f, "facts.sta.prior_consignee_statement", "15 CFR 740.20(d)(2)", says)
        yield need(f, "facts.sta.log_kept", "15 CFR 740.20(d)(2)", "us.740.c.sta_log")
        if s.series == "600":
            yield need(f, "facts.sta.series_600_statement", "15 CFR 740.20(d)(2)(vii)", "us.740.c.sta_600_statement")


def _series_600(f: Facts, law: LawAsOf) -> Iterator[Condition | None]:
    """Paragraph (b)(3) and the note to (c)(1)(i)."""
    yield need(f, "facts.sta.government_end_use", "15 CFR 740.20(b)(3)(ii)", "us.740.c.sta_600_end_use")
    parties = f.parties(*TRANSACTION_PARTIES)
    approved = all_of(*(p.condition("previously_licensed") for p in parties))
    if not parties:
        approved = f.condition("parties[0].previously_licensed")
    yield is_so(approved, "15 CFR 740.20(c)(1) Note", "us.740.c.sta_600_licensed")
    places = [str(c) for p in parties if (c := p.get("country")) is not None]
    if not all(c == "US" or in_any(c, law, "A:5") for c in places):
        yield is_so(NO, "15 CFR 740.20(b)(3)(ii)", "us.740.c.sta_600_place")
    if stated(f, "facts.contract.series_600_mde"):
        yield is_so(
            open_amount(f, "facts.contract.series_600_mde", "<=", 25_000_000),
            "15 CFR 740.20(b)(3)(iv)",
            "us.740.c.sta_600_mde",
        )


def _to(f: Facts, law: LawAsOf, group: str) -> Shipment | None:
    """The line if it goes to the group; the destination is read first, so that all others are remembered once."""
    country = reading_country(destination(f), law)
    if country is None or not in_any(country, law, group):
        return None
    s = shipment(f, law)
    return s if s is not None and s.eccn else None


@rule("us.ear.740.20.c.1", cites=("15 CFR 740.20(c)(1)(i)", "15 CFR 740.20(b)", "15 CFR 740.20(d)"), in_force=READ)
def strategic_trade(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA (c)(1): to Country Group A:5 if only NS, CB, NP, RS, CC or SI stands and nothing bars the item.

    Reading: entries 3A090 and 4A090 have no special condition for STA while their twins and their technology are barred, so
    that by its letter STA reaches them; since AIA would then be idle, BIS's word is asked for. The other reading needs none.

    Consignees that are a government of A:5 or A:6 sign no statement (note 2 to (d)(2)). For a release within one country a
    notice or agreement stands in its place ((d)(4)); a statement on file is read as one.
    """
    s = _to(f, law, "A:5")
    if s is None:
        return
    mt = controlled(f, law, s.code, "MT")
    yield lift(
        "STA(c)(1)", "15 CFR 740.20(c)(1)(i)",
        (
            *_limits(f, law, s, "A:5"),
            None if mt is NO else is_so(not_(mt), "15 CFR 740.20(b)(2)(iii)", "us.740.c.sta_mt"),
            *(_series_600(f, law) if s.series == "600" else ()),
            *_paperwork(f, law, s),
        ),
        kinds=KINDS_A5, duties=STEPS,
    )  # fmt: skip


def _drone(f: Facts, law: LawAsOf, drones: tuple[str, ...]) -> Iterator[Effect]:
    s = shipment(f, law, entries=[entry_of(c) for c in drones])
    if s is None or not s.under(drones) or not in_any(s.country, law, "A:5"):
        return
    small = any_of(
        open_number(f, "item.parameters.payload", "<", 500, "kg"),
        open_number(f, "item.parameters.range", "<", 300, "km"),
    )
    conditions = [
        is_so(small, "15 CFR 740.20(c)(1)(ii)(A)", "us.740.c.sta_drone"),
        *_limits(f, law, s, "A:5"),
        *(_series_600(f, law) if s.series == "600" else ()),
        *_paperwork(f, law, s),
    ]
    if s.code == "9A610.a":
        conditions.append(need(f, "facts.sta.eligible_under_g", "15 CFR 740.20(g)", "us.740.c.sta_g"))
    yield lift("STA(c)(1)(ii)", "15 CFR 740.20(c)(1)(ii)", conditions, kinds=KINDS_A5 | {"MT"}, duties=STEPS)


@rule(
    "us.ear.740.20.c.1.ii",
    cites=("15 CFR 740.20(c)(1)(ii)",),
    in_force=OLDER,
)
def drones(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA (c)(1)(ii): MT-controlled drones of 9A012 and 9A120 that cannot carry 500 kg to 300 km, to Country Group A:5."""
    yield from _drone(f, law, DRONES)


@rule(
    "us.ear.740.20.c.1.ii_2026",
    cites=("15 CFR 740.20(c)(1)(ii)",),
    in_force=NEWER,
)
def drones_2026(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA (c)(1)(ii): MT-controlled drones of 9A012, 9A120 and, once found eligible, 9A610.a, to Country Group A:5."""
    yield from _drone(f, law, (*DRONES, "9A610.a"))


@rule("us.ear.740.20.c.2", cites=("15 CFR 740.20(c)(2)", "15 CFR 740.20(b)", "15 CFR 740.20(d)"), in_force=READ)
def strategic_trade_a6(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA (c)(2): to Country Group A:6 if only NS stands and the entry does not bar it."""
    s = _to(f, law, "A:6")
    if s is None:
        return
    mt = controlled(f, law, s.code, "MT")
    yield lift(
        "STA(c)(2)", "15 CFR 740.20(c)(2)",
        (
            *_limits(f, law, s, "A:6"),
            None if mt is NO else is_so(not_(mt), "15 CFR 740.20(b)(2)(iii)", "us.740.c.sta_mt"),
            *_paperwork(f, law, s),
        ),
        kinds=frozenset({"NS"}), duties=STEPS,
    )  # fmt: skip


RULES = (strategic_trade, drones, drones_2026, strategic_trade_a6)
