"""The checker accepts every answer of the cases and rejects each of a thousand falsified ones."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from collections import Counter
from functools import cache
from typing import Any

from safeconduct.acts.determine import determine
from safeconduct.acts.faults import RequestError
from safeconduct.acts.proof import rules_index
from safeconduct.checker import RulesIndex
from safeconduct.checker.verify import Checker, digest_of
from tests.checker.mutations import MUTATIONS, redigest
from tests.test_cases import ALL, session

MUTATED = 1000


@cache
def checker() -> Checker:
    return Checker(session().edition, RulesIndex.read(json.loads(json.dumps(rules_index(session())))))


@cache
def answers() -> tuple[tuple[str, Any, Any], ...]:
    out = []
    for c in ALL:
        request = json.loads(json.dumps(dict(c.request), default=str))
        with contextlib.suppress(RequestError):  # test_cases names a case that cannot be read
            out.append((c.id, request, json.loads(json.dumps(determine(session(), request)))))
    assert len(out) > 0.99 * len(ALL)
    return tuple(out)


def test_accepts_every_answer_of_the_cases() -> None:
    rejected = [f"{name}: {f}" for name, request, a in answers() for f in checker().check(request, a).faults]
    assert not rejected, "\n".join(rejected[:20])


def test_accepts_an_order() -> None:
    line = {
        "classification": {"us": "3A001.a.5.a.1"},
        "kind": "commodity",
        "value": {"amount": "900", "currency": "USD"},
    }
    request = {
        "id": "PO", "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "CN", "diligence": "complete",
        "parties": [{"role": "end_user", "name": "Example", "country": "CN", "listed": []}], "items": [line, line],
    }  # fmt: skip
    answer = json.loads(json.dumps(determine(session(), request)))
    assert checker().check(request, answer).faults == []
    answer["items"].pop()
    redigest(answer)
    assert any("items" in f for f in checker().check(request, answer).faults)


def test_rejects_each_of_a_thousand_falsified_answers() -> None:
    rng = random.Random(20261124)
    made: Counter[str] = Counter()
    accepted, imprecise = [], []
    while sum(made.values()) < MUTATED:
        mutate = MUTATIONS[sum(made.values()) % len(MUTATIONS)]
        for chosen in rng.sample(answers(), len(answers())):
            name, request, answer = chosen
            changed = copy.deepcopy(answer)
            words = mutate(rng, changed)
            if words is None or changed == answer:
                continue
            redigest(changed)
            assert digest_of(changed) == changed["digest"] != answer["digest"]
            break
        else:
            raise AssertionError(f"no answer to falsify by {mutate.__name__}")
        made[mutate.__name__] += 1
        faults = checker().check(request, changed).faults
        if not faults:
            accepted.append(f"{mutate.__name__}: {name} ({words})")
        elif not any(w in f for w in words for f in faults):
            imprecise.append(f"{mutate.__name__}: {name}: {words} not in {faults[:3]}")
    assert not accepted, f"{len(accepted)} of {MUTATED} accepted:\n" + "\n".join(accepted[:20])
    assert not imprecise, "\n".join(imprecise[:20])
    assert len(made) == len(MUTATIONS)


def test_a_changed_digest_is_named() -> None:
    _, request, answer = answers()[0]
    changed = copy.deepcopy(answer)
    changed["id"] = "other"
    assert checker().check(request, changed).faults == ["digest: it is not that of the answer"]


def test_another_request_is_named() -> None:
    _, request, answer = next(x for x in answers() if x[1].get("destination") == "CN")
    faults = checker().check({**request, "destination": "CA"}, answer).faults
    assert any("destination is 'CN' in the trail, 'CA' in the request" in f for f in faults)


def test_garbage_is_a_fault_and_no_crash() -> None:
    _, request, answer = answers()[0]
    for broken in ({}, {"determinations": 3}, {**answer, "determinations": [{}]}, {**answer, "editions": None}):
        assert not checker().check(request, broken).accepted
