"""The bulk engine answers places and codes the law cannot tell apart once for all: the answers are the same bytes."""

from __future__ import annotations

import json
import random
from functools import cache

import pytest
from tests.determination.random_facts import COUNTRIES, DAYS, codes, random_cells, session

from safeconduct.determination.determine import Engine
from safeconduct.determination.explain import as_json


@cache
def bulk() -> Engine:
    return Engine(session().edition, session().engine.manifests.values(), bulk=True)


def differences(cells: dict[str, object]) -> list[str]:
    """Keys of the two answers that differ."""
    one, two = (as_json(e.determine(e.facts(dict(cells)), "US")) for e in (session().engine, bulk()))  # type: ignore[arg-type]
    out = []
    for key in sorted(one.keys() | two.keys()):
        a, b = json.dumps(one.get(key), sort_keys=True), json.dumps(two.get(key), sort_keys=True)
        if a != b:
            at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            out.append(f"{key}: …{a[max(0, at - 80) : at + 80]}… and …{b[max(0, at - 80) : at + 80]}…")
    return out


def plain_lines(n: int, seed: int) -> list[dict[str, object]]:
    """Plain shipments over all countries of the edition and all codes: what the matrix and bulk answers are made of."""
    r = random.Random(seed)
    places = sorted(session().countries.codes)
    out: list[dict[str, object]] = []
    for _ in range(n):
        line: dict[str, object] = {
            "activity": "export", "exported_from": "US", "date": r.choice(DAYS), "diligence": "complete", "red_flags": (), "informed": (),
            "destination": r.choice(places), "item.classification.us": r.choice(codes()), "item.origin": "US",
            "parties": 1, "parties[0].role": "end_user", "parties[0].country": r.choice((r.choice(COUNTRIES), r.choice(places))),
            "parties[0].listed": (),
        }  # fmt: skip
        if r.random() < 0.5:
            line["parties[0].country"] = line["destination"]
        out.append(line)
    return out


@pytest.mark.parametrize("seed", range(4))
def test_plain_lines_give_the_same_json(seed: int) -> None:
    wrong = []
    for line in plain_lines(40, seed):
        if found := differences(line):
            wrong.append(f"{line['item.classification.us']} to {line['destination']} on {line['date']}: {found}")
    assert not wrong, f"{len(wrong)} of 40\n" + "\n".join(wrong[:3])


@pytest.mark.parametrize("seed", range(4))
def test_random_lines_give_the_same_json(seed: int) -> None:
    wrong = []
    for n in range(30):
        cells = random_cells(1000 * seed + n)
        if found := differences(dict(cells)):
            wrong.append(f"seed {1000 * seed + n}: {found}")
    assert not wrong, f"{len(wrong)} of 30\n" + "\n".join(wrong[:3])


def test_some_places_and_codes_do_share_a_class() -> None:
    """Else this file tests nothing."""
    engine = bulk()
    e = engine.manifests["US"].extra["classes"](engine.law.at(DAYS[3]))
    assert len(set(e.countries.values())) < len(e.countries)
    shared = e.codes["item.classification.us"]
    assert len(set(shared.values())) < len(shared)
