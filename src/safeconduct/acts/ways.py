"""The lawful ways through for one line: exceptions now, exceptions with conditions, what is barred, and the license.

Everything about exceptions comes from the determination itself; what a condition's answer opens was tried by the
engine (``counterfactual``). Of a license it says what to file, under which policy it is reviewed and how long it takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from safeconduct.acts.counterfactual import Counterfactuals, counterfactuals, would_change
from safeconduct.acts.determine import CONTRACT, Answer, determine_line, digest, parse_lines
from safeconduct.acts.session import Session
from safeconduct.determination import Determination, worst
from safeconduct.determination.combine import LICENSE_REQUIRED, OUTCOMES
from safeconduct.determination.explain import as_json
from safeconduct.law import NotCovered
from safeconduct.lawdata import EditionError
from safeconduct.model import thaw

#: How a policy's own words rank, the most restrictive first; where a text holds several, the first found stands.
_POLICIES: Final = (
    ("denial", ("policy of denial", "generally denied", "denied everywhere", "no license contrary")),
    ("presumption_of_denial", ("presumption of denial",)),
    ("denial", ("denial;", "denial.", "not considered")),
    ("case_by_case", ("case by case", "case-by-case")),
    ("approval", ("approv", "favorable")),
)
_ORDER: Final = ("denial", "presumption_of_denial", "case_by_case", "approval")

#: 15 CFR 750.4 (read in a text of January 2025; last amended by 89 FR). Calendar days.
CLOCKS: Final = (
    (9, "from registration", "BIS asks for more, returns, decides or refers the application.", "15 CFR 750.4(c)"),
    (10, "from referral", "A reviewing agency says which information is lacking.", "15 CFR 750.4(d)(1)"),
    (30, "from referral", "A reviewing agency recommends; silence is no objection.", "15 CFR 750.4(d)(2), (e)"),
    (39, "from registration", "Nine and thirty days: all recommendations are in, or the case goes to the Operating Committee.", "15 CFR 750.4(c), (d)(2), (f)(1)"),
    (90, "from registration", "The application is resolved or before the President.", "15 CFR 750.4(a)(1)"),
)  # fmt: skip
STOPS: Final = (
    ("questions to the applicant, or terms being agreed", "15 CFR 750.4(b)(1)"),
    ("a pre-license check through government channels", "15 CFR 750.4(b)(2)"),
    ("assurances asked of another government", "15 CFR 750.4(b)(3)"),
    ("consultation with other governments", "15 CFR 750.4(b)(4)"),
    ("review by a multilateral regime", "15 CFR 750.4(b)(5)"),
    ("notice to Congress", "15 CFR 750.4(b)(6), (7)"),
    ("approval of technology transfer plans and launch monitoring", "15 CFR 750.4(b)(8)"),
)
_REQUIREMENTS: Final = "us.748.requirements"
_FILING: Final = frozenset({
    "apply_for_license", "apply_to_agency", "special_information", "prc_statement", "hong_kong_permit",
    "import_certificate", "consignee_statement", "license_validity", "check_day",
})  # fmt: skip


def ways(session: Session, request: Any) -> dict[str, Any]:
    """The ways to make each line of a request shippable, ranked. Stores nothing.

    Raises:
        RequestError: the request cannot be read.
    """
    answers = [determine_line(session, line) for line in parse_lines(session, request)]
    if request.get("items") is None:
        return _line(answers[0])
    body: dict[str, Any] = {
        "schema": CONTRACT, "id": str(request.get("id") or ""), "outcome": worst(a.outcome for a in answers),
        "items": [_line(a) for a in answers],
    }  # fmt: skip
    return body | {"digest": digest(body)}


def _line(a: Answer) -> dict[str, Any]:
    body: dict[str, Any] = {
        "schema": CONTRACT,
        "id": a.line.id,
        "date": thaw(a.line.cells.get("date")),
        "outcome": a.outcome,
        "determinations": [ways_of(d) for d in a.determinations],
        "editions": a.editions,
    }
    if a.line.unknown_names:
        body["unknown_names"] = [{"name": n, "nearest": list(near)} for n, near in a.line.unknown_names]
    return body | {"digest": digest(body)}


def ways_of(d: Determination) -> dict[str, Any]:
    """One jurisdiction's ways: ``available``, ``open`` (fewest open conditions first), ``barred``, ``license``,
    ``would_change``. Each condition that is open says under ``opens`` which answers meet it."""
    found = counterfactuals(d)
    said = as_json(d)
    available, open_, barred = [], [], []
    for x in said["exceptions"]:
        row = {k: x[k] for k in ("symbol", "because", "cites", "rule")}
        if x.get("duties"):
            row["duties"] = x["duties"]
        if x["available"]:
            available.append(row)
        elif x["available"] is None:
            left = [_condition(c, x["symbol"], found) for c in x["conditions"] if c["met"] is None]
            open_.append(row | {"conditions": left, "met": sum(c["met"] is True for c in x["conditions"])})
        else:
            barred.append(row)
    open_.sort(key=lambda r: (len(r["conditions"]), r["symbol"]))
    out: dict[str, Any] = {
        "jurisdiction": d.jurisdiction,
        "outcome": d.outcome,
        "reasons": list(dict.fromkeys(r["reason"] for r in said["requirements"])),
        "prohibitions": said["prohibitions"],
        "available": available,
        "open": open_,
        "barred": barred,
        "license": _license(d, said) if d.outcome == LICENSE_REQUIRED else None,
        "would_change": would_change(d, found),
        "searched": {"determinations": found.tried, "complete": found.complete},
    }
    if d.outcome not in OUTCOMES[:3]:
        out["duties"] = said["duties"]
    if said["questions"] and d.outcome in OUTCOMES[:3]:
        out["questions"] = [{k: q[k] for k in ("fact", "ask", "if", "cites")} for q in said["questions"][:8]]
    return out


def _condition(c: Mapping[str, Any], symbol: str, found: Counterfactuals) -> dict[str, Any]:
    opens = found.opens.get((symbol, str(c["fact"])), ())
    return {"fact": c["fact"], "ask": c["ask"], "says": c["says"], "cites": c["cites"], "opens": list(opens)}


def policy_rank(text: str) -> str | None:
    """How restrictive a review policy's words are; None where they do not say (``As the entry says``)."""
    low = text.casefold()
    hits = {name for name, words in _POLICIES if any(w in low for w in words)}
    if "presumption_of_denial" in hits:
        bare = low.replace("presumption of denial", "")
        hits = {name for name, words in _POLICIES if any(w in bare for w in words)} | {"presumption_of_denial"}
    if low.startswith("denied"):
        hits.add("denial")
    return next((name for name in _ORDER if name in hits), None)


def _license(d: Determination, said: Mapping[str, Any]) -> dict[str, Any]:
    policies: dict[str, dict[str, Any]] = {}
    for r in said["requirements"]:
        if text := r.get("review_policy"):
            row = policies.setdefault(
                text, {"says": text, "rank": policy_rank(text), "reasons": [], "cites": r["cites"]}
            )
            row["reasons"] = list(dict.fromkeys([*row["reasons"], r["reason"]]))
    # What says nothing of its own weight stands beside the strictest: it may be as strict.
    ranked = sorted(policies.values(), key=lambda p: _ORDER.index(p["rank"]) if p["rank"] else -1)
    known = [p for p in ranked if p["rank"]]
    file = [x for x in said["duties"] if x["duty"] in _FILING]
    agencies = list(dict.fromkeys(r["agency"] for r in said["requirements"] if r.get("agency")))
    own = any(not r.get("agency") for r in said["requirements"])
    out: dict[str, Any] = {
        "agencies": [*(["BIS"] if own and d.jurisdiction == "US" else []), *agencies],
        "file": file,
        "review": {"strictest": known[0] if known else None, "all": ranked},
        "documents": _documents(d, file),
    }
    if own and d.jurisdiction == "US":
        out["clocks"] = [{"days": n, "counted": f, "says": s, "cite": c} for n, f, s, c in CLOCKS]
        out["clock_stops"] = [{"says": s, "cite": c} for s, c in STOPS]
    return out


def _documents(d: Determination, file: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Rows of the table of supporting documents for the paragraphs that the duties name."""
    named = {c.removeprefix("15 CFR ") for x in file for c in x["cites"]}
    try:
        rows = d.law.rows(_REQUIREMENTS)
    except (NotCovered, EditionError):
        return []  # the duty "check_day" says so
    return [
        {"says": str(r["fact"]), "note": str(r["note"]), "cite": str(r["cite"])}
        for r in rows
        if any(p == n or p.startswith(n + "(") for p in str(r["paragraph"]).split("; ") for n in named)
    ]
