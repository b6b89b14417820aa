"""The lines of one order: License Exception LVS counts the order's value per ECCN, 15 CFR 740.3(d)(1)."""

from __future__ import annotations

from typing import Any

import pytest

from safeconduct.acts.determine import determine
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(embedded_folder())


def order(*values: str | None, code: str = "2B350.i", other: str | None = None) -> dict[str, Any]:
    """An order to Brazil; the printed LVS limit of 2B350 is $2,000."""
    items = [
        {"kind": "commodity", "classification": {"us": other if other and n else code}, "origin": "US",
         "value": None if v is None else {"amount": v, "currency": "USD"}}
        for n, v in enumerate(values)
    ]  # fmt: skip
    party = {
        "role": "end_user",
        "name": "Exemplo Ltda.",
        "country": "BR",
        "capacity": "private",
        "listed": [],
        "owners": [],
    }
    return {
        "id": "O", "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "BR", "items": items,
        "parties": [party], "diligence": "complete", "red_flags": [], "informed": [], "route": [],
        "facts": {"lvs": {"shipped_this_year": {"amount": "0", "currency": "USD"}}},
    }  # fmt: skip


def outcomes(session: Session, request: dict[str, Any]) -> list[str]:
    return [line["outcome"] for line in determine(session, request)["items"]]


def test_one_line_within_the_limit_is_available(session: Session) -> None:
    assert outcomes(session, order("1900", "100", other="EAR99")) == ["exception_available", "no_license_required"]


def test_lines_of_one_entry_are_added_up(session: Session) -> None:
    assert outcomes(session, order("1000", "1000")) == ["exception_available", "exception_available"]
    assert outcomes(session, order("1000", "1000.01")) == ["license_required", "license_required"]


def test_a_line_without_value_leaves_the_sum_open(session: Session) -> None:
    answer = determine(session, order("1000", None))
    assert [line["outcome"] for line in answer["items"]] == ["license_required", "license_required"]
    lvs = next(x for x in answer["items"][0]["determinations"][0]["exceptions"] if x["symbol"] == "LVS")
    assert lvs["available"] is None


def test_the_worst_line_decides_the_order(session: Session) -> None:
    answer = determine(session, order("2500", "100", other="EAR99"))
    assert answer["outcome"] == "license_required"


def test_what_is_not_read_of_an_owner_holds_a_clear_answer_back(session: Session) -> None:
    request = {k: v for k, v in order("10", "10", code="EAR99").items() if k != "items"}
    request["item"] = {"kind": "commodity", "classification": {"us": "EAR99"}}
    listed = [{"list": "us.entity_list", "status": "true_match"}]
    for owner in (
        {"share": "60", "listed": [], "owners": [{"share": "60", "listed": listed}]},
        {"share": "0.5", "listed": []},
    ):
        party = {**request["parties"][0], "owners": [{"name": "a", "country": "BR", **owner}]}
        assert determine(session, request | {"parties": [party]})["outcome"] == "undetermined"
    assert determine(session, request)["outcome"] == "no_license_required"
