"""Ways to falsify a recorded answer. Each changes what the answer means, and the digest is made anew afterwards.

A mutation takes a random source and a deep copy of an answer, changes it in place and returns words one of which must
stand in the checker's reason; None where the answer offers nothing to falsify that way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from safeconduct.checker.conclusion import conclude, result_of
from safeconduct.checker.verify import digest_of

Words = tuple[str, ...] | None
Mutation = Callable[[random.Random, dict[str, Any]], Words]


def redigest(answer: dict[str, Any]) -> None:
    answer["digest"] = digest_of(answer)


def first(answer: Mapping[str, Any]) -> dict[str, Any]:
    return answer["determinations"][0]  # type: ignore[no-any-return]


def pick(rng: random.Random, choices: list[Any]) -> Any:
    return rng.choice(choices) if choices else None


def effects(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"rule": row["rule"], **e} for row in first(answer)["trail"] for e in row.get("effects", ())]


def settle(answer: dict[str, Any]) -> None:
    """Make the answer agree with its own trail again, as a careful forger would."""
    d = first(answer)
    for row in d["trail"]:
        if row["result"] != "not_in_force":
            row["result"] = result_of(row.get("effects", ()))
    end = conclude(effects(answer))
    d["outcome"] = answer["outcome"] = end.outcome
    d["between"] = list(end.between)
    states = list(end.exceptions)
    kept = []
    for x in d["exceptions"]:
        now = next((s for s in states if s[:2] == (x["rule"], x["symbol"])), None)
        if now is not None:
            states.remove(now)
            kept.append(x | {"available": now[2]})
    d["exceptions"] = kept


def drop_requirement(rng: random.Random, answer: dict[str, Any]) -> Words:
    found = first(answer)["requirements"]
    if not found:
        return None
    r = pick(rng, found)
    first(answer)["requirements"] = [
        x for x in found if (x["rule"], x["reason"], x["survives"]) != (r["rule"], r["reason"], r["survives"])
    ]
    return (r["reason"],)


PLAIN = (
    "us.ear.738.4",
    "us.ear.742.6.a.12",
    "us.ear.742.6.a.7",
    "us.ear.742.7.a",
    "us.ear.742.13.a",
    "us.ear.742.15.a",
    "us.ear.746.1.b",
)


def _drop_from_trail(rng: random.Random, answer: dict[str, Any], rules: tuple[str, ...]) -> Words:
    d = first(answer)
    rows = [
        row
        for row in d["trail"]
        if row["rule"] in rules and any(e["effect"] == "requirement" for e in row.get("effects", ()))
    ]
    row = pick(rng, rows)
    if row is None:
        return None
    gone = pick(rng, [e for e in row["effects"] if e["effect"] == "requirement"])
    row["effects"] = [e for e in row["effects"] if (e["effect"], e.get("reason")) != ("requirement", gone["reason"])]
    d["requirements"] = [r for r in d["requirements"] if (r["rule"], r["reason"]) != (row["rule"], gone["reason"])]
    settle(answer)
    return ("left out",)


def drop_chart_requirement(rng: random.Random, answer: dict[str, Any]) -> Words:
    """The requirement is taken out of the trail too, and the rest made to fit."""
    return _drop_from_trail(rng, answer, PLAIN[:1])


def drop_row_requirement(rng: random.Random, answer: dict[str, Any]) -> Words:
    return _drop_from_trail(rng, answer, PLAIN[1:])


def change_cell(rng: random.Random, answer: dict[str, Any]) -> Words:
    """Another column than the chart marks, in the requirement and in the trail alike."""
    d = first(answer)
    row = next((r for r in d["trail"] if r["rule"] == "us.ear.738.4"), None)
    e = pick(rng, [e for e in (row or {}).get("effects", ()) if e["effect"] == "requirement"])
    if e is None:
        return None
    was, now = (
        e["reason"],
        rng.choice([c for c in ("NS1", "NS2", "MT1", "NP2", "CB3", "CC2", "AT2", "FC1") if c != e["reason"]]),
    )
    if any(x.get("reason") == now for x in row["effects"]):
        return None
    for x in row["effects"]:
        if x.get("reason") == was:
            x["reason"] = now
    for r in d["requirements"]:
        if r["rule"] == "us.ear.738.4" and r["reason"] == was:
            r["reason"] = now
    return (now, was)


def not_in_force(rng: random.Random, answer: dict[str, Any]) -> Words:
    row = pick(rng, [r for r in first(answer)["trail"] if r["result"] != "not_in_force"])
    if row is None:
        return None
    row["result"] = "not_in_force"
    row.pop("effects", None)
    settle(answer)
    return (row["rule"],)


def in_force_before_its_day(rng: random.Random, answer: dict[str, Any]) -> Words:
    row = pick(rng, [r for r in first(answer)["trail"] if r["result"] == "not_in_force"])
    if row is None:
        return None
    row["result"] = "does_not_apply"
    return (row["rule"],)


def not_lifting_all(rng: random.Random, answer: dict[str, Any]) -> Words:
    """An exception that is barred, short of a requirement, or open is said to be available, and the outcome follows."""
    d = first(answer)
    x = pick(rng, [x for x in d["exceptions"] if x["available"] is not True])
    if x is None:
        return None
    x["available"] = True
    d["outcome"] = answer["outcome"] = "exception_available"
    return (x["symbol"],)


def exception_from_nowhere(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    if not d["requirements"]:
        return None
    d["exceptions"].append(
        {"symbol": "GBS", "available": True, "because": "", "cites": [], "conditions": [], "rule": "us.ear.740.4"}
    )
    d["outcome"] = answer["outcome"] = "exception_available"
    return ("GBS",)


def condition_met(rng: random.Random, answer: dict[str, Any]) -> Words:
    x = pick(rng, [x for x in first(answer)["exceptions"] if any(c["met"] is not True for c in x["conditions"])])
    if x is None:
        return None
    for c in x["conditions"]:
        c["met"] = True
    return (x["symbol"],)


def widen_survival(rng: random.Random, answer: dict[str, Any]) -> Words:
    r = pick(rng, [r for r in first(answer)["requirements"] if r["survives"] != ["*"]])
    if r is None:
        return None
    r["survives"] = ["*"]
    return (r["reason"],)


DUE = (
    "apply_for_license",
    "apply_to_agency",
    "license_validity",
    "keep_records",
    "do_not_proceed",
    "settle_questions",
    "eei_license_number",
    "destination_control_statement",
)


def missing_duty(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    if any(x["duty"] == "check_day" for x in d["duties"]):
        return None
    gone = pick(
        rng,
        [
            x["duty"]
            for x in d["duties"]
            if x["duty"] in DUE or (x["duty"] == "file_eei" and d["outcome"] == "license_required")
        ],
    )
    if gone is None:
        return None
    d["duties"] = [x for x in d["duties"] if x["duty"] != gone]
    return (gone,)


def wrong_duty(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    if d["outcome"] == "license_required" or any(x["duty"] == "check_day" for x in d["duties"]):
        return None
    d["duties"].append({"duty": "apply_for_license", "says": "", "cites": ["15 CFR 748.1"]})
    return ("apply_for_license",)


def change_fact(rng: random.Random, answer: dict[str, Any]) -> Words:
    """Another value is said to have been read, by every provision that read it."""
    rows = first(answer)["trail"]
    read = {p: v for row in rows for p, v in row["read"].items()}
    path = pick(rng, [p for p, v in read.items() if v is None or isinstance(v, (bool, str))])
    if path is None:
        return None
    v = read[path]
    new = (not v) if isinstance(v, bool) else True if v is None else ("SG" if len(v) == 2 and v != "SG" else v + "x")
    for row in rows:
        if path in row["read"]:
            row["read"][path] = new
    return (path,)


def one_reader_differs(rng: random.Random, answer: dict[str, Any]) -> Words:
    rows = [r for r in first(answer)["trail"] if "destination" in r["read"]]
    if len(rows) < 2:
        return None
    pick(rng, rows)["read"]["destination"] = "XX"
    return ("destination",)


def listing_status(rng: random.Random, answer: dict[str, Any]) -> Words:
    rows = first(answer)["trail"]
    paths = [p for row in rows for p, v in row["read"].items() if p.endswith(".listed") and v]
    path = pick(rng, sorted(set(paths)))
    if path is None:
        return None
    for row in rows:
        if path in row["read"]:
            row["read"][path] = [
                x | {"status": "true_match" if x["status"] != "true_match" else "false_positive"}
                for x in row["read"][path]
            ]
    return (path, "party")


def drop_row(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    row = pick(rng, d["trail"])
    if row is None:
        return None
    d["trail"].remove(row)
    return (row["rule"],)


def drop_applying_row(rng: random.Random, answer: dict[str, Any]) -> Words:
    """A provision that applies disappears with all it found, and the rest is made to fit."""
    d = first(answer)
    row = pick(rng, [r for r in d["trail"] if r["result"] == "applies"])
    if row is None:
        return None
    d["trail"].remove(row)
    d["requirements"] = [r for r in d["requirements"] if r["rule"] != row["rule"]]
    d["prohibitions"] = [r for r in d["prohibitions"] if r["rule"] != row["rule"]]
    settle(answer)
    return (row["rule"], "exception")


def change_outcome(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    others = ("license_required", "undetermined", "exception_available", "no_license_required", "not_subject")
    d["outcome"] = answer["outcome"] = rng.choice([o for o in others if o != d["outcome"]])
    return ("outcome",)


def change_overall(rng: random.Random, answer: dict[str, Any]) -> Words:
    answer["outcome"] = "no_license_required" if answer["outcome"] != "no_license_required" else "not_subject"
    return ("outcome",)


def edition_day(rng: random.Random, answer: dict[str, Any]) -> Words:
    tables = [t for t in answer["editions"] if t.startswith("us.")]
    table = pick(rng, tables)
    if table is None:
        return None
    answer["editions"][table] = "2024-01-01"
    return (table,)


def other_edition(rng: random.Random, answer: dict[str, Any]) -> Words:
    key = rng.choice(["edition_digest", "rules"])
    answer["editions"][key] = "sha256:" + "0" * 64
    return ("editions",)


def presumed(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    gone = pick(rng, d["presumed"])
    if gone is None:
        return None
    d["presumed"].remove(gone)
    return (gone["table"],)


def drop_question(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    q = pick(rng, [q for q in d["questions"] if q["fact"] != "diligence"])
    if q is None:
        return None
    d["questions"].remove(q)
    return ("questions",)


def settle_question(rng: random.Random, answer: dict[str, Any]) -> Words:
    """A question loses its hold, and the outcome becomes clear."""
    d = first(answer)
    if d["outcome"] != "undetermined" or not d["trail"]:
        return None
    d["questions"] = []
    d["outcome"] = answer["outcome"] = d.pop("between")[0]
    return ("outcome",)


def change_date(rng: random.Random, answer: dict[str, Any]) -> Words:
    if not answer.get("date"):
        return None
    answer["date"] = "2026-09-15" if answer["date"] != "2026-09-15" else "2026-09-16"
    return ("date",)


def not_modeled(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    gone = pick(rng, d["not_modeled"])
    if gone is None:
        return None
    d["not_modeled"].remove(gone)
    return ("not modeled", "not_modeled")


def drop_prohibition(rng: random.Random, answer: dict[str, Any]) -> Words:
    d = first(answer)
    if not d["prohibitions"]:
        return None
    d["prohibitions"] = []
    return ("prohibitions",)


def drop_bar(rng: random.Random, answer: dict[str, Any]) -> Words:
    """A bar is taken out of the trail; the row still says that it applies."""
    row = pick(
        rng,
        [r for r in first(answer)["trail"] if r.get("effects") and all(e["effect"] == "block" for e in r["effects"])],
    )
    if row is None:
        return None
    row.pop("effects")
    return (row["rule"],)


MUTATIONS: tuple[Mutation, ...] = (
    drop_requirement, drop_chart_requirement, drop_row_requirement, change_cell, not_in_force, in_force_before_its_day,
    not_lifting_all, exception_from_nowhere, condition_met, widen_survival, missing_duty, wrong_duty, change_fact,
    one_reader_differs, listing_status, drop_row, drop_applying_row, change_outcome, change_overall, edition_day,
    other_edition, presumed, drop_question, settle_question, change_date, not_modeled, drop_prohibition, drop_bar,
)  # fmt: skip
