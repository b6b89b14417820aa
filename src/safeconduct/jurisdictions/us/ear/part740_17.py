"""15 CFR 740.17: License Exception ENC, each authorizing paragraph by itself.

Never to Country Groups E:1 and E:2, nor source code or technology to their nationals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safeconduct.jurisdictions.us.ear.part740_common import (
    READ,
    Shipment,
    free_of,
    in_any,
    is_so,
    lift,
    need,
    no_government,
    open_number,
    shipment,
    stated,
    under,
)
from safeconduct.law import LawAsOf, rule
from safeconduct.model import NO, YES, Condition, Effect, Facts, Truth, all_of, any_of, not_, truth_of, unknown

ENTRIES: Final = ("5A002", "5A004", "5B002", "5D002", "5E002")
#: Traits that make an item one of (b)(2): trait -> paragraph.
B2: Final = {
    "network_infrastructure": "(i)(A)", "customized_cryptography": "(i)(C)", "network_penetration": "(i)(F)",
    "public_safety_radio": "(i)(G)", "cryptanalytic": "(ii)", "open_cryptographic_interface": "(iii)",
}  # fmt: skip
B2_CODES: Final = (
    ("5A002.c", "(i)(D)"), ("5A002.z.3", "(i)(D)"), ("5A002.d", "(i)(H)"), ("5A002.e", "(i)(H)"), ("5A004.a", "(ii)"),
    ("5D002.a.3.a", "(ii)"), ("5D002.c.3.a", "(ii)"),
)  # fmt: skip
#: Traits that make an item one of (b)(3).
B3: Final = {"component": "(i)", "non_standard_cryptography": "(ii)", "network_vulnerability_analysis": "(iii)(A)"}
B3_CODES: Final = (
    ("5A004.b", "(iii)(B)"), ("5A004.z.3", "(iii)(B)"), ("5D002.a.3.b", "(iii)(B)"), ("5D002.c.3.b", "(iii)(B)"),
    ("5D002.z.4", "(iii)(B)"), ("5D002.z.9", "(iii)(B)"), ("5A002.b", "(iv)"), ("5A002.z.2", "(iv)"), ("5D002.b", "(iv)"),
    ("5D002.z.5", "(iv)"),
)  # fmt: skip
#: Governments that 772.1 lists as more sensitive end users.
FORCES: Final = ("armed_forces", "police", "intelligence")
_REQUEST: Final = "facts.enc.classification_request_days"


def _encryption(f: Facts, law: LawAsOf) -> Shipment | None:
    return shipment(f, law, entries=ENTRIES)


def _not_e(s: Shipment, law: LawAsOf) -> Condition:
    met = truth_of(not in_any(s.country, law, "E:1", "E:2"))
    return is_so(met, "15 CFR 740.17", "us.740.c.enc_place", destination=s.place)


def _favored(f: Facts, law: LawAsOf, s: Shipment) -> Truth:
    """Whether the end users are located or headquartered in a country of 740 Supp. 3."""
    if s.country in law.index("us.740.supp3", "country"):
        return YES
    members = tuple(sorted(law.index("us.740.supp3", "country")))
    users = f.parties("end_user", "ultimate_consignee")
    return all_of(*(p.is_in("headquarters", members) for p in users)) if users else NO


def _kinds_b2(f: Facts, s: Shipment) -> list[str]:
    """The paragraphs of (b)(2) an item is stated or classified to fall under; several bind together."""
    if s.group == "E":
        # Of technology (b)(2) names that for cryptanalytic items, for open interfaces, non-standard and other.
        special = {
            "cryptanalytic": "(ii)",
            "open_cryptographic_interface": "(iii)",
            "non_standard_cryptography": "(iv)(A)",
        }
        found = [paragraph for trait, paragraph in special.items() if f.get(f"item.traits.{trait}") is True]
        return found or ["(iv)(B)"]
    found = [paragraph for trait, paragraph in B2.items() if f.get(f"item.traits.{trait}") is True]
    found += [p for c, p in B2_CODES if p not in found and under(s.code, (c,)) is YES]
    if s.group == "D" and f.get("item.kind") == "source_code" and f.get("item.published") is not True:
        found.append("(i)(B)")
    return found


def _kind_b3(f: Facts, s: Shipment) -> str:
    for trait, paragraph in B3.items():
        if f.get(f"item.traits.{trait}") is True:
            return paragraph
    for c, paragraph in B3_CODES:
        if under(s.code, (c,)) is YES:
            return paragraph
    return ""


def _waited(f: Facts, at_once: Truth) -> Condition:
    """The classification by BIS, or 30 days since the request; for some users the request alone."""
    done = any_of(
        f.condition("facts.enc.classified_by_bis"), open_number(f, _REQUEST, ">=", 30, "days"),
        all_of(at_once, open_number(f, _REQUEST, ">=", 0, "days")),
    )  # fmt: skip
    return is_so(done, "15 CFR 740.17(d)(2)(ii)", "us.740.c.enc_request")


def _report(s: Shipment) -> tuple[str, ...]:
    return () if s.place in ("AU", "CA", "GB") else ("us.740.duty.enc_semiannual",)


def _more_sensitive(f: Facts) -> Truth:
    """Whether an end user is a more sensitive government (772.1); armed forces, police and intelligence always are."""
    users = f.parties("end_user", "ultimate_consignee")
    if not users:
        return NO if f.diligent else unknown("parties[0].more_sensitive_government")
    return any_of(*(any_of(p.truth("more_sensitive_government"), p.is_in("capacity", FORCES)) for p in users))


@rule("us.ear.740.17.a.1", cites=("15 CFR 740.17(a)(1)",), in_force=READ)
def internal_development(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (a)(1): to private end users headquartered in a country of 740 Supp. 3 for developing or making new products."""
    if not stated(f, "facts.enc.internal_development") or (s := _encryption(f, law)) is None:
        return
    cite = "15 CFR 740.17(a)(1)(i)"
    members = tuple(sorted(law.index("us.740.supp3", "country")))
    users = f.parties("end_user", "ultimate_consignee")
    seat = (
        all_of(*(p.is_in("headquarters", members, strict=True) for p in users))
        if users
        else unknown("parties[0].headquarters")
    )
    yield lift(
        "ENC(a)(1)", cite,
        (
            _not_e(s, law), need(f, "facts.enc.internal_development", cite, "us.740.c.enc_development"),
            is_so(seat, cite, "us.740.c.enc_seat"), is_so(no_government(f, private=True), cite, "us.740.c.private"),
        ),
    )  # fmt: skip


@rule("us.ear.740.17.a.2", cites=("15 CFR 740.17(a)(2)",), in_force=READ)
def us_subsidiary(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (a)(2): to subsidiaries of US companies, and to their foreign employees and contractors for company use."""
    s = _encryption(f, law)
    if s is None:
        return
    users = f.parties("end_user", "ultimate_consignee")
    named = any(p.get("subsidiary_of_us_company") is not None for p in users)
    employed = s.deemed and f.get("person.employment") in ("employee", "bona_fide_full_time_employee", "contractor")
    if not named and not (employed and f.get("person.employer_kind") == "company"):
        return
    cite = "15 CFR 740.17(a)(2)"
    conditions = [_not_e(s, law)]
    if not employed:
        conditions.append(
            is_so(all_of(*(p.condition("subsidiary_of_us_company") for p in users)), cite, "us.740.c.enc_subsidiary")
        )
    else:
        internal = any_of(
            f.condition("facts.enc.internal_development"), f.condition("facts.enc.us_company_internal_use")
        )
        conditions.append(is_so(internal, cite, "us.740.c.enc_internal"))
    yield lift("ENC(a)(2)", cite, conditions)


@rule("us.ear.740.17.a.3", cites=("15 CFR 740.17(a)(3)",), in_force=READ)
def foreign_product(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (a)(3): reexport of a foreign product with US encryption parts that were classified and are unchanged."""
    if not stated(f, "facts.enc.foreign_product_unchanged") or (s := _encryption(f, law)) is None:
        return
    if s.activity not in ("reexport", "transfer_in_country"):
        return
    cite = "15 CFR 740.17(a)(3)"
    conditions = (_not_e(s, law), need(f, "facts.enc.foreign_product_unchanged", cite, "us.740.c.enc_foreign"))
    yield lift("ENC(a)(3)", cite, conditions)


@rule("us.ear.740.17.b.1", cites=("15 CFR 740.17(b)(1)",), in_force=READ)
def self_classified(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (b)(1): items of 5A002.a, .z.1, 5B002 and their software, self-classified, with the yearly report.

    None that (b)(2) or (b)(3) describes; the report is not needed when BIS classified the item.
    """
    s = _encryption(f, law)
    if (
        s is None
        or s.group == "E"
        or not (s.entry_in(("5B002", "5D002")) or under(s.code, ("5A002.a", "5A002.z.1")) is not NO)
    ):
        return
    cite = "15 CFR 740.17(b)(1)"
    by_bis = f.condition("facts.enc.classified_under_b1")
    # ``classified_by_bis`` says: under (b)(2) or (b)(3). Such an item is none of (b)(1).
    other = bool(_kinds_b2(f, s)) or _kind_b3(f, s) or f.get("facts.enc.classified_by_bis") is True
    inside = YES if s.entry_in(("5B002", "5D002")) else under(s.code, ("5A002.a", "5A002.z.1"))
    yield lift(
        "ENC(b)(1)", cite,
        (
            _not_e(s, law),
            None if inside is YES else is_so(inside, cite, "us.740.c.enc_b1_codes"),
            is_so(truth_of(not other), cite, "us.740.c.enc_not_b2") if other else None,
            is_so(any_of(f.condition("facts.enc.self_classified"), by_bis), cite, "us.740.c.enc_self"),
            is_so(any_of(f.condition("facts.enc.annual_report"), by_bis), "15 CFR 740.17(e)(3)", "us.740.c.enc_yearly"),
        ),
        duties=("us.740.duty.enc_yearly",),
    )  # fmt: skip


def _b2_users(f: Facts, law: LawAsOf, s: Shipment, kind: str, private: Truth) -> tuple[Truth, Truth]:
    """Whether the users are ones that a paragraph of (b)(2) serves, and whether it serves them at once."""
    favored = _favored(f, law, s)
    if kind == "(i)(A)":
        return any_of(favored, not_(_more_sensitive(f)), private), favored
    if kind == "(ii)":
        # (b)(2)(ii) is for commodities and software; technology for them goes to 740 Supp. 3 alone, item 3 of (b)(2).
        return (all_of(favored, private) if s.group == "E" else private), all_of(favored, private)
    if kind in ("(iii)", "(iv)(A)"):
        return favored, favored
    if kind == "(iv)(B)":
        return any_of(favored, all_of(private, truth_of(not in_any(s.country, law, "D:1")))), favored
    users = any_of(favored, private)
    return users, users if kind == "(i)(B)" else favored


@rule("us.ear.740.17.b.2", cites=("15 CFR 740.17(b)(2)", "15 CFR 740.17(c)-(f)", "15 CFR 740 Supp. 3"), in_force=READ)
def restricted(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (b)(2): network infrastructure, source code, custom and quantum cryptography, cryptanalysis, technology.

    30 days after the classification request. To users located or headquartered in 740 Supp. 3: at once and any, but for
    cryptanalytic items no government. Elsewhere: no government, but network infrastructure also to less sensitive ones;
    open interfaces and non-standard technology not at all; other technology not to D:1.
    """
    s = _encryption(f, law)
    if s is None:
        return
    kinds = _kinds_b2(f, s)
    asked = stated(f, "facts.enc.classified_by_bis", _REQUEST)
    if not kinds and (not asked or _kind_b3(f, s) or f.get("facts.enc.self_classified") is True):
        return
    cite = f"15 CFR 740.17(b)(2){kinds[0] if kinds else ''}"
    private = no_government(f)
    each = [_b2_users(f, law, s, kind, private) for kind in kinds or [""]]
    users = all_of(*(u for u, _ in each))
    at_once = all_of(*(a for _, a in each))
    conditions: list[Condition | None] = [
        _not_e(s, law),
        is_so(_open_kind(B2), cite, "us.740.c.enc_b2_kind") if not kinds else None,
        is_so(users, cite, "us.740.c.enc_users"),
        _waited(f, at_once),
        free_of(f, "end_use.unauthorized_access", "15 CFR 740.17(f)", "us.740.c.enc_intrusion"),
    ]
    if s.activity == "transfer_in_country":
        conditions.append(is_so(private, "15 CFR 740.17(c)", "us.740.c.enc_transfer"))
    yield lift("ENC(b)(2)", "15 CFR 740.17(b)(2)", conditions, duties=_report(s))


def _open_kind(traits: dict[str, str]) -> Truth:
    return unknown(*(f"item.traits.{t}" for t in traits))


@rule("us.ear.740.17.b.3", cites=("15 CFR 740.17(b)(3)", "15 CFR 740.17(d)-(f)"), in_force=READ)
def components(f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """ENC (b)(3): chips, toolkits, non-standard cryptography, forensics, activation, 30 days after the request.

    To any end user outside E:1 and E:2; at once to those located or headquartered in 740 Supp. 3.
    """
    s = _encryption(f, law)
    if s is None or s.group == "E":
        return
    kind = _kind_b3(f, s)
    other = _kinds_b2(f, s)
    asked = stated(f, "facts.enc.classified_by_bis", _REQUEST)
    if other or (not kind and (not asked or f.get("facts.enc.self_classified") is True)):
        return
    cite = f"15 CFR 740.17(b)(3){kind}"
    yield lift(
        "ENC(b)(3)", cite,
        (
            _not_e(s, law),
            is_so(_open_kind(B3), cite, "us.740.c.enc_b3_kind") if not kind else None,
            _waited(f, _favored(f, law, s)),
            free_of(f, "end_use.unauthorized_access", "15 CFR 740.17(f)(3)", "us.740.c.enc_intrusion")
            if kind == "(iii)(A)" else None,
        ),
        duties=_report(s) if kind.startswith("(iii)") else (),
    )  # fmt: skip


RULES = (internal_development, us_subsidiary, foreign_product, self_classified, restricted, components)
