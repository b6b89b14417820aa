"""15 CFR 746.8: Russia and Belarus, in its form since 2024-11-01."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from safeconduct.jurisdictions.us.common import CODE, EAR99, code, country_of, destination, is_eccn
from safeconduct.jurisdictions.us.ear.lists import has_footnote
from safeconduct.jurisdictions.us.ear.part746_partners import only_as_direct_product
from safeconduct.jurisdictions.us.ear.part746_shared import (
    UnitPriceProbe,
    deemed,
    direct_product,
    ear99,
    foreign_made,
    from_supplement_3,
    hs6,
    in_supplement,
    informed,
    is_goods,
    names_supplement,
    nothing_moves,
    partner_users,
)
from safeconduct.law import LawAsOf, covers, entry_of, rule, since
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Block,
    Effect,
    Facts,
    Requirement,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: The present form, in the text since its last amendment; what stood before has rules of its own below.
NOW: Final = since("2024-11-01", source="89 FR 87282; texts of 2025-01, 2026-02-10 and 2026-09-24")
DESTINATIONS: Final = ("RU", "BY")
#: 746.8(c)(2), without GOV, which paragraph (a)(8) does not keep. BAG without its paragraph (e).
KEPT: Final = (
    "TMP(a)(9)", "TSU(c)", "BAG(a)", "BAG(b)", "BAG(c)", "BAG(d)", "BAG(f)", "BAG(g)", "BAG(h)", "AVS(a)", "AVS(b)", "ENC", "CCD",
    "MED",
)  # fmt: skip
SURVIVES: Final = (*KEPT, "GOV(b)")
POLICY: Final = "us.policy.746.8"
#: Entries of 746.8(a)(4) beside Supplement 2.
OIL_AND_GAS: Final = frozenset(["0A998", "1C992", "3A229", "3A231", "3A232", "6A991", "8A992", "8D999"])
#: 746.8(a)(8)(ii); software to operate numerically controlled machine tools is asked for by itself.
BUSINESS_SOFTWARE: Final = (
    "ERP", "CRM", "BI", "SCM", "EDW", "CMMS", "project_management", "PLM", "BIM", "CAD", "CAM", "ETO",
)  # fmt: skip
#: Chapters of the HS in which goods of Supplement 6 are found. Those in other chapters (food, books, clothing, toys)
#: are none of its chemicals, biologics or laboratory, quantum and additive manufacturing goods.
SUPPLEMENT_6_CHAPTERS: Final = frozenset(
    ["22", "25", "26", "27", "28", "29", "30", "32", "34", "35", "36", "37", "38", "39", "40", "48", "54", "55", "56", "59", "63", "65", "68", "69", "70", "72", "73", "74", "75", "76", "78", "79", "80", "81", "82", "83", "84", "85", "90", "94"]
)  # fmt: skip
_CAS: Final = re.compile(r"\d{2,7}-\d\d-\d$")


def to_russia(f: Facts) -> bool:
    """Whether an item goes to or moves within Russia or Belarus; releases are outside the section, (a)(12)(i)."""
    return country_of(destination(f)) in DESTINATIONS and not deemed(f) and not nothing_moves(f)


def place(f: Facts) -> tuple[tuple[str, object], ...]:
    """The destination, for messages."""
    return (("destination", destination(f)),)


@rule(
    "us.ear.746.8.a.1",
    cites=("15 CFR 746.8(a)(1)", "15 CFR 746.8(a)(12)(i)", "15 CFR 746.8(a)(12)(ii)"),
    in_force=NOW,
)
def any_eccn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for any item with an ECCN.

    Free are 5A991 commodities and mass market 5A992.c and 5D992.c for civil users owned by companies of the United
    States or of Country Groups A:5 and A:6, and their missions, (a)(12)(ii).
    """
    if not to_russia(f):
        return
    c = code(f)
    if c is not None and not is_eccn(c):
        return
    listed = unknown(Ask(CODE, (("3A991", "3A991"), (EAR99, EAR99)))) if c is None else YES
    survives = (*SURVIVES, "GOV(e)") if c is not None and entry_of(c) == "9A004" else SURVIVES
    free = any_of(_mass_market(f, law, c), only_as_direct_product(f, law))
    yield Requirement(
        when=all_of(listed, not_(free)), reason="746.8(a)(1)", kind="746.8", survives=survives, says="us.746.8.a.1",
        args=(*place(f), ("code", c or "?")), review_policy=POLICY,
    )  # fmt: skip


def _mass_market(f: Facts, law: LawAsOf, c: str | None) -> Truth:
    """The exclusion of (a)(12)(ii) for classified items; nobody's claim, so absent is no."""
    if c is None:
        return NO
    if entry_of(c) == "5A991":
        kind = is_goods(f)
    elif covers("5A992.c", c) or covers("5D992.c", c):
        kind = f.truth("item.traits.mass_market")
    else:
        return NO
    return NO if kind is NO else all_of(kind, partner_users(f, law, missions=True))


@rule("us.ear.746.8.a.2", cites=("15 CFR 746.8(a)(2)", "15 CFR 746.8(a)(12)(iii)(A)", "15 CFR 734.9(f)"), in_force=NOW)
def russia_direct_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for foreign-made direct products destined to Russia or Belarus, unless they leave a partner country."""
    if not to_russia(f) or not foreign_made(f):
        return
    left = from_supplement_3(f, law)
    if left is YES:
        return
    c = code(f)
    scope = YES if is_eccn(c) else any_of(in_supplement(f, law, "us.746.supp7"), supplement_6(f, law))
    yield Requirement(
        when=all_of(not_(left), scope, direct_product(f, "0123456789")), reason="746.8(a)(2)", kind="746.8",
        survives=SURVIVES, says="us.746.8.a.2", args=place(f), review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.746.8.a.3", cites=("15 CFR 746.8(a)(3)", "15 CFR 746.8(c)(1)", "15 CFR 734.9(g)"), in_force=NOW)
def footnote_3_direct_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required for foreign-made direct products where an Entity List party with footnote 3 has a part, anywhere.

    What the entry itself asks belongs to 744.11; an exception it keeps does not reach this paragraph here.
    """
    if not foreign_made(f) or deemed(f) or nothing_moves(f):
        return
    for p in f.parties():
        for listing in p.listed_on("us.entity_list"):
            marked = has_footnote(listing, law, "3")
            if marked is NO:
                continue
            left = from_supplement_3(f, law)
            yield Requirement(
                when=all_of(marked, not_(left), direct_product(f, "0123456789")), reason="746.8(a)(3)",
                kind="746.8", survives=NO_EXCEPTION, says="us.746.8.a.3", party=p.index, review_policy="us.policy.746.8.denial",
            )  # fmt: skip


@rule(
    "us.ear.746.8.a.4",
    cites=("15 CFR 746.8(a)(4)(i)", "15 CFR 746.8(a)(4)(ii)", "15 CFR 746 Supp. 2"),
    in_force=NOW,
)
def oil_and_gas(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for oil and gas goods for deepwater, Arctic offshore or shale projects.

    Also where the exporter cannot tell: silence about the project is therefore a question even after due diligence.
    """
    if not to_russia(f):
        return
    if informed(f, "746.8") is YES:
        yield Requirement(
            reason="746.8(a)(4)(ii)", kind="746.8", survives=SURVIVES, says="us.746.8.a.4.ii", review_policy="us.policy.746.8.denial",
        )  # fmt: skip
    c = code(f)
    if c is not None and entry_of(c) in OIL_AND_GAS:
        listed = YES
    else:
        listed = in_supplement(f, law, "us.746.supp2")
    if listed is NO:
        return
    project = f.condition("end_use.oil_gas_project") if listed is YES else f.truth("end_use.oil_gas_project")
    yield Requirement(
        when=all_of(listed, project), reason="746.8(a)(4)", kind="746.8", survives=SURVIVES, says="us.746.8.a.4",
        args=place(f), review_policy="us.policy.746.8.denial",
    )  # fmt: skip


def _is_ear99_here(f: Facts, law: LawAsOf) -> Truth:
    """Whether paragraphs (a)(5) to (a)(8), which are for EAR99 items, look at the item at all."""
    if not to_russia(f):
        return NO
    here = ear99(f)
    return NO if here is NO else all_of(here, not_(only_as_direct_product(f, law)))


@rule("us.ear.746.8.a.5", cites=("15 CFR 746.8(a)(5)", "15 CFR 746 Supp. 4"), in_force=NOW)
def industrial_goods(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for EAR99 industrial goods of Supplement 4, by HS code."""
    here = _is_ear99_here(f, law)
    if here is NO:
        return
    yield Requirement(
        when=all_of(here, in_supplement(f, law, "us.746.supp4")), reason="746.8(a)(5)", kind="746.8", survives=SURVIVES,
        says="us.746.8.a.5", args=(*place(f), ("hs", hs6(f) or "?")), review_policy=POLICY,
    )  # fmt: skip


def _fold(text: object) -> str:
    return " ".join(str(text).casefold().split())


def _names(row: Mapping[str, Any]) -> set[str]:
    parts = (n.strip(" ()") for n in re.split(r"[,(]| and ", row["item"]))
    return {_fold(k) for k in (row["cas"], row["item"], *parts) if k}


def _substances(law: LawAsOf) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Rows of Supplement 6 by CAS number and by folded name."""

    def make() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        rows = [r for r in law.rows("us.746.supp6") if r["kind"] in ("chemical", "biologic")]
        names = [_names(r) for r in rows]
        out: dict[str, tuple[Mapping[str, Any], ...]] = {}
        for own in names:
            # One substance may stand in two paragraphs under different names.
            same = tuple(r for r, n in zip(rows, names, strict=True) if n & own)
            out.update((key, same) for key in own if len(same) > len(out.get(key, ())))
        return out

    return law.build("746.supp6 substances", ("us.746.supp6",), make)


def _concentrated(f: Facts, row: Mapping[str, Any]) -> Truth:
    """Whether a listed substance has the concentration of its row; one that nobody states is taken to have it."""
    limit = re.search(r">= (\d+) %", row["condition"])
    if limit is None:
        return YES
    return NO if f.compare("item.parameters.concentration", "<", limit.group(1), "%") is YES else YES


def supplement_6(f: Facts, law: LawAsOf) -> Truth:
    """Whether the item is in Supplement 6: by name or CAS number, as stated, or by question.

    The supplement names things in words. A stated substance is looked up; goods of HS chapters in which none of its
    items fall are outside; for the rest the exporter is asked. Medicines are outside by its own first paragraph.
    Reading: for software and technology, due diligence settles an unstated answer; for goods of those chapters, it does not.
    """
    stated = f.get("item.listed_in")
    if names_supplement(stated, "us.746.supp6"):
        return YES
    if f.truth("item.traits.medicine") is YES:
        return NO
    told = f.get("item.traits.supp6_item")
    if told is not None:
        return truth_of(bool(told))
    agent = f.get("item.agent")
    if agent is not None:
        rows = _substances(law).get(_fold(agent))
        if rows:
            return any_of(*(_concentrated(f, r) for r in rows))
        if _CAS.match(str(agent)):
            return NO
    if stated is not None:
        return NO
    if f.get("item.kind") in ("software", "source_code") and f.get("item.software_function") in BUSINESS_SOFTWARE:
        return NO
    goods = is_goods(f)
    number = hs6(f)
    if goods is NO or number is None:
        return f.truth("item.traits.supp6_item")
    return f.condition("item.traits.supp6_item") if number[:2] in SUPPLEMENT_6_CHAPTERS else NO


@rule("us.ear.746.8.a.6", cites=("15 CFR 746.8(a)(6)", "15 CFR 746 Supp. 6"), in_force=NOW)
def itemized(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for the EAR99 chemicals, biologics and equipment of Supplement 6."""
    here = _is_ear99_here(f, law)
    if here is NO:
        return
    yield Requirement(
        when=all_of(here, supplement_6(f, law)), reason="746.8(a)(6)", kind="746.8", survives=SURVIVES, says="us.746.8.a.6",
        args=place(f), review_policy=POLICY,
    )  # fmt: skip


@rule("us.ear.746.8.a.7", cites=("15 CFR 746.8(a)(7)", "15 CFR 746 Supp. 5"), in_force=NOW)
def luxury_goods(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for EAR99 luxury goods of Supplement 5, some only from a price on.

    Reading: the wholesale price in the United States, where it is not stated, is taken to be what one unit of the line
    is worth: at arm's length no exporter sells below it. The other reading asks for the wholesale price always.
    """
    here = _is_ear99_here(f, law)
    if here is NO:
        return
    listed = in_supplement(f, law, "us.746.supp5")
    number = hs6(f)
    rows = law.index("us.746.supp5", "hts6").get(number, ()) if number and listed is YES else ()
    price = YES
    if rows:
        limits = [r["limit_usd"] for r in rows]
        price = any_of(*(YES if not x else _price(f, x) for x in limits))
        if any(r["limit_read"] != "yes" for r in rows):
            price = unknown(Ask("item.us_wholesale_price"))
    yield Requirement(
        when=all_of(here, listed, price), reason="746.8(a)(7)", kind="746.8", survives=SURVIVES, says="us.746.8.a.7",
        args=(*place(f), ("hs", number or "?")), review_policy=POLICY,
    )  # fmt: skip


def _price(f: Facts, limit: str) -> Truth:
    got = f.note(UnitPriceProbe(Decimal(limit)))
    if got is None:
        return f.amount("item.us_wholesale_price", ">=", limit)
    return truth_of(bool(got))


@rule(
    "us.ear.746.8.a.8",
    cites=("15 CFR 746.8(a)(8)", "15 CFR 746.8(a)(12)(ii)", "15 CFR 746.8(a)(12)(iv)"),
    in_force=NOW,
)
def business_software(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A license is required to Russia and Belarus for EAR99 business, design and machine-tool software and its updates.

    Free for civil users owned by companies of the United States or of A:5 and A:6 countries, for their missions, and for
    those who work only in farming or medicine.
    """
    here = _is_ear99_here(f, law)
    if here is NO:
        return
    kind = f.get("item.kind")
    if kind is None:
        soft = (
            NO
            if f.get("item.hs") is not None
            else unknown(Ask("item.kind", (("commodity", "commodity"), ("software", "software"))))
        )
    else:
        soft = truth_of(kind in ("software", "source_code"))
    if soft is NO:
        return
    named = any_of(
        f.is_in("item.software_function", BUSINESS_SOFTWARE, strict=True), f.truth("item.traits.cnc_operation")
    )
    users = f.parties("end_user") or f.parties("ultimate_consignee")
    only = [p.is_in("engaged_only_in", ("agriculture", "medicine")) for p in users]
    free = any_of(partner_users(f, law, missions=True), all_of(*only) if only else NO)
    yield Requirement(
        when=all_of(here, soft, named, not_(free)), reason="746.8(a)(8)", kind="746.8", survives=KEPT, says="us.746.8.a.8",
        args=place(f), review_policy=POLICY,
    )  # fmt: skip


@rule(
    "us.ear.746.8.c",
    cites=("15 CFR 746.8(c)(2)(iii)", "15 CFR 746.8(c)(2)(v)", "15 CFR 746.8(c)(2)(vi)"),
    in_force=NOW,
)
def limits_of_exceptions(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """To Russia and Belarus, TSU updates and ENC serve only partners' civil subsidiaries, and AVS no Russian aircraft."""
    if not to_russia(f):
        return
    yield Block(
        bars=("TSU(c)",),
        when=not_(partner_users(f, law, missions=False)),
        cites=("15 CFR 746.8(c)(2)(iii)",),
        says="us.746.8.c.tsu",
    )
    yield Block(
        bars=("ENC",),
        when=not_(partner_users(f, law, missions=True)),
        cites=("15 CFR 746.8(c)(2)(vi)",),
        says="us.746.8.c.enc",
    )
    registered = f.get("facts.avs.registered_in")
    if registered is not None:
        russian = any_of(truth_of(registered in DESTINATIONS), f.truth("facts.avs.russian_control"))
        yield Block(bars=("AVS",), when=russian, cites=("15 CFR 746.8(c)(2)(v)",), says="us.746.8.c.avs")


RULES = (
    any_eccn, russia_direct_product, footnote_3_direct_product, oil_and_gas, industrial_goods, itemized, luxury_goods,
    business_software, limits_of_exceptions,
)  # fmt: skip
