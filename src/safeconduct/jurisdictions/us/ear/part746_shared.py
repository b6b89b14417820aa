"""What the sections of part 746 share: what is EAR99, food, medicine; HS supplements; partners' subsidiaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from safeconduct.jurisdictions.us.common import CODE, DEEMED, EAR99, code, code_kind
from safeconduct.jurisdictions.us.ear.foreign import is_foreign_made
from safeconduct.law import LawAsOf
from safeconduct.model import (
    NO,
    YES,
    Ask,
    Facts,
    Money,
    PartyView,
    Truth,
    all_of,
    any_of,
    not_,
    truth_of,
    unknown,
)

#: Who receives it in the end, 15 CFR 748.5(e), (f).
RECEIVERS: Final = ("end_user", "ultimate_consignee")
#: Capacities that make a party something else than a civil end user.
NOT_CIVIL: Final = ("armed_forces", "police", "intelligence")
#: Exceptions for personal baggage, without firearms, ammunition and body armor.
BAG_A_TO_D: Final = ("BAG(a)", "BAG(b)", "BAG(c)", "BAG(d)")


def nothing_moves(f: Facts) -> bool:
    """Whether no item of the EAR is exported, reexported or transferred (support by US persons), or the item
    is on the US Munitions List: part 746 of the EAR has nothing to say."""
    return f.get("activity") == "us_person_support" or code_kind(f) == "usml"


def deemed(f: Facts) -> bool:
    return f.get("activity") in DEEMED


def ear99(f: Facts) -> Truth:
    """Whether the item is EAR99; unknown without a classification."""
    c = code(f)
    return unknown(Ask(CODE, ((EAR99, EAR99),))) if c is None else truth_of(c == EAR99)


def food_or_medicine(f: Facts) -> Truth:
    """Food or medicine (772.1) that is EAR99; nobody's claim, so absent is no."""
    claimed = any_of(f.truth("item.traits.food"), f.truth("item.traits.medicine"))
    return NO if claimed is NO else all_of(claimed, ear99(f))


def hs6(f: Facts) -> str | None:
    """The first six digits of the item's HS or Schedule B code."""
    value = f.get("item.hs")
    digits = "".join(ch for ch in str(value) if ch.isdigit()) if value is not None else ""
    return digits[:6] if len(digits) >= 6 else None


def is_goods(f: Facts) -> Truth:
    """Whether the item can stand in an HS supplement: what has an HS code can, software on a medium too; software and
    technology without one cannot."""
    if f.get("item.hs") is not None:
        return YES
    kind = f.get("item.kind")
    if kind is not None:
        return truth_of(kind == "commodity")
    return unknown(Ask("item.kind", (("commodity", "commodity"), ("software", "software"))))


def names_supplement(stated: Iterable[object] | None, table: str) -> bool:
    """Whether a stated list of supplements names one, as ``us.746.supp4`` or ``supp4``."""
    wanted = table.rsplit(".", 1)[-1]
    return any(str(x).replace("_", ".").rsplit(".", 1)[-1] == wanted for x in stated or ())


def in_supplement(f: Facts, law: LawAsOf, table: str) -> Truth:
    """Whether the item stands in an HS supplement of part 746 (``us.746.supp4``).

    A longer code matches by its first six digits. Parts and accessories modified or designed for a listed item
    are in the supplement whatever their own code (paragraph (a) of each), fasteners and the like excepted.
    Reading: whether an item is such a part is what the exporter knows, so due diligence settles it.
    """
    stated = f.get("item.listed_in")
    if names_supplement(stated, table):
        return YES
    if table == "us.746.supp6":  # names things in words, not by HS code: the exporter is asked
        return f.truth("item.traits.supp6_item")
    goods = is_goods(f)
    if goods is NO:
        return NO
    number = hs6(f)
    if number is None:
        if stated is not None:
            return NO
        return all_of(goods, unknown(Ask("item.hs")))
    if number in law.index(table, "hts6"):
        return YES
    return f.truth("item.traits.part_of_listed_item")


@dataclass(frozen=True, slots=True)
class UnitPriceProbe:
    """Whether one unit costs at least ``limit`` dollars: the wholesale price in the United States where it is
    stated, else the line's value by its quantity. None when neither is known."""

    limit: Decimal
    path: str = "item.us_wholesale_price"

    def __call__(self, facts: Facts) -> bool | None:
        stated = facts.peek(self.path)
        price = stated.in_("USD") if isinstance(stated, Money) else None
        if price is None:
            value, quantity = facts.peek("item.value"), facts.peek("item.quantity")
            total = value.in_("USD") if isinstance(value, Money) else None
            if total is None or isinstance(quantity, bool) or not isinstance(quantity, (int, Decimal)) or quantity <= 0:
                return None
            price = total / Decimal(quantity)
        return price >= self.limit


def from_supplement_3(f: Facts, law: LawAsOf) -> Truth:
    """Whether it is reexported from, or moved within, a country with controls of its own (746 Supp. 3)."""
    where = f.get("exported_from")
    if f.get("activity") == "export":
        return NO
    if where is None:
        return unknown(Ask("exported_from"))
    return truth_of(any(r["scope"] == "full" for r in law.index("us.746.supp3", "country").get(where, ())))


def foreign_made(f: Facts) -> bool:
    """Whether the item is known to be made abroad (an unknown origin is asked for by part 734)."""
    return is_foreign_made(f) is YES


def direct_product(f: Facts, entry: str) -> Truth:
    """Whether the item is the direct product of technology or software, or of a plant, of entries that match.

    Args:
        entry: categories whose D and E entries count, such as ``0123456789`` or ``3456789``.
    """
    found = []
    for path in ("item.produced_with.technology", "item.produced_with.plant"):
        codes = f.get(path)
        if codes is None:
            found.append(unknown(Ask(path, (("none", ()), ("3E991", ("3E991",))))))
        else:
            found.append(truth_of(any(c[:1] in entry and c[1:2] in "DE" for c in codes)))
    return any_of(*found)


def partners(law: LawAsOf) -> frozenset[str]:
    """The United States and the members of Country Groups A:5 and A:6."""

    def make() -> frozenset[str]:
        return frozenset({"US"} | law.group("us.A:5").members | law.group("us.A:6").members)

    return law.build("partners 746", ("us.country_groups",), make)


def receivers(f: Facts) -> tuple[PartyView, ...]:
    """The end users, or failing these the ultimate consignees. A party without a role counts."""
    users = f.parties("end_user")
    return users or f.parties("ultimate_consignee")


def partner_user(p: PartyView, law: LawAsOf, *, missions: bool) -> Truth:
    """Whether a civil end user is wholly owned by companies of the United States or of A:5 and A:6 countries, or a
    joint venture among them (746.8(a)(12)(ii)(A)-(E)); with ``missions``, or their diplomatic or consular mission."""
    owners = p.get("wholly_owned_by")
    allowed = partners(law)
    owned = NO if not owners else truth_of(all(c in allowed for c in owners))
    if missions:
        of = p.get("mission_of")
        owned = any_of(owned, NO if of is None else truth_of(of in allowed and of != "US"))
    return NO if owned is NO else all_of(owned, not_(p.is_in("capacity", NOT_CIVIL)))


def partner_users(f: Facts, law: LawAsOf, *, missions: bool) -> Truth:
    """Whether all who receive it are such users."""
    found = [partner_user(p, law, missions=missions) for p in receivers(f)]
    return all_of(*found) if found else NO


def informed(f: Facts, section: str) -> Truth:
    """Whether the government told the exporter, under a section, that a license is needed. Absence of a notice is
    no clearance; what is not stated is asked for by the rules of part 744."""
    notices = f.get("informed")
    return truth_of(any(str(_of(n, "section")).startswith(section) for n in notices or ()))


def _of(notice: Any, key: str) -> Any:
    return notice.get(key, "") if isinstance(notice, Mapping) else ""


def paragraphs(symbol: str, letters: Iterable[str]) -> tuple[str, ...]:
    """``AVS(a)``, ``AVS(b)`` ... for the paragraphs a section keeps."""
    return tuple(f"{symbol}({x})" for x in letters)
