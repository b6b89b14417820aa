"""A made-up year of an exporter's lines: what many companies ship, with some of everything else.

Seeded, so that every run measures the same lines. 300 items (drawn from the list's paragraphs and EAR99) go to 60
destinations with weights that fall off, as order books do; parties, values, end uses and conditions vary.
"""

from __future__ import annotations

import random
from typing import Any

from safeconduct.acts.session import Session

DAY = "2026-08-03"


def lines(session: Session, count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Requests of the contract, one item each."""
    rng = random.Random(seed)
    codes = sorted(r["code"] for r in session.edition.rows("us.ccl.paragraphs") if r["kind"] == "item")
    items = [*rng.sample(codes, 240), *["EAR99"] * 60]
    countries = sorted(r["country"] for r in session.edition.rows("us.country_chart"))
    usual = ["CA", "MX", "GB", "DE", "JP", "KR", "CN", "FR", "NL", "IN", "SG", "TW", "BR", "AE", "IL", "HK", "TR", "VN"]
    places = usual + rng.sample([c for c in countries if c not in usual], 42)
    weights = [1 / (i + 2) for i in range(len(places))]
    out = []
    for n in range(count):
        place = rng.choices(places, weights)[0]
        parties = [_party(rng, place, "end_user")]
        if rng.random() < 0.6:
            parties.append(_party(rng, place, "purchaser"))
        if rng.random() < 0.3:
            parties.append(_party(rng, rng.choice(usual), "intermediate_consignee"))
        out.append(
            {
                "id": f"L{n}", "date": DAY, "activity": "export", "exported_from": "US", "destination": place,
                "item": {
                    "classification": {"us": rng.choice(items)}, "kind": None, "origin": "US",
                    "quantity": rng.randint(1, 50),
                    "value": {"amount": f"{rng.lognormvariate(7.5, 1.4):.2f}", "currency": "USD"},
                },
                "parties": parties, "diligence": "complete", "route": [], "red_flags": [], "informed": [],
                "facts": {"lvs": {"shipped_this_year": {"amount": "0", "currency": "USD"}}} if rng.random() < 0.2 else {},
            }
        )  # fmt: skip
    return out


def _party(rng: random.Random, place: str, role: str) -> dict[str, Any]:
    capacity = rng.choices(["private", "university", "hospital", "state_owned", "government"], [80, 8, 4, 5, 3])[0]
    return {
        "role": role, "name": f"Example {rng.randint(1, 9999)} Trading", "country": place, "capacity": capacity,
        "listed": [], "owners": [],
    }  # fmt: skip
