"""Requests nobody would write: the reader refuses or answers, never crashes, and silence is never clear."""

from __future__ import annotations

import json
import random
from functools import cache
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.acts.check import check
from safeconduct.acts.determine import canonical, determine
from safeconduct.acts.faults import RequestError
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder

CLEAR = ("exception_available", "no_license_required")


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


@cache
def demo() -> dict[str, Any]:
    got: dict[str, Any] = json.loads(resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8"))
    # EAR99 to Brazil: the chart asks nothing of it, 738.4; so it is clear where all else is stated.
    got["item"] |= {"description": "office chairs", "classification": {"us": "EAR99"}}
    return got


def ask(request: Any) -> dict[str, Any] | None:
    """The answer, or None where the request is refused with faults that can be shown."""
    try:
        answer = determine(session(), request)
    except RequestError as e:
        shown = [str(f) for f in e.faults]
    else:
        canonical(answer)
        return answer
    assert shown
    assert all(x.isprintable() and len(x) < 2000 for x in shown)
    return None


@cache
def names() -> tuple[str, ...]:
    parts = {p for f in session().engine.vocabulary for p in f.path.replace("[]", "").split(".")}
    return tuple(
        sorted(
            parts
            | {
                "items",
                "id",
                "jurisdictions",
                "listed",
                "list",
                "status",
                "covers",
                "",
                "a.b",
                "parties[0].listed",
                "[0]",
            }
        )
    )


NASTY = (
    None, True, False, 0, 1, -1, 10**30, 10**5000, 1e300, float("nan"), float("inf"), "", " ", "NaN", "null", "US", "us", "CN", "RU", "UA-43", "XX",
    "Ukraine (Crimea region)", "EAR99", "3A001", "3A001.b.2", "XI(a)(3)", "2026-08-03", "0001-01-01", "9999-12-31", "2026-02-30", "export", "complete",
    "true_match", "us.entity_list", "\x00", "\ud800", "💥", "a\nb", "x" * 5000, "end_user", "4200.00", "USD", "-5", "[red]", "{destination}", "%s", [], {},
    [[]], [None], [{}], {"list": "us.ofac.sdn"}, {"amount": "1", "currency": "USD"}, {"value": 5, "unit": "mm"}, {"value": "1e39", "unit": "km"},
)  # fmt: skip


def wild(r: random.Random, depth: int = 0) -> Any:
    """A JSON-like value of known names and nasty values."""
    if depth > 4 or r.random() < 0.35:
        return r.choice(NASTY)
    if r.random() < 0.3:
        return [wild(r, depth + 1) for _ in range(r.randrange(4))]
    return {r.choice(names()): wild(r, depth + 1) for _ in range(r.randrange(5))}


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [path] if path else []
    if isinstance(node, dict):
        for k, v in node.items():
            out += places(v, (*path, k))
    elif isinstance(node, list):
        for i, v in enumerate(node):
            out += places(v, (*path, i))
    return out


def mutated(r: random.Random) -> Any:
    """The request with some values replaced, added or taken out."""
    request = json.loads(json.dumps(demo()))
    for _ in range(r.randrange(1, 4)):
        *way, last = r.choice(places(request))
        node = request
        for step in way:
            node = node[step]
        what = r.random()
        if what < 0.6:
            node[last] = r.choice(NASTY)
        elif what < 0.8 and isinstance(node, dict):
            node.pop(last)
        elif isinstance(node, dict):
            node[r.choice(names())] = wild(r, 3)
    return request


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_wild_requests_are_refused_or_answered(seed: int) -> None:
    r = random.Random(seed)
    request = {r.choice(names()): wild(r) for _ in range(r.randrange(6))}
    answer = ask(request)
    if answer is not None:
        assert answer["outcome"] not in CLEAR  # no such heap states all that a clear answer needs


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9))
def test_a_damaged_request_is_refused_or_answered(seed: int) -> None:
    ask(mutated(random.Random(seed)))


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
        lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3),
        max_leaves=10,
    )
)
def test_any_json_like_value_is_refused_or_answered(value: Any) -> None:
    for request in (
        value,
        {"item": value},
        {"parties": [value]},
        {"parties": value},
        {"items": [value]},
        {"facts": value},
    ):
        answer = ask(request)
        assert answer is None or answer["outcome"] not in CLEAR


@pytest.mark.parametrize(
    "absent",
    [
        ("activity",), ("date",), ("destination",), ("item", "classification"), ("item", "classification", "us"), ("item",), ("parties",),
        ("parties", 0, "listed"), ("parties", 1, "listed"), ("diligence",),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["absent", "null"])
def test_silence_on_a_deciding_fact_is_never_clear(absent: tuple[Any, ...], how: str) -> None:
    assert ask(demo())["outcome"] == "no_license_required"  # type: ignore[index]  # it is clear with them, so each alone decides
    request = json.loads(json.dumps(demo()))
    *way, last = absent
    node = request
    for step in way:
        node = node[step]
    if how == "absent":
        del node[last]
    else:
        node[last] = None
    answer = ask(request)
    assert answer is None or answer["outcome"] not in CLEAR


@pytest.mark.parametrize("status", [None, "open"])
def test_an_alert_nobody_has_decided_is_never_clear(status: str | None) -> None:
    for list_ in ("us.entity_list", "us.dpl", "us.ofac.sdn", "us.uvl", "a.list.nobody.knows"):
        request = json.loads(json.dumps(demo()))
        request["parties"][1]["listed"] = [{"list": list_, "status": status}]
        answer = ask(request)
        assert answer is not None
        assert answer["outcome"] not in CLEAR, list_


@pytest.mark.parametrize(
    "name", ["end_usee", "facts.lvs.shipped", "item.clasification", "red_flag", "parties[0].listed"]
)
def test_a_name_nobody_knows_is_never_clear(name: str) -> None:
    answer = ask(demo() | {name: True})
    assert answer is not None
    assert answer["outcome"] == "undetermined"


def test_the_crimea_region_as_a_country_is_refused_with_its_code() -> None:
    with pytest.raises(RequestError, match="UA-43"):
        determine(session(), demo() | {"destination": "Ukraine (Crimea region)"})


@pytest.mark.parametrize("day", ["0001-01-01", "1900-02-28", "2019-08-03", "2030-01-01", "9999-12-31"])
def test_absurd_days_are_undetermined(day: str) -> None:
    answer = ask(demo() | {"date": day})
    assert answer is not None
    assert answer["outcome"] not in CLEAR


def test_ten_megabytes_are_answered_or_refused() -> None:
    big = "x" * 10_000_000
    assert ask(demo() | {"note": big}) is not None
    assert ask(demo() | {"id": "i", "destination": big}) is None
    assert ask(demo() | {"end_use": {"description": big}}) is None
    request = json.loads(json.dumps(demo()))
    request["parties"][0]["name"] = big
    assert ask(request) is None


def test_hundreds_of_unscreened_parties_are_asked_for_in_bearable_time() -> None:
    """Each answer to each question is tried: left unbounded, 800 parties once took half a minute."""
    import time

    request = demo() | {"parties": [{"role": "end_user", "country": "BR"}] * 600}
    start = time.process_time()
    answer = ask(request)
    assert answer is not None
    assert answer["outcome"] not in CLEAR
    asked = {q["fact"] for q in answer["determinations"][0]["questions"]}
    assert {"parties[0].listed", "parties[599].listed"} <= asked  # none is forgotten, tried or not
    assert time.process_time() - start < 15


def test_the_same_request_gives_the_same_bytes_and_is_not_changed() -> None:
    before = canonical(demo())
    one, two = (canonical(determine(Session(embedded_folder()), demo())) for _ in range(2))
    assert one == two
    assert canonical(demo()) == before


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_check_is_never_clear_where_it_could_not_screen(seed: int) -> None:
    request = mutated(random.Random(seed))
    try:
        answer = check(session(), request, record=False)
    except RequestError:
        return
    for line in answer.get("items") or [answer]:
        if line["screening"]["status"] == "incomplete":
            assert line["outcome"] in ("prohibited", "license_required", "undetermined")
