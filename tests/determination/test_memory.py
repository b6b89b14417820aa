"""What rules remember changes no answer: memory, groups and fresh runs agree; impure rules are caught."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.determination.random_facts import random_cells, session
from tests.fictitious.edition import write_edition

from safeconduct.determination.combine import combine
from safeconduct.determination.determine import Engine
from safeconduct.determination.trace import GroupMemory, RuleMemory, evaluate
from safeconduct.law import Law, LawAsOf, Manifest, Rule, rule, since
from safeconduct.lawdata import Edition
from safeconduct.model import Effect, Fact, Facts, Lift, Quantity, Question, Requirement, Vocabulary

NAMES = ("a", "b", "c", "n", "d")
V = Vocabulary(
    [
        Fact("a", "bool", "", "unknown", "?", "t"),
        Fact("b", "bool", "", "not_known", "?", "t"),
        Fact("c", "text", "", "unknown", "?", "t"),
        Fact("n", "quantity", "mm", "unknown", "?", "t"),
        Fact("d", "bool", "", "derived", "?", "t"),
        Fact("diligence", "enum complete", "", "unknown", "?", "t"),
        Fact("date", "date", "", "unknown", "?", "t"),
    ]
)
VALUES: dict[str, tuple[Any, ...]] = {
    "a": (None, True, False), "b": (None, True, False), "c": (None, "x", "y"), "diligence": (None, "complete"),
    "n": (None, *(Quantity(Decimal(k), "mm") for k in (1, 5, 6, 9))), "d": (None, True),
}  # fmt: skip


def tree_rule(seed: int, name: str) -> Rule:
    """A synthetic rule: a random decision tree over the facts, pure by construction."""

    @rule(f"xx.{name}", cites=("Act",), in_force=since("2000-01-01", source="Gazette"))
    def f(facts: Facts, law: LawAsOf) -> Iterator[Effect]:
        """A random tree."""
        r = random.Random(seed)

        def walk(depth: int) -> Iterator[Effect]:
            path = r.choice(NAMES)
            if r.random() < 0.3:
                yield Requirement(when=facts.truth("b"), reason=f"{name}.{depth}")
            if path == "n":
                branch = str(facts.compare("n", "<", r.choice((5, 6, 7)), "mm"))
            elif path == "c":
                branch = str(facts.is_in("c", ("x",)))
            else:
                branch = str(facts.truth(path))
            r.seed(f"{seed} {depth} {path} {branch}")
            if depth < 5 and r.random() < 0.8:
                yield from walk(depth + 1)
            elif r.random() < 0.5:
                yield Lift(symbol=r.choice(("GBS", "LVS")))
            else:
                yield Requirement(reason=f"{name} {path} {branch}", kind=r.choice(("NS", "AT")))

        yield from walk(0)

    return f


@pytest.fixture(scope="module")
def law(tmp_path_factory: pytest.TempPathFactory) -> LawAsOf:
    folder: Path = write_edition(tmp_path_factory.mktemp("memory") / "e")
    return Law(Edition(folder)).at(date(2023, 1, 1))


lines = st.lists(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in VALUES.items()}), min_size=1, max_size=30)


def facts(cells: dict[str, Any]) -> Facts:
    given_ = {k: v for k, v in cells.items() if v is not None}
    return Facts(given_, V, {"d": lambda f: True if f.get("a") is True else None})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), lines)
def test_memory_gives_what_a_fresh_run_gives(law: LawAsOf, seed: int, many: list[dict[str, Any]]) -> None:
    memories = tuple(RuleMemory(tree_rule(seed + i, f"r{i}"), law) for i in range(4))
    group = GroupMemory(tuple(RuleMemory(tree_rule(seed + i, f"r{i}"), law) for i in range(4)))
    for cells in many:
        together = group.run(facts(cells))
        for memory, member in zip(memories, together, strict=True):
            fresh, _ = evaluate(memory.rule, facts(cells), law)
            for leaf in (memory.run(facts(cells)), member):
                assert leaf.effects == fresh.effects
                assert leaf.result == fresh.result
                assert leaf.probes == fresh.probes
                assert leaf.tables == fresh.tables


def test_a_memory_that_starts_anew_gives_the_same(law: LawAsOf, monkeypatch: pytest.MonkeyPatch) -> None:
    from safeconduct.determination import trace

    monkeypatch.setattr(trace, "MAX_ENTRIES", 3)
    memory = RuleMemory(tree_rule(5, "r"), law)
    for combo in itertools.product(*VALUES.values()):
        cells = dict(zip(VALUES, combo, strict=True))
        assert memory.run(facts(cells)).effects == evaluate(memory.rule, facts(cells), law)[0].effects


def test_what_was_read_once_is_not_run_again(law: LawAsOf) -> None:
    runs = []

    @rule("xx.counted", cites=("Act",), in_force=since("2000-01-01", source="Gazette"))
    def f(facts_: Facts, law_: LawAsOf) -> Iterator[Effect]:
        """Counts its runs."""
        runs.append(1)
        yield Requirement(when=facts_.compare("n", "<", 5, "mm"), reason="small")

    memory = RuleMemory(f, law)
    for k in ("6", "7", "8.5", "100"):  # alike to the only thing the rule reads
        memory.run(facts({"n": Quantity(Decimal(k), "mm")}))
    assert len(runs) == 1
    memory.run(facts({"n": Quantity(Decimal(4), "mm")}))
    memory.run(facts({}))
    assert len(runs) == 3


def test_an_impure_rule_is_caught(law: LawAsOf) -> None:
    coin = itertools.cycle([("a", "c"), ("b", "c")])

    @rule("xx.impure", cites=("Act",), in_force=since("2000-01-01", source="Gazette"))
    def f(facts_: Facts, law_: LawAsOf) -> Iterator[Effect]:
        """Reads by something it does not say."""
        for path in next(coin):
            facts_.get(path)
        yield Requirement(reason="r")

    memory = RuleMemory(f, law)
    with pytest.raises(RuntimeError, match=r"xx\.impure.*not pure"):
        [memory.run(facts({"c": c})) for c in ("x", "y", None)]


def test_a_rule_that_stops_early_for_no_reason_is_caught(law: LawAsOf) -> None:
    coin = itertools.cycle([2, 1])

    @rule("xx.impure2", cites=("Act",), in_force=since("2000-01-01", source="Gazette"))
    def f(facts_: Facts, law_: LawAsOf) -> Iterator[Effect]:
        """Reads one or two facts by something it does not say."""
        for path in ("a", "c")[: next(coin)]:
            facts_.get(path)
        yield Requirement(reason="r")

    memory = RuleMemory(f, law)
    with pytest.raises(RuntimeError, match="not pure"):
        [memory.run(facts({"c": c})) for c in ("x", "y", None)]


# -- the embedded edition ------------------------------------------------------------------------------------
def fresh_effects(cells: dict[str, Any]) -> list[tuple[str, list[Effect]]]:
    """Every rule of the US manifest run anew, without memory, groups or order of steps."""
    engine = session().engine
    f = engine.facts(dict(cells))
    law_ = engine.law.at(f.peek("date"))
    out = []
    for r in engine.manifests["US"].rules:
        p = r.in_force
        if p.known_from and law_.first < p.known_from:
            gap = Question(hold=True, kind="not_covered", rule=r.id)
            out.append((r.id, [gap, *evaluate(r, f, law_)[0].effects]))
        elif p.period.covers(law_.first):
            out.append((r.id, list(evaluate(r, f, law_)[0].effects)))
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_engine_gives_what_fresh_runs_of_all_rules_give(seed: int) -> None:
    cells = random_cells(seed)
    engine = session().engine
    d = engine.determine(engine.facts(dict(cells)), "US")
    fresh = fresh_effects(cells)
    combined = combine([e for _, effects in fresh for e in effects])
    assert (d.outcome, d.combined.best, d.combined.worst) == (combined.outcome, combined.best, combined.worst)
    assert {r.reason for r in d.combined.requirements} == {r.reason for r in combined.requirements}
    assert d.combined.available == combined.available
    ran: dict[str, list[Effect]] = {}
    for leaf in d.leaves:
        ran.setdefault(leaf.rule.id, []).extend(leaf.effects)
    for rule_id, effects in fresh:
        if rule_id in ran:
            now, then = ran[rule_id], effects
            assert [e for e in now if getattr(e, "kind", "") != "not_covered"] == [
                e for e in then if getattr(e, "kind", "") != "not_covered"
            ]


def test_another_order_of_lines_gives_the_same_answers() -> None:
    """What was asked before must not matter."""
    seeds = list(range(40))
    manifest = session().engine.manifests["US"]

    def outcomes(order: list[int]) -> dict[int, tuple[str, frozenset[str]]]:
        engine = Engine(session().edition, [manifest])
        out = {}
        for s in order:
            d = engine.determine(engine.facts(random_cells(s)), "US")
            out[s] = (d.outcome, frozenset(r.reason for r in d.combined.requirements))
        return out

    assert outcomes(seeds) == outcomes(seeds[::-1])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_the_order_of_rules_does_not_matter(seed: int, r: random.Random) -> None:
    effects = [e for _, es in fresh_effects(random_cells(seed)) for e in es]
    one = combine(effects)
    r.shuffle(effects)
    two = combine(effects)
    assert (one.outcome, one.best, one.worst) == (two.outcome, two.best, two.worst)
    assert {x.reason for x in one.requirements} == {x.reason for x in two.requirements}
    assert sorted(one.available) == sorted(two.available)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_the_order_of_parties_does_not_matter(seed: int) -> None:
    cells = random_cells(seed)
    if cells.get("parties") != 2:
        cells = random_cells(seed, density=0.2) | {"parties": 2}
    swapped = {}
    for k, v in cells.items():
        for a, b in (("parties[0]", "parties[1]"), ("parties[1]", "parties[0]")):
            if k.startswith(a + "."):
                swapped[b + k[len(a) :]] = v
                break
        else:
            swapped[k] = v
    engine = session().engine
    one, two = (engine.determine(engine.facts(dict(c)), "US") for c in (cells, swapped))
    assert one.outcome == two.outcome
    assert {x.reason for x in one.combined.requirements} == {x.reason for x in two.combined.requirements}
    assert {x.reason for x in one.combined.prohibitions} == {x.reason for x in two.combined.prohibitions}


def test_a_manifest_with_a_rule_twice_is_refused() -> None:
    r = tree_rule(1, "r")
    with pytest.raises(ValueError, match="defined twice"):
        Manifest("XX", "xx", "X", "UTC", "USD", (r, r))
