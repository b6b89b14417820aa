"""15 CFR 740.9: License Exception TMP. One function per paragraph; each is spoken of when a fact of it is stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    NEWER,
    OLDER,
    READ,
    Shipment,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    need_not,
    open_number,
    purpose,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Question, Truth, all_of, any_of, not_, truth_of

PURPOSE: Final = "facts.tmp.purpose"
FIREARMS: Final = ("0A501.a", "0A501.b", "0A506", "0A507")
#: Firearms and what belongs to them as tools of trade, (a)(2).
FIREARM_TOOLS: Final = ("0A501", "0A502", "0A504", "0A505", "0A506", "0A507", "0A508", "0A509")
#: Where firearms never go, or come from, under (a) and (b)(5), besides Country Group D:5.
FIREARM_STATES: Final = ("GE", "KZ", "KG", "MD", "TM", "UA", "UZ")
RETURN: Final = ("us.740.duty.tmp_return",)


def _firearm(f: Facts, s: Shipment) -> Truth:
    short = f.compare("item.parameters.barrel_length", "<", 18, "in") if s.entry_in(("0A502", "0A508")) else NO
    return any_of(under(s.code, FIREARMS), short)


def _head(
    f: Facts, law: LawAsOf, s: Shipment, months: int = 12, *, firearms: bool = False
) -> Iterator[Condition | None]:
    """What every paragraph of (a) asks: no order, no lease, back in time, and the limits on firearms."""
    yield need_not(f, "facts.tmp.order_received", "15 CFR 740.9(a)", "us.740.c.tmp_order")
    yield free_of(f, "facts.tmp.for_lease", "15 CFR 740.9(a)", "us.740.c.tmp_lease")
    yield is_so(
        open_number(f, "facts.tmp.return_months", "<=", months, "months"), "15 CFR 740.9(a)(14)", "us.740.c.tmp_return",
        months=months,
    )  # fmt: skip
    gun = _firearm(f, s)
    if gun is NO:
        return
    if not firearms:
        yield is_so(not_(gun), "15 CFR 740.9(a)", "us.740.c.tmp_firearms")
        return
    away = in_any(s.country, law, "D:5") or s.country in FIREARM_STATES
    yield is_so(any_of(not_(gun), truth_of(not away)), "15 CFR 740.9(a)", "us.740.c.tmp_firearm_states")
    yield is_so(open_number(f, "item.quantity", "<=", 75), "15 CFR 740.9(a)", "us.740.c.tmp_firearm_count")


def _not_e1(s: Shipment, law: LawAsOf, cite: str) -> Condition:
    return is_so(truth_of(not in_any(s.country, law, "E:1")), cite, "us.740.c.not_e1", destination=s.place)


def _spoken(f: Facts, *values: str, else_if: tuple[str, ...] = ()) -> Truth:
    """YES if the purpose is one of these, unknown if it is not given but other facts of TMP are, else NO."""
    got = f.get(PURPOSE)
    if got is not None:
        return truth_of(got in values)
    return purpose(f, PURPOSE, *values) if stated(f, *else_if) else NO


def _for(purpose_met: Truth, cite: str) -> Condition | None:
    return None if purpose_met is YES else is_so(purpose_met, cite, "us.740.c.tmp_purpose")


_HELD: Final = ("facts.tmp.effective_control",)


def _tools(f: Facts, law: LawAsOf, but: tuple[str, ...]) -> Iterator[Effect]:
    here = _spoken(f, "tools_of_trade", else_if=_HELD)
    if here is NO or (s := shipment(f, law)) is None or s.deemed or s.group == "E" or s.entry_in(but):
        return
    cite = "15 CFR 740.9(a)(1)"
    mt = controlled(f, law, s.code, "MT") if in_any(s.country, law, "D:4", "D:5") else NO
    yield lift(
        "TMP(a)(1)", cite,
        (
            _for(here, cite), *_head(f, law, s), _not_e1(s, law, cite),
            None if mt is NO else is_so(not_(mt), cite, "us.740.c.tmp_mt"),
            need(f, "facts.tmp.effective_control", cite, "us.740.c.tmp_control"),
        ),
        duties=RETURN,
    )  # fmt: skip


@rule("us.ear.740.9.a.1", cites=("15 CFR 740.9(a)(1)",), in_force=OLDER)
def tools_of_trade(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(1): tools of trade in the exporter's or its employee's hands, not to group E:1 and not MT items to D:4, D:5."""
    yield from _tools(f, law, ())


@rule("us.ear.740.9.a.1_2026", cites=("15 CFR 740.9(a)(1)",), in_force=NEWER)
def tools_of_trade_2026(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(1): tools of trade in the exporter's or its employee's hands, not to group E:1 and not MT items to D:4, D:5.

    Apart from firearms and what belongs to them, of which the later text speaks in (a)(2).
    """
    yield from _tools(f, law, FIREARM_TOOLS)


@rule("us.ear.740.9.a.2", cites=("15 CFR 740.9(a)(2)",), in_force=NEWER)
def firearms_of_trade(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(2): up to three firearms and 1,000 rounds as tools of trade, returned, not to group E:1.

    Reserved in the text of 2026-02-10. The day it came lies between then and 2026-09-24; until then the older applies here.
    """
    here = _spoken(f, "tools_of_trade", else_if=_HELD)
    if here is NO or (s := shipment(f, law)) is None or s.deemed:
        return
    if not s.entry_in(FIREARM_TOOLS):
        return
    cite = "15 CFR 740.9(a)(2)"
    long = YES if not s.entry_in(("0A502", "0A508")) else f.compare("item.parameters.barrel_length", ">=", 18, "in")
    ammunition = s.entry_in(("0A505",))
    away = in_any(s.country, law, "D:5") or s.country in FIREARM_STATES
    yield lift(
        "TMP(a)(2)", cite,
        (
            _for(here, cite), *(c for c in _head(f, law, s, firearms=True)), _not_e1(s, law, cite),
            is_so(truth_of(not away or _firearm(f, s) is NO), "15 CFR 740.9(a)", "us.740.c.tmp_firearm_states"),
            None if long is YES else is_so(long, cite, "us.740.c.long_shotgun"),
            is_so(under(s.code, ("0A505.a", "0A505.b", "0A505.c")), cite, "us.740.c.tmp_ammunition") if ammunition else None,
            is_so(open_number(f, "facts.bag.firearms", "<=", 3), cite + "(i)", "us.740.c.three_firearms"),
            is_so(open_number(f, "facts.bag.cartridges", "<=", 1000), cite + "(i)", "us.740.c.thousand_rounds"),
            need(f, "facts.tmp.effective_control", cite + "(iii)", "us.740.c.tmp_control"),
            need(f, "facts.bag.declared", cite + "(iv)", "us.740.c.declared"),
        ),
        duties=RETURN,
    )  # fmt: skip


@rule("us.ear.740.9.a.3", cites=("15 CFR 740.9(a)(3)",), in_force=READ)
def technology_abroad(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(3): technology with a US person, or its foreign employee who may have it, traveling or posted abroad."""
    if not stated(f, "facts.tmp.us_person_holds_technology") or (s := shipment(f, law)) is None:
        return
    if s.deemed or s.group not in ("", "E"):
        return
    cite = "15 CFR 740.9(a)(3)"
    yield lift(
        "TMP(a)(3)", cite,
        (
            need_not(f, "facts.tmp.order_received", "15 CFR 740.9(a)", "us.740.c.tmp_order"),
            need(f, "facts.tmp.us_person_holds_technology", cite, "us.740.c.tmp_us_person"),
            need(f, "facts.tmp.technology_secured", cite + "(ii)", "us.740.c.tmp_secured"),
            free_of(f, "facts.tmp.technology_for_foreign_production", cite + "(iv)", "us.740.c.tmp_production"),
        ),
    )  # fmt: skip


@rule("us.ear.740.9.a.4", cites=("15 CFR 740.9(a)(4)",), in_force=READ)
def kits(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(4): kits of replacement parts in the exporter's hands; parts not used come back, not to group E:1."""
    here = _spoken(f, "kit")
    if here is NO or (s := shipment(f, law)) is None or s.deemed:
        return
    cite = "15 CFR 740.9(a)(4)"
    yield lift(
        "TMP(a)(4)", cite,
        (
            *_head(f, law, s), _not_e1(s, law, cite),
            need(f, "facts.rpl.original_lawful", cite + "(i)", "us.740.c.rpl_lawful"),
            need(f, "facts.tmp.effective_control", cite + "(ii)", "us.740.c.tmp_control"),
        ),
        duties=RETURN,
    )  # fmt: skip


@rule("us.ear.740.9.a.5", cites=("15 CFR 740.9(a)(5)",), in_force=READ)
def exhibition(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(5): for exhibition or demonstration, owned and controlled, at most 120 days at one site, not to group E:1."""
    here = _spoken(f, "exhibition", else_if=("facts.tmp.ownership_kept", "facts.tmp.days_at_site"))
    if here is NO or (s := shipment(f, law)) is None or s.deemed or s.group == "E":
        return
    cite = "15 CFR 740.9(a)(5)"
    yield lift(
        "TMP(a)(5)", cite,
        (
            _for(here, cite), *_head(f, law, s, firearms=True), _not_e1(s, law, cite),
            need(f, "facts.tmp.ownership_kept", cite, "us.740.c.tmp_owner"),
            need(f, "facts.tmp.effective_control", cite, "us.740.c.tmp_control"),
            is_so(open_number(f, "facts.tmp.days_at_site", "<=", 120, "days"), cite, "us.740.c.tmp_days"),
        ),
        duties=RETURN,
    )  # fmt: skip


@rule("us.ear.740.9.a.6", cites=("15 CFR 740.9(a)(6)",), in_force=READ)
def repair_abroad(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(6): commodities to be inspected, tested, calibrated or repaired abroad, not to group E:1."""
    here = _spoken(f, "repair")
    if here is NO or (s := shipment(f, law)) is None or s.deemed or s.group in ("D", "E"):
        return
    cite = "15 CFR 740.9(a)(6)"
    yield lift("TMP(a)(6)", cite, (*_head(f, law, s, firearms=True), _not_e1(s, law, cite)), duties=RETURN)


@rule("us.ear.740.9.a.7", cites=("15 CFR 740.9(a)(7)",), in_force=READ)
def containers(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(7): containers needed to ship commodities; not what is in them."""
    here = _spoken(f, "container")
    if here is NO or (s := shipment(f, law)) is None or s.deemed:
        return
    yield lift("TMP(a)(7)", "15 CFR 740.9(a)(7)", _head(f, law, s), duties=RETURN)


@rule("us.ear.740.9.a.8", cites=("15 CFR 740.9(a)(8)",), in_force=READ)
def assembly_in_mexico(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(8): commodities for processing in Mexico by an IMMEX firm, back in the United States within four years."""
    if not stated(f, "facts.tmp.immex") or (s := shipment(f, law)) is None or s.place != "MX" or s.activity != "export":
        return
    cite = "15 CFR 740.9(a)(8)"
    conditions = (*_head(f, law, s, 48), need(f, "facts.tmp.immex", cite, "us.740.c.tmp_immex"))
    yield lift("TMP(a)(8)", cite, conditions, duties=RETURN)


@rule("us.ear.740.9.a.9", cites=("15 CFR 740.9(a)(9)",), in_force=READ)
def news_media(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(9): news-gathering gear of accredited media in Belarus, Cuba, North Korea, Russia, Syria, Crimea, DNR, LNR.

    Elsewhere (a)(1) serves the media.
    """
    here = any_of(_spoken(f, "news_media"), f.truth("end_use.news_gathering"))
    if here is NO or (s := shipment(f, law)) is None or s.deemed or s.group == "E":
        return
    if s.place not in ("BY", "CU", "KP", "RU", "SY", "UA-43", "UA-40", "UA-14", "UA-09"):
        return
    cite = "15 CFR 740.9(a)(9)"
    yield lift(
        "TMP(a)(9)", cite,
        (*_head(f, law, s), need(f, "facts.tmp.effective_control", cite + "(i)(A)-(B)", "us.740.c.tmp_news_control")),
        duties=("us.740.duty.tmp_news", *RETURN),
    )  # fmt: skip


@rule("us.ear.740.9.a.10", cites=("15 CFR 740.9(a)(10)",), in_force=READ)
def own_subsidiary(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(10): parts, tools and test equipment to a facility that a US person owns, for making things there."""
    here = _spoken(f, "subsidiary")
    if here is NO or (s := shipment(f, law)) is None or s.deemed or s.group in ("D", "E"):
        return
    cite = "15 CFR 740.9(a)(10)"
    owned = any_of(*(p.condition("subsidiary_of_us_company") for p in f.parties("ultimate_consignee", "end_user")))
    yield lift(
        "TMP(a)(10)", cite,
        (*_head(f, law, s), is_so(any_of(owned, f.condition("facts.tmp.owned_facility")), cite, "us.740.c.tmp_subsidiary")),
        duties=("us.740.duty.tmp_no_transfer", *RETURN),
    )  # fmt: skip


@rule("us.ear.740.9.a.11", cites=("15 CFR 740.9(a)(11)",), in_force=READ)
def body_armor(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (a)(11): one set of body armor or protective gear with a US person, returned within four years.

    To Country Group D:5 only for somebody affiliated with the US Government or supporting its contract; to Iraq also under
    its government's direct authorization.
    """
    here = _spoken(f, "body_armor", else_if=("facts.bag.sets",))
    if here is NO or (s := shipment(f, law)) is None or s.deemed:
        return
    if not s.under(("1A613.c", "1A613.d", "1A607.f", "1A607.x")):
        return
    d5 = in_any(s.country, law, "D:5")
    symbol = "TMP(a)(11)(ii)" if d5 else "TMP(a)(11)(i)"
    cite = f"15 CFR 740.9(a)(11){symbol[10:]}"
    support = f.condition("facts.bag.us_government_contract")
    if s.place == "IQ":
        support = any_of(support, f.condition("facts.bag.iraq_authorization"))
    yield lift(
        symbol, cite,
        (
            _for(here, cite), *_head(f, law, s, 48),
            need(f, "facts.bag.citizen_or_resident", cite, "us.740.c.us_person"),
            is_so(open_number(f, "facts.bag.sets", "<=", 1), cite, "us.740.c.one_set"),
            is_so(support, cite, "us.740.c.us_contract") if d5 else None,
        ),
        duties=RETURN,
    )  # fmt: skip


@rule("us.ear.740.9.b.1", cites=("15 CFR 740.9(b)(1)",), in_force=READ)
def in_transit(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (b)(1): items in transit through the United States under a T&E or I&E entry; NS, NP, CB, MT items not to D:1-D:4.

    Shipments from Canada go to any destination ((b)(1)(iv)).
    """
    here = _spoken(f, "in_transit")
    if here is NO or (s := shipment(f, law)) is None or s.deemed:
        return
    cite = "15 CFR 740.9(b)(1)"
    if f.get("exported_from") == "CA" or f.truth("facts.tmp.in_transit_from_canada") is YES:
        yield lift("TMP(b)(1)(iv)", cite + "(iv)", (_no_firearm(f, s),))
        return
    yield lift(
        "TMP(b)(1)", cite,
        (
            is_so(_regime_free(f, law, s), cite + "(i)", "us.740.c.transit_groups", destination=s.place), _not_e1(s, law, cite + "(ii)"),
            is_so(not_(under(s.code, ("1C350",))), cite + "(iii)(B)", "us.740.c.transit_chemicals"),
            free_of(f, "facts.tmp.international_import_certificate", cite + "(iii)(A)", "us.740.c.transit_certificate"),
            _no_firearm(f, s),
        ),
    )  # fmt: skip


def _no_firearm(f: Facts, s: Shipment) -> Condition | None:
    gun = _firearm(f, s)
    return None if gun is NO else is_so(not_(gun), "15 CFR 740.9(b)", "us.740.c.tmp_firearms")


def _regime_free(f: Facts, law: LawAsOf, s: Shipment) -> Truth:
    """NS not to D:1, NP not to D:2, CB not to D:3, MT not to D:4."""
    pairs = (("NS", "D:1"), ("NP", "D:2"), ("CB", "D:3"), ("MT", "D:4"))
    return not_(any_of(*(controlled(f, law, s.code, r) for r, g in pairs if in_any(s.country, law, g))))


@rule("us.ear.740.9.b.notes", cites=("15 CFR 740.9(b) Notes 2-4",), in_force=READ, not_modeled=True)
def transit_notes(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Notes 2 to 4 to TMP (b): bonded warehouses, goods never unladen here, shipments within Canada or Mexico."""
    if f.get(PURPOSE) == "in_transit":
        yield Question(kind="not_modeled", says="us.740.not_modeled.transit")


@rule("us.ear.740.9.b.2", cites=("15 CFR 740.9(b)(2)",), in_force=READ)
def imported_for_display(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (b)(2): items brought in under bond for marketing or a fair go back, or on to other places within limits."""
    if not stated(f, "facts.tmp.imported_for_display") or (s := shipment(f, law)) is None or s.activity != "export":
        return
    cite = "15 CFR 740.9(b)(2)"
    back = truth_of(f.get("facts.tmp.imported_from") == s.place) if stated(f, "facts.tmp.imported_from") else NO
    onward = all_of(_regime_free(f, law, s), truth_of(not in_any(s.country, law, "E:1")))
    yield lift(
        "TMP(b)(2)", cite,
        (
            need(f, "facts.tmp.imported_for_display", cite, "us.740.c.display_bond"),
            is_so(any_of(back, onward), cite + "(i)-(ii)", "us.740.c.transit_groups", destination=s.place), _no_firearm(f, s),
        ),
    )  # fmt: skip


@rule("us.ear.740.9.b.3", cites=("15 CFR 740.9(b)(3)",), in_force=READ)
def foreign_origin_returned(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (b)(3): a foreign-origin item goes back to the country it came from, not enhanced; none to Cuba."""
    if not stated(f, "facts.tmp.imported_from") or (s := shipment(f, law)) is None or s.activity != "export":
        return
    cite = "15 CFR 740.9(b)(3)"
    origin = f.get("item.origin")
    yield lift(
        "TMP(b)(3)", cite,
        (
            is_so(truth_of(f.get("facts.tmp.imported_from") == s.place and s.place != "CU"), cite, "us.740.c.returned_home"),
            is_so(f.is_in("item.origin", (s.place,), strict=True) if origin is None else truth_of(origin != "US"), cite,
                  "us.740.c.foreign_origin"),
            need_not(f, "item.traits.enhances", cite, "us.740.c.not_enhanced"),
        ),
    )  # fmt: skip


@rule("us.ear.740.9.b.4", cites=("15 CFR 740.9(b)(4)",), in_force=READ)
def refused_entry(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (b)(4): shipments refused entry go back to the country of origin, not to Cuba."""
    if not stated(f, "facts.tmp.refused_entry") or (s := shipment(f, law)) is None or s.activity != "export":
        return
    cite = "15 CFR 740.9(b)(4)"
    yield lift(
        "TMP(b)(4)", cite,
        (
            need(f, "facts.tmp.refused_entry", cite, "us.740.c.refused"),
            is_so(truth_of(s.place != "CU"), cite + "(i)", "us.740.c.not_cuba"),
            free_of(f, "facts.tmp.refused_for_sanctions", cite + "(ii)", "us.740.c.refused_ofac"),
        ),
    )  # fmt: skip


@rule("us.ear.740.9.b.5", cites=("15 CFR 740.9(b)(5)",), in_force=READ)
def firearms_here(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (b)(5): up to 75 firearms a shipment that were here for at most a year leave again, with the import papers."""
    if not stated(f, "facts.tmp.firearms_import_papers") or (s := shipment(f, law)) is None or s.activity != "export":
        return
    if not s.entry_in(("0A501", "0A502", "0A506", "0A507", "0A508")):
        return
    cite = "15 CFR 740.9(b)(5)"
    origins = (*FIREARM_STATES, *sorted(law.group("us.D:5").members))
    yield lift(
        "TMP(b)(5)", cite,
        (
            is_so(_firearm(f, s), cite, "us.740.c.these_firearms"),
            is_so(open_number(f, "item.quantity", "<=", 75), cite, "us.740.c.tmp_firearm_count"),
            is_so(not_(f.is_in("item.origin", origins, strict=True)), cite + "(i)-(ii)", "us.740.c.firearm_origin"),
            is_so(not_(f.is_in("facts.tmp.imported_from", origins, strict=True)), cite + "(i)-(ii)", "us.740.c.firearm_origin"),
            is_so(truth_of(not in_any(s.country, law, "D:5")), cite + "(iii)", "us.740.c.not_d5", destination=s.place),
            need(f, "facts.tmp.firearms_import_papers", cite + "(iv)-(v)", "us.740.c.import_papers"),
        ),
    )  # fmt: skip


@rule("us.ear.740.9.c", cites=("15 CFR 740.9(c)",), in_force=READ)
def beta_software(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """TMP (c): beta test software meant for the public, free, with the tester's statement; not to Cuba and Iran.

    Encryption software of 5D002 not to Country Group E:1.
    """
    here = _spoken(f, "beta_software")
    if here is NO or (s := shipment(f, law)) is None or s.group not in ("", "D"):
        return
    cite = "15 CFR 740.9(c)"
    barred = s.place in ("CU", "IR") or (s.entry_in(("5D002",)) and in_any(s.country, law, "E:1"))
    yield lift(
        "TMP(c)", cite,
        (
            is_so(truth_of(not barred), cite + "(2)", "us.740.c.beta_place", destination=s.place),
            need(f, "facts.tmp.beta_for_public", cite + "(4)", "us.740.c.beta_public"),
            need(f, "facts.tmp.beta_statement", cite + "(5)", "us.740.c.beta_statement"),
        ),
        duties=("us.740.duty.beta_destroy", "us.740.duty.beta_notice"),
    )  # fmt: skip


RULES = (
    tools_of_trade, tools_of_trade_2026, firearms_of_trade, technology_abroad, kits, exhibition, repair_abroad, containers, assembly_in_mexico,
    news_media, own_subsidiary, body_armor, in_transit, transit_notes, imported_for_display, foreign_origin_returned, refused_entry,
    firearms_here, beta_software,
)  # fmt: skip
