"""What would change the answer: the smallest changes of facts that lead to a clear one, found by the engine itself.

Every change offered was tried by running the rules. Only facts of a closed list are ever offered: what the item is
(where that is open), its price, papers on file, notices given, licenses held. Another destination, route, party,
end use, person or origin would be another transaction, and offering it would teach diversion.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from safeconduct.determination import OUTCOMES, Combined, Determination
from safeconduct.determination.combine import (
    EXCEPTION_AVAILABLE,
    LICENSE_REQUIRED,
    NO_LICENSE_REQUIRED,
    NOT_SUBJECT,
    UNDETERMINED,
    ExceptionFinding,
)
from safeconduct.model import Money, thaw
from safeconduct.model.facts import MoneyProbe, NumberProbe
from safeconduct.model.vocabulary import generic_path

CLEAR: Final = (EXCEPTION_AVAILABLE, NO_LICENSE_REQUIRED, NOT_SUBJECT)
MAX_TRIED: Final = 70  # determinations a line; what is then left untried is counted in the answer
MAX_OFFERS: Final = 12

#: Papers, notices, licenses and steps that the exporter can bring about: offered also where they are denied.
OBTAIN: Final = frozenset({
    "facts.agr.contract", "facts.agr.notice_cleared", "facts.aia.certification", "facts.aia.eccn_furnished",
    "facts.app.access_restricted", "facts.bag.declared", "facts.camera.bis_authorization",
    "facts.cw.government_end_use_certificate", "facts.deminimis.report_filed", "facts.enc.annual_report",
    "facts.enc.classification_request_days", "facts.enc.classified_by_bis", "facts.enc.notified",
    "facts.enc.self_classified", "facts.gov.written_authorization", "facts.hbm.count_confirmed",
    "facts.hong_kong.import_permit", "facts.lpp.certification", "facts.nac.confirmed", "facts.nac.notified_days",
    "facts.nac.purchase_order", "facts.ofac.authorized", "facts.rff.notified_days", "facts.sta.computing_confirmed",
    "facts.sta.eccn_furnished", "facts.sta.log_kept", "facts.sta.prior_consignee_statement",
    "facts.sta.recipient_notified", "facts.sta.series_600_statement", "facts.tmp.beta_statement",
    "facts.tmp.firearms_import_papers", "facts.tmp.order_received", "facts.tmp.technology_secured",
    "facts.tsr.written_assurance", "facts.wrc.inspection_certificate", "facts.wrc.statement",
    "parties[].uvl_statement",
})  # fmt: skip
#: Facts that may be settled where they are not known; one that is stated is never turned into another.
SETTLE: Final = frozenset({
    "diligence", "facts.agr.contract_months", "facts.apr.spares_share", "facts.lvs.shipped_this_year",
    "facts.lvs.spare_for_exported_system", "facts.lvs.split_from_order_of", "facts.rpl.defective_replaced",
    "facts.rpl.for_aircraft_or_ns_item", "facts.rpl.for_stock", "facts.rpl.free_of_charge", "facts.rpl.license_forbids",
    "facts.rpl.old_destroyed_or_returned", "facts.rpl.one_for_one", "facts.rpl.original_lawful",
    "facts.rpl.same_licensee_and_user", "facts.rpl.servicing", "facts.rpl.within_warranty", "facts.tmp.days_at_site",
    "facts.tmp.effective_control", "facts.tmp.ownership_kept", "facts.tmp.return_months",
    "facts.tsu.copy_for_same_recipient", "facts.tsu.sales_technology", "item.agent", "item.classification.us",
    "item.for_items", "item.kind", "item.purposes", "item.quantity", "item.reasons", "item.software_function",
    "item.us_wholesale_price", "item.value",
})  # fmt: skip
#: Families settled in the same way: the item's own properties. Where it comes from and who made it are not among them.
SETTLE_FAMILIES: Final = ("item.traits.", "item.parameters.")
#: Amounts that may be lower than stated; the offer names the law's own limit.
LOWER: Final = frozenset({"item.value"})
LOWER_NOTE: Final = "A smaller order, never one split to fit: 740.3(c) counts the net value of the whole order."
#: Words no offer may begin with, whatever a list above says; held by a test over every case.
NEVER: Final = ("destination", "route", "end_use", "person", "exported_from", "activity", "item.origin", "date")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact set to a value: ``label`` is the law's own wording of it (``<= 3000 USD``), ``kind`` as in ``kind_of``."""

    fact: str
    value: Hashable
    label: str
    kind: str


@dataclass(frozen=True)
class Offer:
    """A smallest set of changes and what the engine answers with it."""

    changes: tuple[Change, ...]
    outcome: str
    exceptions: tuple[str, ...]


@dataclass(frozen=True)
class Counterfactuals:
    """offers: smallest sets, fewest changes first. opens: (symbol, condition's fact) -> labels of answers that meet it.
    tried: determinations run; ``complete`` is False where the bound was reached."""

    offers: tuple[Offer, ...]
    opens: Mapping[tuple[str, str], tuple[str, ...]]
    tried: int
    complete: bool


def kind_of(fact: str) -> str | None:
    """``obtain``, ``settle`` or None for a fact that is never offered."""
    path = generic_path(fact)
    if path.split("[")[0].startswith(NEVER):
        return None
    if path in OBTAIN:
        return "obtain"
    return "settle" if path in SETTLE or path.startswith(SETTLE_FAMILIES) else None


def counterfactuals(d: Determination) -> Counterfactuals:
    """The smallest changes that lead from ``license_required`` or ``undetermined`` to a clear answer.

    Singles first, then pairs of what is open, then all conditions of one exception together, cut down again to
    those it cannot do without. No set that holds a smaller one is offered.
    """
    if d.outcome not in (LICENSE_REQUIRED, UNDETERMINED):
        return Counterfactuals((), {}, 0, True)
    return _Search(d).run()


class _Search:
    def __init__(self, d: Determination) -> None:
        self.d = d
        self.tries: dict[frozenset[tuple[str, Hashable]], Combined] = {}
        self.full = False
        self.found: dict[frozenset[Change], Combined] = {}

    def run(self) -> Counterfactuals:
        singles = list(dict.fromkeys(self._candidates(self.d)))
        fruitless = []
        for c in singles:
            if not self._keep((c,)):
                fruitless.append(c)
        opens = self._opens(singles)
        for x in self.d.combined.exceptions:
            if x.available is None or (x.available is False and x.unmet):
                self._whole(x)
        self._questions()
        # Pairs of what questions and open conditions name; each fact's answers beside each other fact's.
        for a, b in itertools.combinations(fruitless[:24], 2):
            if self.full:
                break
            if a.fact != b.fact:
                self._keep((a, b))
        offers = [Offer(tuple(sorted(s, key=lambda c: c.fact)), c.outcome, c.available) for s, c in self._smallest()]
        offers.sort(key=lambda o: (len(o.changes), -OUTCOMES.index(o.outcome), [c.fact for c in o.changes]))
        return Counterfactuals(tuple(offers[:MAX_OFFERS]), opens, len(self.tries), not self.full)

    # -- candidates ----------------------------------------------------------------------------------------
    def _candidates(self, d: Determination) -> Iterator[Change]:
        """What is open in questions and conditions, and limits and claims the rules of exceptions read."""
        for q in d.combined.questions:
            for ask in sorted(q.asks, key=lambda a: a.sort_key()):
                yield from self._answers(ask.fact, ask.options)
        if d.facts.peek("diligence") is None:
            yield Change("diligence", "complete", "complete", "settle")
        for x in d.combined.exceptions:
            yield from self._of_exception(x)
        shown = {x.lift.rule for x in d.combined.exceptions if x.available is not True}
        for leaf in d.leaves:
            if leaf.rule.id not in shown:
                continue
            for probe in leaf.probes:
                if isinstance(probe, MoneyProbe):
                    yield from self._lower(probe)
                elif isinstance(probe, NumberProbe):
                    yield from self._longer(probe)
                elif isinstance(probe, str) and self._claimable(probe):
                    yield Change(probe, True, "yes", "obtain")

    def _of_exception(self, x: ExceptionFinding) -> Iterator[Change]:
        for c in x.lift.conditions:
            for ask in sorted(c.met.asks, key=lambda a: a.sort_key()):
                yield from self._answers(ask.fact, ask.options)

    def _answers(self, fact: str, options: Iterable[tuple[str, object]]) -> Iterator[Change]:
        kind = kind_of(fact)
        if kind is None or (kind == "settle" and not self._open(fact)):
            return
        stated = self.d.facts.peek(fact)
        known = self.d.engine.vocabulary.get(fact)
        for label, value in options:
            if known is not None and known.kind == "list" and not isinstance(value, tuple):
                continue
            if isinstance(value, Hashable) and (not isinstance(stated, str) or _below(stated, value)):
                yield Change(fact, value, label, kind)

    def _open(self, fact: str) -> bool:
        """Whether a fact may be settled: not stated, or a code whose paragraph is not stated."""
        return self.d.facts.peek(fact) is None or generic_path(fact).startswith("item.classification.")

    def _lower(self, probe: MoneyProbe) -> Iterator[Change]:
        value = self.d.facts.peek(probe.path)
        now = value.in_(probe.currency) if isinstance(value, Money) else None
        if probe.path not in LOWER or now is None or now <= probe.limit or probe.limit <= 0:
            return
        at = probe.limit if probe.op in ("<=", ">") else probe.limit - Decimal("0.01")
        label = f"{'<=' if at == probe.limit else '<'} {probe.limit} {probe.currency}"
        yield Change(probe.path, Money(at, probe.currency), label, "lower")

    def _longer(self, probe: NumberProbe) -> Iterator[Change]:
        """A waiting time after a notice: the days the rule itself compares with."""
        if generic_path(probe.path) in OBTAIN and probe(self.d.facts) is not True and probe.op in (">=", ">"):
            at = probe.limit + (1 if probe.op == ">" else 0)
            yield Change(probe.path, at, f"{probe.op} {probe.limit} {probe.unit}".strip(), "obtain")

    def _claimable(self, path: str) -> bool:
        known = self.d.engine.vocabulary.get(path)
        yes_or_no = known is not None and known.kind == "bool"
        return yes_or_no and kind_of(path) == "obtain" and self.d.facts.peek(path) in (None, False)

    # -- trying --------------------------------------------------------------------------------------------
    def _try(self, changes: Iterable[Change]) -> Determination | None:
        key = frozenset((c.fact, c.value) for c in changes)
        if key not in self.tries and len(self.tries) >= MAX_TRIED:
            self.full = True
            return None
        got = self.d.engine.determine(self.d.facts.replace(dict(key)), self.d.jurisdiction)
        self.tries[key] = got.combined
        return got

    def _keep(self, changes: tuple[Change, ...]) -> bool:
        """Try a set; remember it, cut down to what it cannot do without, where it leads to a clear answer."""
        if any(s <= set(changes) for s in self.found):
            return True
        got = self._try(changes)
        if got is None or got.outcome not in CLEAR:
            return False
        needed = list(changes)
        for c in changes:
            fewer = [x for x in needed if x is not c]
            if fewer and (less := self._try(fewer)) is not None and less.outcome in CLEAR:
                needed, got = fewer, less
        self.found[frozenset(needed)] = got.combined
        return True

    def _whole(self, x: ExceptionFinding) -> None:
        """All conditions of one exception together; answers may open further conditions of the same one."""
        rule, symbol, chosen, d = x.lift.rule, x.lift.symbol, dict[str, Change](), self.d
        for _ in range(4):
            now = _same(d, rule, symbol)
            if now is None or now.available:
                break
            before = len(chosen)
            for fact, answers in itertools.groupby(self._of_exception(now), key=lambda c: c.fact):
                options = [c for c in answers if fact not in chosen]
                best = min(options, key=lambda c: self._still_open((*chosen.values(), c), rule, symbol), default=None)
                if best is not None:
                    chosen[fact] = best
            tried = self._try(chosen.values()) if len(chosen) > before else None
            if tried is None:
                break
            d = tried
        if chosen:
            self._keep(tuple(chosen.values()))

    def _still_open(self, changes: tuple[Change, ...], rule: str, symbol: str) -> tuple[int, int]:
        tried = self._try(changes)
        now = _same(tried, rule, symbol) if tried is not None else None
        if now is None:
            return (99, 99)
        return (len(now.unmet), sum(c.met.is_unknown for c in now.lift.conditions))

    def _questions(self) -> None:
        """The answers to all open questions together, each the one that leaves the fewest open."""
        chosen: dict[str, Change] = {}
        d = self.d
        for _ in range(8):
            left = len(d.combined.questions)
            best: tuple[int, Change, Determination] | None = None
            for c in dict.fromkeys(self._asked(d)):
                got = self._try((*chosen.values(), c)) if c.fact not in chosen else None
                if got is not None and (best is None or _rank(got) < best[0]):
                    best = (_rank(got), c, got)
            if best is None or (best[2].outcome not in CLEAR and len(best[2].combined.questions) >= left):
                return
            chosen[best[1].fact], d = best[1], best[2]
            if d.outcome in CLEAR:
                self._keep(tuple(chosen.values()))
                return

    def _asked(self, d: Determination) -> Iterator[Change]:
        if self.d.facts.peek("diligence") is None:
            yield Change("diligence", "complete", "complete", "settle")
        for q in d.combined.questions[:12]:
            for ask in sorted(q.asks, key=lambda a: a.sort_key()):
                yield from self._answers(ask.fact, ask.options)

    def _opens(self, singles: Iterable[Change]) -> dict[tuple[str, str], tuple[str, ...]]:
        """Which answers meet each open condition, seen in the engine's own answers."""
        out: dict[tuple[str, str], list[str]] = {}
        by_fact: dict[str, list[Change]] = {}
        for c in singles:
            by_fact.setdefault(c.fact, []).append(c)
        for x in self.d.combined.exceptions:
            for i, condition in enumerate(x.lift.conditions):
                for fact in {a.fact for a in condition.met.asks}:
                    for c in by_fact.get(fact, ()):
                        got = self.tries.get(frozenset(((c.fact, c.value),)))
                        then = _same_in(got, x.lift.rule, x.lift.symbol) if got is not None else None
                        met = then is not None and i < len(then.lift.conditions) and i not in then.unmet
                        if met and then is not None and not then.lift.conditions[i].met.is_unknown:
                            out.setdefault((x.lift.symbol, fact), []).append(c.label)
        return {k: tuple(dict.fromkeys(v)) for k, v in out.items()}

    def _smallest(self) -> Iterator[tuple[frozenset[Change], Combined]]:
        for s, combined in self.found.items():
            if not any(other < s for other in self.found):
                yield s, combined


def _below(stated: str, value: object) -> bool:
    return isinstance(value, str) and value.startswith(stated + ".")


def _rank(d: Determination) -> int:
    return -1 if d.outcome in CLEAR else len(d.combined.questions) + (500 if d.outcome != UNDETERMINED else 0)


def _same(d: Determination, rule: str, symbol: str) -> ExceptionFinding | None:
    return _same_in(d.combined, rule, symbol)


def _same_in(c: Combined, rule: str, symbol: str) -> ExceptionFinding | None:
    return next((x for x in c.exceptions if x.lift.rule == rule and x.lift.symbol == symbol), None)


def would_change(d: Determination, found: Counterfactuals | None = None) -> list[dict[str, Any]]:
    """The offers in the contract's JSON, each change with its question and the provisions that read it."""
    found = found or counterfactuals(d)
    return [
        {
            "changes": [_change_json(c, d) for c in o.changes],
            "outcome": o.outcome,
            "exceptions": list(dict.fromkeys(o.exceptions)),
        }
        for o in found.offers
    ]


def _change_json(c: Change, d: Determination) -> dict[str, Any]:
    known = d.engine.vocabulary.get(c.fact)
    cites = dict.fromkeys(
        cite
        for x in d.combined.exceptions
        for condition in x.lift.conditions
        if any(a.fact == c.fact for a in condition.met.asks)
        for cite in condition.cites
    )
    cites |= dict.fromkeys(
        cite for q in d.combined.questions if any(a.fact == c.fact for a in q.asks) for cite in q.cites
    )
    out = {
        "fact": c.fact, "to": c.label, "value": thaw(c.value), "kind": c.kind, "from": thaw(d.facts.peek(c.fact)),
        "ask": known.ask if known else c.fact, "cites": list(cites)[:4],
    }  # fmt: skip
    if c.kind == "lower":
        out["note"] = LOWER_NOTE
    return out
