"""The accessors through which rules read facts: what absence means, limits, and what is noted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from safeconduct.model import NO, YES, Fact, Facts, Listing, Money, Owner, Quantity, Vocabulary, read_facts

V = Vocabulary(
    [
        Fact("open", "bool", "", "unknown", "?", "t"),
        Fact("known", "bool", "", "not_known", "?", "t"),
        Fact("claim", "bool", "", "not_claimed", "?", "t"),
        Fact("diligence", "enum complete", "", "unknown", "?", "t"),
        Fact("size", "quantity", "mm", "unknown", "?", "t"),
        Fact("price", "money", "USD", "unknown", "?", "t"),
        Fact("day", "date", "", "unknown", "?", "t"),
        Fact("place", "country", "", "unknown", "?", "t"),
        Fact("worked", "bool", "", "derived", "?", "t"),
        Fact("parties[].role", "enum end_user|purchaser", "", "unknown", "?", "t"),
    ]
)


def facts(**cells: object) -> Facts:
    return Facts({k.replace("__", "."): v for k, v in cells.items()}, V)  # type: ignore[misc]


def test_absence_reads_by_the_policy_of_the_vocabulary() -> None:
    assert facts().truth("open").is_unknown
    assert facts(diligence="complete").truth("open").is_unknown
    assert facts().truth("known").is_unknown
    assert facts(diligence="complete").truth("known") is NO
    assert facts().truth("claim") is NO
    assert facts().truth("a.path.nobody.knows").is_unknown
    assert facts(open=None).truth("open").is_unknown  # null is not known, as an absent key


def test_what_is_stated_is_stated_whatever_the_policy() -> None:
    for path in ("open", "known", "claim"):
        for diligence in (None, "complete"):
            assert facts(**{path: True, "diligence": diligence}).truth(path) is YES
            assert facts(**{path: False, "diligence": diligence}).truth(path) is NO


def test_a_condition_of_an_exception_is_open_when_absent_whatever_the_policy() -> None:
    for path in ("open", "known", "claim"):
        assert facts(diligence="complete").condition(path).is_unknown
        assert facts(**{path: True}).condition(path) is YES


def test_is_in() -> None:
    assert facts(place="DE").is_in("place", ("DE", "FR")) is YES
    assert facts(place="CN").is_in("place", ("DE", "FR")) is NO
    got = facts().is_in("place", ("DE", "FR"))
    assert [o for a in got.asks for _, o in a.options] == ["DE", "FR"]
    assert facts().is_in("claim", (1,)) is NO
    assert facts().is_in("claim", (1,), strict=True).is_unknown


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        ("<", YES, NO, NO), ("<=", YES, YES, NO), (">", NO, NO, YES), (">=", NO, YES, YES),
        ("==", NO, YES, NO), ("=", NO, YES, NO), ("!=", YES, NO, YES),
    ],
)  # fmt: skip
def test_limits_are_strict_or_not_as_written(op: str, below: object, at: object, above: object) -> None:
    for given, expected in (("3.1999", below), ("3.2", at), ("3.20", at), ("3.2000001", above)):
        assert facts(size=Quantity(Decimal(given), "mm")).compare("size", op, "3.2", "mm") is expected
        if op != "=":
            assert facts(price=Money(Decimal(given), "USD")).amount("price", op, "3.2") is expected


def test_a_number_in_another_unit_or_currency_is_not_known() -> None:
    assert facts(size=Quantity(Decimal(1), "in")).compare("size", "<", 100, "mm").is_unknown
    assert facts(size=Quantity(Decimal(1), "MM")).compare("size", "<", 100, "mm") is YES
    assert facts(price=Money(Decimal(1), "EUR")).amount("price", "<", 100).is_unknown
    assert facts(price=Money(Decimal(90), "EUR", Decimal(110))).amount("price", "<", 100) is NO


def test_the_answers_a_question_tries_meet_and_miss_the_limit() -> None:
    for op in ("<", "<=", ">", ">=", "==", "!="):
        for limit in ("0", "3.2", "-5"):
            (ask,) = facts().compare("size", op, limit, "mm").asks
            (_, yes), (_, no) = ask.options
            assert facts(size=yes).compare("size", op, limit, "mm") is YES
            assert facts(size=no).compare("size", op, limit, "mm") is NO
            (ask,) = facts().amount("price", op, limit).asks
            (_, yes), (_, no) = ask.options
            assert facts(price=yes).amount("price", op, limit) is YES
            assert facts(price=no).amount("price", op, limit) is NO


def test_days_are_compared_from_the_day_itself_on() -> None:
    assert facts(day=date(2026, 8, 3)).on_or_after("day", date(2026, 8, 3)) is YES
    assert facts(day=date(2026, 8, 2)).on_or_after("day", date(2026, 8, 3)) is NO
    assert facts().on_or_after("day", date(2026, 8, 3)).is_unknown


def test_a_party_without_a_role_counts_as_any() -> None:
    f = facts(parties=3, **{"parties[0].role": "end_user", "parties[1].role": "purchaser"})
    assert [p.index for p in f.parties("end_user")] == [0, 2]
    assert [p.index for p in f.parties()] == [0, 1, 2]
    assert facts().parties() == ()


def test_an_alert_is_open_until_somebody_decides() -> None:
    listed = (Listing("x", "open"), Listing("x", "true_match"), Listing("x", "false_positive"), Listing("y", "open"))
    f = facts(parties=2, **{"parties[0].listed": listed, "parties[1].owners": (Owner("O"),)})
    party = f.parties()[0]
    assert [x.is_true_match for x in party.listed_on("x")][1:] == [YES, NO]
    assert party.listed_on("x")[0].is_true_match.is_unknown
    assert party.screened is YES
    assert f.parties()[1].screened.is_unknown
    assert f.parties()[0].owners is None
    assert len(f.parties()[1].owners or ()) == 1
    (ask,) = party.listed_on("x")[0].is_true_match.asks
    assert ask.fact == "parties[0].listed"
    decided = f.replace({ask.fact: dict(ask.options)["x false_positive"]})
    assert decided.parties()[0].listed_on("x")[0].is_true_match is NO
    assert decided.parties()[0].listed_on("y")[0].is_true_match.is_unknown


def test_every_reading_is_noted_and_amounts_only_by_their_comparison() -> None:
    view, log = facts(size=Quantity(Decimal(5), "mm"), known=True).recorder()
    view.truth("known")
    view.compare("size", "<", 6, "mm")
    view.truth("known")
    assert [(getattr(p, "path", p), v) for p, v in log] == [("known", True), ("size", True), ("known", True)]


def test_facts_worked_out_follow_the_facts_they_rest_on_and_given_ones_stay() -> None:
    derived = {"worked": lambda f: f.get("open")}
    f = Facts({"open": True}, V, derived)
    assert f.truth("worked") is YES
    assert f.replace({"open": False}).truth("worked") is NO
    given = Facts({"open": True, "worked": False}, V, derived)
    assert given.truth("worked") is NO
    assert given.replace({"open": True}).truth("worked") is NO


def test_the_vocabulary_refuses_a_fact_that_is_defined_differently() -> None:
    one = Fact("a", "bool", "", "unknown", "?", "t")
    assert len(Vocabulary([one, one])) == 1
    with pytest.raises(ValueError, match="twice"):
        Vocabulary([one, Fact("a", "text", "", "unknown", "?", "t")])
    with pytest.raises(ValueError, match="absent is 'maybe'"):
        Vocabulary([Fact("b", "bool", "", "maybe", "?", "t")])
    with pytest.raises(ValueError, match="header"):
        read_facts("path,type\na,bool\n")


def test_indexes_count_as_any_party_and_near_names_are_found() -> None:
    assert V.get("parties[7].role") is V.get("parties[].role")
    assert "parties[3].role" in V
    assert "parties[3].rolle" not in V
    assert V.nearest("parties[3].rolle")[0] == "parties[].role"
    assert V.nearest("x" * 10_000_000) == []
    assert V.get("parties[0].role").choices == ("end_user", "purchaser")  # type: ignore[union-attr]
