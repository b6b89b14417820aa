"""An organization's own records: they add to an answer, never take from it, and a fault in them stops everything."""

from __future__ import annotations

import json
import random
import re
import textwrap
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.determination.random_facts import COUNTRIES, codes, random_cells
from tests.determination.random_facts import session as plain_session

from safeconduct.acts.check import check
from safeconduct.acts.determine import determine
from safeconduct.acts.session import Session
from safeconduct.cli.main import main
from safeconduct.determination import OUTCOMES, Engine
from safeconduct.determination.tables import PlainTable
from safeconduct.law.overlay import CELL, NAMED, REFUSED, HouseMatch, _only_adds, overlaid
from safeconduct.lawdata import embedded_folder
from safeconduct.lawdata.overlay import OverlayError, read_overlay
from safeconduct.model import Block, Lift, Prohibition, Question, Requirement, unknown
from safeconduct.records import RecordStore
from safeconduct.records.chain import redact

HEADER = """
[overlay]
name = "Example Instruments, house rules"
jurisdiction = "US"
author = "R. Doe, export office"
"""
BASE: dict[str, Any] = {
    "id": "1", "date": "2026-08-03", "activity": "export", "exported_from": "US", "destination": "DE", "diligence": "complete",
    "red_flags": [], "informed": [], "item": {"classification": {"us": "EAR99"}, "origin": "US", "kind": "commodity",
                                              "value": {"amount": "900", "currency": "USD"}},
    "parties": [{"role": "end_user", "name": "Harmless Pumps GmbH", "country": "DE", "listed": [], "capacity": "private"}],
}  # fmt: skip


def write(folder: Path, text: str, name: str = "records.toml", header: str = HEADER) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "overlay.toml").write_text(header, "utf-8")
    (folder / name).write_text(textwrap.dedent(text), "utf-8")
    return folder


def open_with(folder: Path, text: str) -> Session:
    return Session(embedded_folder(), overlay=write(folder, text))


def ask(session: Session, **changes: Any) -> dict[str, Any]:
    return determine(session, BASE | changes)


def only(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["determinations"][0]
    return found


def faults(folder: Path, text: str, header: str = HEADER) -> list[str]:
    with pytest.raises(OverlayError) as e:
        Session(embedded_folder(), overlay=write(folder, text, header=header))
    return [str(f) for f in e.value.faults]


def party(**fields: Any) -> list[dict[str, Any]]:
    return [BASE["parties"][0] | fields]


def item(code: str, amount: str = "900") -> dict[str, Any]:
    return BASE["item"] | {"classification": {"us": code}, "value": {"amount": amount, "currency": "USD"}}


# -- what each record does ----------------------------------------------------------------------------------------
RULE = """
[[rule]]
name = "no_hong_kong_cameras"
date = 2026-01-15
from = 2026-02-01
until = 2027-01-01
effect = "{effect}"
says = "Thermal cameras to Hong Kong go only with the board's leave {{in writing}}."
when = {{ all = [ {{ destination = {{ countries = ["HK"] }} }}, {{ code = ["6A993*", "6A003.b"] }} ] }}
"""


@pytest.mark.parametrize(
    ("day", "code", "place", "outcome"),
    [
        ("2026-01-31", "6A993.a", "HK", None),  # the day before
        ("2026-08-03", "6A993.a", "HK", "license_required"),
        ("2026-12-31", "6A993.a", "HK", "license_required"),  # the last day
        ("2027-01-01", "6A993.a", "HK", None),  # until is not included
        ("2026-08-03", "6A994", "HK", None),
        ("2026-08-03", "6A993.a", "DE", None),
    ],
)
def test_a_rule_adds_a_requirement_on_its_days_and_nowhere_else(
    tmp_path: Path, day: str, code: str, place: str, outcome: str | None
) -> None:
    session = open_with(tmp_path / "o", RULE.format(effect="requirement"))
    request = {"date": day, "destination": place, "item": item(code), "parties": party(country=place)}
    without = ask(plain_session(), **request)
    answer = ask(session, **request)
    assert answer["outcome"] == (outcome or without["outcome"])
    mine = [r for r in only(answer)["requirements"] if r["rule"] == "us.house.no_hong_kong_cameras"]
    assert bool(mine) is (outcome is not None)
    if mine:
        assert mine[0]["cites"] == [
            "house record records.toml, rule 1 no_hong_kong_cameras, 2026-01-15, R. Doe, export office"
        ]
        assert mine[0]["says"].endswith("leave {in writing}.")  # braces are a person's own
        assert [d["duty"] for d in only(answer)["duties"] if d["duty"] == "apply_for_license"] == []
        assert any(d["duty"] == "house_release" for d in only(answer)["duties"])


def test_a_prohibition_prohibits_and_no_exception_lifts_a_requirement(tmp_path: Path) -> None:
    request = {"destination": "HK", "item": item("6A993.a"), "parties": party(country="HK")}
    session = open_with(tmp_path / "p", RULE.format(effect="prohibition"))
    assert ask(session, **request)["outcome"] == "prohibited"
    always = open_with(
        tmp_path / "a",
        '[[rule]]\nname = "all"\ndate = 2026-01-01\neffect = "requirement"\nsays = "x"\nwhen = "always"\n',
    )
    claims = {"item": item("3A001.a.2", "100"), "destination": "TW", "parties": party(country="TW")}
    assert ask(plain_session(), **claims)["outcome"] != "no_license_required"
    assert ask(always, **claims)["outcome"] == "license_required"
    # It also reaches what the law does not.
    book = {"item": BASE["item"] | {"published": True, "kind": "technology"}}
    assert ask(plain_session(), **book)["outcome"] == "not_subject"
    assert ask(always, **book)["outcome"] == "license_required"


QUESTION = """
[[rule]]
name = "large_orders"
date = 2026-01-01
effect = "question"
says = "Orders above 25,000 dollars to arms-embargoed countries are looked at first."
ask = "Has the export office approved this order?"
when = { all = [ { destination = { groups = ["D:1", "D:5"] } }, { value = { op = ">", amount = "25000", currency = "USD" } } ] }
"""


@pytest.mark.parametrize(
    ("amount", "approved", "outcome"),
    [("25000", None, "no_license_required"), ("25000.01", None, "undetermined"), ("30000", True, "no_license_required"),
     ("30000", False, "undetermined")],
)  # fmt: skip
def test_a_question_holds_until_its_fact_is_stated(
    tmp_path: Path, amount: str, approved: bool | None, outcome: str
) -> None:
    session = open_with(tmp_path / "o", QUESTION)
    request: dict[str, Any] = {"destination": "CN", "item": item("EAR99", amount), "parties": party(country="CN")}
    if approved is not None:
        request["facts"] = {"house": {"large_orders": approved}}
    answer = ask(session, **request)
    assert answer["outcome"] == outcome
    if approved is None and outcome == "undetermined":
        q = next(q for q in only(answer)["questions"] if q["fact"] == "facts.house.large_orders")
        assert q["ask"] == "Has the export office approved this order?"
        assert q["if"] == {"yes": "no_license_required", "no": "undetermined"}
    # The same fact means nothing without the record that asks for it.
    if approved:
        assert ask(plain_session(), **request)["outcome"] == "undetermined"


LETTER = """
[[letter]]
name = "bis_2026_017"
date = 2026-03-02
until = 2027-03-02
section = "744.21(b)"
covers = { items = ["3A991*", "EAR99"], destinations = ["CN", "D:5"], parties = ["Harmless Optics Institute"] }
"""


def test_a_letter_raises_the_requirement_of_its_section_for_what_it_covers(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", LETTER)
    named = {"destination": "CN", "parties": party(country="CN", name="The Harmless Optics Institute")}
    assert ask(plain_session(), **named)["outcome"] == "no_license_required"
    assert ask(session, **named)["outcome"] == "undetermined"  # a name alone must be decided
    sure = ask(session, **named | {"parties": party(country="CN", name="Harmless Optics Institute", house_match=True)})
    assert sure["outcome"] == "license_required"
    assert only(sure)["requirements"][0]["reason"] == "744.21(b)"
    assert only(sure)["requirements"][0]["cites"][0] == "15 CFR 744.21(b)"
    other = {"parties": party(country="CN", name="Harmless Optics Institute", house_match=False), "destination": "CN"}
    assert ask(session, **other)["outcome"] == "no_license_required"
    assert (
        ask(session, **named | {"date": "2027-03-02"})["outcome"]
        == ask(plain_session(), **named | {"date": "2027-03-02"})["outcome"]
    )
    assert ask(session, **named | {"destination": "FR"})["outcome"] == "no_license_required"
    nameless = {k: v for k, v in BASE["parties"][0].items() if k != "name"} | {"country": "CN"}
    assert ask(session, destination="CN", parties=[nameless])["outcome"] == "undetermined"


REFUSED_PARTY = """
[[party]]
name = "Brittle Trading FZE"
aliases = ["Brittle General Trading"]
country = "AE"
ids = ["AE-CN-1234567"]
date = 2026-04-20
decision = "refused"
says = "Would not name the end user twice."

[[party]]
name = "Acme Laboratories GmbH"
country = "DE"
date = 2026-05-01
until = 2026-09-01
decision = "approved"
says = "Audited on site."
"""


@pytest.mark.parametrize(
    ("fields", "outcome", "how"),
    [
        ({"name": "Brittle Trading", "country": "AE"}, "license_required", "name_and_country"),
        ({"name": "BRITTLE  general trading, fze", "country": "AE"}, "license_required", "name_and_country"),
        ({"name": "Brittle Trading FZE", "country": "DE"}, "undetermined", "name"),
        ({"name": "Quite Another", "country": "DE", "identifiers": ["aecn 1234567"]}, "license_required", "id"),
        ({"name": "Quite Another", "country": "DE", "identifiers": ["aecn 1234567"], "house_match": False}, "license_required", "id"),
        ({"name": "Brittle Trading", "country": "AE", "house_match": False}, "no_license_required", "name_and_country"),
        ({"name": "Brittle Trading", "country": "DE", "house_match": True}, "license_required", "name"),
        ({"name": "Owned Ltd", "country": "DE", "owners": [{"name": "Brittle Trading FZE", "share": 10, "listed": []}]}, "undetermined", "owner"),
        ({"name": "Brittle Traders", "country": "AE"}, "no_license_required", None),
    ],
)  # fmt: skip
def test_a_refused_party_stops_the_line(tmp_path: Path, fields: dict[str, Any], outcome: str, how: str | None) -> None:
    answer = ask(open_with(tmp_path / "o", REFUSED_PARTY), parties=party(**fields))
    assert answer["outcome"] == outcome
    found = answer["house"]["parties"]
    assert (found[0]["candidates"][0]["how"] if found else None) == how
    house = [r for r in only(answer)["requirements"] if r["rule"] == "us.house.parties"]
    assert "Brittle" not in json.dumps(house)  # cited by the record's id, so that a pseudonymized export stays so


def test_a_refusal_holds_from_its_day(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", REFUSED_PARTY)
    refused = party(name="Brittle Trading", country="AE")
    for day, stopped in (("2026-04-19", False), ("2026-04-20", True)):
        found = ask(session, parties=refused, date=day)["house"]["parties"]
        assert bool(found) is stopped


def test_an_approval_is_a_note_and_releases_nothing(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", REFUSED_PARTY)
    approved = party(name="ACME Laboratories")
    answer = ask(session, parties=approved)
    assert [n["says"] for n in answer["house"]["notes"]] == ["Audited on site. (a note: it releases nothing)"]
    assert ask(session, parties=approved, date="2026-09-01")["house"]["notes"] == []
    bad = {"destination": "RU", "parties": approved, "item": item("3A001.a.2")}
    assert only(ask(session, **bad))["requirements"] == only(ask(plain_session(), **bad))["requirements"]


def test_a_request_cannot_state_what_the_records_say(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", REFUSED_PARTY)
    for lie in ({"house": []}, {"house": None}, {"listed": [{"list": "house.refused", "status": "false_positive"}]}):
        answer = ask(session, parties=party(name="Brittle Trading", country="AE", **lie))
        assert answer["outcome"] == "license_required"


def test_check_records_the_overlay_and_its_export_can_be_pseudonymized(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", REFUSED_PARTY)
    store = RecordStore(tmp_path / "r.sqlite3")
    answer = check(session, BASE | {"parties": party(name="brittle trading", country="AE")}, store=store)
    assert answer["editions"]["overlay"] == "Example Instruments, house rules"
    assert answer["editions"]["overlay_digest"].startswith("sha256:")
    assert "overlay" not in check(plain_session(), BASE, record=False)["editions"]
    content = next(iter(store)).content
    assert "brittle" not in json.dumps(redact(content)).casefold()


# -- never better ---------------------------------------------------------------------------------------------------
def random_overlay(r: random.Random, folder: Path) -> Path:
    def some(values: Any, most: int = 3) -> list[str]:
        return r.sample(list(values), r.randrange(1, min(most, len(values)) + 1))

    def condition(depth: int = 0) -> str:
        kind = r.randrange(10 if depth < 2 else 7)
        places = json.dumps(some([c for c in COUNTRIES if "-" not in c]))
        if kind == 0:
            return f"{{ destination = {{ countries = {places} }} }}"
        if kind == 1:
            return f"{{ destination = {{ groups = {json.dumps(some(['A:1', 'A:5', 'D:1', 'D:5', 'B', 'E:1']))} }} }}"
        if kind == 2:
            return f"{{ code = {json.dumps(some(['EAR99', '3A*', '6A00?', '*', *(r.choice(codes()) for _ in range(3))]))} }}"
        if kind == 3:
            return f'{{ value = {{ op = "{r.choice(("<", ">", ">="))}", amount = {r.choice((0, 3000, 1e6))} }} }}'
        if kind == 4:
            return f"{{ party = {{ role = {json.dumps(some(['end_user', 'purchaser']))}, capacity = {json.dumps(some(['police', 'private', 'government']))} }} }}"
        if kind == 5:
            return f"{{ controlled_for = {json.dumps(some(['NS', 'MT', 'AT', 'CB']))} }}"
        if kind == 6:
            path = r.choice(("end_use.military", "end_use.missile", "item.published", "item.traits.food"))
            return f'{{ fact = "{path}", is = {r.choice(("true", "false"))} }}'
        if kind == 7:
            return f"{{ not = {condition(depth + 1)} }}"
        return f"{{ {r.choice(('all', 'any'))} = [ {condition(depth + 1)}, {condition(depth + 1)} ] }}"

    text = ""
    for n in range(r.randrange(5)):
        effect = r.choice(("requirement", "prohibition", "question"))
        asks = 'ask = "?"\n' if effect == "question" else ""
        days = r.choice(("", "until = 2026-08-04\n", "from = 2026-08-03\n"))
        text += f'[[rule]]\nname = "r{n}"\ndate = 2025-01-01\n{days}effect = "{effect}"\nsays = "s"\n{asks}when = {condition()}\n'
    for n in range(r.randrange(3)):
        covers = [
            f"items = {json.dumps(some(['EAR99', '3A*', '9A012']))}",
            f"destinations = {json.dumps(some(['CN', 'RU', 'D:5', 'A:1']))}",
            f"uses = {json.dumps(some(['end_use.military', 'end_use.missile']))}",
            'parties = ["Harmless Pumps"]',
        ]
        said = ", ".join(r.sample(covers, r.randrange(1, 4)))
        text += f'[[letter]]\nname = "l{n}"\ndate = 2025-01-01\nsection = "{r.choice(("744.21(b)", "744.6(c)(1)", "744.3(b)"))}"\ncovers = {{ {said} }}\n'
    for effect in some(("requirement", "prohibition", "question"), 2) if r.random() < 0.7 else ():
        text += f'[[party]]\nname = "Brittle {effect}"\ndate = 2025-01-01\ndecision = "refused"\neffect = "{effect}"\n'
    text += '[[party]]\nname = "Fine"\ndate = 2025-01-01\ndecision = "approved"\n'
    return write(folder, text)


def held_against(cells: dict[str, Any], session: Session, r: random.Random) -> dict[str, Any]:
    """The line with some of its parties matched, in every way a match can be."""
    overlay = session.overlay
    assert overlay is not None
    out = dict(cells)
    for i in range(cells.get("parties") or 0):
        if r.random() < 0.2:
            continue
        matches = [
            HouseMatch(REFUSED, p.id, r.choice(("id", "name", "name_and_country", "owner"))) for p in overlay.parties
        ]
        matches += [HouseMatch(NAMED, x.name, "name") for x in overlay.letters if x.parties]
        out[f"parties[{i}].{CELL}"] = tuple(m for m in matches if r.random() < 0.3)
        if r.random() < 0.3:
            out[f"parties[{i}].house_match"] = r.random() < 0.5
    return out


def never_better(seed: int, folder: Path, lines: int) -> None:
    r = random.Random(seed)
    session = Session(embedded_folder(), overlay=random_overlay(r, folder))
    plain = plain_session()
    bulk = Session(embedded_folder(), overlay=folder, bulk=True)
    for _ in range(lines):
        cells = random_cells(r.randrange(10**9))
        more = held_against(cells, session, r)
        without = plain.engine.determine(plain.engine.facts(dict(cells)), "US").outcome
        with_it = session.engine.determine(session.engine.facts(dict(more)), "US").outcome
        assert OUTCOMES.index(with_it) <= OUTCOMES.index(without), (seed, with_it, without, cells)
        assert bulk.engine.determine(bulk.engine.facts(dict(more)), "US").outcome == with_it, (seed, more)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_with_any_overlay_no_answer_is_better(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    never_better(seed, tmp_path_factory.mktemp("o") / "overlay", 25)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_with_any_overlay_no_answer_is_better_at_length(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    never_better(seed, tmp_path_factory.mktemp("o") / "overlay", 60)


def test_the_laws_own_rules_stay_and_the_houses_may_only_add(tmp_path: Path) -> None:
    manifest = plain_session().engine.manifests["US"]
    with_it = overlaid(
        manifest, read_overlay(write(tmp_path / "o", RULE.format(effect="requirement") + LETTER + REFUSED_PARTY))
    )
    assert with_it.rules[: len(manifest.rules)] == manifest.rules
    assert [r.id for r in with_it.rules[len(manifest.rules) :]] == [
        "us.house.no_hong_kong_cameras", "us.house.bis_2026_017", "us.house.parties",
    ]  # fmt: skip
    law = plain_session().engine.law
    wrong = (
        Lift(symbol="GBS"), Block(), Requirement(reason="x"), Requirement(reason="x", survives=("GBS",)), Question(),
        Question(hold=True, then=(Lift(symbol="x"),)), Prohibition(when=unknown("a")),
    )  # fmt: skip
    for effect in wrong:
        with pytest.raises(TypeError, match="may only add"):
            list(_only_adds(lambda f, day, e=effect: iter([e]))(None, law))  # type: ignore[misc, arg-type]


# -- faults ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[rule]]\nname = "No HK"\n', "records.toml: rule 1 ('No HK'): name: given 'No HK', expected small letters"),
        ('[[rule]]\nname = "a"\n', "date: given nothing, expected the day of the decision"),
        ('[[rule]]\nname = "a"\ndate = "2026-01-01"\n', "date: given '2026-01-01', expected a day without quotes"),
        ('[[rule]]\nname = "a"\ndate = 2026-01-01\nuntil = 2026-01-01\n', "until: given 2026-01-01, expected a day after"),
        ('[[rule]]\nname = "a"\neffect = "lift"\n', "effect: given 'lift', expected one of requirement, prohibition, question"),
        ('[[rule]]\nname = "a"\neffect = "question"\n', "ask: given nothing"),
        ('[[rule]]\nname = "a"\nsurvives = ["GBS"]\n', "survives: given an unknown field"),
        ('[[exception]]\nname = "a"\n', "records.toml: exception: given an unknown table"),
        ('[[rules]]\nname = "a"\n', "did you mean [[rule]]?"),
        ("rule = 3\n", "rule: given an unknown table"),
        ("[[rule]\n", "records.toml: given what is not TOML"),
        ('[[letter]]\nname = "a"\ncovers = { items = [] }\n', "covers.items: given an empty list"),
        ('[[letter]]\nname = "a"\ncovers = { item = ["EAR99"] }\n', "covers.item: given an unknown field"),
        ('[[party]]\nname = "..."\n', "name: given '...', expected a name with a letter or digit"),
        ('[[party]]\nname = "A"\ndecision = "blocked"\n', "decision: given 'blocked', expected one of refused, approved"),
        ('[[party]]\nname = "A"\ncountry = "Germany"\n', "country: given 'GERMANY'"),
        ('[[party]]\nname = "A"\nids = ["1"]\n', "ids: given '1', expected an identifier of at least four"),
    ],
)  # fmt: skip
def test_faults_of_form_name_file_entry_field_and_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    found = faults(tmp_path / "o", text)
    assert any(expected in f for f in found), found


WHEN = '[[rule]]\nname = "a"\ndate = 2026-01-01\neffect = "requirement"\nsays = "s"\nwhen = {}\n'


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ('{ destination = { countries = ["UK"] } }', "when.destination.countries: given 'UK'"),
        ('{ destination = { groups = ["D:9"] } }', "when.destination.groups: given 'D:9'"),
        ('{ destination = { country = ["DE"] } }', "when.destination.country: given an unknown field"),
        ('{ code = ["6a003"] }', "when.code: given '6a003', expected 6A003 (the law's spelling)"),
        ('{ code = ["9Z999"] }', "when.code: given '9Z999'"),
        ("{ code = [] }", "when.code: given []"),
        ('{ fact = "end_use.militry", is = true }', "nearest: end_use.military"),
        ('{ fact = "end_use.military", is = "yes" }', "is = true or is = false"),
        ('{ fact = "item.description", is = "x" }', "names are matched by [[party]]"),
        ('{ fact = "parties[].capacity", is = "police" }', "use party = {"),
        ('{ fact = "item.parameters.frame_rate", op = ">", value = "nine" }', "when.value: given 'nine', expected a number"),
        ('{ fact = "item.parameters.frame_rate", op = ">", value = 9, unit = "kHz" }', "when.unit: given 'kHz', expected Hz"),
        ('{ fact = "date", is = "x" }', "from and until of the entry"),
        ('{ controlled_for = ["XX"] }', "when.controlled_for: given 'XX'"),
        ('{ value = { op = "=>", amount = 3 } }', "when.value.op: given '=>'"),
        ('{ value = { op = ">", amount = "12k" } }', "when.value.amount: given '12k', expected a number"),
        ('{ value = { op = ">", amount = nan } }', "when.value.amount: given nan"),
        ('{ party = { capacity = ["cop"] } }', "when.party.capacity: given 'cop'"),
        ('{ party = { facts = { proscribd = true } } }', "when.party.facts.proscribd"),
        ("{ all = [] }", "when.all: given []"),
        ('{ any = [ { foo = 1 } ] }', "when.any[0]: given 'foo'"),
        ('{ code = ["EAR99"], destination = { countries = ["DE"] } }', "join several by all"),
    ],
)  # fmt: skip
def test_faults_of_conditions_are_found_before_anything_is_answered(tmp_path: Path, when: str, expected: str) -> None:
    found = faults(tmp_path / "o", WHEN.replace("{}", when))
    assert any(expected in f for f in found), found
    assert all(f.startswith("records.toml: rule 1 a: ") for f in found)


def test_other_faults(tmp_path: Path) -> None:
    twice = '[[party]]\nname = "A B"\ndate = 2026-01-01\ndecision = "refused"\n' * 2
    assert "party 1 is the same" in faults(tmp_path / "1", twice)[0]
    assert (
        "an installed one: US"
        in faults(tmp_path / "2", WHEN.replace("{}", '"always"').replace("says", 'jurisdiction = "XX"\nsays'))[0]
    )
    assert (
        "author: given nothing"
        in faults(tmp_path / "3", WHEN.replace("{}", '"always"'), '[overlay]\nname = "a"\njurisdiction = "US"\n')[0]
    )
    assert "overlay.toml: [overlay]: name: given nothing" in faults(tmp_path / "4", "", "")[0]
    for name in ("parties", "release"):
        assert (
            "the program's own"
            in faults(tmp_path / name, WHEN.replace("{}", '"always"').replace('"a"', f'"{name}"'))[0]
        )
    deep = WHEN.replace("{}", "{ not = " * 3000 + '{ code = ["EAR99"] }' + " }" * 3000)
    assert "nested too deeply" in faults(tmp_path / "deep", deep)[0]
    section = '[[letter]]\nname = "a"\ndate = 2026-01-01\nsection = "part 744"\n'
    assert (
        "given 'part 744', expected the section it was written under, such as 744.21(b)"
        in faults(tmp_path / "s", section)[0]
    )
    letter = '[[letter]]\nname = "a"\ndate = 2026-01-01\nsection = "744.3(b)"\ncovers = {}\n'
    for covers, said in (
        ('{ destinations = ["XY"] }', "'XY'"),
        ('{ uses = ["military"] }', "'military'"),
        ('{ items = ["9Z"] }', "'9Z'"),
    ):
        assert said in faults(tmp_path / said, letter.replace("{}", covers))[0]
    (tmp_path / "bare").mkdir()
    with pytest.raises(OverlayError, match="no such file"):
        Session(embedded_folder(), overlay=tmp_path / "bare")
    with pytest.raises(OverlayError, match="no such folder"):
        Session(embedded_folder(), overlay=tmp_path / "absent")


def test_the_users_own_folder_is_used_and_a_broken_one_stops_every_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFECONDUCT_HOME", str(tmp_path))
    assert Session(embedded_folder()).overlay is None
    write(tmp_path / "overlay", RULE.format(effect="requirement"))
    assert Session(embedded_folder()).overlay is not None
    assert Session(embedded_folder(), overlay=False).overlay is None
    (tmp_path / "overlay" / "more.toml").write_text("[[rule]]\n", "utf-8")
    with pytest.raises(OverlayError):
        Session(embedded_folder())
    request = tmp_path / "r.json"
    request.write_text(json.dumps(BASE), "utf-8")
    for command in (
        ["determine", str(request)],
        ["check", str(request)],
        ["recheck"],
        ["matrix", "--date", "2026-08-03", "--output", str(tmp_path / "m.csv")],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 2, command
        assert done.stdout == ""
    assert "more.toml: rule 1: name: given nothing" in done.stderr


def test_the_commands_check_and_show(tmp_path: Path) -> None:
    folder = write(tmp_path / "o", RULE.format(effect="requirement") + QUESTION + LETTER + REFUSED_PARTY)
    (folder / "notes.txt").write_text("x", "utf-8")
    done = CliRunner().invoke(main, ["overlay", "check", str(folder)])
    assert done.exit_code == 0, done.output
    assert "2 rules, 1 letter, 2 parties; all can be used" in done.output
    assert "notes.txt is not a .toml file and was not read" in done.output
    shown = json.loads(CliRunner().invoke(main, ["overlay", "show", str(folder), "--json"]).output)
    assert [r["name"] for r in shown["rules"]] == ["no_hong_kong_cameras", "large_orders"]
    assert shown["letters"][0]["covers"]["parties"] == ["Harmless Optics Institute"]
    early = json.loads(
        CliRunner().invoke(main, ["overlay", "show", str(folder), "--json", "--date", "2026-01-31"]).output
    )
    assert [r["name"] for r in early["rules"]] == ["large_orders"]
    text = CliRunner().invoke(main, ["overlay", "show", str(folder)]).output
    assert "refused: Brittle Trading FZE (AE)" in text
    wrong = CliRunner().invoke(main, ["overlay", "check", str(tmp_path / "nowhere")])
    assert (wrong.exit_code, "no such folder" in wrong.stderr) == (2, True)


def test_an_overlay_works_under_a_country_from_outside_the_tree(tmp_path: Path) -> None:
    from tests.fictitious.edition import write_edition
    from tests.fictitious.freedonia import MANIFEST

    folder = write(
        tmp_path / "o",
        WHEN.replace("{}", '{ destination = { groups = ["League"] } }').replace("2026", "2020"),
        header=HEADER.replace('"US"', '"FREEDONIA"'),
    )
    session = Session(write_edition(tmp_path / "e"), [MANIFEST], overlay=folder)
    request = {
        "date": "2023-03-01",
        "jurisdictions": ["FREEDONIA"],
        "destination": "AA",
        "item": {"classification": {"fr": "free"}},
    }
    answer = determine(session, request)
    assert answer["outcome"] == "license_required"
    assert only(answer)["requirements"][0]["rule"] == "freedonia.house.a"
    assert isinstance(session.engine, Engine)


def test_the_example_of_the_documentation_is_an_overlay(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "overlay.md").read_text("utf-8")
    for name, text in re.findall(r"```toml file=(\S+)\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    overlay = Session(embedded_folder(), overlay=tmp_path).overlay
    assert overlay is not None
    assert (len(overlay.rules), len(overlay.letters), len(overlay.parties)) == (3, 1, 2)


def test_the_whole_law_at_a_glance_obeys_the_records(tmp_path: Path) -> None:
    session = open_with(tmp_path / "o", RULE.format(effect="requirement") + REFUSED_PARTY)
    ours, laws = (PlainTable(s.engine, "US", date(2026, 8, 3)) for s in (session, plain_session()))
    for code, place in (("6A993.a", "HK"), ("6A993.a", "DE"), ("6A994", "HK"), ("EAR99", "CN")):
        theirs, mine = laws.cell(code, place), ours.cell(code, place)
        if (code, place) == ("6A993.a", "HK"):
            assert (mine.outcome, "us.house.no_hong_kong_cameras" in mine.reasons) == ("license_required", True)
        else:
            assert mine == theirs


def test_a_day_no_table_covers_holds_even_what_the_law_does_not_reach(tmp_path: Path) -> None:
    session = open_with(
        tmp_path / "o", WHEN.replace("{}", '{ destination = { groups = ["D:5"] } }').replace("2026", "2020")
    )
    book = {"date": "2025-09-01", "destination": "CN", "item": BASE["item"] | {"published": True, "kind": "technology"}}
    answer = ask(session, **book)
    assert answer["outcome"] in ("undetermined", "license_required")
    questions = [q for q in only(answer)["questions"] if "us.house.a" in q["rules"]]
    assert questions[0]["kind"] == "not_covered"
    assert "says nothing of that day" in questions[0]["because"]
    named = open_with(
        tmp_path / "n", WHEN.replace("{}", '{ destination = { countries = ["CN"] } }').replace("2026", "2020")
    )
    assert ask(named, **book)["outcome"] == "license_required"  # needs no table
