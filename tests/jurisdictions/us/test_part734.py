"""Part 734: what is derived, how content is counted, which direct product rules a route meets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.test_cases import session

from safeconduct.jurisdictions.us.derived import DERIVED
from safeconduct.jurisdictions.us.ear.content import counts
from safeconduct.jurisdictions.us.ear.deminimis import ShareProbe
from safeconduct.jurisdictions.us.ear.part734_direct import TITLES, applies
from safeconduct.law import LawAsOf
from safeconduct.model import NO, YES, Facts, Money, freeze

DAY = date(2026, 8, 3)


def law() -> LawAsOf:
    return session().engine.law.at(DAY)


def facts(**cells: Any) -> Facts:
    return session().engine.facts({k.replace("__", "."): freeze(v) for k, v in cells.items()})


@pytest.mark.parametrize(
    ("person", "where"),
    [
        ({"person__most_recent_status": "CA"}, "CA"),
        ({"person__most_recent_citizenship": "DE"}, "DE"),
        ({"person__citizenships": ["FR"]}, "FR"),
        ({"person__citizenships": ["FR", "CN"]}, None),
        ({"person__citizenships": ["CN"], "person__permanent_residencies": ["CA"]}, None),
        ({"person__citizenships": ["CN"], "person__permanent_residencies": ["CN"]}, "CN"),
        ({}, None),
    ],
)
def test_a_release_goes_to_the_most_recent_status(person: dict[str, Any], where: str | None) -> None:
    assert DERIVED["destination"](facts(activity="deemed_export", **person)) == where


def test_a_shipment_takes_no_destination_from_a_person() -> None:
    assert DERIVED["destination"](facts(activity="export", person__most_recent_status="CA")) is None


def test_a_transfer_stays_in_its_country() -> None:
    assert DERIVED["destination"](facts(activity="transfer_in_country", exported_from="CN")) == "CN"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("3A001.a.2", "commodity"), ("3E001", "technology"), ("5D002.c.1", None), ("EAR99", None), ("XI(a)(3)", None)],
)
def test_kind_follows_the_product_group(code: str, kind: str | None) -> None:
    assert DERIVED["item.kind"](facts(item__classification__us=code)) == kind


def money(amount: str, currency: str = "USD") -> Money:
    return Money(Decimal(amount), currency)


@pytest.mark.parametrize(("part", "more"), [("249.99", False), ("250", False), ("250.01", True)])
def test_twenty_five_percent_or_less(part: str, more: bool) -> None:
    f = facts(item__us_content__total_value=money("1000"), item__us_content__controlled_value=money(part))
    assert ShareProbe(Decimal(25), None)(f) is more


def test_content_in_another_currency_is_not_converted() -> None:
    f = facts(item__us_content__total_value=money("1000"), item__us_content__controlled_value=money("900", "EUR"))
    assert ShareProbe(Decimal(25), None)(f) is None


@pytest.mark.parametrize(
    ("code", "place", "counted"),
    [
        ("3A001.a.2", "CN", True),   # NS2, and GBS is not for D:1 unless the entry says so and the group is B
        ("3A991.a.1", "CN", False),  # AT only
        ("3A991.a.1", "IR", True),   # 746.7
        ("EAR99", "IR", False),      # 746.7 reaches the list
        ("EAR99", "CU", True),       # 746.2 reaches all
        ("EAR99", "SY", True),       # 746.9
        ("EAR99", "UA-43", True),    # 746.6
        ("EAR99", "DE", False),
        ("3A090.a", "DE", True),     # worldwide
        ("9A610.y.1", "CN", True),   # 742.6(a)(7)
        ("9A610.y.1", "BR", False),
    ],
)  # fmt: skip
def test_controlled_content(code: str, place: str, counted: bool) -> None:
    assert counts(code, place, law(), facts(exported_from="MY")) is counted


def test_partner_content_to_russia_leaves_out_at_only() -> None:
    assert not counts("3A991.a.1", "RU", law(), facts(exported_from="DE"))
    assert counts("3A991.a.1", "RU", law(), facts(exported_from="MY"))


def row(name: str) -> Any:
    return next(r for r in law().rows("us.fdp_rules") if r["rule"] == name)


def test_every_direct_product_rule_is_a_row_and_a_rule() -> None:
    assert {r["rule"] for r in law().rows("us.fdp_rules")} == set(TITLES)


@pytest.mark.parametrize(
    ("name", "code", "place", "technology", "plant", "met"),
    [
        ("c", "9A515.a.1", "CN", ["9E515"], [], YES),
        ("c", "9A515.a.1", "CN", ["9E610"], [], NO),
        ("c", "9A515.a.1", "TH", ["9E515"], [], NO),
        ("d", "0A919", "VN", ["9E610"], [], YES),
        ("d", "0A919", "VN", [], ["9E610"], NO),  # the plant route is for 600 series items only
        ("d", "9A610.a", "VN", [], ["9E610"], YES),
        ("f", "1C990", "RU", ["1E001"], [], YES),
        ("j", "1C990", "IR", ["3E001"], [], NO),  # categories 3 to 9
        ("j", "3A991.a.1", "IR", ["3E001"], [], YES),
        ("j", "3A991.a.1", "IR", ["1E001"], [], NO),
        ("h", "3A090.b", "JP", ["3E991"], [], YES),
        ("h", "4A003.z.1.a", "JP", [], ["3D001"], YES),
        ("h", "4A003.b", "JP", [], ["3D001"], NO),
        ("k", "3B001.f.1", "MO", ["3E992"], [], YES),
        ("k", "3B001.a.1", "MO", ["3E992"], [], NO),
    ],
)
def test_direct_product_rules(
    name: str, code: str, place: str, technology: list[str], plant: list[str], met: Any
) -> None:
    f = facts(
        activity="reexport", exported_from="KR", destination=place, parties=0, diligence="complete",
        item__classification__us=code, item__origin="KR", item__kind="commodity", item__hs="290511",
        item__traits__part_of_listed_item=False,
        item__produced_with__technology=technology, item__produced_with__plant=plant,
        item__produced_with__contains_ic_from_such_plant=False,
    )  # fmt: skip
    assert applies(row(name), f, law()) is met


def test_an_unknown_route_stays_unknown() -> None:
    f = facts(
        activity="reexport", exported_from="KR", destination="JP", parties=0, diligence="complete",
        item__classification__us="3A090.a", item__origin="KR",
    )  # fmt: skip
    asked = {a.fact for a in applies(row("h"), f, law()).asks}
    assert asked == {"item.produced_with.technology", "item.produced_with.plant"}
