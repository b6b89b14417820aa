"""The cases for lawyers: every ``tests/cases/**/*.toml`` against the embedded edition, and one sweep over all change days.

A file holds ``provision``, an optional ``[request]`` that all its cases start from (tables are merged, lists and
values replaced), and ``[[case]]`` with ``title``, ``because``, ``request`` and ``expect``:

    outcome                       the outcome of the line
    rules, not_rules              rule ids that apply (or are undetermined), that do not
    reasons, no_reasons           reasons found among the requirements, not found
    exceptions                    symbols that are available
    exceptions_open               symbols listed with open conditions
    exceptions_not                symbols that are not available
    questions, no_questions       facts asked for, not asked for
    not_modeled                   rule ids listed as not modeled
    agency                        the licensing agencies named
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from safeconduct.acts.determine import determine_line, parse_lines
from safeconduct.acts.session import Session
from safeconduct.determination import OUTCOMES, Determination
from safeconduct.lawdata import embedded_folder

CASES = Path(__file__).parent / "cases"
EXPECTED = frozenset({
    "outcome", "rules", "not_rules", "reasons", "no_reasons", "exceptions", "exceptions_open",
    "exceptions_not", "questions", "no_questions", "not_modeled", "agency",
})  # fmt: skip
#: Days on which the law of the embedded edition is known at all: the sweep looks no further.
SWEEP_FROM, SWEEP_UNTIL = date(2025, 9, 1), date(2027, 8, 1)


@dataclass(frozen=True)
class Case:
    file: str
    n: int
    title: str
    request: Mapping[str, Any]
    expect: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.file}#{self.n} {self.title}"


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``over`` laid on ``base``: tables are merged, lists and values replaced."""
    out = dict(base)
    for key, value in over.items():
        below = out.get(key)
        out[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return out


def read_cases(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        file = tomllib.loads(path.read_text("utf-8"))
        if not file.get("provision"):
            raise ValueError(f"{name}: expected provision = the paragraph the cases are about")
        for n, c in enumerate(file.get("case", []), 1):
            missing = [k for k in ("title", "because", "request", "expect") if not c.get(k)]
            wrong = sorted(set(c.get("expect", {})) - EXPECTED)
            if missing or wrong:
                raise ValueError(f"{name} case {n}: missing {missing}, expectations nobody knows {wrong}")
            yield Case(name, n, c["title"], merged(file.get("request", {}), c["request"]), c["expect"])


ALL = tuple(read_cases(CASES))


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def answer(request: Mapping[str, Any]) -> Determination:
    line = parse_lines(session(), request)
    assert len(line) == 1, "a case is one line"
    assert not line[0].unknown_names, f"names no table of facts knows: {line[0].unknown_names}"
    got = determine_line(session(), line[0]).determinations
    assert len(got) == 1, "a case asks one jurisdiction"
    return got[0]


def differences(d: Determination, expect: Mapping[str, Any]) -> list[str]:
    """What a determination does otherwise than expected, one line each."""
    c = d.combined
    applied = {x.rule.id for x in d.leaves if x.result in ("applies", "undetermined")}
    reasons = {r.reason for r in c.requirements}
    available = {x.lift.symbol for x in c.exceptions if x.available}
    open_ = {x.lift.symbol for x in c.exceptions if x.available is None}
    found: dict[str, set[str]] = {
        "rules": applied, "reasons": reasons, "exceptions": available, "exceptions_open": open_,
        "not_modeled": {x.rule.id for x in d.not_modeled}, "agency": {r.agency for r in c.requirements if r.agency},
    }  # fmt: skip
    out = []
    if "outcome" in expect and d.outcome != expect["outcome"]:
        out.append(f"outcome {d.outcome}, expected {expect['outcome']} (between {c.best} and {c.worst})")
    for key, have in found.items():
        lacking = sorted(set(expect.get(key, ())) - have)
        if lacking:
            out.append(f"{key}: lacking {lacking} among {sorted(have)}")
    for key, have in (("not_rules", applied), ("no_reasons", reasons), ("exceptions_not", available)):
        extra = sorted(set(expect.get(key, ())) & have)
        if extra:
            out.append(f"{key}: unwanted {extra}")
    if "questions" in expect or "no_questions" in expect:
        asked = {a.fact for q in c.questions for a in q.asks}
        if lacking := sorted(set(expect.get("questions", ())) - asked):
            out.append(f"questions: lacking {lacking} among {sorted(asked)}")
        if extra := sorted(set(expect.get("no_questions", ())) & asked):
            out.append(f"no_questions: unwanted {extra}")
    return out


@pytest.mark.parametrize("case", ALL, ids=lambda c: c.id)
def test_case(case: Case) -> None:
    d = answer(case.request)
    wrong = differences(d, case.expect)
    effects = [f"  {e.rule} {type(e).__name__} {getattr(e, 'reason', '')}" for x in d.leaves for e in x.effects]
    assert not wrong, "\n".join([*wrong, "effects:", *effects[:60]])


@cache
def sweep_days() -> tuple[date, ...]:
    """The day before each change day, and the day itself."""
    days = {x for d in session().engine.law.change_days for x in (d - timedelta(days=1), d) if d > date.min}
    return tuple(sorted(x for x in days if SWEEP_FROM <= x < SWEEP_UNTIL))


@pytest.mark.parametrize("file", sorted({c.file for c in ALL}))
def test_sweep(file: str) -> None:
    """No case crashes on any day of change, and no two effects contradict each other there."""
    wrong = []
    for case in (c for c in ALL if c.file == file):
        for day in sweep_days():
            d = answer({**case.request, "date": day})
            if d.outcome not in OUTCOMES:
                wrong.append(f"{case.id} on {day}: outcome {d.outcome}")
            if any(q.kind == "conflict" for q in d.combined.questions):
                wrong.append(f"{case.id} on {day}: effects contradict each other")
    assert not wrong, "\n".join(wrong[:20])
