"""Which provisions are modeled: read off the rules themselves."""

from __future__ import annotations

import re
from typing import Any

from safeconduct.determination import Engine
from safeconduct.law import Rule

_SECTION = re.compile(r"(\d+ CFR \d+(?:\.\d+)?(?: Supp\. \d+)?)")
MODELED, PARTLY, NOT_MODELED, NO_RULE = "modeled", "partly", "not modeled", "needs no rule"


def describe_rule(r: Rule) -> dict[str, Any]:
    """One rule: id, citations, sentence, when it is in force, whether it is modeled."""
    p = r.in_force
    if p.known_from:
        days = f"read in texts from {p.known_from}; {p.source}"
    else:
        start = f"since {p.period.start}" if p.period.start else "in force"
        days = f"{start}{f' until {p.period.end}' if p.period.end else ''}; {p.source}"
    return {"rule": r.id, "cites": list(r.cites), "says": r.says, "modeled": not r.not_modeled, "in_force": days}


def coverage(engine: Engine) -> list[dict[str, Any]]:
    """Sections by number: ``modeled``, ``partly`` (some of its rules are triggers only), ``not modeled`` (all are), or
    ``needs no rule`` with the reason. A jurisdiction names its sections, so that none is left out in silence.

    A section with neither a rule nor a reason is ``not modeled`` and has no trigger: a test allows none.
    """
    sections: dict[str, list[Rule]] = {}
    reasons: dict[str, str] = {}
    for m in engine.manifests.values():
        named, without = m.extra.get("all_sections", ((), {}))
        sections.update({s: [] for s in named})
        reasons.update(without)
        for r in m.rules:
            for section in dict.fromkeys(found for c in r.cites for found in _SECTION.findall(c)):
                if section in sections or section == _first(r):
                    sections.setdefault(section, []).append(r)
    out = []
    for section in sorted(sections, key=_order):
        rules = sections[section]
        own = [r for r in rules if _first(r) == section] or rules
        triggers = [r for r in own if r.not_modeled]
        state = NO_RULE if not rules and section in reasons else MODELED if rules and not triggers else PARTLY
        if state != NO_RULE and len(triggers) == len(own):
            state = NOT_MODELED
        out.append(
            {"section": section, "state": state, "rules": [r.id for r in rules],
             "missing": [r.says for r in triggers] or ([reasons[section]] if state == NO_RULE else [])}
        )  # fmt: skip
    return out


def _first(r: Rule) -> str:
    found = _SECTION.search(r.cites[0])
    return found.group(1) if found else r.cites[0]


def _order(section: str) -> tuple[list[int], str]:
    return [int(n) for n in re.findall(r"\d+", section)], section
