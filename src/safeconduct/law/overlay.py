"""An organization's records as rules of a jurisdiction: they may stop a line, never release it.

Rules are added after the law's own, with ids ``<jurisdiction>.house.<name>``. Each yields through ``_only_adds``, which
lets pass requirements that no exception lifts, prohibitions, and questions that hold a clear answer back: whatever the
records say, an answer with them is never better than without.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from safeconduct.law.as_of import LawAsOf, NotCovered
from safeconduct.law.classes import Classes, Plain
from safeconduct.law.overlay_conditions import (
    Setting,
    check,
    check_codes,
    check_countries,
    check_groups,
    check_use,
    code_relation,
    evaluate,
    has_code,
    in_place,
    named_places,
)
from safeconduct.law.provision import DutyFunction, InForce, Manifest, Result, Rule
from safeconduct.lawdata.overlay import ALWAYS, HouseRule, Letter, Overlay, OverlayFault, PartyRecord
from safeconduct.lawdata.store import Edition
from safeconduct.model import (
    NO,
    NO_EXCEPTION,
    YES,
    Ask,
    Duty,
    Effect,
    Fact,
    Facts,
    PartyView,
    Prohibition,
    Question,
    Requirement,
    Truth,
    Vocabulary,
    all_of,
    any_of,
    core_vocabulary,
    not_,
)

REFUSED: Final = "house.refused"
NAMED: Final = "house.letter"
#: The party's cell of matches (a tuple of ``HouseMatch``; absent: not matched). It is no fact of the vocabulary, so
#: that a request cannot state it, and no part of ``listed``: to stand on it says nothing of the law's lists.
CELL: Final = "house"
#: The fact by which a person decides whether the party is the one of the records.
DECIDED: Final = "house_match"


@dataclass(frozen=True, slots=True)
class HouseMatch:
    """A record of the house that a party may be. list: ``house.refused`` or ``house.letter``; entry: a party record's id
    or a letter's name; how: ``id`` (certain), ``name_and_country`` (taken as certain until decided), ``name``, ``owner``.
    """

    list: str
    entry: str
    how: str


def overlaid(manifest: Manifest, overlay: Overlay) -> Manifest:
    """The manifest with the overlay's rules after its own. Its own rules stay as they are, all of them."""
    here = _Jurisdiction(manifest, overlay)
    own_rules = [r for r in overlay.rules if r.jurisdiction == manifest.id]
    own_letters = [x for x in overlay.letters if x.jurisdiction == manifest.id]
    rules = [here.rule(r) for r in own_rules] + [here.letter(x) for x in own_letters]
    if overlay.parties:
        rules.append(here.parties())
    asked = [
        Fact(f"facts.house.{r.name}", "bool", "", "unknown", r.ask, here.id(r.name))
        for r in own_rules
        if r.effect == "question"
    ]
    if overlay.parties or any(x.parties for x in own_letters):
        asked.append(
            Fact(f"parties[].{DECIDED}", "bool", "", "unknown", "Is it the party of the organization's own record?", here.id("parties"))
        )  # fmt: skip
    extra = dict(manifest.extra)
    plain = extra.get("plain")
    if plain is not None:
        extra["plain"] = lambda law: _nobody_known(plain(law))
    classes = extra.get("classes")
    if classes is not None:
        extra["classes"] = _apart(classes, overlay, here.setting.classification)
    return dataclasses.replace(
        manifest, rules=(*manifest.rules, *rules), facts=(*manifest.facts, *asked),
        catalog={**manifest.catalog, **here.catalog}, extra=extra,
        duties=(*(_of_the_law(d) for d in manifest.duties), here.release),
    )  # fmt: skip


def _of_the_law(duty: DutyFunction) -> DutyFunction:
    """A duty of the law, shown the law's own effects only: a rule of the house is no reason to apply for a license."""

    def fn(f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
        own = tuple(e for e in result.effects if not _is_house(e))
        held = len(own) < len(result.effects) and not own
        yield from duty(f, law, dataclasses.replace(result, effects=own, outcome="house" if held else result.outcome))

    return fn


def _is_house(effect: Effect) -> bool:
    return effect.rule.split(".")[1:2] == ["house"]


def setting(manifest: Manifest, vocabulary: Vocabulary, edition: Edition | None = None) -> Setting:
    """What conditions may name under a jurisdiction, by the edition's tables."""
    extra = manifest.extra
    own = [*extra.get("codes", {}), *(x.path for x in manifest.facts)]
    classification = next(
        (p for p in own if p.startswith("item.classification.")), f"item.classification.{manifest.prefix}"
    )
    groups: set[str] = set()
    countries: set[str] = set()
    reasons: set[str] = set()
    if edition is not None:
        for t in edition.tables:
            if t == f"{manifest.prefix}.country_groups":
                groups |= {r["group"] for r in edition.rows(t)}
            elif t.endswith(".iso"):
                countries |= {r["code"] for r in edition.rows(t)}
            elif t.startswith(f"{manifest.prefix}.") and f"{t.removesuffix('.requirements')}.entries" in edition.tables:
                reasons |= {r["reason"] for r in edition.rows(t)}
        countries |= {code for code, *_ in extra.get("regions", ())}
    return Setting(
        manifest.prefix, vocabulary, frozenset(groups), frozenset(countries), extra.get("control_list"), extra.get("place"),
        extra.get("codes", {}).get(classification), frozenset(reasons), classification, manifest.currency, extra.get("sections", {}),
    )  # fmt: skip


def faults(
    overlay: Overlay, manifests: Iterable[Manifest], vocabulary: Vocabulary, edition: Edition
) -> list[OverlayFault]:
    """What the records name that the law of this edition does not know: jurisdictions, facts, places, codes."""
    known = {m.id: setting(m, vocabulary, edition) for m in manifests}
    out: list[OverlayFault] = []

    def fault(record: HouseRule | Letter | PartyRecord, field: str, given: str, expected: str) -> None:
        out.append(OverlayFault(record.origin.file, record.origin.entry, field, given, expected))

    records: list[HouseRule | Letter] = [*overlay.rules, *overlay.letters]
    for record in records:
        here = known.get(record.jurisdiction)
        if here is None:
            fault(record, "jurisdiction", f"'{record.jurisdiction}'", f"an installed one: {', '.join(sorted(known))}")
        elif isinstance(record, HouseRule):
            if record.when != ALWAYS:
                for f in check(record.when, here):
                    fault(record, *f)
        else:
            form = here.sections
            if form and not re.fullmatch(form["pattern"], record.section):
                fault(
                    record,
                    "section",
                    f"'{record.section}'",
                    f"the section it was written under, such as {form['example']}",
                )
            if record.items:
                for f in check_codes(record.items, here, "covers.items"):
                    fault(record, *f)
            for place in record.destinations:
                problems = list(check_countries([place], here, "covers.destinations"))
                if problems and list(check_groups([place], here, "covers.destinations")):
                    fault(record, *problems[0])
            for use in record.uses:
                for f in check_use(use, here, "covers.uses"):
                    fault(record, *f)
    every = frozenset(c for s in known.values() for c in s.countries)
    for p in overlay.parties:
        if p.country and every and p.country not in every:
            fault(p, "country", f"'{p.country}'", "an ISO 3166-1 alpha-2 code of the edition")
    return out


class _Jurisdiction:
    """Makes the rules of one jurisdiction and gathers their words."""

    def __init__(self, manifest: Manifest, overlay: Overlay) -> None:
        self.manifest = manifest
        self.overlay = overlay
        self.setting = setting(manifest, core_vocabulary().plus(manifest.facts))
        self.catalog: dict[str, str] = {}
        self.say("release", "Ask whoever made the organization's record to release it.")

    def id(self, name: str) -> str:
        return f"{self.manifest.prefix}.house.{name}"

    def say(self, name: str, text: str) -> str:
        """Put a person's own words into the catalog; braces in them are only braces."""
        key = self.id(name)
        self.catalog[key] = text.replace("{", "{{").replace("}", "}}")
        return key

    def release(self, f: Facts, law: LawAsOf, result: Result) -> Iterator[Duty]:
        """Whom to ask where a record of the house stops the line."""
        cites = tuple(
            dict.fromkeys(c for e in result.effects if _is_house(e) for c in e.cites if c.startswith("house "))
        )
        if cites:
            yield Duty("house_release", cites, self.id("release"))

    def rule(self, r: HouseRule) -> Rule:
        says = self.say(r.name, r.says)
        cites = (r.origin.cite,)
        here = self.setting
        answered = f"facts.house.{r.name}"

        def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
            holds = YES if r.when == ALWAYS else evaluate(r.when, f, law, here)
            if holds is NO:
                return
            if r.effect == "question":
                holds = all_of(holds, not_(f.condition(answered)))
            yield _effect(r.effect, holds, says, cites, self.id(r.name))

        return _made(self.id(r.name), cites, r, fn, r.says)

    def letter(self, x: Letter) -> Rule:
        base = x.section.partition("(")[0]
        text = x.says or f"A letter of {x.origin.date} under {x.section} says that a license is needed."
        says = self.say(x.name, text)
        form = self.manifest.extra.get("sections", {})
        cites = (form.get("cite", "{}").format(x.section), x.origin.cite)
        beyond = base in form.get("beyond_scope", ())
        here = self.setting
        places = [d for d in x.destinations if ":" not in d]
        groups = [d for d in x.destinations if ":" in d]

        def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
            parts = []
            if x.items:
                parts.append(has_code(x.items, f, here))
            if x.destinations and NO not in parts:
                parts.append(in_place(places, groups, "destination", f, law, here))
            if x.uses and NO not in parts:
                parts.append(any_of(*(f.truth(u) for u in x.uses)))
            if x.parties and NO not in parts:
                named = [
                    _decided(p, m)
                    for p in f.parties()
                    for m in p.get(CELL) or ()
                    if (m.list, m.entry) == (NAMED, x.name)
                ]
                parts.append(any_of(*named, _unmatched(f)))
            yield Requirement(
                when=all_of(*parts), reason=x.section, kind=base, survives=NO_EXCEPTION, says=says, cites=cites,
                beyond_scope=beyond,
            )  # fmt: skip

        return _made(self.id(x.name), cites, x, fn, text)

    def parties(self) -> Rule:
        """One rule for all refused parties. Which record a party matches, and whether it holds on the day, was found
        by the act that resolves names; the rule reads that, never a name."""
        records = {p.id: p for p in self.overlay.parties if p.decision == "refused"}
        rule_id = self.id("parties")
        cites = (f"house records of {self.overlay.name}",)
        words = {
            p.id: self.say(f"parties.{p.id[3:]}", p.says or "The organization refused this party.")
            for p in records.values()
        }
        unnamed = self.say(
            "parties.unnamed", "A party without a name cannot be held against those the organization refused."
        )

        def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
            for p in f.parties():
                matches = [m for m in p.get(CELL) or () if m.list == REFUSED]
                for m in matches:
                    record = records.get(m.entry)
                    if record is not None:
                        reason = f"house.refused.{record.id}"
                        yield _effect(
                            record.effect, _decided(p, m), words[record.id], (record.origin.cite,), reason, p.index
                        )
                if not matches:
                    yield _effect("requirement", _no_name(p), unnamed, cites, REFUSED, p.index)

        return Rule(
            rule_id,
            cites,
            InForce(source=cites[0]),
            _only_adds(fn),
            "No business is done with a party the organization refused.",
        )


def _effect(
    effect: str, when: Truth, says: str, cites: tuple[str, ...], reason: str, party: int | None = None
) -> Effect:
    """What a record of the house does. It reaches beyond the law's scope: it is the house's own rule.

    Unless it is sure to hold, it becomes a question that would bring a requirement, even where it would bring a
    prohibition: a possible prohibition beside a license that is required would make *undetermined* of the line.
    """
    requirement = Requirement(
        reason=reason, kind="house", survives=NO_EXCEPTION, says=says, cites=cites, party=party, beyond_scope=True
    )
    if effect == "question" or when is not YES:
        return Question(
            when=when, says=says, cites=cites, party=party, hold=True, kind="house", then=(requirement,)
        )  # fmt: skip
    if effect == "prohibition":
        return Prohibition(reason=reason, says=says, cites=cites, party=party, beyond_scope=True)
    return requirement


def _decided(p: PartyView, match: HouseMatch) -> Truth:
    """Whether the party is the one of the record: certain by an identifier, else as somebody decided."""
    if match.how == "id":
        return YES
    decided = p.condition(DECIDED)
    return YES if decided.is_unknown and match.how == "name_and_country" else decided


def _unmatched(f: Facts) -> Truth:
    """Whether some party was never held against the organization's records, for want of a name: then it is unknown
    whether it is one of them; NO when all were."""
    count = f.get("parties")
    if not count:
        return Truth("UNKNOWN", frozenset((Ask("parties"),))) if count is None else NO
    return any_of(*(_no_name(p) for p in f.parties()))


def _no_name(p: PartyView) -> Truth:
    return NO if p.get(CELL) is not None else Truth("UNKNOWN", frozenset((Ask(p.path("name")),)))


def _made(
    rule_id: str,
    cites: tuple[str, ...],
    record: HouseRule | Letter,
    fn: Callable[[Facts, LawAsOf], Iterator[Effect]],
    says: str,
) -> Rule:
    return Rule(rule_id, cites, InForce(record.period, source=record.origin.cite), _only_adds(fn), says)


def _only_adds(fn: Callable[[Facts, LawAsOf], Iterator[Effect]]) -> Callable[[Facts, LawAsOf], Iterator[Effect]]:
    """The function, held to effects that can only make an answer stricter."""

    def guarded(f: Facts, law: LawAsOf) -> Iterator[Effect]:
        for e in _or_held(fn, f, law):
            adds = (
                _unlifted(e)
                or (isinstance(e, Prohibition) and e.when is YES)
                or (isinstance(e, Question) and e.hold and all(map(_unlifted, e.then)))
            )
            if not adds:
                raise TypeError(
                    f"a record of the house may only add requirements, prohibitions and questions, not {e!r}"
                )
            yield e

    return guarded


def _or_held(fn: Callable[[Facts, LawAsOf], Iterator[Effect]], f: Facts, law: LawAsOf) -> Iterator[Effect]:
    """The function's effects; where a table it needs says nothing of these days, a question that also holds what the
    law does not reach."""
    try:
        yield from fn(f, law)
    except NotCovered as gap:
        stop = Requirement(kind="house", survives=NO_EXCEPTION, beyond_scope=True)
        table = gap.table
        args = (("table", table.id), ("from", str(table.verified_from)), ("until", str(table.presumed_until)))
        yield Question(cites=(table.cite,), says="not_covered", args=args, hold=True, kind="not_covered", then=(stop,))


def _nobody_known(plain: Plain) -> Plain:
    """A plain line has parties that are none of the organization's records."""
    count = plain.cells.get("parties")
    cells = {f"parties[{i}].{CELL}": () for i in range(count if isinstance(count, int) else 0)}
    return dataclasses.replace(plain, cells={**plain.cells, **cells})


def _unlifted(e: Effect) -> bool:
    return isinstance(e, Requirement) and e.survives == NO_EXCEPTION


def _apart(
    classes: Callable[[LawAsOf], Classes], overlay: Overlay, classification: str
) -> Callable[[LawAsOf], Classes]:
    """Classes for bulk answers, cut finer: places and codes that the overlay tells apart are not taken together."""
    named = set(named_places([r.when for r in overlay.rules])) | {d for x in overlay.letters for d in x.destinations}
    patterns = sorted(named | {i for x in overlay.letters for i in x.items})

    def cut(law: LawAsOf) -> Classes:
        found = classes(law)
        countries = _refine(found.countries, lambda c: c if c in named else None)
        codes = dict(found.codes)
        if classification in codes:
            codes[classification] = _refine(
                codes[classification], lambda c: tuple(code_relation(p, c) for p in patterns)
            )
        return Classes(countries, codes)

    return cut


def _refine(classes: Mapping[str, str], mark: Callable[[str], object]) -> dict[str, str]:
    first: dict[tuple[str, object], str] = {}
    return {x: first.setdefault((rep, mark(x)), x) for x, rep in classes.items()}
