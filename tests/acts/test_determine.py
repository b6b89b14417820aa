"""determine: the contract's JSON, its digest, editions, and outcomes over several jurisdictions."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import pytest

from safeconduct.acts.determine import determine, digest
from safeconduct.acts.faults import RequestError
from safeconduct.acts.session import Session
from safeconduct.lawdata import embedded_folder


@cache
def session() -> Session:
    if not (embedded_folder() / "edition.json").is_file():
        pytest.skip("no embedded edition: build it first (make edition)")
    return Session(embedded_folder())


def demo(**changes: Any) -> dict[str, Any]:
    got: dict[str, Any] = json.loads(resources.files("safeconduct.acts").joinpath("demo.json").read_text("utf-8"))
    return got | changes


def test_the_answer_has_the_fields_of_the_contract() -> None:
    answer = determine(session(), demo())
    assert {"schema", "id", "date", "outcome", "determinations", "screening", "editions", "digest"} <= set(answer)
    (d,) = answer["determinations"]
    assert {
        "jurisdiction", "outcome", "requirements", "exceptions", "prohibitions", "questions", "duties", "red_flags", "not_modeled", "trail",
    } <= set(d)  # fmt: skip
    assert d["jurisdiction"] == "US"
    for row in d["trail"]:
        assert {"rule", "cites", "result", "read", "says"} <= set(row)
        assert row["result"] in ("applies", "does_not_apply", "undetermined", "not_in_force")
        assert row["cites"]
        assert row["says"]
    for r in d["requirements"]:
        assert r["rule"].startswith("us.")
        assert r["cites"]
        assert r["says"]
        assert r["reason"]
    for x in d["exceptions"]:
        assert {"symbol", "available", "because", "cites", "conditions"} <= set(x)
    json.dumps(answer)


def test_no_message_is_left_without_words() -> None:
    """Every sentence shown is a sentence: no message id, no empty argument."""
    for destination in ("BR", "CN", "RU", "CU", "IR", "DE"):
        for code in ("EAR99", "2B350.i", "3A001.b.2", "9A610.x", "XI(a)(3)"):
            request = demo(destination=destination)
            request["item"]["classification"] = {"us": code}
            del request["diligence"]
            (d,) = determine(session(), request)["determinations"]
            said = [
                x["says"] for key in ("requirements", "prohibitions", "duties", "red_flags", "trail") for x in d[key]
            ]
            said += [q["because"] for q in d["questions"]] + [x["because"] for x in d["exceptions"]]
            for text in said:
                assert " " in text, text
                assert "{" not in text, text


def test_the_digest_is_that_of_the_body() -> None:
    answer = determine(session(), demo())
    assert answer["digest"] == digest({k: v for k, v in answer.items() if k != "digest"})
    other = determine(session(), demo(destination="AR"))
    assert other["digest"] != answer["digest"]


def test_editions_name_every_table_that_was_read() -> None:
    answer = determine(session(), demo())
    read = {
        t
        for row in answer["determinations"][0]["trail"]
        for t in row.get("tables", ())
        if t in session().edition.tables
    }
    assert read
    assert read <= set(answer["editions"])
    for t in read:
        assert answer["editions"][t] == session().edition.tables[t].as_of.isoformat()
    assert {"edition", "edition_digest", "engine", "rules"} <= set(answer["editions"])


def test_the_trail_says_what_was_read() -> None:
    (d,) = determine(session(), demo())["determinations"]
    chart = next(r for r in d["trail"] if r["rule"] == "us.ear.738.4")
    assert chart["read"]["destination"] == "BR"
    assert chart["read"]["item.classification.us"] == "2B350.i"


def test_no_name_of_a_party_reaches_the_findings() -> None:
    """Rules never see names; the answer repeats none."""
    assert "Exemplo" not in json.dumps(determine(session(), demo()), ensure_ascii=False)


def test_a_line_without_a_day_is_undetermined_and_asks_for_it() -> None:
    request = demo()
    del request["date"]
    answer = determine(session(), request)
    assert answer["outcome"] == "undetermined"
    assert answer["determinations"][0]["questions"][0]["fact"] == "date"


def test_an_unknown_jurisdiction_is_a_fault_that_names_those_there_are() -> None:
    with pytest.raises(RequestError, match=r"ATLANTIS\\nX.*installed ones: .*US"):
        determine(session(), demo(jurisdictions=["ATLANTIS\nX"]))


def test_jurisdictions_are_named_in_any_case() -> None:
    assert determine(session(), demo(jurisdictions=["us"]))["outcome"] == determine(session(), demo())["outcome"]


def test_answers_to_questions_lead_where_they_are_said_to_lead() -> None:
    """Greedy questions show the outcome of each answer: giving that answer must give that outcome."""
    request = demo()
    request["item"]["classification"] = {"us": "3A002.h"}
    request["destination"] = "DE"
    (d,) = determine(session(), request)["determinations"]
    question = next(q for q in d["questions"] if q["fact"] == "item.traits.mt_controlled")
    for label, value in (("yes", True), ("no", False)):
        request["item"]["traits"] = {"mt_controlled": value}
        assert determine(session(), request)["determinations"][0]["outcome"] == question["if"][label]
