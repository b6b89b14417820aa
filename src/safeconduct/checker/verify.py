"""check_answer: a recorded answer, held against its request, the edition and the index of rules.

Nothing here runs a rule. Each step of the answer is taken as a claim: what was read is what stands in the request,
every provision of the day was looked at, the rows of the tables carry the requirements, and the conclusion is the
one that the effects come to.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from safeconduct.checker.conclusion import WORST_FIRST, Conclusion, conclude, result_of, worst
from safeconduct.checker.controls import control_faults
from safeconduct.checker.duties import duty_faults
from safeconduct.checker.index import RuleRow, RulesIndex
from safeconduct.checker.parties import party_faults
from safeconduct.checker.request import agrees, as_facts, derived, stated
from safeconduct.law import Law
from safeconduct.lawdata import Edition

CLEAR = ("exception_available", "no_license_required")


@dataclass
class Verdict:
    """faults: why the answer is rejected, one line each; notes: what could not be checked."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> bool:
        return not self.faults


class Checker:
    """Checks answers against one edition and one index of rules."""

    def __init__(self, edition: Edition, index: RulesIndex) -> None:
        self.edition = edition
        self.index = index
        days = {d for r in index.rules for d in (r.start, r.end, r.known_from) if d}
        self.law = Law(edition, days)

    def check(self, request: Mapping[str, Any], answer: Mapping[str, Any]) -> Verdict:
        """The verdict on an answer; an order's lines are checked one by one."""
        verdict = Verdict()
        try:
            if digest_of(answer) != answer.get("digest"):
                verdict.faults.append("digest: it is not that of the answer")
            lines = answer.get("items")
            if lines is None:
                verdict.faults += self._line(request, answer, verdict.notes)
            else:
                if answer["outcome"] != worst(x["outcome"] for x in lines):
                    verdict.faults.append("outcome: not the worst of the order's lines")
                if len(lines) != len(request.get("items") or ()):
                    verdict.faults.append("items: not as many as the request has")
                for n, (line, item) in enumerate(zip(lines, request.get("items") or (), strict=False)):
                    rest = {k: v for k, v in request.items() if k not in ("items", "item")}
                    one = rest | {"item": item}
                    if digest_of(line) != line.get("digest"):
                        verdict.faults.append(f"items[{n}]: digest: it is not that of the line")
                    verdict.faults += [f"items[{n}]: {f}" for f in self._line(one, line, verdict.notes)]
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as e:
            verdict.faults.append(f"form: the answer is not of the contract's form: {e!r}")
        return verdict

    def _line(self, request: Mapping[str, Any], answer: Mapping[str, Any], notes: list[str]) -> Iterator[str]:
        if not agrees(answer.get("date"), request.get("date")):
            yield f"date: {answer.get('date')} in the answer, {request.get('date')} in the request"
        named = [str(j).upper() for j in request.get("jurisdictions") or ["US"]]
        if [d["jurisdiction"] for d in answer["determinations"]] != named:
            yield "determinations: not one for each jurisdiction of the request"
        yield from self._outcome(answer)
        day = date.fromisoformat(answer["date"]) if answer.get("date") else None
        read_tables: set[str] = set()
        for d in answer["determinations"]:
            if d["outcome"] not in WORST_FIRST:
                yield f"outcome: {d['outcome']} is none of the contract's"
            if day is None:
                asked = any(q["fact"] == "date" for q in d["questions"])
                if d["outcome"] != "undetermined" or not asked or d["requirements"] or d["trail"]:
                    yield "date: without a day the answer is undetermined and asks for it"
                continue
            read_tables |= {t for row in d["trail"] for t in row.get("tables", ())}
            yield from self._determination(request, answer, d, day, notes)
        yield from self._editions(answer["editions"], read_tables)

    def _outcome(self, answer: Mapping[str, Any]) -> Iterator[str]:
        got = worst(d["outcome"] for d in answer["determinations"])
        screening = answer.get("screening")
        incomplete = isinstance(screening, Mapping) and screening.get("status") == "incomplete"
        held = incomplete or bool(answer.get("unknown_names"))
        if held and (got in CLEAR or (incomplete and got == "not_subject")):
            got = "undetermined"
        if answer["outcome"] != got:
            yield f"outcome: {answer['outcome']}, but the determinations come to {got}"

    def _editions(self, editions: Mapping[str, str], read: Iterable[str]) -> Iterator[str]:
        if editions.get("edition_digest") != self.edition.digest or editions.get("edition") != self.edition.name:
            yield f"editions: made with {editions.get('edition')}, checked against {self.edition.name} of another digest"
        if editions.get("rules") != self.index.digest:
            yield "editions: made with other rules than the index of the bundle"
        for t in sorted(set(read)):
            info = self.edition.tables.get(t)
            if info is None:
                if t not in self.law.values:
                    yield f"editions: {t} was read and is no table of the edition"
            elif editions.get(t) != info.as_of.isoformat():
                yield f"editions: {t} is of {info.as_of}, the answer says {editions.get(t)}"
        for t, told in editions.items():
            if t in self.edition.tables and t not in read:
                yield f"editions: {t} ({told}) was not read by any rule"

    # -- one jurisdiction ----------------------------------------------------------------------------------------
    def _determination(
        self, request: Mapping[str, Any], answer: Mapping[str, Any], d: Mapping[str, Any], day: date, notes: list[str]
    ) -> Iterator[str]:
        trail = d["trail"]
        effects = [_named(row["rule"], e) for row in trail for e in row.get("effects", ())]
        as_if = any("as_if_edition" in p for p in d["presumed"])
        yield from self._scope(d, trail, effects, day, as_if)
        read: dict[str, Any] = {}
        yield from self._reads(request, answer, trail, read)
        yield from self._tables(d, trail, day)
        end = conclude(effects)
        yield from _concluded(d, end, effects)
        silent = self._silent(trail, day)
        if d["jurisdiction"] == "US":
            law = self.law.at(day, as_if=as_if)
            facts = as_facts(read, self.index.vocabulary)
            yield from control_faults(facts, law, effects, silent)
            known = [r.id for r in self.index.of("US") if r.in_force(day)]
            yield from party_faults(read, effects, known, self.edition, notes)
            available = [s for _, s, ok in end.exceptions if ok]
            yield from duty_faults(d["outcome"], read, (*end.requirements, *end.prohibitions), available, d["duties"])

    def _silent(self, trail: Sequence[Mapping[str, Any]], day: date) -> frozenset[str]:
        """Rules that a table's gap stopped; a provision known only later still ran beside its gap."""
        late = {r.id for r in self.index.rules if r.known_from is not None and day < r.known_from}
        return frozenset(
            row["rule"]
            for row in trail
            if (row.get("tables") or row["rule"] not in late)
            and any(e["effect"] == "question" and e["kind"] == "not_covered" for e in row.get("effects", ()))
        )

    def _scope(
        self,
        d: Mapping[str, Any],
        trail: Sequence[Mapping[str, Any]],
        effects: Sequence[Mapping[str, Any]],
        day: date,
        as_if: bool,
    ) -> Iterator[str]:
        """Every provision of the index stands in the trail, as it was in force on the day; exceptions may be absent
        where nothing is to be lifted."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in trail:
            rows.setdefault(row["rule"], []).append(row)
        needed = any(
            e["effect"] == "requirement"
            or (e["effect"] == "question" and any(t["effect"] == "requirement" for t in e["then"]))
            for e in effects
        )
        known: dict[str, RuleRow] = {r.id: r for r in self.index.of(d["jurisdiction"])}
        for name in rows.keys() - known.keys():
            yield f"{name}: in the trail, and no provision of the index"
        silent = []
        for r in known.values():
            mine = rows.get(r.id, [])
            if not mine:
                if not r.exception or needed:
                    yield f"{r.id}: a provision in scope is left out of the trail"
                continue
            if r.exception and not needed:
                yield f"{r.id}: an exception in the trail, where nothing is to be lifted"
            early = r.known_from is not None and day < r.known_from and not as_if
            if len(mine) != (2 if early else 1):
                yield f"{r.id}: stands {len(mine)} times in the trail"
            for row in mine:
                if tuple(row["cites"]) != r.cites:
                    yield f"{r.id}: cites {row['cites']}, the index {list(r.cites)}"
                if (row["result"] == "not_in_force") is r.in_force(day):
                    yield f"{r.id}: {row['result']} in the trail; on {day} the provision was {'' if r.in_force(day) else 'not '}in force"
                elif row["result"] != "not_in_force" and row["result"] != result_of(row.get("effects", ())):
                    yield f"{r.id}: {row['result']} in the trail, its effects say {result_of(row.get('effects', ()))}"
            if early and not any(
                e["effect"] == "question" and e["kind"] == "not_covered" for row in mine for e in row.get("effects", ())
            ):
                yield f"{r.id}: read first on {r.known_from}, and the answer does not hold back on {day}"
            if r.not_modeled and all(row["result"] in ("does_not_apply", "not_in_force") for row in mine):
                silent.append(r)
        by_id = {r.id for r in known.values() if r.not_modeled}
        count = sum(row["rule"] in by_id and row["result"] in ("does_not_apply", "not_in_force") for row in trail)
        if count != len(d["not_modeled"]):
            yield f"not_modeled: {len(d['not_modeled'])} listed, {count} not modeled in the trail"
        for r in silent:
            if not any(text.startswith(", ".join(r.cites) + ":") for text in d["not_modeled"]):
                yield f"{r.id}: not modeled, and not listed as such"

    def _reads(
        self,
        request: Mapping[str, Any],
        answer: Mapping[str, Any],
        trail: Sequence[Mapping[str, Any]],
        read: dict[str, Any],
    ) -> Iterator[str]:
        """What the rules say they read is what the request says, the same for all of them."""
        worked: set[str] = set()
        for row in trail:
            worked.update(row.get("derived", ()))
            for path, value in row["read"].items():
                if path in read and read[path] != value:
                    yield f"{row['rule']}: read {path} as {value!r}, another provision as {read[path]!r}"
                read.setdefault(path, value)
        found = screened(answer)
        order = str(answer.get("id")).rpartition("#")[2].isdigit()
        for path, value in read.items():
            said = stated(request, path)
            if said is None and path in worked:
                fact = self.index.vocabulary.get(path)
                basis = {f.path: stated(request, f.path) for f in self.index.vocabulary if "[]" not in f.path} | read
                if fact is None or not agrees(value, derived(path, basis)):
                    yield f"read: {path} is said to be worked out as {value!r}, which the other facts do not give"
            elif said is None and value is not None and path in found:
                if not agrees(value, found[path]):
                    yield f"read: {path} is not what the screening found"
            elif path == ORDER_SUM and said is None and order:
                continue  # an order's sum over its lines
            elif not agrees(value, said):
                yield f"read: {path} is {value!r} in the trail, {said!r} in the request"

    def _tables(self, d: Mapping[str, Any], trail: Sequence[Mapping[str, Any]], day: date) -> Iterator[str]:
        told = {p["table"]: p for p in d["presumed"]}
        read = {t for row in trail for t in row.get("tables", ()) if t in self.edition.tables}
        for t in sorted(read):
            info = self.edition.tables[t]
            beyond = info.verified_until <= day < info.presumed_until
            if beyond and told.get(t, {}).get("unchanged_since") != str(info.verified_until):
                yield f"presumed: {t} was read past {info.verified_until}, and the answer does not say so"
            if not beyond and "unchanged_since" in told.get(t, {}):
                yield f"presumed: {t} is verified or not covered on {day}"
            if (
                not beyond
                and not info.verified_from <= day < info.verified_until
                and "as_if_edition" not in told.get(t, {})
            ):
                for row in trail:
                    held = any(e["effect"] == "question" and e["kind"] == "not_covered" for e in row.get("effects", ()))
                    if t in row.get("tables", ()) and not held:
                        yield f"{row['rule']}: read {t}, which does not cover {day}, without holding back"
        for t in sorted(told.keys() - read):
            yield f"presumed: {t} was not read"


#: What an order's lines of one entry give together (740.3(d)(1)).
ORDER_SUM = "facts.lvs.split_from_order_of"


def check_answer(request: Mapping[str, Any], answer: Mapping[str, Any], edition: Edition, index: RulesIndex) -> Verdict:
    """Check one recorded answer; for many, keep a ``Checker``."""
    return Checker(edition, index).check(request, answer)


def digest_of(body: Mapping[str, Any]) -> str:
    """The digest the contract asks for: sha256 over canonical JSON without the digest itself."""
    rest = {k: v for k, v in body.items() if k not in ("digest", "record")}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def screened(answer: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Listings that the screening put on parties: all of them open alerts."""
    screening = answer.get("screening")
    parties = screening.get("parties", ()) if isinstance(screening, Mapping) else ()
    return {
        f"parties[{p['party']}].listed": [
            {"list": c["entry"]["list"], "entry": c["entry"]["id"], "status": "open"} for c in p["candidates"]
        ]
        for p in parties
        if p["candidates"]
    }


def _named(rule: str, e: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an effect that says whose it is, also in what hangs on its question."""
    out = {**e, "rule": rule}
    if "then" in e:
        out["then"] = [_named(rule, t) for t in e["then"]]
    return out


def _concluded(d: Mapping[str, Any], end: Conclusion, effects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if d["outcome"] != end.outcome:
        yield f"outcome: {d['outcome']}, but the effects come to {end.outcome}"
    if d["outcome"] == "undetermined" and tuple(d.get("between", ())) != end.between:
        yield f"between: {d.get('between')}, the effects lie between {list(end.between)}"
    want = {_requirement(r) for r in end.requirements}
    have = {_requirement(r) for r in d["requirements"]}
    yield from (f"requirements: {r[1]} of {r[0]} is left out or differs from its effect" for r in sorted(want - have))
    yield from (f"requirements: {r[1]} of {r[0]} rests on no effect of the trail" for r in sorted(have - want))
    forbidden = {(p["rule"], p["reason"]) for p in end.prohibitions}
    told = {(p["rule"], p["reason"]) for p in d["prohibitions"]}
    yield from (f"prohibitions: {r} of {rule} is left out or added" for rule, r in sorted(forbidden ^ told))
    due = Counter(end.exceptions)
    shown = Counter((x["rule"], x["symbol"], x["available"]) for x in d["exceptions"])
    for rule, symbol, state in sorted((due - shown) + (shown - due), key=str):
        yield f"exceptions: {symbol} of {rule} as available={state}: the effects say otherwise"
    lifts = Counter(
        (e["rule"], e["symbol"], tuple(e["conditions"]), tuple(e.get("kinds", ("*",))))
        for e in effects
        if e["effect"] == "lift"
    )
    for x in d["exceptions"]:
        met = tuple(c["met"] for c in x["conditions"])
        if not lifts[x["rule"], x["symbol"], met, tuple(x.get("kinds", ("*",)))]:
            yield f"exceptions: {x['symbol']}: its conditions are not those of the trail"
    if bool(d.get("not_subject_because")) is not any(
        e["effect"] == "lift" and e["symbol"] in ("not_subject", "no_act") for e in effects
    ):
        yield "not_subject_because: no release from scope stands in the trail, or one stands there unsaid"
    yield from _questions(d, effects)


def _requirement(r: Mapping[str, Any]) -> tuple[str, str, str, tuple[str, ...], str]:
    return (r["rule"], r["reason"], r.get("kind") or "", tuple(r["survives"]), r.get("agency") or "")


def _questions(d: Mapping[str, Any], effects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    asked = {(q["fact"], rule) for q in d["questions"] for rule in q["rules"]}
    bare: Counter[str] = Counter(q["rules"][0] for q in d["questions"] if q["fact"] is None)
    due: set[tuple[str, str]] = set()
    flags = 0
    for e in effects:
        if e["effect"] != "question":
            continue
        due |= {(fact, e["rule"]) for fact in e["asks"]}
        flags += e["kind"] == "red_flag"
        if not e["asks"]:
            bare[e["rule"]] -= 1
    for fact, rule in sorted(due - asked):
        yield f"questions: {fact}, which {rule} leaves open, is not asked"
    for fact, rule in sorted((a for a in asked if a[0] is not None), key=str):
        if (fact, rule) not in due and fact != "diligence":
            yield f"questions: {fact} is asked for {rule}, which leaves it not open"
    for rule, n in sorted(bare.items()):
        if n:
            yield f"questions: what {rule} holds back is {'not said' if n < 0 else 'said too often'}"
    if flags != len(d["red_flags"]):
        yield f"red_flags: {len(d['red_flags'])} listed, {flags} in the trail"
