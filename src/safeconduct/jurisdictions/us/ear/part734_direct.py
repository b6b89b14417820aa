"""The foreign direct product rules of 734.9(b) to (l).

Each row of ``us.fdp_rules`` gives one rule: what the foreign item must be (``item``), of which technology or software
it must be the direct product (``input``), or the direct product of which a plant or major component of one must be
(``plant``), and the destinations or parties it reaches (``dest``, ``party``). A rule applies when all scopes do.
Read in the text of 2026-09-01; a model certificate (734 Supp. 1) helps to know the facts and changes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from safeconduct.jurisdictions.us.common import (
    TRANSACTION_PARTIES,
    ccl,
    code,
    country_of,
    destination,
    in_groups,
    is_eccn,
    reading_country,
    series_of,
)
from safeconduct.jurisdictions.us.ear.foreign import made_and_left_abroad
from safeconduct.jurisdictions.us.ear.lists import for_any, has_footnote
from safeconduct.jurisdictions.us.ear.part746_shared import in_supplement
from safeconduct.jurisdictions.us.listings import entry
from safeconduct.law import LawAsOf, Rule, Scope, read_since, rule
from safeconduct.law.control_list import covers, entry_of
from safeconduct.model import NO, YES, Ask, Block, Effect, Facts, Truth, all_of, any_of, truth_of
from safeconduct.model.facts import PartyView

FOOTNOTE: Final = {"e1": "1", "e2": "4", "e3": "5", "g": "3"}
TITLES: Final = {
    "b": "national security", "c": "9x515", "d": "600 series", "e1": "Entity List footnote 1", "e2": "Entity List footnote 4",
    "e3": "Entity List footnote 5 and advanced-node fabs", "f": "Russia, Belarus and Crimea",
    "g": "Russian and Belarusian military end users and procurement", "h": "advanced computing", "i": "supercomputer",
    "j": "Iran", "k": "semiconductor manufacturing equipment", "l": "model weights",
}  # fmt: skip


def footnote_party(f: Facts, law: LawAsOf, footnote: str) -> Truth:
    """Whether a party to the transaction is listed with a footnote, or a thing made, bought or ordered by such an
    entity will take the item in."""
    found = []
    for p in f.parties(*TRANSACTION_PARTIES):
        found.append(_listed_with(p, f, law, footnote))
    used = f.get("end_use.for_entities_with_footnote")
    found.append(
        f.is_in("end_use.for_entities_with_footnote", ()) if used is None else truth_of(footnote in used)
    )  # fmt: skip
    return any_of(*found)


def _listed_with(p: PartyView, f: Facts, law: LawAsOf, footnote: str) -> Truth:
    if p.screened is not YES:
        return p.screened
    own = any_of(*(has_footnote(x, law, footnote) for x in p.listed_on("us.entity_list")))
    return own if own is YES else any_of(own, _owned_with(p, f, law, footnote))


def _owned_with(p: PartyView, f: Facts, law: LawAsOf, footnote: str) -> Truth:
    """The sentences at the end of 734.9(e) and (g): a foreign entity that listed ones own by half or more, one of
    them with the footnote. Stayed from 2025-11-10 to 2026-11-09; the days are those of 744.11(a)(1)."""
    # part744_ownership reads 744.11, whose rules ask this module.
    from safeconduct.jurisdictions.us.ear import part744_ownership as ownership

    version = law.value(ownership.AFFILIATES)
    if version is None or p.get("country") == "US":
        return NO
    owners = ownership.owners_of(f, p)
    if owners is None:
        return NO if f.diligent else Truth("UNKNOWN", frozenset((Ask(p.path("owners")),)))
    held = ownership.holdings(owners, law, ("us.entity_list",))
    marks = [entry(x, law).footnotes for h in held for x in h.listings]
    if held and not any(m is None or footnote in m for m in marks) and all(h.listings for h in held):
        return NO
    if not held:
        return NO
    return ownership.half_owned(p, owners, held, Decimal(version.value), diligent=f.diligent)


def _destination(row: Mapping[str, Any], f: Facts, law: LawAsOf) -> Truth:
    """The country, destination, end-use or end-user scope of a rule."""
    spec, name = row["dest"], row["rule"]
    place = destination(f)
    country = reading_country(place, law)
    fab = spec.get("fab")
    if name in FOOTNOTE:
        party = footnote_party(f, law, FOOTNOTE[name])
        if fab:
            near = _in(fab, place, country, law)
            party = any_of(party, all_of(near, f.truth("end_use.advanced_node_ic")))
        return party
    if name in ("h", "l"):
        return YES
    there = _in(spec, place, country, law)
    if name in ("f", "i", "j"):
        meant = f.get("end_use.part_of_items_for")
        inside = (
            f.is_in("end_use.part_of_items_for", ())
            if meant is None
            else truth_of(any(x in spec["countries"] or country_of(x) in spec["countries"] for x in meant))
        )
        if name == "i":
            return all_of(any_of(there, inside), f.truth("end_use.supercomputer"))
        there = any_of(there, inside)
    if name == "j":
        there = any_of(there, *(_government_of(p, "IR") for p in f.parties(*TRANSACTION_PARTIES)))
    return there


def _government_of(p: PartyView, country: str) -> Truth:
    if p.get("country") != country:
        return NO
    return p.is_in("capacity", ("government", "armed_forces", "police", "intelligence", "state_owned"))


def _in(spec: Mapping[str, Any], place: str | None, country: str | None, law: LawAsOf) -> Truth:
    if place is None:
        return Truth("UNKNOWN", frozenset((Ask("destination"),)))
    named = spec.get("countries", ())
    return any_of(
        truth_of(
            place in named or (country in named and place == country_of(place)) or ("CN" in named and place == "HK")
        ),
        in_groups(country, law, spec["groups"]) if spec.get("groups") else NO,
    )


def _item(spec: Mapping[str, Any], f: Facts, law: LawAsOf) -> Truth:
    """Whether the foreign item is what the rule speaks of."""
    if spec.get("any"):
        return YES
    c = code(f)
    if c is None:
        return Truth("UNKNOWN", frozenset((Ask("item.classification.us"),)))
    # The rows write ``us.746_supp6``, the tables are named ``us.746.supp6``.
    supplements = [t.replace("_supp", ".supp") for t in spec.get("lists", ())]
    found: list[Truth] = []
    if is_eccn(c):
        clist = ccl(law)
        if spec.get("any_eccn"):
            return YES
        if int(c[0]) in spec.get("categories", ()):
            return YES
        if series_of(c) in spec.get("series", ()):
            return YES
        found += [clist.in_scope(Scope.of(s), c) for s in spec.get("scopes", ())]
        for e in spec.get("entries", ()):
            if entry_of(c) == e["code"]:
                found.append(for_any(e["for"], f, clist) if e["for"] else YES)
        if spec.get("reason"):
            rows = [r for r in clist.requirements(c) if r.reason == spec["reason"]]
            found += [clist.holds(r, c, f) for r in rows]
    return any_of(*found, *(in_supplement(f, law, t) for t in supplements))


def _matches(spec: Mapping[str, Any] | None, given: str, law: LawAsOf) -> bool:
    """Whether technology or software of a classification is of the kind a rule names. What it is *for* is not told
    of an input, so an input that the rule names for some items only is taken to be for those."""
    if spec is None or not is_eccn(given):
        return False
    if "plant_holds" in spec:
        return any(covers(x, given) or covers(given, x) for x in spec["plant_holds"])
    if "entries" in spec:
        return any(entry_of(given) == e["code"] for e in spec["entries"])
    ok = given[1] in spec.get("groups", ("D", "E"))
    if "categories" in spec:
        ok = ok and int(given[0]) in spec["categories"]
    if "series" in spec:
        ok = ok and series_of(given) == spec["series"]
    if spec.get("assurance"):
        ok = ok and any(r.reason == spec["reason"] for r in ccl(law).requirements(given))
    return ok


def _route(f: Facts, path: str, spec: Mapping[str, Any] | None, law: LawAsOf) -> Truth:
    if spec is None:
        return NO
    given: Sequence[str] | None = f.get(path)
    if given is None:
        return Truth("UNKNOWN", frozenset((Ask(path, (("none", ()),)),)))
    return truth_of(any(_matches(spec, x, law) for x in given))


def applies(row: Mapping[str, Any], f: Facts, law: LawAsOf) -> Truth:
    """Whether one direct product rule makes the item subject: all its scopes, the cheap ones first."""
    item = _item(row["item"], f, law)
    if item is NO:
        return NO
    there = _destination(row, f, law)
    if there is NO:
        return NO
    plant_item = _item(row["item"]["plant_route"], f, law) if "plant_route" in row["item"] else item
    routes = [
        all_of(item, _route(f, "item.produced_with.technology", row["input"], law)),
        all_of(plant_item, _route(f, "item.produced_with.plant", row["plant"], law)),
    ]
    if row["contains_ic"]:
        routes.append(all_of(item, f.truth("item.produced_with.contains_ic_from_such_plant")))
    if row["rule"] == "l":
        routes.append(all_of(item, _route(f, "item.trained_on", row["plant"], law)))
    return all_of(there, any_of(*routes))


def _rows(law: LawAsOf) -> Mapping[str, Mapping[str, Any]]:
    return {r["rule"]: r for r in law.rows("us.fdp_rules")}


def by_direct_rule(f: Facts, law: LawAsOf, name: str) -> Truth:
    """Whether the rule of 734.9 (``e1``, ``g``, ``h``…) makes the item subject."""
    abroad = made_and_left_abroad(f)
    return NO if abroad is NO else all_of(abroad, applies(_rows(law)[name], f, law))


def subject_by_direct_rules(f: Facts, law: LawAsOf) -> Truth:
    """Whether any rule of 734.9 makes the item subject."""
    return any_of(*(applies(row, f, law) for row in law.rows("us.fdp_rules")))


def _direct_rule(name: str) -> Rule:
    paragraph = f"({name[0]})" + (f"({name[1]})" if len(name) > 1 else "")

    def fn(f: Facts, law: LawAsOf) -> Iterator[Effect]:
        when = by_direct_rule(f, law, name)
        if when is not NO:
            yield Block(
                bars=("not_subject",),
                when=when,
                says="us.734.9",
                args=(("rule", TITLES[name]), ("paragraph", paragraph)),
            )

    fn.__doc__ = f"A foreign-made item is subject to the EAR under the {TITLES[name]} direct product rule."
    # 90 FR 47211 (2025-09-30) is the newest amendment the section cites.
    made = rule(f"us.ear.734.9.{'.'.join(name)}", cites=(f"15 CFR 734.9{paragraph}",),
                in_force=read_since("2025-09-30", source="90 FR 47211"))  # fmt: skip
    return made(fn)


DIRECT_RULES: Final = tuple(_direct_rule(name) for name in TITLES)
