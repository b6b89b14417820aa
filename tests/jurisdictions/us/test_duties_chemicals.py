"""Duties under the Chemical Weapons Convention. Expected values: 15 CFR 745.1, 745.2 (text of 2025-01), 742.18(a)."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from tests.jurisdictions.us.test_duties import duties, session

from safeconduct.model import Requirement

NEED = (Requirement(reason="742.18", kind="CW"),)
NOTICE, REPORT, CERTIFICATE, COPY = (
    "cwc_notification", "cwc_annual_report", "end_use_certificate", "end_use_certificate_copy",
)  # fmt: skip
HOLDS = "facts__cw__government_end_use_certificate"


def found(**facts: Hashable) -> dict[str, str]:
    """The duties of part 745 with their messages, for a licensed export."""
    got = duties("license_required", effects=NEED, **facts)
    return {k: got[k].says for k in (NOTICE, REPORT, CERTIFICATE, COPY) if k in got}


@pytest.mark.parametrize("destination", ["DE", "CA", "CN"])
def test_schedule_1_to_a_state_party_is_notified_and_reported(destination: str) -> None:
    got = duties("license_required", effects=NEED, destination=destination, item__classification__us="1C351.d.16")
    assert got[NOTICE].cites == ("15 CFR 745.1(a)",)
    assert got[NOTICE].due == "45 days before the export"
    assert got[REPORT].cites == ("15 CFR 745.1(b)",)
    assert got[REPORT].due == "13 February"
    assert CERTIFICATE not in got


def test_ricin_only_in_the_forms_of_the_schedule() -> None:
    assert found(item__classification__us="1C351.d.15")[NOTICE] == "us.duty.cwc_notification_if"
    assert found(item__classification__us="1C351.d.15", item__agent="RCA II")[NOTICE] == "us.duty.cwc_notification"
    assert NOTICE not in found(item__classification__us="1C351.d.15", item__agent="ricin A chain")


@pytest.mark.parametrize(
    "facts",
    [
        {"destination": "IL", "item__classification__us": "1C351.d.16"},
        {"item__classification__us": "1C351.d.14"},
        {"item__classification__us": "1C350.b.1"},
        {"activity": "reexport", "exported_from": "FR", "item__classification__us": "1C351.d.16"},
        {"item__classification__us": "XI"},
        {"item__classification__us": "XIV(f)"},
    ],
)
def test_no_notice_just_outside(facts: dict[str, Hashable]) -> None:
    assert NOTICE not in found(**facts)


def test_a_munitions_list_chemical_may_be_of_schedule_1() -> None:
    assert found(item__classification__us="XIV(a)(1)")[NOTICE] == "us.duty.cwc_notification_if"


@pytest.mark.parametrize("code", ["1C350.c.10", "1C355.b.1.a"])
def test_schedule_3_to_a_state_not_party_asks_for_the_certificate(code: str) -> None:
    got = duties("license_required", effects=NEED, destination="EG", item__classification__us=code)
    assert got[CERTIFICATE].cites[:2] == ("15 CFR 745.2(a)(1)", "15 CFR 745.2(b)")
    assert got[COPY].cites == ("15 CFR 745.2(a)(2)",)
    assert got[COPY].due == "7 days after the export"
    assert NOTICE not in got


def test_with_the_certificate_on_file_the_copy_is_left() -> None:
    assert set(found(destination="EG", item__classification__us="1C350.c.10", **{HOLDS: True})) == {COPY}


def test_mixtures_by_what_is_in_them() -> None:
    facts: dict[str, Hashable] = {"destination": "EG", "item__classification__us": "1C395.b"}
    assert found(**facts)[CERTIFICATE] == "us.duty.end_use_certificate_if"
    assert found(**facts, item__agent="1C350.c.10")[CERTIFICATE] == "us.duty.end_use_certificate"
    assert found(**facts, item__agent="1C350.b.1") == {}


def test_an_entry_without_its_paragraph_leaves_it_open() -> None:
    assert found(destination="EG", item__classification__us="1C350")[CERTIFICATE] == "us.duty.end_use_certificate_if"


@pytest.mark.parametrize(
    "facts",
    [
        {"destination": "BR", "item__classification__us": "1C350.c.10"},
        {"destination": "EG", "item__classification__us": "1C350.b.1"},
        {"destination": "EG", "item__classification__us": "1C350.d.1"},
        {"destination": "EG", "item__classification__us": "EAR99"},
        {"activity": "reexport", "exported_from": "FR", "destination": "EG", "item__classification__us": "1C350.c.10"},
    ],
)
def test_no_certificate_just_outside(facts: dict[str, Hashable]) -> None:
    assert CERTIFICATE not in found(**facts)


def test_every_duty_of_part_745_has_words() -> None:
    catalog = session().engine.manifests["US"].catalog
    for duty in (NOTICE, REPORT, CERTIFICATE, COPY):
        assert f"us.duty.{duty}" in catalog
        assert f"us.duty.{duty}_if" in catalog
