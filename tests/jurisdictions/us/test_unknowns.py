"""What the unknown may never do: on every case of the lawyers, forgetting a fact never makes an answer clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.test_cases import ALL, Case, answer

CLEAR = ("no_license_required", "exception_available", "not_subject")
#: Facts whose absence has a meaning of its own, by the readings written down at the rules that read them.
READINGS = {
    "item.origin": "an item whose origin nobody gives is held to be of US origin, and subject",
    "end_use.node": "with diligence, a node that nobody knows is no knowledge of an advanced one (744.23)",
    "item.listed_in": "the HS code is looked up instead",
    "item.hs": "raises a red flag by itself; without it nothing is raised",
}


#: Known to be too lenient, and reported: a reexport that says not from where is not taken to leave Hong Kong
#: (740.2(a)(20)).
OPEN = {("exported_from", "reexport")}


def facts_of(request: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, ...]]:
    """Paths of the values of a request, parties aside."""
    for key, value in request.items():
        if key in ("parties", "id", "jurisdictions", "diligence"):
            continue
        path = (*prefix.split("."), key) if prefix else (key,)
        if isinstance(value, Mapping) and not ({"value", "amount"} & set(value)):
            yield from facts_of(value, ".".join(path))
        else:
            yield path


def without(request: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    out = dict(request)
    if len(path) == 1:
        out.pop(path[0])
    else:
        out[path[0]] = without(request[path[0]], path[1:])
    return out


@pytest.mark.parametrize("file", sorted({c.file for c in ALL}))
def test_a_forgotten_fact_never_clears(file: str) -> None:
    wrong = []
    for case in (c for c in ALL if c.file == file):
        d = answer(case.request)
        if d.outcome in CLEAR:
            continue
        for path in facts_of(case.request):
            name = ".".join(path)
            if (
                name in READINGS
                or (name, d.facts.peek("activity")) in OPEN
                or name in ("item.kind", "item.reasons", "item.for_items")  # contradictions: left out, the code tells
                or d.engine.vocabulary.absent(name) not in ("unknown", "derived")
            ):
                continue
            forgotten = answer(without(case.request, path))
            if forgotten.outcome in CLEAR:
                wrong.append(f"{case.id}: {d.outcome} without {name} becomes {forgotten.outcome}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", [c for c in ALL if c.expect.get("outcome") not in (None, *CLEAR)], ids=lambda c: c.id)
def test_a_listed_party_never_helps(case: Case) -> None:
    parties = [
        *case.request.get("parties", ()),
        {"role": "end_user", "name": "X", "listed": [{"list": "us.entity_list"}]},
    ]
    assert answer({**case.request, "parties": parties}).outcome not in CLEAR
