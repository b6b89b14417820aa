"""A determination as the contract's JSON, in the words of one catalog.

Findings hold message ids and arguments; the words are put in here. Translating changes no recorded finding.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from safeconduct.determination.combine import ExceptionFinding
from safeconduct.determination.determine import Determination, OpenQuestion
from safeconduct.law.as_of import AS_IF, PRESUMED
from safeconduct.model import (
    YES,
    Block,
    Condition,
    Effect,
    Facts,
    Lift,
    Prohibition,
    Question,
    Requirement,
    Truth,
    thaw,
)
from safeconduct.model.facts import Probe


@lru_cache(maxsize=1)
def core_catalog() -> Mapping[str, str]:
    text = resources.files("safeconduct.determination").joinpath("catalog.toml").read_text("utf-8")
    return tomllib.loads(text)


class _Args(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Words:
    """The catalog of one jurisdiction and the rules' own sentences."""

    def __init__(self, d: Determination) -> None:
        self.catalog = {**core_catalog(), **d.manifest.catalog}
        self.rules = {r.id: r.says for r in d.manifest.rules}
        self.back = d.back

    def say(self, message: str, args: Iterable[tuple[str, object]] = (), rule: str = "") -> str:
        """The sentence of a message id; without one, the rule's sentence."""
        text = self.catalog.get(message)
        if text is None:
            return self.rules.get(rule, message) if not message or "." in message else message
        return text.format_map(_Args({k: _plain(self.back.get(v, v) if self.back else v) for k, v in args}))

    def effect(self, e: Effect) -> str:
        return self.say(e.says, e.args, e.rule)


def _plain(value: object) -> str:
    if isinstance(value, (tuple, list, frozenset)):
        return ", ".join(str(v) for v in value)
    return str(value)


def as_json(d: Determination) -> dict[str, Any]:
    """The determination as in the contract (``determinations[]``)."""
    words = Words(d)
    c = d.combined
    out: dict[str, Any] = {
        "jurisdiction": d.jurisdiction,
        "outcome": c.outcome,
        "requirements": [_requirement(r, words) for r in _unique(c.requirements)],
        "exceptions": [_exception(x, words, d) for x in c.exceptions],
        "prohibitions": [_effect(p, words) | {"reason": p.reason} for p in _unique(c.prohibitions)],
        "questions": [_question(q, words, d) for q in d.questions],
        "duties": [
            {"duty": x.duty, "says": words.say(x.says or x.duty, x.args), "cites": list(x.cites)}
            | ({"due": x.due} if x.due else {})
            for x in d.duties
        ],
        "red_flags": [_effect(q, words) for q in c.questions if q.kind == "red_flag"],
        "not_modeled": [f"{', '.join(leaf.rule.cites)}: {leaf.rule.says}" for leaf in d.not_modeled],
        "presumed": presumed(d),
        "trail": trail(d, words),
    }
    if c.scope is not None:
        out["not_subject_because"] = _effect(c.scope, words)
    if c.outcome == "undetermined":
        out["between"] = [c.best, c.worst]
    return out


def presumed(d: Determination) -> list[dict[str, str]]:
    """Tables that were read past their last verified day (or, as asked, outside their days), and since when."""
    out = []
    for t in d.tables:
        if t in d.engine.edition.tables:
            status = d.law.status(t)
            if status.state == PRESUMED:
                out.append({"table": t, "unchanged_since": str(status.since)})
            elif status.state == AS_IF:
                out.append({"table": t, "as_if_edition": str(status.table.as_of)})
    return out


def trail(d: Determination, words: Words) -> list[dict[str, Any]]:
    """One row a rule: what it read, what came of it."""
    rows = []
    for leaf in d.leaves:
        rule = leaf.rule
        row: dict[str, Any] = {
            "rule": rule.id, "cites": list(rule.cites), "result": leaf.result, "read": read_values(leaf.probes, d.facts),
            "says": rule.says,
        }  # fmt: skip
        if leaf.tables:
            row["tables"] = list(leaf.tables)
        if derived := [p for p, v in row["read"].items() if v is not None and p in d.facts.worked]:
            row["derived"] = derived
        if leaf.effects:
            row["effects"] = [effect_data(e) for e in leaf.effects]
        rows.append(row)
    return rows


def effect_data(e: Effect) -> dict[str, Any]:
    """What a rule yielded, without words: enough to work out the conclusion again (docs/proof.md)."""
    out: dict[str, Any] = {"effect": type(e).__name__.lower()}
    if isinstance(e, Requirement):
        out |= {"reason": e.reason, "kind": e.kind, "survives": list(e.survives), "cites": list(e.cites)}
    elif isinstance(e, Prohibition):
        out["reason"] = e.reason
    elif isinstance(e, Lift):
        out |= {"symbol": e.symbol, "conditions": [_met(c.met) for c in e.conditions]}
        if e.kinds is not None:
            out["kinds"] = sorted(e.kinds)
    elif isinstance(e, Block):
        out |= {"bars": list(e.bars), "but": list(e.but)}
    elif isinstance(e, Question):
        out |= {"kind": e.kind, "hold": e.hold, "asks": sorted({a.fact for a in e.asks})}
        out["then"] = [effect_data(t) for t in e.then]
    if getattr(e, "beyond_scope", False):
        out["beyond_scope"] = True
    if getattr(e, "agency", ""):
        out["agency"] = e.agency  # type: ignore[attr-defined]
    if e.party is not None:
        out["party"] = e.party
    return out


def read_values(probes: Iterable[Probe], facts: Facts) -> dict[str, Any]:
    """The facts a rule read, by path, with their values (null: not known)."""
    out: dict[str, Any] = {}
    for probe in probes:
        path = probe if isinstance(probe, str) else getattr(probe, "path", "")
        if path:
            out[path] = thaw(facts.peek(path))
    return out


def _unique(effects: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(effects))


def _effect(e: Effect, words: Words) -> dict[str, Any]:
    out: dict[str, Any] = {"rule": e.rule, "cites": list(e.cites), "says": words.effect(e)}
    if e.party is not None:
        out["party"] = e.party
    if e.basis != "read":
        out["basis"] = e.basis
    return out


def _requirement(r: Requirement, words: Words) -> dict[str, Any]:
    out = _effect(r, words) | {"reason": r.reason, "survives": list(r.survives)}
    if r.kind:
        out["kind"] = r.kind
    if r.review_policy:
        out["review_policy"] = words.say(r.review_policy)
    if r.agency:
        out["agency"] = r.agency
    return out


def _met(t: Truth) -> bool | None:
    return True if t is YES else None if t.is_unknown else False


def _condition(c: Condition, words: Words, d: Determination) -> dict[str, Any]:
    fact = sorted(c.met.asks, key=lambda a: a.sort_key())[0].fact if c.met.asks else None
    known = d.engine.vocabulary.get(fact) if fact else None
    says = words.say(c.says, c.args)
    return {"fact": fact, "ask": known.ask if known else says, "met": _met(c.met), "says": says, "cites": list(c.cites)}


def _exception(x: ExceptionFinding, words: Words, d: Determination) -> dict[str, Any]:
    lift = x.lift
    conditions = [_condition(c, words, d) for c in lift.conditions]
    cites = list(lift.cites)
    if x.available:
        because = words.say("exception.all_met")
    elif isinstance(x.because, Block):
        because = words.effect(x.because)
        if x.available is None:
            because = words.say("exception.maybe_barred", (("bar", because),))
        cites += [c for c in x.because.cites if c not in cites]
    elif isinstance(x.because, Prohibition):
        because = words.effect(x.because)
        cites += [c for c in x.because.cites if c not in cites]
    elif isinstance(x.because, Requirement):
        because = words.say("exception.unreached", (("reason", x.because.reason),))
        cites += [c for c in x.because.cites if c not in cites]
    elif x.unmet:
        failed = lift.conditions[x.unmet[0]]
        because = words.say("exception.unmet", (("condition", words.say(failed.says, failed.args)),))
        cites += [c for c in failed.cites if c not in cites]
    else:
        because = words.say("exception.open")
    out = {
        "symbol": lift.symbol, "available": x.available, "because": because, "cites": cites, "conditions": conditions,
        "rule": lift.rule,
    }  # fmt: skip
    if lift.kinds is not None:
        out["kinds"] = sorted(lift.kinds)
    if lift.duties:
        out["duties"] = [words.say(m) for m in lift.duties]
    return out


def _question(q: OpenQuestion, words: Words, d: Determination) -> dict[str, Any]:
    known = d.engine.vocabulary.get(q.fact) if q.fact else None
    first: Question = q.because[0]
    because = list(dict.fromkeys(words.effect(b) for b in q.because))
    cites = list(dict.fromkeys(c for b in q.because for c in b.cites))
    out: dict[str, Any] = {
        "fact": q.fact or None,
        "ask": known.ask if known and known.ask else because[0],
        "because": "; ".join(because[:3]),
        "if": dict(q.asks),
        "cites": cites[:8],
        "kind": q.kind,
        "rules": list(dict.fromkeys(b.rule for b in q.because)),
    }
    if known and known.unit:
        out["unit"] = known.unit
    if first.party is not None:
        out["party"] = first.party
    return out
