"""Random lines over the whole vocabulary, and the embedded edition to answer them with."""

from __future__ import annotations

import random
from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder
from safeconduct.model import Fact, FrozenMap, Listing, Money, Owner, Quantity

COUNTRIES = [
    "DE",
    "FR",
    "JP",
    "AU",
    "CA",
    "GB",
    "MX",
    "BR",
    "IN",
    "IL",
    "TW",
    "SG",
    "AE",
    "SA",
    "TR",
    "CN",
    "HK",
    "MO",
    "RU",
    "BY",
    "IR",
    "CU",
    "KP",
    "SY",
    "IQ",
    "PK",
    "VE",
    "UA",
    "UA-43",
    "UA-14",
    "LI",
    "PR",
    "SS",
    "VN",
    "AR",
    "ZA",
]
LISTS = (
    "us.entity_list",
    "us.uvl",
    "us.meu_list",
    "us.dpl",
    "us.ofac.sdn",
    "us.ofac.ssi",
    "us.isn",
    "us.ddtc.debarred",
    "a.list",
)
DAYS = (date(2025, 10, 3), date(2026, 2, 10), date(2026, 7, 9), date(2026, 8, 3), date(2026, 9, 15), date(2027, 3, 1))
Cells = dict[str, Hashable]


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


@cache
def codes() -> tuple[str, ...]:
    rows = (*session().edition.rows("us.ccl.entries"), *session().edition.rows("us.ccl.paragraphs"))
    return tuple(sorted(r["code"] for r in rows))


@cache
def vocabulary() -> tuple[Fact, ...]:
    return tuple(session().engine.vocabulary)


def value(fact: Fact, r: random.Random) -> Hashable:
    kind = fact.kind
    if kind == "bool":
        return r.random() < 0.5
    if kind == "enum":
        return r.choice(fact.choices or ("x",))
    if kind == "country":
        return r.choice(COUNTRIES)
    if kind == "date":
        return r.choice(DAYS)
    if kind == "money":
        return Money(
            Decimal(r.choice(("0", "1500", "3000", "5000", "25000", "9000000"))), r.choice(("USD", "USD", "EUR"))
        )
    if kind == "quantity":
        return Quantity(Decimal(r.choice(("0", "1", "18", "300", "500", "4800", "1e9"))), fact.unit)
    if kind in ("number", "int", "percent"):
        return Decimal(r.choice(("0", "1", "25", "50", "100")))
    if kind == "list":
        of = fact.type.removeprefix("list of ")
        if of == "country":
            return tuple(r.choice(COUNTRIES) for _ in range(r.randrange(3)))
        if of == "ECCN":
            return tuple(r.choice(codes()) for _ in range(r.randrange(3)))
        if of.startswith("{"):
            return tuple(
                FrozenMap({"resolved": r.random() < 0.5, "covers": "all_items"}) for _ in range(r.randrange(2))
            )
        return tuple(r.choice(("NS", "MT", "AT", "us.746.supp4")) for _ in range(r.randrange(3)))
    if fact.path == "item.classification.us":
        return r.choice(("EAR99", "XI(a)(3)", *(r.choice(codes()) for _ in range(8))))
    return r.choice(("x", "1C351.d.5", "852990"))


def listings(r: random.Random) -> tuple[Listing, ...]:
    return tuple(
        Listing(
            r.choice(LISTS), r.choice(("open", "true_match", "false_positive")), None, r.choice((None, "all_items")),
            r.choice((None, (), ("1",), ("4",))), r.choice((None, ("SDGT",))), r.choice((None, False, True)),
        )
        for _ in range(r.choice((0, 0, 0, 1, 2)))
    )  # fmt: skip


def random_cells(seed: int, *, density: float | None = None) -> Cells:
    """A line: the facts most rules turn on are usually given, the others by chance."""
    r = random.Random(seed)
    density = r.choice((0.02, 0.1, 0.3)) if density is None else density
    usual = {"activity", "date", "destination", "item.classification.us", "item.origin", "exported_from", "item.kind"}
    cells: Cells = {}
    parties = r.choice((None, 0, 1, 1, 2))
    for fact in vocabulary():
        if "[]" in fact.path or fact.path in ("parties", "diligence"):
            continue
        if r.random() < (0.9 if fact.path in usual else density):
            cells[fact.path] = value(fact, r)
    cells.setdefault("date", r.choice(DAYS))
    code = str(cells.get("item.classification.us") or "")
    if "item.kind" in cells and code[1:2] in tuple("ABCDE") and code[:1].isdigit():  # what the code says it is
        kinds = {"D": ("software", "source_code"), "E": ("technology",)}.get(code[1], ("commodity",))
        cells["item.kind"] = r.choice(kinds)
    if r.random() < 0.7:
        cells["activity"] = "export"
    if cells.get("activity") in ("export", "deemed_export"):
        cells["exported_from"] = "US"  # what these words mean, 734.13
    if r.random() < 0.6:
        cells["diligence"] = "complete"
    if parties is not None:
        cells["parties"] = parties
        for i in range(parties):
            for fact in vocabulary():
                if not fact.path.startswith("parties[]."):
                    continue
                path = fact.path.replace("[]", f"[{i}]", 1)
                if fact.path == "parties[].listed":
                    if r.random() < 0.8:
                        cells[path] = listings(r)
                elif fact.path == "parties[].owners":
                    if r.random() < 0.3:
                        cells[path] = tuple(
                            Owner("O", r.choice(COUNTRIES), Decimal(r.choice((10, 50, 60))), listings(r))
                            for _ in range(r.randrange(2))
                        )
                elif "[]" not in fact.path.removeprefix("parties[]") and r.random() < density:
                    cells[path] = value(fact, r)
    return cells
