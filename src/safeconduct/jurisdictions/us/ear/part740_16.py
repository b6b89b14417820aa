"""15 CFR 740.16: License Exception APR, for reexports. Its paragraphs hold or fail by the facts of the line alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.common import ccl
from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    controlled,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    open_number,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Question, Truth, all_of, any_of, not_, truth_of

APR_NOT: Final = ("0A919", "6A002", "6A003", "3A001.z")


def _reexport(f: Facts, law: LawAsOf) -> Shipment | None:
    return shipment(f, law) if f.get("activity") == "reexport" else None


def _telecom_mmic(f: Facts, s: Shipment) -> Truth:
    """An item of 3A001.b.2 or b.3 that is not for civil telecommunications."""
    listed = under(s.code, ("3A001.b.2", "3A001.b.3"))
    return NO if listed is NO else all_of(listed, not_(f.truth("item.traits.civil_telecom_use")))


def _controlled_to_a1(f: Facts, law: LawAsOf, s: Shipment) -> Truth:
    """Whether the item is controlled for export to Country Group A:1: a column of its entry is marked for a member."""
    clist = ccl(law)
    chart = law.index("us.country_chart", "country")
    marked = {c for m in law.group("us.A:1").members for r in chart.get(m, ()) for c in r["columns"].split()}
    return any_of(
        *(
            clist.holds(r, s.code, f)
            for r in clist.requirements(s.code)
            if r.column in marked or (r.dest or {}).get("all")
        )
    )


@rule("us.ear.740.16.a", cites=("15 CFR 740.16(a)",), in_force=READ)
def from_a1(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (a): reexport of commodities from a country of group A:1 with its authorization, to B or D:1, of NS items.

    To B (not D:2, D:3, D:4) only what needs no license to A:1; not to North Korea. No NP, CB, MT, SI, CC items, none of the
    entries named, nothing received under STA (740.20(e)).
    """
    s = _reexport(f, law)
    if s is None or s.group not in ("A", "B", "C"):
        return
    place = f.get("exported_from")
    if not stated(f, "facts.apr.authorized_by_government") or (
        place is not None and not in_any(str(place), law, "A:1")
    ):
        return
    cite = "15 CFR 740.16(a)"
    ns = controlled(f, law, s.code, "NS")
    to_b = in_any(s.country, law, "B") and not in_any(s.country, law, "D:2", "D:3", "D:4")
    to_d1 = in_any(s.country, law, "D:1") and s.country != "KP"
    there = any_of(all_of(truth_of(to_b), not_(_controlled_to_a1(f, law, s))), truth_of(to_d1))
    barred = any_of(
        controlled(f, law, s.code, "NP", "CB", "MT", "SI", "CC"), under(s.code, APR_NOT), _telecom_mmic(f, s),
        truth_of(s.series == "0x5zz"),
    )  # fmt: skip
    origin = f.is_in("exported_from", tuple(sorted(law.group("us.A:1").members)), strict=True)
    yield lift(
        "APR(a)", cite,
        (
            None if origin is YES else is_so(origin, cite, "us.740.c.apr_from"),
            need(f, "facts.apr.authorized_by_government", cite + "(1)", "us.740.c.apr_authorized"),
            is_so(not_(barred), cite + "(2)", "us.740.c.apr_items"),
            is_so(all_of(ns, there), cite + "(3)", "us.740.c.apr_place", destination=s.place),
            free_of(f, "facts.apr.received_under_sta", "15 CFR 740.20(e)", "us.740.c.apr_sta"),
        ),
    )  # fmt: skip


@rule("us.ear.740.16.b", cites=("15 CFR 740.16(b)",), in_force=READ)
def among_a1(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (b): reexport of commodities to and among countries of group A:1, for use there.

    No NP or MT items, none of 0A919, 6A002, 3A001.b.2, .b.3 (but civil telecommunications) or .z, 0x5zz; 0A504 without
    image intensifier; 6A003 cameras as consumer products, or below 111,001 elements to be embedded in civil ones.
    """
    s = _reexport(f, law)
    if s is None or s.group not in ("A", "B", "C") or not in_any(s.country, law, "A:1"):
        return
    cite = "15 CFR 740.16(b)"
    barred = any_of(
        controlled(f, law, s.code, "NP", "MT"), under(s.code, ("0A919", "6A002", "3A001.z")), _telecom_mmic(f, s),
        truth_of(s.series == "0x5zz"),
    )  # fmt: skip
    conditions: list[Condition | None] = [is_so(not_(barred), cite + "(2)", "us.740.c.apr_items")]
    if s.entry_in(("6A003",)):
        small = all_of(
            open_number(f, "item.parameters.focal_plane_elements", "<=", 111_000),
            f.condition("end_use.embedding_in_civil_product"),
        )
        packaged = f.condition("item.traits.embedded_in_civil_product")
        conditions.append(is_so(any_of(packaged, small), cite + "(3)", "us.740.c.apr_camera"))
    conditions.append(free_of(f, "facts.apr.received_under_sta", "15 CFR 740.20(e)", "us.740.c.apr_sta"))
    yield lift("APR(b)", cite, conditions)


@rule("us.ear.740.16.c", cites=("15 CFR 740.16(c)",), in_force=READ)
def under_license(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (c): reexport under the terms of an unused license that allows direct shipment there."""
    if stated(f, "facts.apr.unused_license") and _reexport(f, law) is not None:
        cite = "15 CFR 740.16(c)"
        yield lift("APR(c)", cite, (need(f, "facts.apr.unused_license", cite, "us.740.c.apr_license"),))


@rule("us.ear.740.16.d", cites=("15 CFR 740.16(d)", "15 CFR 740.16(f)"), in_force=READ, not_modeled=True)
def as_if_from_us(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (d), from Australia, Canada or the UK as if from the United States, and (f), to them where no license is needed."""
    if f.get("activity") == "reexport" and f.get("exported_from") in ("AU", "CA", "GB"):
        yield Question(kind="not_modeled", says="us.740.not_modeled.apr_d")


@rule("us.ear.740.16.e", cites=("15 CFR 740.16(e)",), in_force=READ)
def back_to_us(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (e): any item may be reexported to the United States."""
    if f.get("destination") == "US" and _reexport(f, law) is not None:
        yield lift("APR(e)", "15 CFR 740.16(e)", ())


@rule("us.ear.740.16.h", cites=("15 CFR 740.16(h)",), in_force=READ)
def spares_with_foreign_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (h): US spare parts up to 10 percent of the value go with a foreign product that has US parts."""
    if stated(f, "facts.apr.spares_share") and (s := _reexport(f, law)) is not None and s.group not in ("D", "E"):
        cite = "15 CFR 740.16(h)"
        share = open_number(f, "facts.apr.spares_share", "<=", 10, "%")
        yield lift("APR(h)", cite, (is_so(share, cite, "us.740.c.apr_spares"),))


@rule("us.ear.740.16.j", cites=("15 CFR 740.16(j)",), in_force=READ)
def nuclear_among_a4(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """APR (j): reexport of NP column 1 items to, among and from countries of group A:4, not to D:2 or E:2.

    From outside A:1 no NS item to D:1.
    """
    s = _reexport(f, law)
    if s is None or not s.eccn:
        return
    clist = ccl(law)
    np = any_of(*(clist.holds(r, s.code, f) for r in clist.requirements(s.code) if r.column == "NP1"))
    if np is NO:
        return
    cite = "15 CFR 740.16(j)"
    a1 = tuple(sorted(law.group("us.A:1").members))
    a4 = tuple(sorted(law.group("us.A:4").members))
    within = YES if in_any(s.country, law, "A:4") else f.is_in("exported_from", a4, strict=True)
    conditions: list[Condition | None] = [
        None if np is YES else is_so(np, cite, "us.740.c.apr_np1"),
        is_so(within, cite, "us.740.c.apr_a4"),
        is_so(
            truth_of(not in_any(s.country, law, "D:2", "E:2")),
            cite + "(2)",
            "us.740.c.apr_np_place",
            destination=s.place,
        ),
    ]
    if in_any(s.country, law, "D:1"):
        ns = controlled(f, law, s.code, "NS")
        conditions.append(
            is_so(any_of(not_(ns), f.is_in("exported_from", a1, strict=True)), cite + "(1)", "us.740.c.apr_np_d1")
        )
    yield lift("APR(j)", cite, conditions)


RULES = (
    from_a1,
    among_a1,
    under_license,
    as_if_from_us,
    back_to_us,
    spares_with_foreign_product,
    nuclear_among_a4,
)
