"""determine: a request's lines to answers, without screening and without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from safeconduct.acts.faults import Fault, RequestError
from safeconduct.acts.overlay import match_house
from safeconduct.acts.request import ParsedLine, parse_request, split_items
from safeconduct.acts.session import Session
from safeconduct.determination import ENGINE_VERSION, Determination, worst
from safeconduct.determination.combine import EXCEPTION_AVAILABLE, NO_LICENSE_REQUIRED, NOT_SUBJECT, UNDETERMINED
from safeconduct.determination.explain import as_json
from safeconduct.model import thaw
from safeconduct.records import chain

CONTRACT = "1"
_CLEAR = (EXCEPTION_AVAILABLE, NO_LICENSE_REQUIRED)


@dataclass
class Answer:
    """The answer to one line. ``screening`` is added by ``check``; ``hold`` keeps a clear outcome back; ``house`` says
    which parties the organization's own records name."""

    session: Session
    line: ParsedLine
    determinations: tuple[Determination, ...]
    screening: Any = field(default_factory=list)
    hold: bool = False
    house: dict[str, Any] | None = None

    @cached_property
    def outcome(self) -> str:
        """The worst outcome of the jurisdictions asked; never clear while a name in the request is unknown."""
        outcome = worst(d.outcome for d in self.determinations)
        held = self.hold or bool(self.line.unknown_names)
        # Parties nobody has screened may be blocked, whatever the law that does not reach the item.
        stopped = (*_CLEAR, NOT_SUBJECT) if self.hold else _CLEAR
        return UNDETERMINED if held and outcome in stopped else outcome

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON, digest included."""
        body: dict[str, Any] = {
            "schema": CONTRACT,
            "id": self.line.id,
            "date": thaw(self.line.cells.get("date")),
            "outcome": self.outcome,
            "determinations": [as_json(d) for d in self.determinations],
            "screening": self.screening,
            "editions": self.editions,
        }
        if self.house is not None:
            body["house"] = self.house
        if self.line.unknown_names:
            body["unknown_names"] = [{"name": n, "nearest": list(near)} for n, near in self.line.unknown_names]
        body["digest"] = digest(body)
        return body

    @cached_property
    def editions(self) -> dict[str, str]:
        """The edition, each table read with its day, the engine's version and the rules' hash."""
        engine = self.session.engine
        out = {"edition": engine.edition.name, "edition_digest": engine.edition.digest}
        for d in self.determinations:
            for t in d.tables:
                info = engine.edition.tables.get(t)
                if info is not None:
                    out[t] = info.as_of.isoformat()
        if self.session.overlay is not None:
            out["overlay"] = self.session.overlay.name
            out["overlay_digest"] = self.session.overlay.digest
        out["engine"] = ENGINE_VERSION
        out["rules"] = engine.rules_digest
        return out


def canonical(value: Any) -> str:
    """The record chain's canonical JSON as text: the same content gives the same bytes."""
    return chain.canonical(value).decode("utf-8", "surrogatepass")


def digest(body: Mapping[str, Any]) -> str:
    """sha256 over the canonical JSON of an answer without its digest."""
    return chain.sha256(chain.canonical(body))


def parse_lines(session: Session, request: Any) -> list[ParsedLine]:
    """The lines of one request.

    Raises:
        RequestError: all faults of all its lines; ``where`` begins with ``items[n].`` for an order.
    """
    if not isinstance(request, Mapping):
        raise RequestError([Fault("request", type(request).__name__, "a JSON object")])
    parsed, faults = [], []
    lines = split_items(request)
    for n, one in enumerate(lines):
        try:
            parsed.append(
                parse_request(one, session.engine.vocabulary, session.countries, session.codes, session.list_id)
            )
        except RequestError as e:
            prefix = f"items[{n}]." if len(lines) > 1 else ""
            faults += [replace(f, where=prefix + f.where) for f in e.faults]
    if faults:
        raise RequestError(list(dict.fromkeys(faults)))
    if len(parsed) > 1:
        for m in session.engine.manifests.values():
            join = m.extra.get("order")
            if join is not None:
                join([line.cells for line in parsed])
    return parsed


def determine_line(session: Session, line: ParsedLine) -> Answer:
    """One parsed line, under every jurisdiction it names.

    Raises:
        RequestError: a jurisdiction is not installed.
    """
    engine = session.engine
    missing = [j for j in line.jurisdictions if j not in engine.manifests]
    if missing:
        known = ", ".join(sorted(engine.manifests))
        raise RequestError([Fault("jurisdictions", ", ".join(missing)[:60], f"installed ones: {known}")])
    house = match_house(session.overlay, line) if session.overlay is not None else None
    facts = engine.facts(line.cells)
    return Answer(session, line, tuple(engine.determine(facts, j) for j in line.jurisdictions), house=house)


def determine(session: Session, request: Any) -> dict[str, Any]:
    """One request to one answer in the contract's JSON; with ``items``, each line and the worst overall.

    Raises:
        RequestError: the request cannot be read.
    """
    answers = [determine_line(session, line) for line in parse_lines(session, request)]
    return combine_answers(request, answers)


def combine_answers(request: Mapping[str, Any], answers: list[Answer]) -> dict[str, Any]:
    """One answer's JSON, or an order's with its lines under ``items`` and the worst outcome overall."""
    if request.get("items") is None:
        return answers[0].as_dict()
    body: dict[str, Any] = {
        "schema": CONTRACT,
        "id": str(request.get("id") or ""),
        "date": thaw(answers[0].line.cells.get("date")),
        "outcome": worst(a.outcome for a in answers),
        "items": [a.as_dict() for a in answers],
    }
    body["digest"] = digest(body)
    return body
