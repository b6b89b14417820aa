"""Duties, worked out from facts and an outcome: filing, statement, reports, records. Expected values: 15 CFR 743, 748, 758, 762."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from safeconduct.acts.session import Session
from safeconduct.jurisdictions.us.duties import DUTIES
from safeconduct.law import Result
from safeconduct.lawdata import embedded_folder
from safeconduct.model import Duty, Effect, FrozenMap, Listing, Money, Requirement

DAY = date(2026, 8, 3)


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def duties(
    outcome: str = "no_license_required",
    available: tuple[str, ...] = (),
    effects: tuple[Effect, ...] = (),
    day: date = DAY,
    **facts: Hashable,
) -> dict[str, Duty]:
    cells: dict[str, Hashable] = {
        "date": day, "activity": "export", "exported_from": "US", "destination": "DE", "item.kind": "commodity",
        "item.classification.us": "3A991.d", "item.value": Money(Decimal("900.00"), "USD"), "parties": 0,
    }  # fmt: skip
    cells.update({k.replace("__", "."): v for k, v in facts.items()})
    engine = session().engine
    found = [
        d for fn in DUTIES for d in fn(engine.facts(cells), engine.law.at(day), Result(outcome, effects, available))
    ]
    return {d.duty: d for d in found}


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def test_small_plain_export_needs_a_notation_only() -> None:
    got = duties()
    assert "file_eei" not in got
    assert got["loading_document"].cites == ("15 CFR 758.1(d)", "15 CFR 30.37(a)")
    assert "destination_control_statement" in got
    assert got["keep_records"].due == "5 years"


@pytest.mark.parametrize(("amount", "due"), [("2500.00", False), ("2500.01", True)])
def test_filing_is_due_over_2500_dollars(amount: str, due: bool) -> None:
    got = duties(item__value=dollars(amount))
    assert ("file_eei" in got) is due
    if due:
        assert got["file_eei"].cites == ("15 CFR 758.1(b)(5)",)


def test_value_not_known_makes_the_filing_conditional() -> None:
    assert duties(item__value=None)["file_eei"].says == "us.duty.eei_if"


@pytest.mark.parametrize(
    ("facts", "paragraph"),
    [
        ({"destination": "SY"}, "(b)(1)"),
        ({"destination": "CU"}, "(b)(1)"),
        ({"item__classification__us": "9A610.x"}, "(b)(3)"),
        ({"item__classification__us": "9A515.x"}, "(b)(3)"),
        ({"item__classification__us": "0A501.a"}, "(b)(9)"),
        ({"item__classification__us": "0A505.a"}, "(b)(9)"),
        ({"destination": "CN"}, "(b)(10)"),
        ({"destination": "HK"}, "(b)(10)"),
        ({"destination": "VE"}, "(b)(10)"),
        ({"route": ("CA",)}, "(b)(6)"),
    ],
)
def test_filing_at_any_value(facts: dict[str, Hashable], paragraph: str) -> None:
    assert f"15 CFR 758.1{paragraph}" in duties(**facts)["file_eei"].cites


@pytest.mark.parametrize(
    "facts",
    [
        {"item__classification__us": "9A610.y.1"},
        {"item__classification__us": "0A505.c"},
        {"item__classification__us": "EAR99", "destination": "CN"},
        {"destination": "MO"},
        {"activity": "reexport", "exported_from": "DE", "destination": "CN"},
        {"item__kind": "technology", "item__value": dollars("9000")},
        {"destination": "CA", "item__value": dollars("9000")},
    ],
)
def test_no_filing_just_outside(facts: dict[str, Hashable]) -> None:
    assert "file_eei" not in duties(**facts)


def test_license_and_sta_bring_the_filing() -> None:
    assert "15 CFR 758.1(b)(2)" in duties("license_required", effects=(Requirement(reason="NS2"),))["file_eei"].cites
    assert "15 CFR 758.1(b)(4)" in duties("exception_available", available=("STA",))["file_eei"].cites


def test_unverified_party() -> None:
    listed = (Listing("us.uvl", "true_match"),)
    got = duties(parties=1, **{"parties[0]__role": "end_user", "parties[0]__listed": listed})
    assert "15 CFR 758.1(b)(8)" in got["file_eei"].cites


@pytest.mark.parametrize("symbol", ["BAG(a)", "GFT"])
def test_no_statement_for_baggage_and_gifts(symbol: str) -> None:
    assert "destination_control_statement" not in duties("exception_available", available=(symbol,))


def test_no_statement_for_ear99() -> None:
    got = duties(item__classification__us="EAR99")
    assert "destination_control_statement" not in got
    assert "keep_records" in got


@pytest.mark.parametrize(
    ("code", "due"), [("9A610.x", True), ("3A001.z.1", True), ("3A090.a", True), ("3A001.a.2", False)]
)
def test_eccn_on_the_invoice(code: str, due: bool) -> None:
    assert ("eccn_on_invoice" in duties(item__classification__us=code)) is due


def test_wassenaar_report_for_sensitive_items_outside_members() -> None:
    facts: dict[str, Hashable] = {"item__classification__us": "1C001", "destination": "BR"}
    assert "wassenaar_report" in duties("exception_available", available=("TSR",), **facts)
    assert "wassenaar_report" not in duties("exception_available", available=("TSR",), **{**facts, "destination": "DE"})
    assert "wassenaar_report" not in duties("exception_available", available=("TMP(a)(1)",), **facts)


def test_application_and_its_papers() -> None:
    need = (Requirement(reason="NS2", kind="NS"),)
    china: dict[str, Hashable] = {"destination": "CN", "item__classification__us": "3A002.c"}
    got = duties("license_required", effects=need, item__value=dollars("50000.01"), **china)
    assert {"apply_for_license", "prc_statement", "license_validity", "eei_license_number"} <= set(got)
    assert dict(got["license_validity"].args)["period"] == "4 years"
    assert "prc_statement" not in duties("license_required", effects=need, item__value=dollars("50000"), **china)
    hong_kong = duties("license_required", effects=need, destination="HK", item__classification__us="3A002.c")
    assert "hong_kong_permit" in hong_kong
    assert "prc_statement" not in hong_kong


def test_iran_goes_to_ofac() -> None:
    need = (Requirement(reason="746.7(e)", agency="OFAC"), Requirement(reason="746.7(a)(1)(i)"))
    got = duties("license_required", effects=need, destination="IR")
    assert got["apply_to_agency"].says == "us.duty.ofac_iran"
    assert "apply_for_license" not in got


def test_puerto_rico_is_no_export() -> None:
    got = duties(destination="PR", item__value=dollars("9000"))
    assert "file_eei" not in got
    assert got["file_eei_census"].cites == ("15 CFR 30.2",)
    assert "destination_control_statement" not in got


def test_prohibited_undetermined_and_not_subject() -> None:
    assert set(duties("prohibited")) >= {"do_not_proceed", "keep_records"}
    assert "file_eei" not in duties("undetermined", item__value=dollars("9000"))
    assert duties("not_subject") == {}


def test_a_day_no_table_covers_is_said_so() -> None:
    assert duties(day=date(2019, 1, 1))["check_day"].says == "us.duty.not_covered"


def test_every_duty_has_words() -> None:
    catalog = session().engine.manifests["US"].catalog
    assert FrozenMap(catalog)["us.duty.records"]
    for outcome in ("license_required", "exception_available", "no_license_required", "prohibited", "undetermined"):
        for d in duties(
            outcome, effects=(Requirement(reason="NS2"),), destination="CN", item__classification__us="9A610.x"
        ).values():
            assert d.says in catalog


def test_special_information_of_an_application() -> None:
    need = (Requirement(reason="NS1", kind="NS"),)
    got = duties(
        "license_required", effects=need, activity="reexport", item__kind="technology", item__classification__us="3E001"
    )
    assert dict(got["special_information"].args)["letters"] == ("l", "o")
    assert "special_information" not in duties("license_required", effects=need, item__classification__us="3A002.c")


def test_short_supply_licenses_are_valid_for_a_year() -> None:
    got = duties(
        "license_required", effects=(Requirement(reason="754.2", kind="SS"),), item__classification__us="1C980"
    )
    assert dict(got["license_validity"].args)["period"] == "1 year"
