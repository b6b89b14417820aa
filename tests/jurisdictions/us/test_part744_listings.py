"""What a list entry says, from the request, from an invented edition, or read strictly; and shares of listed owners."""

from __future__ import annotations

import json
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from safeconduct.jurisdictions.us.ear.part744_lists import unknown_lists
from safeconduct.jurisdictions.us.ear.part744_ownership import Holding, half_owned
from safeconduct.jurisdictions.us.listings import Entry, covers_item, ended, entry, tags_of
from safeconduct.jurisdictions.us.manifest import MANIFEST
from safeconduct.law import Law, LawAsOf
from safeconduct.lawdata import Edition
from safeconduct.lawdata.store import write_manifest
from safeconduct.model import (
    NO,
    YES,
    Facts,
    Listing,
    Owner,
    PartyView,
    Question,
    Truth,
    Vocabulary,
    core_vocabulary,
    freeze,
)

ROWS: dict[str, list[dict[str, Any]]] = {
    "us.entity_list": [
        {"id": "el:1", "list": "us.entity_list", "name": "Acme Works", "covers": "all_items", "policy": "denial", "footnotes": ["3"],
         "exceptions": [{"symbol": "GOV", "in": ["740.11(b)(2)", "740.11(e)"]}], "under": ["744.21(b)"], "cites": ["90 FR 1"]},
        {"id": "el:2", "list": "us.entity_list", "name": "Twin Works", "covers": "all_items", "policy": "denial"},
        {"id": "el:3", "list": "us.entity_list", "name": "Twin Works", "covers": {"eccns": ["3A001"]}, "policy": "case_by_case"},
        {"id": "el:4", "list": "us.entity_list", "name": "Address 01", "covers": "all_items", "address_only": True},
        {"id": "el:5", "list": "us.entity_list", "name": "Survey Works", "covers": "all_items",
         "exceptions": [{"symbol": "GOV", "in": ["740.11(b)"], "when": "used_by_a_bureau"}]},
    ],
    "us.dpl": [{"id": "dpl:1", "list": "us.dpl", "name": "Old Works", "until": "2024-02-01", "status": "lapsed"}],
}  # fmt: skip
KEYS = ("acme works\tus.entity_list\tel:1", "twin works\tus.entity_list\tel:2", "twin works\tus.entity_list\tel:3")


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> LawAsOf:
    folder = tmp_path_factory.mktemp("edition")
    tables = []
    for name, rows in ROWS.items():
        text = "".join(json.dumps({"id": r["id"], **r}, separators=(",", ":")) + "\n" for r in rows)
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
        tables.append((name, f"{name}.jsonl"))
    (folder / "keys.tsv").write_text("\n".join(sorted(KEYS)) + "\n", "utf-8")
    tables.append(("us.lists.keys", "keys.tsv"))
    (folder / "tables.toml").write_text(
        "".join(
            f'[[table]]\nid = "{i}"\nfiles = ["{f}"]\nas_of = 2026-07-31\nverified_from = 2026-07-01\nverified_until = 2026-08-01\n'
            f'age_limit_days = 31\ncite = "invented"\nbasis = "read"\nsources = []\n'
            for i, f in tables
        ),
        "utf-8",
    )
    write_manifest(folder, "invented")
    return Law(Edition(folder)).at(date(2026, 7, 31))


def facts(**cells: Hashable) -> Facts:
    return Facts({k.replace("__", "."): v for k, v in cells.items()}, Vocabulary(()))


def test_an_entry_is_found_by_id_and_by_name(law: LawAsOf) -> None:
    by_id = entry(Listing("us.entity_list", "true_match", "el:1"), law)
    assert by_id == entry(Listing("us.entity_list", "true_match", "ACME, Works"), law)
    assert by_id.known
    assert by_id.covers == "all_items"
    assert by_id.survives == ("GOV(b)(2)", "GOV(e)")
    assert by_id.footnote("3") is True
    assert by_id.footnote("1") is False
    assert by_id.under == ("744.21(b)",)


def test_a_part_of_an_id_is_no_id(law: LawAsOf) -> None:
    assert entry(Listing("us.entity_list", "true_match", "el:"), law) == Entry()
    assert entry(Listing("us.entity_list", "true_match", 'el:1","x'), law) == Entry()


def test_the_request_wins_over_the_edition(law: LawAsOf) -> None:
    stated = Listing("us.entity_list", "true_match", "el:1", covers=freeze({"eccns": ["9A991"]}), footnotes=())
    e = entry(stated, law)
    assert e.covers == freeze({"eccns": ["9A991"]})
    assert e.footnote("3") is False
    assert e.policy == "denial"


def test_entries_of_one_name_that_differ_are_read_strictly(law: LawAsOf) -> None:
    e = entry(Listing("us.entity_list", "true_match", "Twin Works"), law)
    assert e.known
    assert e.covers is None
    assert e.policy is None
    assert covers_item(e, facts(item__classification__us="EAR99"), law) is YES


def test_an_exception_kept_for_one_use_is_not_kept_at_large(law: LawAsOf) -> None:
    assert entry(Listing("us.entity_list", "true_match", "el:5"), law).survives == ()


def test_addresses_and_ended_orders(law: LawAsOf) -> None:
    assert entry(Listing("us.entity_list", "true_match", "el:4"), law).address_only is True
    assert ended(entry(Listing("us.dpl", "true_match", "dpl:1"), law), law)
    assert not ended(entry(Listing("us.dpl", "true_match", "dpl:9"), law), law)


def test_a_day_the_list_does_not_cover_is_read_strictly(law: LawAsOf) -> None:
    later = law.law.at(date(2027, 1, 4))
    assert entry(Listing("us.entity_list", "true_match", "el:1"), later) == Entry()


@pytest.mark.parametrize(
    ("covers", "code", "expected"),
    [
        ("all_items", "EAR99", YES), ("ccl_items", "EAR99", NO), ("ccl_items", "3A001.b", YES), (["3A001", "3A991"], "3A991.a", YES),
        (["3A001"], "EAR99", NO), ({"eccns": ["3A001.b.2"]}, "3A001.b.2.a", YES), ({"eccns": ["3A001.b.2"]}, "3A001.c", NO),
        ({"all_items_except": ["EAR99"]}, "EAR99", NO), ({"all_items_except": ["EAR99"]}, "3A001", YES),
        ({"all_items_except": [{"what": "eccns", "eccns": ["5A992"], "not_for": "x"}]}, "5A992.c", YES),
        ({"all_items_except": [{"what": "ofac_general_license"}]}, "EAR99", YES), ("words nobody knows", "EAR99", YES),
        ({"kind nobody knows": 1}, "EAR99", YES), (None, "EAR99", YES),
    ],
)  # fmt: skip
def test_covers(law: LawAsOf, covers: object, code: str, expected: Truth) -> None:
    us = Facts({"item.classification.us": code}, _claims())
    assert covers_item(Entry(covers=freeze(covers)), us, law) is expected


def _claims() -> Vocabulary:
    return core_vocabulary().plus(MANIFEST.facts)


def test_a_short_code_is_asked_for(law: LawAsOf) -> None:
    t = covers_item(Entry(covers=freeze({"eccns": ["3A001.b.2"]})), facts(item__classification__us="3A001"), law)
    assert {a.fact for a in t.asks} == {"item.classification.us"}
    assert covers_item(Entry(covers="ccl_items"), facts(), law).is_unknown
    assert covers_item(Entry(covers="all_items"), facts(), law) is YES


def test_tags_in_one_spelling() -> None:
    assert tags_of(("[ILLICIT DRUGS-EO14059]",)) == tags_of(("illicit-drugs-eo14059",))
    assert tags_of(None) is None


@pytest.mark.parametrize(
    ("shares", "diligent", "expected"),
    [
        ((("50", True),), True, YES), ((("49.99", True),), True, NO), ((("49.99", True),), False, None),
        ((("30", True), ("20", True)), True, YES), ((("30", True), ("20", False)), True, None),
        (((None, True),), True, None), ((("30", True), ("70", None)), True, NO), ((("30", True), ("70", None)), False, NO),
    ],
)  # fmt: skip
def test_shares_add_up(
    shares: tuple[tuple[str | None, bool | None], ...], diligent: bool, expected: Truth | None
) -> None:
    """A share, and whether its owner is listed for certain (True), perhaps (False) or not at all (None)."""
    f = facts(parties=1)
    amounts = [None if s is None else Decimal(s) for s, _ in shares]
    owners = tuple(Owner("", None, a, ()) for a in amounts)
    held = [Holding(a, (), bool(c)) for a, (_, c) in zip(amounts, shares, strict=True) if c is not None]
    got = half_owned(PartyView(f, 0), owners, held, Decimal(50), diligent=diligent)
    assert got.is_unknown if expected is None else got is expected


@pytest.mark.parametrize(
    ("list_id", "status", "held"),
    [("us.some_other_list", "open", True), ("us.some_other_list", "true_match", True), ("us.some_other_list", "false_positive", False),
     ("eu.consolidated", "true_match", False), ("us.entity_list", "true_match", False)],
)  # fmt: skip
def test_a_list_of_which_nothing_is_known_holds(law: LawAsOf, list_id: str, status: str, held: bool) -> None:
    cells: dict[str, Hashable] = {"parties": 1, "parties[0].listed": (Listing(list_id, status),)}
    found = list(unknown_lists(Facts(cells, _claims()), law))
    assert bool(found) is held
    assert all(isinstance(x, Question) and x.hold for x in found)
