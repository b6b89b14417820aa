"""Which provisions are modeled: read off the rules themselves."""

from __future__ import annotations

import re
from typing import Any

from safeconduct.determination import Engine
from safeconduct.law import Rule

_SECTION = re.compile(r"(\d+ CFR \d+(?:\.\d+)?(?: Supp\. \d+)?)")


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
    """Sections by number: ``modeled``, ``partly`` (some of its rules are triggers only) or ``not modeled``."""
    sections: dict[str, list[Rule]] = {}
    for m in engine.manifests.values():
        for r in m.rules:
            found = _SECTION.search(r.cites[0])
            sections.setdefault(found.group(1) if found else r.cites[0], []).append(r)
    out = []
    for section in sorted(sections, key=_order):
        rules = sections[section]
        triggers = sum(r.not_modeled for r in rules)
        state = "modeled" if not triggers else "not modeled" if triggers == len(rules) else "partly"
        out.append(
            {"section": section, "state": state, "rules": [r.id for r in rules],
             "missing": [r.says for r in rules if r.not_modeled]}
        )  # fmt: skip
    return out


def _order(section: str) -> tuple[list[int], str]:
    return [int(n) for n in re.findall(r"\d+", section)], section
