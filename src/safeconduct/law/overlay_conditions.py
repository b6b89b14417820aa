"""Conditions of an organization's own rules: the forms of ``conditions.py`` and some that a person writes.

Beside ``all``, ``any``, ``not``, ``for``, ``meets``, ``agent`` and ``fact`` (with ``is``, ``in``, ``any_of``, ``op``):

- ``{"destination": {"countries": [...], "groups": [...]}}``: in any of the countries or groups, as the law reads places;
- ``{"code": ["6A002*", "3A001.b"]}``: the classification; a code covers all under it, ``*`` and ``?`` are wildcards;
- ``{"controlled_for": ["MT"]}``: a requirement row of the item's entry bears one of these reasons for control;
- ``{"value": {"op": ">", "amount": "25000", "currency": "USD"}}``: what the line is worth;
- ``{"party": {"role": [...], "capacity": [...], "country": [...], "groups": [...], "facts": {...}}}``: one party for which
  all that is given holds.

A condition reads facts through the accessors only, never a name (those are matched before, in ``acts``).
"""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from safeconduct.law.as_of import LawAsOf
from safeconduct.law.conditions import evaluate as evaluate_row
from safeconduct.law.control_list import ControlList, Scope
from safeconduct.model import NO, YES, Ask, Fact, Facts, PartyView, Truth, Vocabulary, all_of, any_of, not_, truth_of
from safeconduct.model.facts import OPS

Fault = tuple[str, str, str]  # field, given, expected
_FORMS: Final = (
    "all", "any", "not", "fact", "destination", "code", "controlled_for", "value", "party", "for", "meets", "agent",
)  # fmt: skip
_PARTY: Final = ("role", "capacity", "country", "groups", "facts")


@dataclass(frozen=True)
class Setting:
    """What a jurisdiction lends to conditions.

    prefix: of its tables. classification: the fact with its code. control_list, place: how it loads its list and tests a
    destination scope (scope, place, law, facts, path); without them groups are read from its table of groups alone.
    groups, countries, reasons: those that exist. read_code: a code's normal form, or None and what was expected.
    classification: the fact with its code. currency: of a value that names none. sections: how its provisions are numbered
    (``pattern``, ``example``), cited (``cite``), and which reach beyond its scope (``beyond_scope``).
    """

    prefix: str
    vocabulary: Vocabulary
    groups: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    control_list: Callable[[LawAsOf], ControlList] | None = None
    place: Callable[[Mapping[str, Any], str | None, LawAsOf, Facts, str], Truth] | None = None
    read_code: Callable[[str], tuple[str | None, str]] | None = None
    reasons: frozenset[str] = frozenset()
    classification: str = ""
    currency: str = ""
    sections: Mapping[str, Any] = field(default_factory=dict)


def evaluate(cond: Mapping[str, Any], f: Facts, law: LawAsOf, here: Setting) -> Truth:
    """The truth of a checked condition for these facts."""
    form, spec = next((k, cond[k]) for k in _FORMS if k in cond)
    if form == "all":
        return all_of(*(evaluate(c, f, law, here) for c in spec))
    if form == "any":
        return any_of(*(evaluate(c, f, law, here) for c in spec))
    if form == "not":
        return not_(evaluate(spec, f, law, here))
    if form == "destination":
        return in_place(spec.get("countries", ()), spec.get("groups", ()), "destination", f, law, here)
    if form == "code":
        return has_code(spec, f, here)
    if form == "controlled_for":
        return _controlled(spec, f, law, here)
    if form == "value":
        return f.amount("item.value", spec["op"], str(spec["amount"]), spec.get("currency", here.currency))
    if form == "party":
        return _party(spec, f, law, here)
    if form == "fact":
        return _fact(cond, f, here)
    assert here.control_list is not None
    return evaluate_row(cond, f, here.control_list(law))


def in_place(countries: Any, groups: Any, path: str, f: Facts, law: LawAsOf, here: Setting) -> Truth:
    """Whether the place at a path is one of the countries or in one of the groups. A place counts as itself, as
    the country it is part of, and as the country whose row the law lets it read: the wider is the stricter."""
    place = f.get(path)
    countries = tuple(countries)
    if not isinstance(place, str):
        return Truth("UNKNOWN", frozenset((Ask(path, tuple((c, c) for c in countries[:8])),)))
    found = truth_of(place in countries or place.partition("-")[0] in countries)
    if found is YES:
        return YES
    if here.place is not None:
        scope = {k: list(v) for k, v in (("countries", countries), ("groups", groups)) if v}
        return here.place(scope, place, law, f, path) if scope else NO
    country = place.partition("-")[0]
    return any_of(*(truth_of(law.group(f"{here.prefix}.{g}").includes(country)) for g in groups))


def code_relation(pattern: str, code: str) -> bool | None:
    """Whether a code is, or lies under, what a pattern names; None when the code is too short to tell."""
    if not _wild(pattern):
        return Scope((pattern,)).relation(code)
    parts = code.split(".")
    if any(fnmatch.fnmatchcase(".".join(parts[: i + 1]), pattern) for i in range(len(parts))):
        return True
    fixed = pattern[: min(i for w in "*?[" if (i := pattern.find(w)) >= 0)]
    return None if fixed.startswith(code + ".") else False


def has_code(patterns: Any, f: Facts, here: Setting) -> Truth:
    """Whether the classification is under any of the patterns."""
    code = f.get(here.classification)
    named = tuple((p, p) for p in patterns if not _wild(p))[:8]
    ask = Truth("UNKNOWN", frozenset((Ask(here.classification, named),)))
    if not isinstance(code, str):
        return ask
    found = [code_relation(p, code) for p in patterns]
    return any_of(*(ask if r is None else truth_of(r) for r in found))


def _wild(pattern: str) -> bool:
    return any(c in pattern for c in "*?[")


def _controlled(reasons: Any, f: Facts, law: LawAsOf, here: Setting) -> Truth:
    code = f.get(here.classification)
    if not isinstance(code, str):
        return Truth("UNKNOWN", frozenset((Ask(here.classification),)))
    assert here.control_list is not None
    clist = here.control_list(law)
    rows = [r for r in clist.requirements(code) if r.reason in reasons]
    return any_of(*(clist.holds(r, code, f) for r in rows))


def _party(spec: Mapping[str, Any], f: Facts, law: LawAsOf, here: Setting) -> Truth:
    if f.get("parties") is None:
        return Truth("UNKNOWN", frozenset((Ask("parties"),)))
    return any_of(*(_one_party(p, spec, f, law, here) for p in f.parties(*spec.get("role", ()))))


def _one_party(p: PartyView, spec: Mapping[str, Any], f: Facts, law: LawAsOf, here: Setting) -> Truth:
    parts = []
    if "role" in spec:
        parts.append(p.is_in("role", spec["role"], strict=True))
    if "capacity" in spec:
        parts.append(p.is_in("capacity", spec["capacity"]))
    if "country" in spec or "groups" in spec:
        parts.append(in_place(spec.get("country", ()), spec.get("groups", ()), p.path("country"), f, law, here))
    parts += [p.truth(k) if v else not_(p.truth(k)) for k, v in spec.get("facts", {}).items()]
    return all_of(*parts)


def _fact(cond: Mapping[str, Any], f: Facts, here: Setting) -> Truth:
    path = cond["fact"]
    if "any_of" in cond:
        held = f.get(path)
        if held is None:
            return Truth("UNKNOWN", frozenset((Ask(path, tuple((str(v), (v,)) for v in cond["any_of"])),)))
        return truth_of(any(v in held for v in cond["any_of"]))
    if "op" in cond:
        known = here.vocabulary.get(path)
        return f.compare(path, cond["op"], str(cond["value"]), known.unit if known and known.kind == "quantity" else "")
    if "in" in cond:
        return f.is_in(path, tuple(cond["in"]))
    want = cond["is"]
    if isinstance(want, bool):
        return f.truth(path) if want else not_(f.truth(path))
    return f.is_in(path, (want,))


# -- checking -------------------------------------------------------------------------------------------------
def check(cond: Any, here: Setting, where: str = "when") -> Iterator[Fault]:
    """Faults of a condition: unknown forms and fields, facts, places, codes and values that do not exist."""
    if not isinstance(cond, Mapping) or not cond:
        yield where, _shown(cond), 'a condition, such as { destination = { countries = ["HK"] } }'
        return
    forms = ["fact"] if "fact" in cond else [k for k in cond if k in _FORMS]
    if len(forms) != 1:
        expected = f"one of {', '.join(_FORMS)}" + (
            "; join several by all = [ … ]" if len(forms) > 1 else _near(cond, _FORMS)
        )
        yield where, _shown(", ".join(map(str, cond))), expected
        return
    form, spec = forms[0], cond[forms[0]]
    inner = f"{where}.{form}"
    extra = set(cond) - {form} - ({"is", "in", "any_of", "op", "value", "unit"} if form == "fact" else set())
    if extra:
        yield f"{where}.{min(extra)}", "an unknown field", f"{form} alone"
    if form in ("all", "any"):
        if not isinstance(spec, list) or not spec:
            yield inner, _shown(spec), "a list of conditions, at least one"
            return
        for i, c in enumerate(spec):
            yield from check(c, here, f"{inner}[{i}]")
    elif form == "not":
        yield from check(spec, here, inner)
    elif form == "destination":
        yield from _check_keys(spec, ("countries", "groups"), inner)
        if isinstance(spec, Mapping):
            yield from check_countries(spec.get("countries", []), here, f"{inner}.countries")
            yield from check_groups(spec.get("groups", []), here, f"{inner}.groups")
    elif form == "code":
        yield from check_codes(spec, here, inner)
    elif form == "controlled_for":
        if here.control_list is None:
            yield inner, _shown(spec), "a jurisdiction with a control list of its own"
        yield from _check_choices(spec, here.reasons, "reasons for control", inner)
    elif form == "value":
        yield from _check_value(spec, inner)
    elif form == "party":
        yield from _check_party(spec, here, inner)
    elif form == "fact":
        yield from _check_fact(cond, here, where)
    elif here.control_list is None:
        yield inner, _shown(spec), "a jurisdiction with a control list of its own"
    else:
        yield from _check_row(form, spec, here, inner)


def check_countries(value: Any, here: Setting, where: str) -> Iterator[Fault]:
    yield from _check_choices(value, here.countries, "ISO 3166-1 alpha-2 codes", where)


def check_groups(value: Any, here: Setting, where: str) -> Iterator[Fault]:
    yield from _check_choices(value, here.groups, "country groups", where)


def check_codes(value: Any, here: Setting, where: str) -> Iterator[Fault]:
    if not isinstance(value, (list, tuple)) or not value or not all(isinstance(v, str) and v for v in value):
        yield where, _shown(value), 'a list of codes, such as ["6A002*", "3A001.b", "EAR99"]'
        return
    for v in value:
        if here.read_code and not _wild(v):
            normal, expected = here.read_code(v)
            if normal != v:
                yield where, _shown(v), f"{normal} (the law's spelling)" if normal else expected


def check_use(path: str, here: Setting, where: str) -> Iterator[Fault]:
    known = here.vocabulary.get(path)
    if known is None or known.kind != "bool" or "[]" in known.path:
        yield where, _shown(path), "a yes-or-no fact, such as end_use.military" + _nearest(path, here)


def _check_keys(spec: Any, known: tuple[str, ...], where: str) -> Iterator[Fault]:
    if not isinstance(spec, Mapping) or not spec:
        yield where, _shown(spec), f"a table with {', '.join(known)}"
        return
    for k in spec:
        if k not in known:
            yield f"{where}.{k}", "an unknown field", f"one of {', '.join(known)}{_near([k], known)}"


def _check_choices(value: Any, known: frozenset[str], what: str, where: str) -> Iterator[Fault]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        yield where, _shown(value), f"a list of {what}"
        return
    for v in value:
        if known and v not in known:
            yield where, _shown(v), f"one of the {what} of the edition{_near([v], known) or _some(known)}"


def _check_value(spec: Any, where: str) -> Iterator[Fault]:
    yield from _check_keys(spec, ("op", "amount", "currency"), where)
    if not isinstance(spec, Mapping):
        return
    yield from _check_op(spec.get("op"), f"{where}.op")
    yield from _check_number(spec.get("amount"), f"{where}.amount")
    currency = spec.get("currency", "XXX")
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isupper()):
        yield f"{where}.currency", _shown(currency), "an ISO 4217 code such as USD"


def _check_op(op: Any, where: str) -> Iterator[Fault]:
    if op not in OPS:
        yield where, _shown(op), "one of " + " ".join(OPS)


def _check_number(value: Any, where: str) -> Iterator[Fault]:
    try:
        good = not isinstance(value, bool) and Decimal(str(value)).is_finite()
    except InvalidOperation:
        good = False
    if not good:
        yield where, _shown(value), "a number"


def _check_party(spec: Any, here: Setting, where: str) -> Iterator[Fault]:
    yield from _check_keys(spec, _PARTY, where)
    if not isinstance(spec, Mapping):
        return
    for key in ("role", "capacity"):
        known = here.vocabulary.get(f"parties[].{key}")
        if key in spec:
            yield from _check_choices(
                spec[key], frozenset(known.choices if known else ()), f"{key} words", f"{where}.{key}"
            )
    if "country" in spec:
        yield from check_countries(spec["country"], here, f"{where}.country")
    if "groups" in spec:
        yield from check_groups(spec["groups"], here, f"{where}.groups")
    facts = spec.get("facts", {})
    if not isinstance(facts, Mapping):
        yield f"{where}.facts", _shown(facts), "a table such as { proscribed = true }"
        return
    for name, value in facts.items():
        known = here.vocabulary.get(f"parties[].{name}")
        if known is None or known.kind != "bool":
            yield (
                f"{where}.facts.{name}",
                "an unknown fact",
                f"a yes-or-no fact of a party{_nearest(f'parties[].{name}', here)}",
            )
        elif not isinstance(value, bool):
            yield f"{where}.facts.{name}", _shown(value), "true or false"


def _check_fact(cond: Mapping[str, Any], here: Setting, where: str) -> Iterator[Fault]:
    path = cond["fact"]
    known = here.vocabulary.get(path) if isinstance(path, str) else None
    if known is None:
        yield f"{where}.fact", _shown(path), f"a fact of the vocabulary (safeconduct facts){_nearest(str(path), here)}"
        return
    if known.path.startswith("parties["):
        yield f"{where}.fact", _shown(path), "no fact of a party here; use party = { … }"
        return
    tests = [k for k in ("is", "in", "any_of", "op") if k in cond]
    if len(tests) != 1:
        yield where, _shown(", ".join(tests) or "no test"), f"one of is, in, any_of, op beside {path}"
        return
    yield from _check_test(known, tests[0], cond, here, where)


def _check_test(fact: Fact, test: str, cond: Mapping[str, Any], here: Setting, where: str) -> Iterator[Fault]:
    value = cond[test]
    if fact.kind in ("text", "date", "money"):
        instead = {
            "text": "no text: names are matched by [[party]]",
            "date": "from and until of the entry",
            "money": "value = { … }",
        }
        yield f"{where}.fact", _shown(fact.path), instead[fact.kind]
    elif fact.kind == "bool":
        if test != "is" or not isinstance(value, bool):
            yield f"{where}.{test}", _shown(value), f"is = true or is = false: {fact.path} is yes or no"
    elif fact.kind in ("quantity", "number", "int", "percent"):
        if test != "op":
            yield (
                f"{where}.{test}",
                _shown(value),
                f'op and value, such as op = ">", value = 9: {fact.path} is a number',
            )
            return
        yield from _check_op(value, f"{where}.op")
        yield from _check_number(cond.get("value"), f"{where}.value")
        if cond.get("unit", fact.unit) != fact.unit:
            yield f"{where}.unit", _shown(cond["unit"]), f"{fact.unit or 'no unit'}, the unit of {fact.path}"
    elif fact.kind == "list":
        if test != "any_of" or not isinstance(value, list) or not value:
            yield f"{where}.{test}", _shown(value), f"any_of = [ … ]: {fact.path} is a list"
        elif fact.type == "list of country":
            yield from check_countries(value, here, f"{where}.any_of")
    else:
        values = value if test == "in" else [value]
        if test not in ("is", "in") or not isinstance(values, list) or not values:
            yield f"{where}.{test}", _shown(value), "is = … or in = [ … ]"
        elif fact.choices:
            yield from _check_choices(values, frozenset(fact.choices), f"words of {fact.path}", f"{where}.{test}")
        elif fact.kind == "country":
            yield from check_countries(values, here, f"{where}.{test}")


def _check_row(form: str, spec: Any, here: Setting, where: str) -> Iterator[Fault]:
    if form == "agent":
        yield from _check_choices(spec, frozenset(), "agents", where)
        return
    if not isinstance(spec, Mapping):
        yield where, _shown(spec), "a table"
    elif form == "for":
        yield from _check_keys(spec, ("in", "out", "reason", "only"), where)
        yield from check_codes(spec.get("in"), here, f"{where}.in")
    else:
        yield from _check_keys(spec, ("reason", "entries"), where)
        yield from _check_choices([spec.get("reason")], here.reasons, "reasons for control", f"{where}.reason")


def _nearest(path: str, here: Setting) -> str:
    near = here.vocabulary.nearest(path, 2)
    return f"; nearest: {', '.join(near)}" if near else ""


def _near(given: Any, known: Any) -> str:
    near = difflib.get_close_matches(str(next(iter(given), "")), list(known), n=1, cutoff=0.5)
    return f" (did you mean {near[0]}?)" if near else ""


def _some(known: frozenset[str]) -> str:
    few = sorted(known)
    return f" ({', '.join(few[:8])}{' …' if len(few) > 8 else ''})"


def _shown(value: object) -> str:
    text = f"'{value}'" if isinstance(value, str) else "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def named_places(cond: Any) -> Iterator[str]:
    """Every text in a condition: what bulk answers must keep apart (places and codes among them)."""
    if isinstance(cond, str):
        yield cond
    elif isinstance(cond, Mapping):
        for v in cond.values():
            yield from named_places(v)
    elif isinstance(cond, (list, tuple)):
        for v in cond:
            yield from named_places(v)


__all__ = [
    "Setting", "check", "check_codes", "check_countries", "check_groups", "check_use", "code_relation", "evaluate",
    "has_code", "in_place", "named_places",
]  # fmt: skip
