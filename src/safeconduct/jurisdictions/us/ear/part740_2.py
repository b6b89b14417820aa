"""15 CFR 740.2: restrictions on all license exceptions. One function per paragraph; each says which exceptions it bars
and, with the paragraphs' own numbers, which it leaves.

Paragraph (a)(2) has no function of its own: that an exception does not reach a general prohibition is how the engine
works (a prohibition has no exceptions, and a requirement of parts 744 and 746 names those that survive it).
Paragraph (a)(6) is here for what part 746 leaves to each destination, whoever makes the requirement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from safeconduct.jurisdictions.us.common import ccl, code, is_eccn, is_usml
from safeconduct.jurisdictions.us.ear import part746_cuba, part746_north_korea, part746_regions, part746_syria
from safeconduct.jurisdictions.us.ear.part740_common import (
    NEWER,
    OLDER,
    READ,
    UAE_2026,
    Shipment,
    bar,
    controlled,
    in_any,
    made_for,
    offered,
    required,
    seat_in_embargoed,
    shipment,
    under,
)
from safeconduct.jurisdictions.us.users import listings
from safeconduct.law import LawAsOf, covers, entry_of, rule
from safeconduct.model import NO, YES, Ask, Effect, Facts, Truth, all_of, any_of, not_, truth_of, unknown

#: Semiconductor equipment of 740.2(a)(9)(i); entries without paragraphs are meant whole.
SME: Final = (
    "3B001.a.4", "3B001.c", "3B001.d", "3B001.f.1", "3B001.f.5", "3B001.f.6", "3B001.k", "3B001.l", "3B001.m", "3B001.n",
    "3B001.p.2", "3B001.p.4", "3B001.r", "3B002.c", "3B993", "3B994",
)  # fmt: skip
SME_WHOLE_SOFTWARE: Final = ("3D992", "3D993", "3D994", "3E992", "3E993", "3E994")
SME_ASSOCIATED: Final = ("3D001", "3D002", "3D003", "3E001")
#: Advanced computing items of 740.2(a)(9)(ii), and the software and technology that is one only for some of them.
COMPUTING: Final = (
    "3A090", "4A090", "4E091", "4D090", "3A001.z", "4A003.z", "4A004.z", "4A005.z", "5A002.z", "5A004.z", "5A992.z",
    "5D002.z", "5D992.z",
)  # fmt: skip
COMPUTING_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "3D001": ("3A001.z", "3A090"), "3E001": ("3A001.z", "3A090"), "4D001": ("4A003.z", "4A004.z", "4A005.z"),
    "4E001": ("4A003.z", "4A004.z", "4A005.z", "4A090", "4D090"), "5D002": ("5A002.z", "5A004.z"),
    "5E002": ("5A002.z", "5A004.z", "5D002.z"), "5E992": ("5A992.z", "5D992.z"),
}  # fmt: skip
#: Entries whose MT items may be spared in D:4 or D:5, 740.2(a)(5)(ii)(A).
MT_VEHICLE_PARTS: Final = (
    "6A008", "7A001", "7A002", "7A004", "7A101", "7A102", "7A103", "7A104", "7A105", "7B001", "7D001", "7D002", "7D003",
    "7D101", "7D102", "7E003", "7E101", "9A515",
)  # fmt: skip
MT_ELSEWHERE: Final = (
    "TMP(a)(1)", "TMP(a)(3)", "TMP(a)(4)", "TMP(a)(5)", "TMP(a)(6)", "TMP(a)(7)", "TMP(a)(8)", "TMP(a)(10)", "TMP(b)(1)",
    "TMP(b)(2)", "TMP(b)(3)", "TMP(b) note", "RPL", "GOV(b)(2)", "TSU(a)", "TSU(b)", "TSU(c)", "TSU(g)", "AVS(b)(1)",
    "AVS(b)(2)", "AVS(b)(3)", "AVS(b)(4)", "AVS(c)(1)", "AVS(c)(2)", "AVS(e)", "AVS(f)", "APR(c)", "APR(d)", "APR(e)",
    "APR(f)", "STA(c)(1)(ii)",
)  # fmt: skip
#: What part 746 leaves to each sanctioned destination, and where it says so.
SANCTIONED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "CU": (part746_cuba.SURVIVES, "15 CFR 746.2(a)(1)"),
    "IR": ((), "15 CFR 746.7(c)"),
    "KP": (part746_north_korea.SURVIVES, "15 CFR 746.4(c)"),
    "SY": (("SPP", *part746_syria.SURVIVES), "15 CFR 746.9(b)"),
    **dict.fromkeys(("UA-43", "UA-40", "UA-14", "UA-09"), (part746_regions.SURVIVES, "15 CFR 746.6(c)")),
}
#: Items of 742.6(a)(12), for Pakistan.
PAKISTAN: Final = ("1B999", "2A992", "2B999", "3A992", "3A999", "6A996")


@rule("us.ear.740.2.a.1", cites=("15 CFR 740.2(a)(1)", "15 CFR 740.2(b)", "15 CFR 740.2(c)"), in_force=READ)
def suspended(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No license exception may be used by somebody whose right to use them was suspended or revoked."""
    yield bar(when=f.truth("facts.exception.suspended"))


@rule("us.ear.740.2.note", cites=("15 CFR 740.2(a) Note",), in_force=READ)
def other_agency(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No license exception reaches an item under the exclusive control of another agency."""
    c = code(f)
    if is_usml(c):
        yield bar()
    elif c is not None and is_eccn(c):
        entry = ccl(law).entries.get(entry_of(c))
        if entry is not None and entry["agency"] not in (None, "CCL"):
            yield bar()


@rule("us.ear.740.2.a.3", cites=("15 CFR 740.2(a)(3)",), in_force=READ)
def interception(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Secret interception devices go under no exception but GOV for the US Government; some technology under none."""
    c = code(f)
    if c is None or c[:1] != "5" or not is_eccn(c):
        return
    but = () if entry_of(c) in ("5E001", "5E980") else ("GOV(b)(2)(ii)",)
    yield bar(but=but, when=controlled(f, law, c, "SL"))


@rule("us.ear.740.2.a.4", cites=("15 CFR 740.2(a)(4)",), in_force=READ)
def crime_control(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Outside AU, IN, JP, NZ and NATO crime control items keep only GOV for the US Government, BAG(e) and STA."""
    c = code(f)
    if c is None or not is_eccn(c) or "CC" not in _reasons(law, c):
        return
    s = shipment(f, law)
    if s is None or s.country in ("AU", "IN", "JP", "NZ") or s.country in law.index("us.nato", "country"):
        return
    yield bar(but=("GOV(b)(2)(ii)", "BAG(e)", "STA"), when=required(f, law, s, "CC"))


@rule("us.ear.740.2.a.5.i", cites=("15 CFR 740.2(a)(5)(i)",), in_force=READ)
def missile_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item controlled for missile technology reasons goes only under the exceptions listed here."""
    s = _mt(f, law)
    if s is not None and not in_any(s.country, law, "D:4", "D:5"):
        yield bar(but=MT_ELSEWHERE, when=controlled(f, law, s.code, "MT"))


@rule("us.ear.740.2.a.5.ii", cites=("15 CFR 740.2(a)(5)(ii)",), in_force=READ)
def missile_technology_d4(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """To Country Groups D:4 and D:5 an MT item goes under no exception, save some vehicle parts and bearings.

    Reading: the section lists what may be used for the items it names; for all others nothing is left. TSU is named without
    paragraphs; AVS(b) less (b)(2)(ii).
    """
    s = _mt(f, law)
    if s is None or not in_any(s.country, law, "D:4", "D:5"):
        return
    but: tuple[str, ...] = ()
    if s.entry_in(("2A001", "2A101")):
        but = ("TMP(a)(4)", "RPL")
    elif s.entry_in(MT_VEHICLE_PARTS) and f.truth("item.traits.for_manned_craft_or_vehicle") is YES:
        but = ("TMP(a)(4)", "RPL", "TSU", "AVS(b)(1)", "AVS(b)(2)(i)", "AVS(b)(3)", "AVS(b)(4)")
    yield bar(but=but, when=controlled(f, law, s.code, "MT"))


@rule("us.ear.740.2.a.6", cites=("15 CFR 740.2(a)(6)",), in_force=READ)
def sanctioned_destination(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """To a sanctioned destination only those exceptions may be used that part 746 lists for it.

    For Russia and Belarus the bar holds only where the license is required by 746.8: its requirements say what survives.
    """
    place = f.get("destination")
    if place not in SANCTIONED:
        return
    but, cite = SANCTIONED[place]
    there = part746_regions.in_region(f) if place.startswith("UA-") else YES
    yield bar(
        when=there,
        but=but,
        cites=("15 CFR 740.2(a)(6)", cite),
        says="us.740.2.a.6",
        args=(("destination", place), ("left", but or "none")),
    )


@rule("us.ear.740.2.a.7", cites=("15 CFR 740.2(a)(7)",), in_force=READ)
def focal_plane_technology(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Technology for certain infrared arrays and intensifiers goes only under GOV for the US Government."""
    c = code(f)
    if c is None or entry_of(c) not in ("6E001", "6E002"):
        return
    yield bar(
        but=("GOV(b)(2)",), when=all_of(made_for(f, law, "6A002"), f.truth("item.traits.restricted_imaging_technology"))
    )


@rule("us.ear.740.2.a.8", cites=("15 CFR 740.2(a)(8)",), in_force=READ)
def detection_equipment(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Explosives and concealed object detection goes only under RPL, GOV for the US Government and TSU (a) and (c)."""
    c = code(f)
    if c is not None and entry_of(c) in ("2A983", "2A984", "2D983", "2D984", "2E983", "2E984"):
        yield bar(but=("RPL", "GOV(b)(2)(ii)", "TSU(a)", "TSU(c)"))


@rule("us.ear.740.2.a.9.i", cites=("15 CFR 740.2(a)(9)(i)",), in_force=READ)
def chip_equipment(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Listed chip-making equipment and what belongs to it goes to Macau and group D:5 only under GOV(b).

    Reading: entries 3D001, 3D002, 3D003 and 3E001 are meant for the equipment listed ("associated"), the others whole.
    """
    c = code(f)
    if c is None or c[:1] != "3" or c[1:2] not in ("B", "D", "E"):
        return
    s = shipment(f, law)
    if s is None or not (s.country == "MO" or in_any(s.country, law, "D:5")):
        return
    listed = under(s.code, (*SME, *SME_WHOLE_SOFTWARE))
    if listed is NO and s.entry_in(SME_ASSOCIATED):
        listed = made_for(f, law, *SME)
    yield bar(but=("GOV(b)",), when=listed)


def _computing(f: Facts, law: LawAsOf, c: str) -> Truth:
    """Reading: software of 5D002.c does itself what 5A002 equipment does. It is for no other item unless that is stated."""
    listed = under(c, COMPUTING)
    if listed is YES or entry_of(c) not in COMPUTING_FOR:
        return listed
    if covers("5D002.c", c) and f.get("item.for_items") is None:
        return listed
    return any_of(listed, made_for(f, law, *COMPUTING_FOR[entry_of(c)]))


@rule("us.ear.740.2.a.9.ii", cites=("15 CFR 740.2(a)(9)(ii)",), in_force=READ)
def advanced_computing(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """To D:1, D:4, D:5 and to companies seated in Macau or D:5 advanced computing items keep few exceptions.

    A destination also in A:5 or A:6 is spared. AIA is left for model weights (4E091) alone, to places outside Macau and D:5. Macau itself is in D:4.
    """
    c = code(f)
    if c is None or c[:1] not in ("3", "4", "5") or (entry_of(c) not in COMPUTING_FOR and under(c, COMPUTING) is NO):
        return
    s = shipment(f, law)
    if s is None:
        return
    to_group = in_any(s.country, law, "D:1", "D:4", "D:5") and not in_any(s.country, law, "A:5", "A:6")
    reached = YES if to_group else seat_in_embargoed(f, law)
    but = ["TMP(a)(6)", "NAC", "ACA", "RPL", "GOV(b)", "TSU(a)", "TSU(c)", "HBM", "ACM"]
    if s.code == "4E091" and not (s.country == "MO" or in_any(s.country, law, "D:5")):
        but.append("AIA")
    yield bar(but=tuple(but), when=all_of(_computing(f, law, s.code), reached))


@rule("us.ear.740.2.a.10", cites=("15 CFR 740.2(a)(10)", "15 CFR 742.11"), in_force=READ)
def torture(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Instruments of torture (0A983) go under no exception."""
    c = code(f)
    if c is not None and entry_of(c) == "0A983":
        yield bar()


@rule("us.ear.740.2.a.11", cites=("15 CFR 740.2(a)(11)",), in_force=READ)
def military_commodity(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Foreign military commodities of 0A919 go under no exception but reexport for the US Government."""
    c = code(f)
    if c is not None and entry_of(c) == "0A919":
        yield bar(but=("GOV(b)(2)(ii)",) if f.get("activity") == "reexport" else ())


@rule("us.ear.740.2.a.12", cites=("15 CFR 740.2(a)(12)",), in_force=READ)
def military_items_d5(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """600 series and 9x515 items to, from or made in group D:5 or Hong Kong keep only GOV(b)(2) and body armor.

    Reading: Hong Kong reads China, so what is left in D:5 is left there too. The other reading: nothing is left in Hong Kong.
    An item only made in D:5, and neither going there nor there now, keeps nothing.
    """
    s = _military(f, law)
    if s is None:
        return
    to = in_any(s.country, law, "D:5")
    if s.activity in ("export", "deemed_export"):
        from_there = NO
    elif s.activity == "transfer_in_country":
        from_there = truth_of(to)
    else:
        from_there = _country_in(f, law, "exported_from")
    made_there = _country_in(f, law, "item.origin")
    keeps: tuple[str, ...] = ("GOV(b)(2)",)
    if s.under(("1A613.c", "1A613.d")):
        keeps = (*keeps, "TMP(a)(11)", "BAG(h)(2)")
    there = any_of(truth_of(to), from_there)
    yield bar(but=keeps, when=there)
    if there is not YES:
        yield bar(when=made_there, says="us.740.2.a.12.made")


@rule("us.ear.740.2.a.13", cites=("15 CFR 740.2(a)(13)",), in_force=READ)
def military_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """600 series items go only under LVS, TMP, RPL, TSU(a), (b), (f), (g), GOV(b), (c), BAG and STA(c)(1)."""
    c = code(f)
    if c is None or not is_eccn(c) or c[2] != "6":
        return
    core = under(c, ("9D610.b", "9D619.b", "9E610.b", "9E619.b", "9E619.c"))
    if core is not NO:
        yield bar(but=("GOV(b)(2)",), when=core, says="us.740.2.a.13.core")
    s = shipment(f, law)
    if s is None or in_any(s.country, law, "D:5"):
        return  # there (a)(12) says what is left
    left = ("LVS", "TMP", "RPL", "TSU(a)", "TSU(b)", "TSU(f)", "TSU(g)", "GOV(b)", "GOV(c)", "BAG", "STA(c)(1)")
    yield bar(but=left)


@rule(
    "us.ear.740.2.a.13.mt",
    cites=("15 CFR 740.2(a)(13)",),
    in_force=OLDER,
)
def military_missile_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A 600 series item controlled for missile technology reasons never goes under STA."""
    c = code(f)
    if c is not None and is_eccn(c) and c[2] == "6":
        yield bar(bars=("STA",), when=controlled(f, law, c, "MT"))


@rule(
    "us.ear.740.2.a.13.mt_2026",
    cites=("15 CFR 740.2(a)(13)",),
    in_force=NEWER,
)
def military_missile_items_2026(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A 600 series item controlled for missile technology reasons goes under STA only if it is of 9A610.a.

    The later text spares 9A610.a. The day it changed lies between 2026-02-10 and 2026-09-24; until then the older applies here.
    """
    c = code(f)
    if c is not None and is_eccn(c) and c[2] == "6":
        yield bar(bars=("STA",), when=all_of(controlled(f, law, c, "MT"), not_(under(c, ("9A610.a",)))))


@rule("us.ear.740.2.a.14", cites=("15 CFR 740.2(a)(14)",), in_force=READ)
def emerging_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """0Y521 items go only under GOV for the US Government or an exception their supplement gives them.

    No item of 774 Supp. 5 has an exception of its own in the text read.
    """
    c = code(f)
    if c is not None and entry_of(c) in ("0A521", "0B521", "0C521", "0D521", "0E521"):
        yield bar(but=("GOV(b)(2)(ii)",))


@rule("us.ear.740.2.a.15", cites=("15 CFR 740.2(a)(15)",), in_force=READ)
def major_defense_equipment(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """With $14,000,000 or more of major defense equipment in the contract only GOV(b) is left outside A:5."""
    yield from _defense_contract(f, law, a5=False, limit=14_000_000)


@rule("us.ear.740.2.a.16", cites=("15 CFR 740.2(a)(16)",), in_force=READ)
def major_defense_equipment_a5(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """With $25,000,000 or more of major defense equipment in the contract only GOV(b) is left to A:5."""
    yield from _defense_contract(f, law, a5=True, limit=25_000_000)


def _defense_contract(f: Facts, law: LawAsOf, *, a5: bool, limit: int) -> Iterator[Effect]:
    c = code(f)
    if c is None or not is_eccn(c) or c[2] != "6":
        return
    s = shipment(f, law)
    if s is not None and in_any(s.country, law, "A:5") == a5:
        yield bar(but=("GOV(b)",), when=f.amount("facts.contract.series_600_mde", ">=", limit))


@rule("us.ear.740.2.a.17", cites=("15 CFR 740.2(a)(17)", "15 CFR 744.15"), in_force=READ)
def unverified_party(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """No exception may be used when a party to the transaction stands on the Unverified List.

    A forwarder, bank or servicer is such a party when it takes possession of the items (748.5(d)).
    """
    for p, _, held in listings(f, "us.uvl"):
        yield bar(when=held, party=p.index)


@rule("us.ear.740.2.a.18", cites=("15 CFR 740.2(a)(18)",), in_force=READ)
def spacecraft_missile_items(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """A 9x515 item controlled for missile technology reasons never goes under STA."""
    c = code(f)
    if c is not None and c[:1] == "9" and c[2:5] == "515" and is_eccn(c):
        yield bar(bars=("STA",), when=controlled(f, law, c, "MT"))


@rule("us.ear.740.2.a.19", cites=("15 CFR 740.2(a)(19)",), in_force=READ)
def into_hong_kong(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """NS, MT, NP1 and CB items go to Hong Kong under an exception only with its import license or statement."""
    if f.get("destination") == "HK" and f.get("activity") != "transfer_in_country":
        yield from _hong_kong_paper(f, law)


@rule("us.ear.740.2.a.20", cites=("15 CFR 740.2(a)(20)",), in_force=READ)
def out_of_hong_kong(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """NS, MT, NP1 and CB items leave Hong Kong under an exception only with its export license or statement."""
    if f.get("activity") != "reexport":
        return
    source = f.get("exported_from")
    if source in (None, "HK"):
        from_there = YES if source else unknown(Ask("exported_from", (("Hong Kong", "HK"), ("elsewhere", "US"))))
        yield from _hong_kong_paper(f, law, from_there)


def _hong_kong_paper(f: Facts, law: LawAsOf, there: Truth = YES) -> Iterator[Effect]:
    c = code(f)
    if c is None or not is_eccn(c) or f.truth("facts.hong_kong.import_permit") is YES:
        return
    clist = ccl(law)
    rows = [
        r for r in clist.requirements(c) if r.reason in ("NS", "MT", "CB") or (r.reason == "NP" and r.column == "NP1")
    ]
    yield bar(when=all_of(there, any_of(*(clist.holds(r, c, f) for r in rows))), says="us.740.2.a.19")


@rule("us.ear.740.2.a.21", cites=("15 CFR 740.2(a)(21)",), in_force=READ)
def firearms_with_defense_articles(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """Firearms with an article of USML I(h)(2) are reexported or transferred only under GOV(b)(2)(ii)."""
    c = code(f)
    if c is None or entry_of(c) not in ("0A501", "0A502", "0A506", "0A507", "0A508"):
        return
    if f.get("activity") in ("reexport", "transfer_in_country"):
        yield bar(but=("GOV(b)(2)(ii)",), when=f.truth("item.traits.usml_i_h_2_article"))


@rule("us.ear.740.2.a.22", cites=("15 CFR 740.2(a)(22)", "15 CFR 740.24"), in_force=READ)
def implemented_controls(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """An item of License Exception IEC goes only under IEC, TMP(a)(3), (a)(6), RPL, GOV(b), TSU(a), (c).

    Reading: an item is "eligible for 740.24" when its entry offers IEC, whatever the destination. The other reading would ask
    the destination too and leave more exceptions elsewhere.
    """
    s = shipment(f, law)
    if s is None or not s.eccn or not ccl(law).exceptions(s.code, "IEC"):
        return
    offers, _ = offered(f, law, s, "IEC")
    yield bar(but=("IEC", "TMP(a)(3)", "TMP(a)(6)", "RPL", "GOV(b)", "TSU(a)", "TSU(c)"), when=offers)


@rule("us.ear.740.2.a.23", cites=("15 CFR 740.2(a)(23)",), in_force=READ)
def semi_automatic_firearms(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """With $4,000,000 or more of semi-automatic firearms in the contract only GOV(b) is left to most places.

    Country Groups A:5 and A:6 are spared, less Mexico, South Africa and Turkey. An agency of NATO for official use is spared too, but 740.11 gives these items no paragraph for it.
    """
    c = code(f)
    if c is None or entry_of(c) not in ("0A506", "0A507", "0A508"):
        return
    s = shipment(f, law)
    if s is None or (in_any(s.country, law, "A:5", "A:6") and s.country not in ("MX", "ZA", "TR")):
        return
    over = any_of(
        f.amount("item.value", ">=", 4_000_000), f.amount("facts.contract.semi_automatic_firearms", ">=", 4_000_000)
    )
    yield bar(but=("GOV(b)",), when=over)


@rule("us.ear.740.2.a.25", cites=("15 CFR 740.2(a)(25)", "15 CFR 742.6(a)(12)"), in_force=READ)
def pakistan(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """The items controlled for Pakistan go there only under parts of TMP, RPL and GOV(a), (b), (d)."""
    if f.get("destination") != "PK":
        return
    c = code(f)
    if c is None or entry_of(c) not in PAKISTAN:
        return
    left = (
        "TMP(a)(1)", "TMP(a)(4)", "TMP(a)(5)", "TMP(a)(10)", "TMP(b)(2)", "TMP(b)(3)", "RPL", "GOV(a)", "GOV(b)", "GOV(d)",
    )  # fmt: skip
    yield bar(but=left, when=not_(under(c, ("2B999.h.2",))))


@rule("us.ear.740.2.a.26", cites=("15 CFR 740.2(a)(26)", "15 CFR 740 Supp. 8"), in_force=UAE_2026)
def sta_emirates(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """STA to the United Arab Emirates needs an ultimate consignee and end users that are approved for it.

    ``approved_by_bis`` says that the party is approved for STA. Agencies of the United Arab Emirates' government are approved
    as such (740 Supp. 8 (a)); state-owned companies and contractors are not.
    """
    if f.get("destination") != "AE":
        return
    parties = f.parties("ultimate_consignee", "end_user")
    if not parties:
        yield bar(bars=("STA",), when=unknown(Ask("parties[0].approved_by_bis")))
    for p in parties:
        agency = all_of(
            p.is_in("capacity", ("government", "armed_forces", "police", "intelligence")),
            truth_of(p.get("country") == "AE"),
        )
        if agency is YES or p.truth("approved_by_bis") is YES:
            continue
        yield bar(bars=("STA",), party=p.index)


# -- shared -----------------------------------------------------------------------------------------------------
def _reasons(law: LawAsOf, c: str) -> frozenset[str]:
    return frozenset(r.reason for r in ccl(law).requirements(c))


def _mt(f: Facts, law: LawAsOf) -> Shipment | None:
    """The shipment, if some paragraph of the entry is controlled for MT at all."""
    c = code(f)
    if c is None or not is_eccn(c) or "MT" not in _reasons(law, c):
        return None
    return shipment(f, law)


def _military(f: Facts, law: LawAsOf) -> Shipment | None:
    c = code(f)
    if c is None or not is_eccn(c) or not (c[2] == "6" or (c[:1] == "9" and c[2:5] == "515")):
        return None
    return shipment(f, law)


def _country_in(f: Facts, law: LawAsOf, path: str) -> Truth:
    """Whether a country fact names a member of D:5 or Hong Kong.

    Absent is open; an origin that a diligent exporter does not give is held to be none of these.
    """
    value = f.get(path)
    if value is None:
        return NO if path == "item.origin" and f.diligent else unknown(Ask(path))
    return truth_of(value == "HK" or in_any(str(value), law, "D:5"))


RULES = (
    suspended, other_agency, interception, crime_control, missile_technology, missile_technology_d4, sanctioned_destination,
    focal_plane_technology, detection_equipment, chip_equipment, advanced_computing, torture, military_commodity,
    military_items_d5, military_items, military_missile_items, military_missile_items_2026, emerging_items,
    major_defense_equipment, major_defense_equipment_a5, unverified_party, spacecraft_missile_items, into_hong_kong,
    out_of_hong_kong, firearms_with_defense_articles, implemented_controls, semi_automatic_firearms, pakistan, sta_emirates,
)  # fmt: skip
